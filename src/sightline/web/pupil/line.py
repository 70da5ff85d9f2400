"""From a pupil's sheet to the time line and its table: the same rows for drawing, table and alt."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sightline.sheets import Mark, PupilSheet, ResultRow, SchoolEvent, SchoolSheets, WeekFigures
from sightline.sheets.figures import ABSENT, ATTENDED
from sightline.web.charts import (
    Bar,
    Happening,
    Letter,
    Line,
    Session,
    TimeLine,
    Week,
    columns_of,
)
from sightline.web.pupil.notes import Note
from sightline.web.pupil.seen import Seen

__all__ = ["SCALES", "WEEKS", "result_rows", "time_line"]

WEEKS = 12
"""School weeks drawn unless the whole year is asked for."""
SCALES = {
    "gcse_9_1": "grades",
    "scaled_score": "scaled scores",
    "percent": "per cent",
    "points": "points",
}


def time_line(
    seen: Seen,
    sheets: SchoolSheets,
    sheet: PupilSheet,
    *,
    notes: Sequence[Note] | None,
    supports: Iterable[Any],
    whole_year: bool = False,
    own: bool = False,
) -> TimeLine:
    """One pupil's weeks. Lanes need the events of an area, the table its figures.

    `own`: as the pupil is shown it, without what was expected and what happened at the school.
    """
    days = sheets.facts.days
    columns = columns_of(days, sheet.as_of, None if whole_year else WEEKS)
    first = columns[0].monday if columns else sheet.as_of
    weeks = tuple(_week(seen, one) for one in sheet.weeks if one.monday >= first)
    logs = [one for one in sheet.behaviour if one.on >= first]
    behaviour = seen.events("behaviour")
    lines, scale = _lines(sheet.results, first) if seen.events("attainment") else (None, "")
    if own and lines:
        lines = tuple(replace(one, plain=True) for one in lines)
    return TimeLine(
        columns=columns,
        to=sheet.as_of,
        weeks=weeks,
        sessions=_sessions(sheet.marks, first) if seen.events("attendance") else None,
        concerns=tuple(one.on for one in logs if one.kind == "concern") if behaviour else None,
        praise=tuple(one.on for one in logs if one.kind == "praise") if behaviour else (),
        lines=lines,
        results_hint=(scale,) if own else (scale, "bold: furthest", "from expected"),
        letters=None
        if notes is None
        else tuple(Letter(one.on, one.letter) for one in notes if one.on >= first),
        bars=_bars(supports, sheet, first) if seen.events("support") else None,
        happenings=_happenings(sheets.events(), sheet, first) if not own else (),
    )


def result_rows(sheet: PupilSheet) -> list[tuple[str, list[tuple[date, float, float | None]]]]:
    """Every subject with its results of the year, for the table below the drawing."""
    found: dict[str, list[tuple[date, float, float | None]]] = defaultdict(list)
    for one in sorted(sheet.results, key=lambda row: (row.subject, row.on)):
        if one.value is not None:
            found[one.subject].append((one.on, one.value, one.expected))
    return list(found.items())


def _week(seen: Seen, one: WeekFigures) -> Week:
    came = seen.figures("attendance")
    logged = seen.figures("behaviour")
    worked = seen.figures("work")
    return Week(
        monday=one.monday,
        possible=one.possible if came else None,
        attended=one.attended if came else None,
        late=one.late if came else None,
        concerns=one.concerns if logged else None,
        praise=one.praise if logged else None,
        work_due=one.work_due if worked else None,
        work_missing=one.work_missing if worked else None,
        out_of_lessons=one.out_of_lessons if came else None,
    )


def _sessions(marks: Iterable[Mark], first: date) -> tuple[Session, ...]:
    """Half-days the pupil could have come to, and those without a mark."""
    found = []
    for one in marks:
        if one.on < first:
            continue
        state = ""
        if one.category in ATTENDED:
            state = "late" if one.late else "attended"
        elif one.category in ABSENT:
            state = "missed"
        elif one.category == "missing":
            state = "unknown"
        if state:
            found.append(Session(one.on, int(one.session == "PM"), state))
    return tuple(found)


def _lines(results: Iterable[ResultRow], first: date) -> tuple[tuple[Line, ...], str]:
    """Two subjects furthest below what was expected and two furthest above it, boldest first.

    Of those with the most results; the table below has them all.
    """
    told = [one for one in results if one.value is not None and one.on >= first]
    scale = max((one.scale for one in told), key=[one.scale for one in told].count, default="")
    rows: dict[str, list[ResultRow]] = defaultdict(list)
    for one in sorted(told, key=lambda row: row.on):
        if one.scale == scale:
            rows[one.subject].append(one)
    most = max((len(some) for some in rows.values()), default=0)
    ordered = sorted(
        (name for name, some in rows.items() if len(some) == most),
        key=lambda name: (_gap(rows[name][-1]), name),
    )
    chosen = ordered[:2] + ordered[2:][-2:]
    bold = max(chosen, key=lambda name: abs(_gap(rows[name][-1])), default="")
    lines = [
        Line(name, tuple((row.on, row.value or 0.0) for row in rows[name]), plain=name != bold)
        for name in chosen
    ]
    words = SCALES.get(scale, scale.replace("_", " "))
    return tuple(lines), f"{len(chosen)} of {len(rows)}, {words}" if rows else ""


def _gap(row: ResultRow) -> float:
    return (row.value or 0.0) - (row.expected if row.expected is not None else row.value or 0.0)


def _bars(supports: Iterable[Any], sheet: PupilSheet, first: date) -> tuple[Bar, ...]:
    """What is tried here and what the school's own system says is tried."""
    every = [Bar(one.name, one.started_on, one.ended_on) for one in supports]
    return tuple(
        one
        for one in every
        if one.from_on <= sheet.as_of and (one.to_on is None or one.to_on >= first)
    )


def _happenings(
    events: Iterable[SchoolEvent], sheet: PupilSheet, first: date
) -> tuple[Happening, ...]:
    """What happened at the school and could have touched this pupil."""
    return tuple(
        Happening(one.from_on, one.title)
        for one in events
        if first <= one.from_on <= sheet.as_of
        and (not one.class_id or one.class_id in sheet.class_ids)
        and one.year_group in (None, sheet.year_group)
    )
