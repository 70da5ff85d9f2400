"""The one axis of every lane: school weeks of five days, and a narrower column for holidays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sightline.web.dates import day_and_month

__all__ = ["HOLIDAY_WIDTH", "Axis", "Column", "columns_of"]

HOLIDAY_WIDTH = 0.72
"""A holiday's column, however long, beside a week of 1."""
EDGE = 0.03
"""Of a week, left free at both its ends so that weeks stand apart."""
SHIFTS = {"start": 0.0, "middle": 0.5, "end": 1.0}
Days = Mapping[date, tuple[str, str, str]]
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Column:
    """A school week, or a whole holiday: its first Monday, its last day and its name."""

    kind: str  # week, holiday
    monday: date
    until: date
    label: str


def columns_of(days: Days, to: date, weeks: int | None = None) -> tuple[Column, ...]:
    """The columns up to the week of `to`: the last so many school weeks, or the whole year."""
    open_mondays = {_monday(day) for day, (kind, _, _) in days.items() if kind == "open"}
    shown = sorted(one for one in open_mondays if one <= to)
    if not shown:
        return ()
    shown = shown[-weeks:] if weeks else shown
    found: list[Column] = []
    monday = shown[0]
    while monday <= shown[-1]:
        end = monday + timedelta(days=4)
        if monday in open_mondays:
            found.append(Column("week", monday, end, day_and_month(monday)))
        elif found[-1].kind == "holiday":
            found[-1] = _holiday(found[-1].monday, end)
        else:
            found.append(_holiday(monday, end))
        monday += WEEK
    return tuple(found)


@dataclass(frozen=True)
class Axis:
    """Columns laid out between `left` and `right`."""

    columns: Sequence[Column]
    left: float
    right: float

    @cached_property
    def week(self) -> float:
        """The width of a school week."""
        parts = sum(1.0 if one.kind == "week" else HOLIDAY_WIDTH for one in self.columns)
        return (self.right - self.left) / max(1.0, parts)

    @cached_property
    def spans(self) -> list[tuple[Column, float, float]]:
        """Each column with where it starts and ends."""
        x, week, found = self.left, self.week, []
        for one in self.columns:
            end = x + week * (1.0 if one.kind == "week" else HOLIDAY_WIDTH)
            found.append((one, x, end))
            x = end
        return found

    def covers(self, day: date) -> bool:
        return bool(self.columns) and self.columns[0].monday <= day <= self.columns[-1].until

    def x(self, day: date, *, edge: str = "middle") -> float:
        """Where a day is: its middle, or its `start` or `end`; before and after: the two ends."""
        shift = SHIFTS[edge]
        for one, start, end in self.spans:
            if day <= one.until:
                if day < one.monday:
                    return start
                length = (one.until - one.monday).days + 1
                share = ((day - one.monday).days + shift) / length
                free = EDGE if edge == "middle" else 0.0
                return start + (end - start) * (free + share * (1 - 2 * free))
        return self.right


def _holiday(monday: date, until: date) -> Column:
    return Column("holiday", monday, until, _name(monday, until))


def _name(monday: date, until: date) -> str:
    if monday.month == 12 or until.month == 1:
        return "Christmas"
    if (until - monday).days < 7 and monday.month in (2, 5, 6, 10, 11):
        return "half-term"
    return "Easter" if monday.month in (3, 4) else "holiday"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
