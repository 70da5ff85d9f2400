"""Make the sheets of a few pupils anew, in a copy of their school's file that takes its place.

The file is then the same as if it had been made whole from that snapshot. It is for the caller to
know that nothing of any other pupil changed.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sightline.sheets.basis import Counted, Kept, stored_basis
from sightline.sheets.build import absences_of, write_explanations, write_pupils
from sightline.sheets.calendar import Calendar, make_days, read_calendar
from sightline.sheets.facts import DATED, fresh_to, lacking_marks, missing_share
from sightline.sheets.file import Outdated, changed_file, path_of
from sightline.sheets.gather import MarkSpan, mark_span
from sightline.sheets.make import Made, group_from_made, make
from sightline.sheets.register import Register, code_table
from sightline.sheets.relations import make_pupils
from sightline.sheets.source import Source
from sightline.sheets.stored import packed, store_group, unpacked
from sightline.sheets.types import Mark

__all__ = ["update"]

BY_PUPIL = ("good", "lens", "weeks")  # parts of a group's facts, each by pupil
FLAG_REF, FLAG_SIGNAL = 1, 3  # places in a stored flag


def update(
    source: Source,
    folder: Path,
    built_at: datetime,
    *,
    kept: Kept,
    pupils: Collection[str],
    tables: Collection[str],
) -> Path | None:
    """Make anew what some pupils' rows in some tables changed; None where that is not enough.

    The signals were run for these pupils. `kept` is what the file tells of itself; its day is the
    source's.
    """
    calendar = read_calendar(source.engine, source.school_id, source.as_of)
    span = kept.counted.first_mark, kept.counted.last_mark
    if "attendance" in tables and _span_of_all(source, calendar) != span:
        return None
    made = make(source, pupils=pupils, span=span) if pupils else None
    try:
        with changed_file(folder, source.school_id, kept.version) as connection:
            before = _before(connection, made, calendar)
            counted = _counted(kept.counted, calendar, before, made)
            if made:
                _replace_pupils(connection, made, before)
            _replace_groups(connection, source, made)
            _replace_parts(connection, source, made, counted, tables, built_at)
            told = stored_basis(source.basis, counted, source.as_of, source.snapshot)
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", told)
    except Outdated:
        return None
    return path_of(folder, source.school_id)


def _span_of_all(source: Source, calendar: Calendar) -> MarkSpan:
    """The first and last day with a mark of anybody on roll."""
    make_pupils(source)
    make_days(source.engine, calendar)
    source.engine.register("sheet_code", code_table())
    return mark_span(
        source.engine,
        "(SELECT mark.date FROM attendance AS mark INNER JOIN enrolled "
        "ON mark.pupil_ref = enrolled.pupil_ref AND mark.date >= enrolled.enrolled_on "
        "INNER JOIN sheet_day USING (date) "
        "INNER JOIN sheet_code AS code ON coalesce(mark.code, '-') = code.code)",
    )


@dataclass(frozen=True)
class _Before:
    """What must be taken out of a file when a sheet of it is replaced."""

    marks: Sequence[Mark]
    signals: Sequence[str]


def _before(
    connection: sqlite3.Connection, made: Made | None, calendar: Calendar
) -> dict[str, _Before]:
    """The stored sheets of the pupils made anew. Raises Outdated when one has none."""
    register = Register(calendar.opened)
    found = {}
    for ref in made.sheets if made else ():
        row = connection.execute("SELECT sheet FROM pupil WHERE ref = ?", (ref,)).fetchone()
        if row is None:
            raise Outdated(ref)
        told = unpacked(row[0])
        signals = [one["signal"] for one in told["signals"]]
        found[ref] = _Before(register.marks(told["marks"], {}), signals)
    return found


def _counted(
    earlier: Counted,
    calendar: Calendar,
    before: Mapping[str, _Before],
    made: Made | None,
) -> Counted:
    """What was counted over all, with these pupils' share taken out and put in again."""
    now = made.sheets.values() if made else ()
    out = lacking_marks((one.marks for one in before.values()), calendar)
    into = lacking_marks((one.marks for one in now), calendar)
    return replace(
        earlier, due=earlier.due - out[0] + into[0], without=earlier.without - out[1] + into[1]
    )


def _replace_pupils(
    connection: sqlite3.Connection, made: Made, before: Mapping[str, _Before]
) -> None:
    levels = ((name, ref) for ref, one in before.items() for name in one.signals)
    connection.executemany("DELETE FROM level WHERE signal = ? AND ref = ?", levels)
    connection.executemany("DELETE FROM explanation WHERE ref = ?", ((ref,) for ref in before))
    write_pupils(connection, made)
    write_explanations(connection, made)


def _replace_groups(connection: sqlite3.Connection, source: Source, made: Made | None) -> None:
    """Every group tells the snapshot; those with one of the pupils tell more."""
    years = {one.year_group for one in made.sheets.values()} if made else set()
    for year, stored in connection.execute("SELECT year_group, facts FROM year_group").fetchall():
        told = unpacked(stored) | {"snapshot": source.snapshot}
        if made and year in years:
            told |= _merged(told, unpacked(store_group(group_from_made(source, made, year))), made)
        connection.execute(
            "UPDATE year_group SET facts = ? WHERE year_group = ?", (packed(told), year)
        )


def _merged(told: Mapping[str, Any], anew: Mapping[str, Any], made: Made) -> dict[str, Any]:
    """The parts of a stored group that are by pupil, those made anew in place of the old."""
    refs = made.sheets.keys()
    flags = [one for one in told["flags"] if one[FLAG_REF] not in refs] + anew["flags"]
    before = [one for one in told["before"] if one[0] not in refs] + anew["before"]
    untold = [ref for ref in told["cannot_tell"] if ref not in refs] + anew["cannot_tell"]
    found: dict[str, Any] = {
        "flags": sorted(flags, key=lambda one: (one[FLAG_REF], one[FLAG_SIGNAL])),
        "before": sorted(before),
        "cannot_tell": sorted(untold),
    }
    for name in BY_PUPIL:
        kept = {ref: one for ref, one in told[name].items() if ref not in refs}
        found[name] = dict(sorted((kept | anew[name]).items()))
    return found


def _replace_parts(
    connection: sqlite3.Connection,
    source: Source,
    made: Made | None,
    counted: Counted,
    tables: Collection[str],
    built_at: datetime,
) -> None:
    query = "SELECT name, value FROM part WHERE name IN ('facts', 'absences')"
    parts = {name: unpacked(value) for name, value in connection.execute(query)}
    latest = parts["facts"]["fresh_to"] | dict.fromkeys(tables) | fresh_to(source, tables)
    parts["facts"] |= {
        "snapshot": source.snapshot,
        "recorded_at": source.recorded_at.isoformat(),
        "built_at": built_at.isoformat(),
        "fresh_to": {name: latest[name] for name in DATED if latest.get(name) is not None},
        "missing_marks": missing_share(counted.due, counted.without),
        "staff": dict(sorted(source.staff.items())),
    }
    if made:
        anew = {row[0]: row for row in absences_of(made, counted.last_mark)}
        parts["absences"] = [anew.get(row[0], row) for row in parts["absences"]]
    else:
        del parts["absences"]
    connection.executemany(
        "UPDATE part SET value = ? WHERE name = ?",
        ((packed(told), name) for name, told in parts.items()),
    )
