"""Make all the sheets of a school, and write them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sightline.sheets.absence import absence_row, ten_weeks_from
from sightline.sheets.calendar import Calendar, read_calendar
from sightline.sheets.facts import read_facts, stored_facts
from sightline.sheets.file import SCHEMA_VERSION, new_file, path_of
from sightline.sheets.gather import gather
from sightline.sheets.group import make_group
from sightline.sheets.noticed import Noticed, read_explanations, read_good, read_noticed
from sightline.sheets.register import Register
from sightline.sheets.relations import make_pupils
from sightline.sheets.source import Source
from sightline.sheets.stored import packed, store_group, store_sheet
from sightline.sheets.timetable import Timetable, read_timetable
from sightline.sheets.types import GroupFacts, PupilSheet
from sightline.sheets.words import worded

__all__ = ["build", "group_of", "groups_of"]


@dataclass(frozen=True)
class Made:
    """Everything about a school or a group before it is written."""

    calendar: Calendar
    register: Register
    timetable: Timetable
    noticed: Noticed
    explanations: Mapping[tuple[str, str], Mapping[str, Any]]
    sheets: Mapping[str, PupilSheet]


def build(source: Source, folder: Path, built_at: datetime) -> Path:
    """Write the school's file of sheets in place of the one before; returns its path."""
    made = _make(source)
    facts = read_facts(source, made.calendar, made.sheets.values(), built_at)
    with new_file(folder, source.school_id) as connection:
        meta = {"schema": str(SCHEMA_VERSION), "school_id": source.school_id, "name": facts.name}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        _write_pupils(connection, made)
        _write_timetable(connection, made.timetable)
        connection.executemany(
            "INSERT INTO year_group VALUES (?, ?)",
            ((year, store_group(_group(source, made, year))) for year in sorted(facts.year_groups)),
        )
        parts = {
            "facts": stored_facts(facts),
            "events": [list(vars(one).values()) for one in made.timetable.events],
            "absences": _absences(made),
        }
        connection.executemany(
            "INSERT INTO part VALUES (?, ?)", ((name, packed(told)) for name, told in parts.items())
        )
    return path_of(folder, source.school_id)


def group_of(source: Source, year_group: int) -> GroupFacts:
    """One group's facts on a day, without writing anything.

    The signals were run for that year group on that day and a week before.
    """
    return _group(source, _make(source, year_group=year_group), year_group)


def groups_of(source: Source) -> list[GroupFacts]:
    """The same for every year group, made once; the signals were run for the whole school."""
    made = _make(source, explained=False)
    years = {one.year_group for one in made.sheets.values()}
    return [_group(source, made, year) for year in sorted(y for y in years if y is not None)]


def _make(source: Source, *, year_group: int | None = None, explained: bool = True) -> Made:
    calendar = read_calendar(source.engine, source.school_id, source.as_of)
    register = Register(calendar.opened)
    noticed = read_noticed(source)
    good = read_good(source, noticed.rows)
    explained = explained and year_group is None
    explanations = read_explanations(source, noticed) if explained else {}
    make_pupils(source, year_group=year_group)
    facts = gather(source, calendar, register)
    timetable = read_timetable(source, calendar.first)
    with_signals = {
        ref: replace(sheet, signals=tuple(noticed.rows.get(ref, ())), good=good.get(ref, ()))
        for ref, sheet in facts.items()
    }
    sheets = worded(source, calendar, timetable, with_signals)
    return Made(calendar, register, timetable, noticed, explanations, sheets)


def _group(source: Source, made: Made, year_group: int) -> GroupFacts:
    return make_group(source, made.calendar, made.noticed, year_group, made.sheets)


def _write_pupils(connection: sqlite3.Connection, made: Made) -> None:
    for ref, one in made.sheets.items():
        place = ref, one.year_group, one.registration_group, "\n".join(one.class_ids)
        stored = store_sheet(one, made.register)
        connection.execute("INSERT INTO pupil VALUES (?, ?, ?, ?, ?)", (*place, stored))
        levels = ((row["signal"], ref, row["level"]) for row in one.signals)
        connection.executemany(
            "INSERT INTO level VALUES (?, ?, ?)", (row for row in levels if row[2] is not None)
        )
        connection.executemany(
            "INSERT INTO member VALUES (?, ?)", ((class_id, ref) for class_id in one.class_ids)
        )
    connection.executemany(
        "INSERT INTO explanation VALUES (?, ?, ?)",
        ((ref, signal, packed(told)) for (ref, signal), told in sorted(made.explanations.items())),
    )


def _write_timetable(connection: sqlite3.Connection, timetable: Timetable) -> None:
    connection.executemany(
        "INSERT INTO class VALUES (?, ?)",
        sorted((class_id, timetable.name(class_id)) for class_id in timetable.classes),
    )
    connection.executemany(
        f"INSERT INTO slot VALUES ({', '.join('?' * 13)})",
        (
            (
                *vars(row.slot).values(),
                row.from_on.isoformat() if row.from_on else "",
                row.to_on.isoformat() if row.to_on else "9999-12-31",
            )
            for row in timetable.rows
        ),
    )


def _absences(made: Made) -> list[list[Any]]:
    latest = max((one.marks[-1].on for one in made.sheets.values() if one.marks), default=None)
    since = ten_weeks_from(made.calendar.opened)
    return [list(vars(absence_row(one, latest, since)).values()) for one in made.sheets.values()]
