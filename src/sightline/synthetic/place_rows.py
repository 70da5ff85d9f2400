"""Rows about where things happen: school, days, classes, lessons, school events."""

from collections.abc import Iterator
from datetime import date, timedelta

from sightline.synthetic.facts import Facts
from sightline.synthetic.terms import FIRST_DAY
from sightline.synthetic.timetable import PERIODS

__all__ = ["class_rows", "day_rows", "lesson_rows", "school_event_rows", "school_rows"]

Row = tuple[object, ...]
LETTERS = "AB"


def school_rows(facts: Facts) -> Iterator[Row]:
    yield facts.school.plan.school_id, facts.name, facts.school.plan.phase


def day_rows(facts: Facts) -> Iterator[Row]:
    """The calendar is known for the whole year, so `until` does not cut it."""
    for day in facts.school.year.days:
        cycle = None if facts.school.table.weekly or day.kind == "holiday" else LETTERS[day.cycle]
        yield facts.school.plan.school_id, day.on, day.kind, day.term, cycle


def class_rows(facts: Facts) -> Iterator[Row]:
    for which, (subject, name) in enumerate(
        zip(facts.school.table.subjects, facts.school.table.names, strict=True)
    ):
        yield facts.class_ids[which], facts.school.plan.school_id, subject, name


def lesson_rows(facts: Facts) -> Iterator[Row]:
    table = facts.school.table
    for which, slots in enumerate(table.slots):
        change = table.changes.get(which)
        turns: list[tuple[int, date, date | None]] = [(table.teacher[which], FIRST_DAY, None)]
        if change and facts.seen(change.on):
            turns = [
                (table.teacher[which], FIRST_DAY, change.on - timedelta(1)),
                (change.teacher, change.on, None),
            ]
        for slot in slots:
            period = slot % 5
            where = (
                slot % 25 // 5 + 1,
                None if table.weekly else LETTERS[slot // 25],
                period + 1,
                "AM" if period < 3 else "PM",
                *PERIODS[period],
            )
            for teacher, from_on, to_on in turns:
                yield (
                    facts.class_ids[which],
                    *where,
                    facts.staff.ids[teacher],
                    table.room(which),
                    from_on,
                    to_on,
                )


def school_event_rows(facts: Facts) -> Iterator[Row]:
    for number, event in enumerate(facts.school_events):
        if facts.seen(event.from_on):
            yield (
                f"{facts.school.plan.school_id}-E{number + 1:03d}",
                facts.school.plan.school_id,
                event.kind,
                event.title,
                event.from_on,
                facts.known(event.to_on),
                None if event.which is None else facts.class_ids[event.which],
                event.subject,
                event.year,
                None if event.staff is None else facts.staff.ids[event.staff],
            )
