"""One school's sheets as a page asks for them: a small query each, or none."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from sightline.access import PupilPlace
from sightline.kit import SightlineError
from sightline.sheets.facts import facts_from
from sightline.sheets.file import SCHEMA_VERSION
from sightline.sheets.register import Register
from sightline.sheets.stored import group_from, sheet_from, unpacked
from sightline.sheets.types import (
    AbsenceRow,
    GroupFacts,
    PupilSheet,
    SchoolEvent,
    SchoolFacts,
    Slot,
)

__all__ = ["SchoolSheets"]

PLACE = "SELECT ref, year_group, registration_group, class_ids FROM pupil"


class SchoolSheets:
    """One school's file, opened by one thread. Get one with `open_sheets`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # The file never changes: another one takes its name, and then another one is opened.
        self._connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._groups: dict[int, GroupFacts] = {}
        self._taught: dict[tuple[str, date], dict[str, str]] = {}
        self._needs: dict[str, tuple[str, bool]] = {}
        meta = dict(self._all("SELECT name, value FROM meta"))
        if meta.get("schema") != str(SCHEMA_VERSION):
            what, remedy = "it was made by another version", "Run `sightline prepare`."
            raise SightlineError("damaged", str(path), what, remedy)
        self.school_id: str = meta["school_id"]
        self.name: str = meta["name"]

    def __del__(self) -> None:
        # With the last user, on whatever thread: a page may hold sheets that were since replaced.
        with suppress(AttributeError):
            self._connection.close()

    @cached_property
    def facts(self) -> SchoolFacts:
        """The school as a whole."""
        return facts_from(self._part("facts"))

    def place(self, pupil_ref: str) -> PupilPlace | None:
        """Where a pupil is today; None when nobody of that ref is on this roll."""
        rows = self._all(f"{PLACE} WHERE ref = ?", pupil_ref)
        return self._place(rows[0]) if rows else None

    def places(
        self,
        year_group: int | None = None,
        registration_group: str | None = None,
        class_id: str | None = None,
    ) -> list[PupilPlace]:
        """Where pupils are today, of a year, a form or a class, or all three; ordered by ref."""
        asked = {
            "year_group = ?": year_group,
            "registration_group = ?": registration_group,
            "ref IN (SELECT ref FROM member WHERE class_id = ?)": class_id,
        }
        wanted = {clause: value for clause, value in asked.items() if value is not None}
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        rows = self._all(f"{PLACE}{where} ORDER BY ref", *wanted.values())
        return [self._place(row) for row in rows]

    def pupil(self, pupil_ref: str) -> PupilSheet:
        """A pupil's sheet. Raises KeyError when `place` knows none."""
        return self.pupils([pupil_ref])[pupil_ref]

    def pupils(self, pupil_refs: Iterable[str]) -> dict[str, PupilSheet]:
        """The sheets of those asked for who are on this roll."""
        found = {}
        for ref in pupil_refs:
            for (stored,) in self._all("SELECT sheet FROM pupil WHERE ref = ?", ref):
                found[ref] = sheet_from(stored, self._register)
        return found

    def needs(self, pupil_ref: str) -> tuple[str, bool]:
        """SEN status, and whether English is an additional language; of somebody on this roll."""
        if pupil_ref not in self._needs:
            rows = self._all("SELECT sheet FROM pupil WHERE ref = ?", pupil_ref)
            told = unpacked(rows[0][0])
            self._needs[pupil_ref] = told["sen_status"], told["eal"]
        return self._needs[pupil_ref]

    def group(self, year_group: int) -> GroupFacts:
        """What a year group's weekly list needs. Raises KeyError when the school has no such."""
        if year_group not in self._groups:
            rows = self._all("SELECT facts FROM year_group WHERE year_group = ?", year_group)
            if not rows:
                raise KeyError(year_group)
            self._groups[year_group] = group_from(rows[0][0])
        return self._groups[year_group]

    def explanation(self, pupil_ref: str, signal: str) -> dict[str, Any] | None:
        """How a flagged figure came about, as plain values; None where nothing is flagged."""
        sql = "SELECT told FROM explanation WHERE ref = ? AND signal = ?"
        rows = self._all(sql, pupil_ref, signal)
        found: dict[str, Any] | None = unpacked(rows[0][0]) if rows else None
        return found

    def levels(self, signal: str) -> dict[str, float]:
        """The level of a signal for every pupil of whom it can be told."""
        return dict(self._all("SELECT ref, level FROM level WHERE signal = ?", signal))

    def class_name(self, class_id: str) -> str:
        """What staff call a class; empty when it is not known."""
        rows = self._all("SELECT name FROM class WHERE class_id = ?", class_id)
        return rows[0][0] if rows else ""

    def taught_by(self, staff_id: str, on: date) -> dict[str, str]:
        """The classes somebody teaches by the timetable in force on a date: id -> name."""
        if not staff_id:
            return {}
        if (staff_id, on) not in self._taught:
            sql = (
                "SELECT DISTINCT class_id, class_name FROM slot "
                "WHERE staff_id = ? AND from_on <= ? AND to_on >= ? ORDER BY class_name"
            )
            rows = self._all(sql, staff_id, on.isoformat(), on.isoformat())
            self._taught[staff_id, on] = dict(rows)
        return dict(self._taught[staff_id, on])

    def subject_of(self, class_id: str) -> str:
        """The subject of a class of the timetable in lower case; empty when it is not known."""
        return self._subjects.get(class_id, "")

    def classes_of(self, subject: str, on: date) -> dict[str, str]:
        """The classes of a subject by the timetable in force on a date, whatever the subject's
        capitals: id -> name."""
        sql = (
            "SELECT DISTINCT class_id, class_name FROM slot "
            "WHERE from_on <= ? AND to_on >= ? ORDER BY class_name"
        )
        rows = self._all(sql, on.isoformat(), on.isoformat())
        return {one: name for one, name in rows if self._subjects[one] == subject.lower()}

    def slots(
        self, on: date, staff_id: str | None = None, class_id: str | None = None
    ) -> list[Slot]:
        """The lessons of one day in the order of their start; none on a day that is not open."""
        kind, _, cycle_week = self.facts.days.get(on, ("", "", ""))
        if kind != "open":
            return []
        day = on.isoformat()
        sql = (
            "SELECT class_id, class_name, subject, weekday, cycle_week, period, session, "
            "starts_at, ends_at, staff_id, room FROM slot WHERE from_on <= ? AND to_on >= ? "
            "AND weekday = ? AND cycle_week IN ('', ?)"
        )
        values: list[Any] = [day, day, on.isoweekday(), cycle_week]
        for column, value in (("staff_id", staff_id), ("class_id", class_id)):
            if value is not None:
                sql, values = f"{sql} AND {column} = ?", [*values, value]
        rows = self._all(f"{sql} ORDER BY starts_at, class_name, class_id", *values)
        return [Slot(*row) for row in rows]

    def events(self) -> list[SchoolEvent]:
        """What happened at the school this year, the earliest first."""
        return [SchoolEvent(*_dated(one, 3, 4)) for one in self._part("events")]

    def absences(self) -> list[AbsenceRow]:
        """Every pupil's absence, for the attendance officer."""
        rows = [_dated(one, 6) for one in self._part("absences")]
        for row in rows:
            row[-1] = tuple(row[-1])
        return [AbsenceRow(*row) for row in rows]

    def school_days(self, frm: date, to: date) -> list[date]:
        """The open days from one date to another, both included."""
        days = self._open_days
        return days[bisect_left(days, frm) : bisect_right(days, to)]

    @cached_property
    def _open_days(self) -> list[date]:
        return [day for day, told in sorted(self.facts.days.items()) if told[0] == "open"]

    @cached_property
    def _register(self) -> Register:
        facts = self.facts
        first = min(facts.days, default=facts.as_of)
        return Register(self.school_days(first, facts.as_of))

    def _place(self, row: tuple[Any, ...]) -> PupilPlace:
        ref, year_group, registration_group, class_ids = row
        classes = frozenset(class_ids.split("\n")) if class_ids else frozenset()
        subjects = frozenset(self._subjects[one] for one in classes & self._subjects.keys())
        return PupilPlace(ref, self.school_id, year_group, registration_group, classes, subjects)

    @cached_property
    def _subjects(self) -> dict[str, str]:
        """Each class of the timetable with its subject in lower case."""
        rows = self._all("SELECT DISTINCT class_id, subject FROM slot")
        return {class_id: subject.lower() for class_id, subject in rows}

    def _part(self, name: str) -> Any:
        return unpacked(self._all("SELECT value FROM part WHERE name = ?", name)[0][0])

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()


def _dated(row: list[Any], *places: int) -> list[Any]:
    """A stored row with the texts in some places made dates again."""
    for place in places:
        row[place] = row[place] and date.fromisoformat(row[place])
    return row
