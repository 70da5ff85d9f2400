"""Classes, their lessons and members, and the events of the school, each with its dates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.engine import literal
from sightline.sheets.figures import ATTENDED
from sightline.sheets.rows import by_pupil, tuples
from sightline.sheets.source import Source
from sightline.sheets.types import Mark, SchoolEvent, Slot

__all__ = ["Lesson", "Spell", "Timetable", "TimetableRow", "read_timetable"]


@dataclass(frozen=True)
class Lesson:
    """A lesson that took place while the pupil was in school."""

    on: date
    period: str
    class_id: str
    room: str
    minutes: int


@dataclass(frozen=True)
class TimetableRow:
    """A slot and the dates on which it holds; None: since always, until changed."""

    slot: Slot
    from_on: date | None
    to_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on a date, whatever its weekday."""
        return (self.from_on is None or self.from_on <= day) and (
            self.to_on is None or day <= self.to_on
        )

    def runs_on(self, day: date, cycle_week: str) -> bool:
        """Whether the lesson takes place on an open day of that cycle week."""
        return (
            self.slot.weekday == day.isoweekday()
            and self.slot.cycle_week in ("", cycle_week)
            and self.holds_on(day)
        )

    def lesson_on(self, day: date) -> Lesson:
        """The lesson of that day."""
        slot = self.slot
        minutes = _minutes(slot.ends_at) - _minutes(slot.starts_at)
        return Lesson(day, slot.period, slot.class_id, slot.room, minutes)


RowsOf = Mapping[str, Sequence[TimetableRow]]
"""The timetable's rows of each class."""


@dataclass(frozen=True)
class Spell:
    """A pupil's time in a class."""

    class_id: str
    from_on: date
    to_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class Timetable:
    """The school's classes (id -> subject and name), their rows, members' spells and events."""

    classes: Mapping[str, tuple[str, str]]
    rows: Sequence[TimetableRow]
    spells: Mapping[str, Sequence[Spell]]
    events: Sequence[SchoolEvent]

    def name(self, class_id: str) -> str:
        """What staff call a class; its subject where it has no name."""
        subject, name = self.classes.get(class_id, ("", ""))
        return name or subject or "a class"

    def lessons(
        self, pupil_ref: str, marks: Iterable[Mark], cycle_weeks: Mapping[date, str], rows: RowsOf
    ) -> tuple[Lesson, ...]:
        """The lessons that a pupil was in school for, on some open days with their cycle week.

        `rows` are those of each class (`by_class`).
        """
        here = {
            (mark.on, mark.session)
            for mark in marks
            if mark.on in cycle_weeks and mark.category in ATTENDED
        }
        found = {
            (day, row.slot.period, spell.class_id): row.lesson_on(day)
            for spell in self.spells.get(pupil_ref, ())
            for row in rows.get(spell.class_id, ())
            for day, week in cycle_weeks.items()
            if spell.holds_on(day) and row.runs_on(day, week) and (day, row.slot.session) in here
        }
        return tuple(found[key] for key in sorted(found))

    def by_class(self) -> dict[str, list[TimetableRow]]:
        """The rows of each class."""
        found: dict[str, list[TimetableRow]] = defaultdict(list)
        for row in self.rows:
            found[row.slot.class_id].append(row)
        return found


def read_timetable(source: Source, first: date, *, whole: bool = True) -> Timetable:
    """The school's timetable and what happened there since the first day of its year.

    Unless `whole`, its rows are those of the classes of the pupils asked about.
    """
    engine, school = source.engine, literal(source.school_id)
    # A member may be taught in a class that another school of the site runs.
    wanted = (
        f"class_id IN (SELECT class_id FROM class WHERE school_id = {school} UNION SELECT "
        "one.class_id FROM class_member AS one INNER JOIN sheet_roll USING (pupil_ref))"
    )
    classes = tuples(engine, f"SELECT class_id, subject, name FROM class WHERE {wanted}")
    by_id = {one: (subject or "", name or "") for one, subject, name in classes}
    if not whole:
        wanted = (
            "class_id IN (SELECT class_id FROM class_member INNER JOIN sheet_pupil "
            "USING (pupil_ref))"
        )
    rows = tuples(
        engine,
        "SELECT class_id, weekday, coalesce(cycle_week, ''), period, session, starts_at, ends_at, "
        "coalesce(staff_id, ''), coalesce(room, ''), from_on, to_on FROM lesson "
        f"WHERE {wanted} AND (to_on IS NULL OR to_on >= {literal(first)}) "
        "ORDER BY starts_at, class_id, from_on",
    )
    spells = by_pupil(
        engine,
        "SELECT one.pupil_ref, one.class_id, one.from_on, one.to_on FROM class_member AS one "
        "INNER JOIN sheet_pupil AS pupil ON one.pupil_ref = pupil.pupil_ref "
        f"AND one.from_on >= pupil.enrolled_on WHERE one.to_on IS NULL "
        f"OR one.to_on >= {literal(first)} ORDER BY one.pupil_ref, one.class_id, one.from_on",
    )
    return Timetable(
        classes=by_id,
        rows=[_row(by_id, row) for row in rows],
        spells={ref: [Spell(*one) for one in found] for ref, found in spells.items()},
        events=_events(source, first),
    )


def _row(classes: Mapping[str, tuple[str, str]], row: Sequence[object]) -> TimetableRow:
    class_id, *rest, from_on, to_on = row
    subject, name = classes[str(class_id)]
    slot = Slot(str(class_id), name or subject, subject, *rest)  # type: ignore[arg-type]
    return TimetableRow(slot, from_on, to_on)  # type: ignore[arg-type]


def _events(source: Source, first: date) -> list[SchoolEvent]:
    rows = tuples(
        source.engine,
        "SELECT event_id, kind, title, from_on, to_on, coalesce(class_id, ''), "
        "coalesce(subject, ''), year_group FROM school_event "
        f"WHERE school_id = {literal(source.school_id)} AND from_on <= {literal(source.today)} "
        f"AND (to_on IS NULL OR to_on >= {literal(first)}) ORDER BY from_on, event_id",
    )
    return [SchoolEvent(*row) for row in rows]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)
