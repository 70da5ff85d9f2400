"""Attainment 8 of a pupil, from the results a school holds: an estimate, not the official figure.

Department for Education, "Secondary accountability measures" (guide for 2024): ten slots. English
counts twice where both language and literature are taken, else once, with the better grade;
mathematics counts twice; three best of the English Baccalaureate's other subjects (sciences,
computer science, history, geography, languages); the three best that are left of any approved
subject. Combined science is two grades. A slot that is not filled counts nought; 90 is the most.

Which subject fills which slot stands in `attainment8_subjects.csv`. A school that keeps one result
named "English" is taken to enter both English subjects.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Attainment8", "attainment_8", "slot_of", "unrecognised"]

HERE = Path(__file__).parent
ENGLISH = ("english", "english_language", "english_literature")
HIGHEST = 9.0


@dataclass(frozen=True)
class Attainment8:
    """Points by slot (English and mathematics doubled) and how many of the ten are filled."""

    english: float
    mathematics: float
    ebacc: float
    open: float
    filled: int

    @property
    def points(self) -> float:
        return self.english + self.mathematics + self.ebacc + self.open


@cache
def slots() -> Mapping[str, str]:
    """Each known subject, in lower case, with its slot."""
    with (HERE / "attainment8_subjects.csv").open(encoding="utf-8", newline="") as file:
        return {row["subject"]: row["slot"] for row in csv.DictReader(file)}


def slot_of(subject: str) -> str:
    """The slot of a subject by its name, whatever its capitals; empty for one not known."""
    return slots().get(" ".join(subject.lower().split()), "")


def unrecognised(subjects: Iterable[str]) -> list[str]:
    """Those of some subjects that fill no slot because nobody has said which, by name."""
    return sorted({one for one in subjects if not slot_of(one)})


def attainment_8(grades: Mapping[str, float]) -> Attainment8:
    """Attainment 8 from a pupil's grades on the scale 9 to 1 (0 is U), by subject.

    Grades between two, such as 4.7 for a 5-, count as they are. Subjects not known are left out.
    """
    by_slot: dict[str, list[float]] = {}
    for subject, grade in grades.items():
        by_slot.setdefault(slot_of(subject), []).append(min(max(grade, 0.0), HIGHEST))
    english, left, english_slots = english_points(by_slot)
    mathematics = best(by_slot.get("mathematics", []), 1)
    combined = [grade for grade in by_slot.get("combined", []) for _ in range(2)]
    ebacc = sorted([*by_slot.get("ebacc", []), *combined], reverse=True)
    others = [*left, *ebacc[3:], *by_slot.get("open", [])]
    last = best(others, 3)
    filled = english_slots + 2 * len(mathematics) + min(len(ebacc), 3) + len(last)
    return Attainment8(english, 2 * sum(mathematics), sum(ebacc[:3]), sum(last), filled)


def english_points(by_slot: Mapping[str, Sequence[float]]) -> tuple[float, list[float], int]:
    """Points of the English slots, the grades left for the open ones, and slots filled."""
    both = by_slot.get("english", [])
    parts = [one for name in ENGLISH[1:] for one in by_slot.get(name, [])]
    if both:
        return 2 * max(both), [], 2
    if not parts:
        return 0.0, [], 0
    parts = sorted(parts, reverse=True)
    twice = all(by_slot.get(name) for name in ENGLISH[1:])
    return (2 if twice else 1) * parts[0], parts[1:], 2 if twice else 1


def best(grades: Sequence[float], count: int) -> list[float]:
    return sorted(grades, reverse=True)[:count]
