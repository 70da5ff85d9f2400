"""Words and lists in plain English."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

__all__ = ["nearest", "plural", "sentence_list"]


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 mark`, `2 marks`, `1,250 marks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence_list(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None when none is near."""
    by_lower = {one.lower(): one for one in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
