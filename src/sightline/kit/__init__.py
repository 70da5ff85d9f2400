"""Small pieces without a word of the domain: errors and text. All may call them; they call none."""

from sightline.kit.errors import ERRORS, SightlineError
from sightline.kit.text import nearest, plural, sentence_list

__all__ = ["ERRORS", "SightlineError", "nearest", "plural", "sentence_list"]
