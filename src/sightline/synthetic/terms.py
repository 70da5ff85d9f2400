"""The school year 2025/26 as data: days, terms, INSET days and the two-week cycle."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.lines import Ints

__all__ = ["FIRST_DAY", "LAST_DAY", "SchoolYear", "school_year"]

FIRST_DAY = date(2025, 9, 1)
LAST_DAY = date(2026, 7, 20)
MAY_HOLIDAY = date(2026, 5, 4)

TERMS = (
    ("Autumn 1", date(2025, 9, 1), date(2025, 10, 24)),
    ("Autumn 2", date(2025, 11, 3), date(2025, 12, 19)),
    ("Spring 1", date(2026, 1, 5), date(2026, 2, 13)),
    ("Spring 2", date(2026, 2, 23), date(2026, 3, 27)),
    ("Summer 1", date(2026, 4, 13), date(2026, 5, 22)),
    ("Summer 2", date(2026, 6, 1), date(2026, 7, 20)),
)
# The demo school's five INSET days come first; other schools swap some of them.
INSET = (date(2025, 9, 1), date(2025, 11, 3), date(2026, 1, 5), date(2026, 6, 1), LAST_DAY)
OTHER_INSET = (
    date(2025, 9, 2),
    date(2025, 10, 24),
    date(2026, 2, 13),
    date(2026, 6, 26),
    date(2026, 7, 17),
)


@dataclass(frozen=True)
class Day:
    """One weekday of the year. `cycle` 0 is week A, 1 week B."""

    on: date
    kind: str
    term: str
    cycle: int


@dataclass(frozen=True)
class SchoolYear:
    """Every weekday of the year; arrays below are over the open days only."""

    days: tuple[Day, ...]

    @cached_property
    def open(self) -> tuple[Day, ...]:
        """The days with pupils."""
        return tuple(day for day in self.days if day.kind == "open")

    @cached_property
    def dates(self) -> NDArray[np.datetime64]:
        """Dates of the open days."""
        return np.array([day.on for day in self.open], dtype="datetime64[D]")

    @cached_property
    def weekday(self) -> Ints:
        """0 = Monday."""
        return np.array([day.on.weekday() for day in self.open], dtype=np.int64)

    @cached_property
    def first_slot(self) -> Ints:
        """Where each open day's five periods start among the fifty of a two-week cycle."""
        return np.array([day.cycle * 25 + day.on.weekday() * 5 for day in self.open], np.int64)

    @cached_property
    def after_break(self) -> NDArray[np.bool_]:
        """True on the first open day of each half-term."""
        terms = [day.term for day in self.open]
        return np.array([i == 0 or terms[i - 1] != terms[i] for i in range(len(terms))])

    def on_or_after(self, day: date) -> int:
        """Position of the first open day on or after this one (the number of days if none)."""
        return int(np.searchsorted(self.dates, np.datetime64(day)))


def school_year(inset: tuple[date, ...] = INSET, closed: date | None = None) -> SchoolYear:
    """The year with these INSET days and, if given, one day closed by surprise (snow)."""
    days: list[Day] = []
    day, weeks = FIRST_DAY, 0
    while day <= LAST_DAY:
        if day.weekday() == 0 and _term(day, day + timedelta(4)):
            weeks += 1
        if day.weekday() < 5:
            kind = _kind(day, inset, closed)
            days.append(Day(day, kind, _term(day, day), (weeks - 1) % 2))
        day += timedelta(1)
    return SchoolYear(tuple(days))


def _term(first: date, last: date) -> str:
    """The half-term that any day from first to last belongs to."""
    return next((name for name, start, end in TERMS if start <= last and first <= end), "")


def _kind(day: date, inset: tuple[date, ...], closed: date | None) -> str:
    if not _term(day, day) or day == MAY_HOLIDAY:
        return "holiday"
    if day in inset:
        return "inset"
    return "closed" if day == closed else "open"
