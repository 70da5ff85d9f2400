"""Fill a sentence with figures: as str.format does, for sentences filled thousands of times."""

import string
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

__all__ = ["Filler"]


class Filler(string.Formatter):
    """Fields are plain names, without attributes, conversions or fields within their formats."""

    def vformat(self, text: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        found = []
        for literal, name, spec in _parsed(text):
            found.append(literal)
            if name is not None:
                found.append(self.format_field(kwargs[name], spec))
        return "".join(found)


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[tuple[str, str | None, str], ...]:
    parts = string.Formatter().parse(text)
    return tuple((literal, name, spec or "") for literal, name, spec, _ in parts)
