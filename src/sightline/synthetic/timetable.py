"""Classes, lessons, rooms and teachers: no teacher and no room is in two places at once."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sightline.synthetic.lines import Ints

__all__ = ["PERIODS", "SET_MOVE", "SLOTS", "Change", "Timetable"]

PERIODS = (
    ("08:55", "09:55"),
    ("09:55", "10:55"),
    ("11:15", "12:15"),
    ("13:05", "14:05"),
    ("14:05", "15:05"),
)
"""Start and end of the five periods; the first three belong to the morning session."""
SLOTS = 50
SET_MOVE = date(2026, 1, 6)


@dataclass(frozen=True)
class Change:
    """From `on`, another teacher takes the class."""

    on: date
    teacher: int


@dataclass
class Timetable:
    """Lists over classes; a slot is one of the fifty periods of a fortnight (A then B).

    `class_at[0]` (pupils by slots) holds before SET_MOVE, `class_at[1]` from then on; -1: none.
    `changes` may be filled later; a teacher's index is also the index of the home room."""

    subjects: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    slots: list[list[int]] = field(default_factory=list)
    teacher: list[int] = field(default_factory=list)
    teacher_subject: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    class_at: Ints = field(default_factory=lambda: np.empty((2, 0, SLOTS), np.int64))
    changes: dict[int, Change] = field(default_factory=dict)
    weekly: bool = False

    def teacher_on(self, which: int, day: date) -> int:
        """Who teaches the class on the day."""
        change = self.changes.get(which)
        return change.teacher if change and day >= change.on else self.teacher[which]

    def room(self, which: int) -> str:
        """The class's room: the home room of its first teacher."""
        return self.rooms[self.teacher[which]]

    def add(self, subject: str, name: str, year: int, slots: list[int], pupils: Ints) -> None:
        """A class with its lessons and its members."""
        self.class_at[:, pupils[:, None], np.array(slots)] = len(self.subjects)
        self.subjects.append(subject)
        self.names.append(name)
        self.years.append(year)
        self.slots.append(sorted(slots))
