"""The figures within a sentence, so that each can be asked how it came about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Part", "parts_of"]

SHARE = r"\d+ of (?:the )?\d+(?: (?:sessions?|pieces? of work|supports?))?"
TOLD: Mapping[str, str] = {
    "attendance_momentum": r"(?<=fell )[\d.]+ points|(?<=to )[\d.]+% \(\d+ of \d+\)",
    "behaviour_rate": r"^\d+ concerns?|[\d.]+ per 25-hour week",
    "behaviour_recency": r"^\d+ concerns? on \d+",
    "disengagement": r"^\d+ lessons?",
    "engagement_vs_peers": r"[\d.]+% of that",
    "persistent_lateness": r"(?<=Late for )\d+ of the \d+ sessions?",
    "progress_variance": r"[\d.]+ steps|\d+ of \d+ are below",
    "missing_work": r"^\d+ of \d+ pieces? of work",
}
"""Which figures of a sentence are the ones that count, not the ones they are compared with."""


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence; `is_figure` when it can be explained."""

    text: str
    is_figure: bool


def parts_of(signal: str, sentence: str) -> list[Part]:
    """A sentence cut so that its figures stand apart; joined again it is the same sentence."""
    pattern = TOLD.get(signal, SHARE)
    found: list[Part] = []
    end = 0
    for match in re.finditer(pattern, sentence):
        found += [Part(sentence[end : match.start()], False), Part(match[0], True)]
        end = match.end()
    found.append(Part(sentence[end:], False))
    return [part for part in found if part.text]
