"""Rows about people: pupils, identities, staff, memberships, supports and notes."""

from collections.abc import Iterator
from datetime import date

from sightline.synthetic.facts import Facts
from sightline.synthetic.terms import FIRST_DAY

__all__ = ["identity_rows", "member_rows", "note_rows", "pupil_rows", "staff_rows", "support_rows"]

Row = tuple[object, ...]


def _enrolled(facts: Facts) -> Iterator[tuple[int, date, date | None]]:
    """Pupils known on the day: (position, enrolled on, left on)."""
    roll = facts.school.roll
    for pupil, (start, end) in enumerate(
        zip(roll.enrolled.tolist(), roll.left.tolist(), strict=True)
    ):
        if facts.seen(start):
            yield pupil, start, facts.known(end)


def pupil_rows(facts: Facts) -> Iterator[Row]:
    roll = facts.school.roll
    for pupil, start, end in _enrolled(facts):
        yield (
            roll.ids[pupil],
            facts.school.plan.school_id,
            start,
            end,
            roll.year[pupil],
            roll.group(pupil),
            roll.sex[pupil],
            roll.sen[pupil],
            _flag(roll.eal[pupil]),
            _flag(roll.fsm[pupil]),
            roll.prior[pupil],
        )


def _flag(value: object) -> str:
    return "true" if value else "false"


def identity_rows(facts: Facts) -> Iterator[Row]:
    roll = facts.school.roll
    for pupil, _, _ in _enrolled(facts):
        yield (
            roll.ids[pupil],
            roll.given[pupil],
            roll.family[pupil],
            roll.upns[pupil],
            roll.born[pupil],
        )


def staff_rows(facts: Facts) -> Iterator[Row]:
    """A new colleague is on the list from the first day of the change."""
    new = {change.teacher: change.on for change in facts.school.table.changes.values()}
    staff = facts.staff
    for number, person in enumerate(staff.ids):
        if facts.seen(new.get(number, FIRST_DAY)):
            yield person, facts.school.plan.school_id, staff.names[number], staff.roles[number]


def member_rows(facts: Facts) -> Iterator[Row]:
    members, days = facts.members, facts.school.year.open
    last_day = len(days) - 1
    for which, pupil, first, last in zip(
        members.which.tolist(),
        members.pupil.tolist(),
        members.first.tolist(),
        members.last.tolist(),
        strict=True,
    ):
        start = days[first].on if first else FIRST_DAY
        start = max(start, facts.school.roll.enrolled[pupil].item())
        if facts.seen(start):
            end = None if last == last_day else facts.known(days[last].on)
            yield facts.class_ids[which], facts.school.roll.ids[pupil], start, end


def support_rows(facts: Facts) -> Iterator[Row]:
    for number, support in enumerate(facts.supports):
        if facts.seen(support.started_on):
            yield (
                f"{facts.school.plan.school_id}-S{number + 1:04d}",
                facts.school.roll.ids[support.pupil],
                support.name,
                support.aim,
                support.started_on,
                support.review_on,
                facts.known(support.ended_on),
                facts.staff.ids[support.staff],
            )


def note_rows(facts: Facts) -> Iterator[Row]:
    for number, note in enumerate(facts.notes):
        if facts.seen(note.on):
            yield (
                f"{facts.school.plan.school_id}-N{number + 1:04d}",
                facts.school.roll.ids[note.pupil],
                note.on,
                note.category,
                note.text,
                _flag(note.restricted),
            )
