"""Make all the sheets of a school, and write them."""

import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sightline.sheets.absence import absence_row, ten_weeks_from
from sightline.sheets.basis import Counted, stored_basis
from sightline.sheets.facts import lacking_marks, read_facts, stored_facts
from sightline.sheets.file import SCHEMA_VERSION, new_file, path_of
from sightline.sheets.gather import mark_span
from sightline.sheets.make import Made, group_from_made, make
from sightline.sheets.source import Source
from sightline.sheets.stored import packed, store_group, store_sheet
from sightline.sheets.timetable import Timetable
from sightline.sheets.types import GroupFacts

__all__ = ["absences_of", "build", "group_of", "groups_of", "write_explanations", "write_pupils"]


def build(source: Source, folder: Path, built_at: datetime) -> Path:
    """Write the school's file of sheets in place of the one before; returns its path."""
    made = make(source)
    lacking = lacking_marks((one.marks for one in made.sheets.values()), made.calendar)
    facts = read_facts(source, made.calendar, lacking, built_at)
    counted = Counted(*mark_span(source.engine), *lacking)
    with new_file(folder, source.school_id) as connection:
        meta = {"schema": str(SCHEMA_VERSION), "school_id": source.school_id, "name": facts.name}
        meta |= stored_basis(source.basis, counted, source.as_of, source.snapshot)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        write_pupils(connection, made)
        write_explanations(connection, made)
        _write_timetable(connection, made.timetable)
        groups = {year: group_from_made(source, made, year) for year in sorted(facts.year_groups)}
        connection.executemany(
            "INSERT INTO year_group VALUES (?, ?)",
            ((year, store_group(group)) for year, group in groups.items()),
        )
        parts = {
            "facts": stored_facts(facts),
            "events": [list(vars(one).values()) for one in made.timetable.events],
            "absences": absences_of(made, counted.last_mark),
        }
        connection.executemany(
            "INSERT INTO part VALUES (?, ?)", ((name, packed(told)) for name, told in parts.items())
        )
    return path_of(folder, source.school_id)


def group_of(source: Source, year_group: int) -> GroupFacts:
    """One group's facts on a day, without writing anything.

    The signals were run for that year group on that day and a week before.
    """
    return group_from_made(source, make(source, year_group=year_group), year_group)


def groups_of(source: Source) -> list[GroupFacts]:
    """The same for every year group, made once; the signals were run for the whole school."""
    made = make(source, explained=False)
    years = {one.year_group for one in made.sheets.values()}
    return [
        group_from_made(source, made, year) for year in sorted(y for y in years if y is not None)
    ]


def write_pupils(connection: sqlite3.Connection, made: Made) -> None:
    """Add the sheets, with where each pupil is and the level of each signal."""
    for ref, one in made.sheets.items():
        place = ref, one.year_group, one.registration_group, "\n".join(one.class_ids)
        stored = store_sheet(one, made.register)
        connection.execute("INSERT OR REPLACE INTO pupil VALUES (?, ?, ?, ?, ?)", (*place, stored))
        levels = ((row["signal"], ref, row["level"]) for row in one.signals)
        connection.executemany(
            "INSERT INTO level VALUES (?, ?, ?)", (row for row in levels if row[2] is not None)
        )
        connection.executemany(
            "INSERT OR REPLACE INTO member VALUES (?, ?)",
            ((class_id, ref) for class_id in one.class_ids),
        )


def write_explanations(connection: sqlite3.Connection, made: Made) -> None:
    """Add how each flagged figure came about."""
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


def absences_of(made: Made, latest: date | None) -> list[list[Any]]:
    """A row of each pupil for the attendance officer; `latest` is the last day with a mark."""
    since = ten_weeks_from(made.calendar.opened)
    return [list(vars(absence_row(one, latest, since)).values()) for one in made.sheets.values()]
