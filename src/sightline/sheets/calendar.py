"""The school year that a day belongs to, and its open days."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from sightline.engine import Engine, literal

__all__ = ["Calendar", "make_days", "read_calendar"]

SUMMER = timedelta(days=28)  # a longer gap between open days starts a new school year
INSET = timedelta(days=10)  # staff come back this long before pupils at most


@dataclass(frozen=True)
class Calendar:
    """`days` maps each date with a row to (kind, term, cycle_week), from the year's first on.

    `opened` are the open days up to the day asked about; `first` is the first of them, or that
    day where there is none yet.
    """

    days: Mapping[date, tuple[str, str, str]]
    opened: tuple[date, ...]
    first: date

    def last(self, count: int) -> tuple[date, ...]:
        """The latest open days, at most so many."""
        return self.opened[-count:] if count > 0 else ()

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The open days from one date to another, both included."""
        return self.opened[bisect_left(self.opened, first) : bisect_right(self.opened, last)]


def read_calendar(engine: Engine, school_id: str, as_of: date) -> Calendar:
    """The school year in which `as_of` lies; dates ahead of it are in `days` too."""
    rows = engine.rows(
        "SELECT date, kind, term, cycle_week FROM school_day "
        f"WHERE school_id = {literal(school_id)} ORDER BY date"
    )
    opened = [row["date"] for row in rows if row["kind"] == "open" and row["date"] <= as_of]
    this_year = _this_year(opened)
    first = this_year[0] if this_year else as_of
    days = {
        row["date"]: (row["kind"], row["term"] or "", row["cycle_week"] or "")
        for row in rows
        if row["date"] >= first - INSET
    }
    return Calendar(days, this_year, first)


def make_days(engine: Engine, calendar: Calendar) -> None:
    """Make `sheet_day(no, date, monday, timetable_day)` of the year's open days so far.

    `timetable_day` is one number for weekday and cycle week, as in the signals' calendar.
    """
    opened = calendar.opened
    weeks = [{"A": 1, "B": 2}.get(calendar.days[day][2], 0) for day in opened]
    columns = {
        "no": pa.array(range(len(opened)), pa.int32()),
        "date": pa.array(opened, pa.date32()),
        "monday": pa.array([day - timedelta(day.weekday()) for day in opened], pa.date32()),
        "timetable_day": pa.array(
            [day.isoweekday() * 3 + week for day, week in zip(opened, weeks, strict=True)],
            pa.int32(),
        ),
    }
    engine.register("sheet_day", pa.table(columns))


def _this_year(opened: list[date]) -> tuple[date, ...]:
    """The days since the last summer."""
    start = 0
    for place in range(1, len(opened)):
        if opened[place] - opened[place - 1] > SUMMER:
            start = place
    return tuple(opened[start:])
