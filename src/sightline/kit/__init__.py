"""Small pieces without a word of the domain: errors, text. Anyone may call them; they call nobody."""

from sightline.kit.errors import ERRORS, SightlineError
from sightline.kit.text import nearest, plural, sentence_list

__all__ = ["ERRORS", "SightlineError", "nearest", "plural", "sentence_list"]
