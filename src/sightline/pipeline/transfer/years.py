"""A pupil's attendance at this school, one school year at a time, as a transfer file gives it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sightline.contract import attendance_codes
from sightline.engine import Engine, identifier

__all__ = ["SchoolYear", "by_pupil", "school_years", "year_of"]

ATTENDED = ("present", "approved_educational_activity")
COUNTED = (ATTENDED, ("authorised_absence",), ("unauthorised_absence",))


@dataclass(frozen=True)
class SchoolYear:
    """A school year's attendance: attended, authorised and unauthorised sessions; and its run."""

    year: int
    counts: tuple[int, int, int]
    first_on: date
    marks: str | None


def school_years(engine: Engine, pupils: str) -> dict[str, list[SchoolYear]]:
    """The school years of each pupil in the relation `pupils`, the first one first."""
    chosen = identifier(pupils)
    rows = engine.rows(
        f"SELECT pupil_ref, a.date, session, code FROM attendance AS a SEMI JOIN {chosen} "
        "USING (pupil_ref) ORDER BY pupil_ref, a.date, session"
    )
    days = engine.rows(
        f"SELECT school_id, date FROM school_day SEMI JOIN {chosen} USING (school_id) "
        "WHERE kind = 'open'"
    )
    open_days = {(row["school_id"], row["date"]) for row in days}
    schools = {row["pupil_ref"]: row["school_id"] for row in engine.rows(f"FROM {chosen}")}
    categories = {code.code: code.category for code in attendance_codes()}
    found: dict[str, list[SchoolYear]] = {}
    for ref, marks in by_pupil(rows).items():
        here = {day for school, day in open_days if school == schools[ref]}
        found[ref] = list(_years_of(marks, here, categories))
    return found


def _years_of(
    marks: Sequence[Mapping[str, Any]], open_days: set[date], categories: Mapping[str, str]
) -> Iterator[SchoolYear]:
    for year in sorted({year_of(one["date"]) for one in marks}):
        own = [one for one in marks if year_of(one["date"]) == year]
        told = [categories.get(one["code"] or "-", "") for one in own]
        attended, authorised, unauthorised = (
            sum(one in kinds for one in told) for kinds in COUNTED
        )
        counts = (attended, authorised, unauthorised)
        if any(counts):
            first_on = min(one["date"] for one in own)
            yield SchoolYear(year, counts, first_on, _run(own, open_days))


def _run(marks: Sequence[Mapping[str, Any]], open_days: set[date]) -> str | None:
    """Two characters for each weekday from the first mark to the last; None if that cannot be."""
    held = {(one["date"], one["session"]): one["code"] or "-" for one in marks}
    days = sorted({day for day, _ in held})
    if any(len(code) != 1 for code in held.values()) or any(day.weekday() > 4 for day in days):
        return None
    run, day = "", days[0]
    while day <= days[-1]:
        if day.weekday() < 5:
            blank = "-" if day in open_days else "#"
            run += "".join(held.get((day, session), blank) for session in ("AM", "PM"))
        day += timedelta(days=1)
    return run


def by_pupil(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by the pupil they are about, in the same order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["pupil_ref"], []).append(row)
    return found


def year_of(day: date) -> int:
    """The year in which a school year begins: the department's files change on 1 August."""
    return day.year if day.month >= 8 else day.year - 1
