"""What became of an input, and the parser it was given to: for fuzz.py."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from sightline.sources import REASONS

__all__ = ["Parser", "Tally", "explained", "known"]


@dataclass(frozen=True)
class Tally:
    """What became of one input."""

    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Parser:
    """A parser and a few good inputs to start from."""

    good: Sequence[bytes]
    run: Callable[[bytes], Tally]


def explained(reasons: Iterable[str]) -> None:
    """Every refusal has a reason there is."""
    for reason in reasons:
        known(reason, REASONS)


def known(code: str, codes: Container[str]) -> None:
    """A code without a word for it is a crash."""
    assert code in codes, f"no word for {code}"
