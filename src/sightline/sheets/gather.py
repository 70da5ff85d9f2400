"""The facts about each pupil, by a handful of queries over the whole school."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sightline.engine import Engine, literal
from sightline.sheets.calendar import Calendar
from sightline.sheets.register import Register
from sightline.sheets.relations import make_relations
from sightline.sheets.rows import by_pupil, made, tuples
from sightline.sheets.source import Source
from sightline.sheets.types import (
    BehaviourRow,
    Lens,
    NoteRow,
    PupilSheet,
    ResultRow,
    SupportRow,
    WeekFigures,
)

__all__ = ["MarkSpan", "gather", "mark_span"]

MarkSpan = tuple[date | None, date | None]

AS_STORED = (
    "pupil_ref",
    "school_id",
    "year_group",
    "eal",
    "disadvantaged",
    "enrolled_on",
    "left_on",
)
OR_EMPTY = ("registration_group", "sex", "sen_status")
VLE_USED = "SELECT count(*) FROM engagement WHERE kind = 'vle' AND school_id = {school}"
"""Whether a school has a learning platform at all: without one no use is not a figure."""


def gather(
    source: Source, calendar: Calendar, register: Register, span: MarkSpan | None = None
) -> dict[str, PupilSheet]:
    """A sheet for every pupil of `sheet_pupil`, without what the signals say.

    `span` is the first and last day with a mark, unless these are all pupils. Replaces the
    signals' own relations `enrolled` and `lesson_slot`: read their evidence first.
    """
    engine = source.engine
    make_relations(source, calendar)
    parts = {
        "class_ids": _classes(source),
        "marks": _marks(engine, register, span or mark_span(engine)),
        "behaviour": _behaviour(engine),
        "results": _results(source, calendar),
        "weeks": _weeks(source),
        "out_of_lessons": _in_order(engine, "sheet_out"),
        "supports": _supports(source, calendar),
        "notes": _notes(source, calendar),
        "minutes": by_pupil(engine, made("minutes")),
        "work": _in_order(engine, "sheet_work"),
        "use": _in_order(engine, "sheet_use"),
    }
    rows = engine.rows("SELECT * FROM sheet_pupil ORDER BY pupil_ref")
    return {row["pupil_ref"]: _sheet(source, row, parts) for row in rows}


def _sheet(
    source: Source, row: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]
) -> PupilSheet:
    told = {name: row[name] for name in AS_STORED}
    told |= {name: row[name] or "" for name in OR_EMPTY}
    told |= {name: tuple(found.get(row["pupil_ref"], ())) for name, found in parts.items()}
    return PupilSheet(as_of=source.as_of, signals=(), good=(), lens=Lens((), ()), story=(), **told)


def _in_order(engine: Engine, relation: str) -> dict[str, Any]:
    return by_pupil(engine, f"SELECT * FROM {relation} ORDER BY ALL")


def mark_span(engine: Engine, sessions: str = "sheet_session") -> MarkSpan:
    """The first and the last day with a mark of some sessions; None where there is none."""
    return tuples(engine, f"SELECT min(date), max(date) FROM {sessions}")[0]


def _marks(engine: Engine, register: Register, span: MarkSpan) -> dict[str, Any]:
    first, last = (day or date.max for day in span)
    lines = tuples(engine, made("marks", first_mark=first, last_mark=last))
    late: dict[str, dict[int, int]] = defaultdict(dict)
    for ref, place, minutes in tuples(
        engine,
        "SELECT pupil_ref, no * 2 + CASE session WHEN 'PM' THEN 1 ELSE 0 END, minutes_late "
        "FROM sheet_session WHERE late = 1 AND minutes_late IS NOT NULL",
    ):
        late[ref][place] = minutes
    return {ref: register.marks(line, late.get(ref, {})) for ref, line in lines}


def _weeks(source: Source) -> dict[str, Any]:
    engine = source.engine
    used = bool(engine.value(VLE_USED.format(school=literal(source.school_id))))
    found = by_pupil(engine, made("weeks", is_used=used))
    return {ref: [WeekFigures(*row) for row in rows] for ref, rows in found.items()}


def _behaviour(engine: Engine) -> dict[str, Any]:
    found = by_pupil(
        engine,
        "SELECT one.pupil_ref, one.date, one.kind, coalesce(one.category, ''), one.severity, "
        "coalesce(one.period, ''), coalesce(one.class_id, ''), coalesce(class.subject, ''), "
        "coalesce(one.location, ''), coalesce(one.staff_id, '') FROM sheet_behaviour AS one "
        "LEFT JOIN class ON one.class_id = class.class_id "
        "ORDER BY one.pupil_ref, one.date, one.period, one.event_id",
    )
    return {ref: [BehaviourRow(*row) for row in rows] for ref, rows in found.items()}


def _results(source: Source, calendar: Calendar) -> dict[str, Any]:
    found = by_pupil(
        source.engine,
        "SELECT one.pupil_ref, one.date, one.subject, one.point, one.scale, one.value, "
        "one.expected FROM assessment AS one INNER JOIN enrolled "
        "ON one.pupil_ref = enrolled.pupil_ref AND one.date >= enrolled.enrolled_on "
        f"WHERE one.date BETWEEN {literal(calendar.first)} AND {literal(source.as_of)} "
        "ORDER BY one.pupil_ref, one.date, one.subject, one.result_id",
    )
    return {ref: [ResultRow(*row) for row in rows] for ref, rows in found.items()}


def _supports(source: Source, calendar: Calendar) -> dict[str, Any]:
    found = by_pupil(
        source.engine,
        "SELECT one.pupil_ref, one.support_id, one.name, one.aim_signal, one.started_on, "
        "one.review_on, one.ended_on, coalesce(one.staff_id, '') FROM support AS one "
        "INNER JOIN enrolled ON one.pupil_ref = enrolled.pupil_ref "
        f"WHERE one.started_on <= {literal(source.as_of)} "
        f"AND (one.ended_on IS NULL OR one.ended_on >= {literal(calendar.first)}) "
        "ORDER BY one.pupil_ref, one.started_on, one.support_id",
    )
    return {ref: [SupportRow(*row) for row in rows] for ref, rows in found.items()}


def _notes(source: Source, calendar: Calendar) -> dict[str, Any]:
    found = by_pupil(
        source.engine,
        "SELECT one.pupil_ref, one.note_id, one.date, one.category, "
        "coalesce(one.restricted, FALSE) FROM note AS one "
        "INNER JOIN enrolled ON one.pupil_ref = enrolled.pupil_ref "
        f"WHERE one.date BETWEEN {literal(calendar.first)} AND {literal(source.as_of)} "
        "ORDER BY one.pupil_ref, one.date, one.note_id",
    )
    return {ref: [NoteRow(*row) for row in rows] for ref, rows in found.items()}


def _classes(source: Source) -> dict[str, Any]:
    found = by_pupil(
        source.engine,
        "SELECT DISTINCT one.pupil_ref, one.class_id FROM class_member AS one "
        "INNER JOIN enrolled ON one.pupil_ref = enrolled.pupil_ref "
        f"WHERE one.from_on <= {literal(source.today)} "
        f"AND (one.to_on IS NULL OR one.to_on >= {literal(source.today)}) "
        "ORDER BY one.pupil_ref, one.class_id",
    )
    return {ref: [row[0] for row in rows] for ref, rows in found.items()}
