"""The large tables of a school as CSV, built from arrays."""

import numpy as np

from sightline.synthetic.assessment import POINTS, SCALES
from sightline.synthetic.facts import Facts
from sightline.synthetic.homework import STATUSES
from sightline.synthetic.incidents import BREAKS, CONCERNS, PRAISE, Events
from sightline.synthetic.lines import Bytes, Ints, fragments, lines, numbered, raw
from sightline.synthetic.register_rows import attendance_rows, lesson_mark_rows

__all__ = ["bulk_tables"]


def bulk_tables(facts: Facts) -> dict[str, bytes]:
    """Table name to the bytes of its rows."""
    return {
        "attendance": attendance_rows(facts),
        "lesson_mark": b"" if facts.school.plan.primary else lesson_mark_rows(facts),
        "behaviour": _behaviour(facts),
        "assessment": _assessment(facts),
        "work": _work(facts),
        "engagement": _engagement(facts),
    }


def _pupils(facts: Facts) -> Bytes:
    return fragments(facts.school.roll.ids)


def _dates(facts: Facts) -> Bytes:
    return fragments(str(day) for day in facts.school.year.dates)


def _behaviour(facts: Facts) -> bytes:
    events = facts.events.where(facts.events.day < facts.days_seen)
    table, rows = facts.school.table, len(events)
    words, word_of = _words()
    # Rooms have the numbers of their teachers; places without a lesson come after them.
    places = [*table.rooms, *BREAKS]
    place = np.where(
        events.which < 0,
        len(table.rooms) + events.word % len(BREAKS),
        np.array(table.teacher)[events.which],
    )
    minutes = [f"{day}T15:2{n}:00Z" for day in facts.school.year.dates for n in range(3)]
    return lines(
        (numbered(f"{facts.school.plan.school_id}-B", rows, 6), np.arange(rows)),
        (_pupils(facts), events.pupil),
        (_dates(facts), events.day),
        (words, word_of[events.severity, events.word]),
        (fragments(["", "1", "2", "3", "4", "5"]), events.severity),
        (fragments(["AM", "PM"]), events.session),
        (fragments(["1", "2", "3", "4", "5", ""]), events.period),
        (fragments([*facts.class_ids, ""]), events.which),
        (fragments(facts.staff.ids), _recorder(facts, events)),
        (fragments(places), place),
        (fragments(minutes), events.day * 3 + events.word % 3),
    )


def _recorder(facts: Facts, events: Events) -> Ints:
    """Who wrote it down: the teacher of the day, or the pastoral lead outside lessons."""
    table = facts.school.table
    never = np.datetime64("2099-01-01")
    first = np.array(table.teacher)
    later, since = first.copy(), np.full(len(first), never)
    for which, change in table.changes.items():
        later[which], since[which] = change.teacher, np.datetime64(change.on)
    day = facts.school.year.dates[events.day]
    teacher = np.where(day >= since[events.which], later[events.which], first[events.which])
    return np.where(events.which < 0, facts.staff.with_role("Pastoral lead"), teacher)


def _words() -> tuple[Bytes, Ints]:
    """`kind,category` cells, and which one an event of a severity (0: praise) and draw has."""
    lists = [[f"praise,{word}" for word in PRAISE]]
    lists += [[f"concern,{word}" for word in CONCERNS[severity]] for severity in range(1, 6)]
    flat = [word for words in lists for word in words]
    index = [[flat.index(words[draw % len(words)]) for draw in range(60)] for words in lists]
    return raw(flat), np.array(index)


def _assessment(facts: Facts) -> bytes:
    results, until = facts.results, facts.school.plan.until
    dates = [date for _, date in POINTS]
    rows = len(results.pupil)
    keep = np.ones(rows, bool)
    if until:
        keep = np.array([date <= str(until) for date in dates])[results.point]
    kept = np.flatnonzero(keep)
    point = results.point[kept]
    tenths = fragments(f"{n // 10}.{n % 10}" if n % 10 else str(n // 10) for n in range(1300))
    return lines(
        (numbered(f"{facts.school.plan.school_id}-R", rows, 6), kept),
        (_pupils(facts), results.pupil[kept]),
        (fragments(facts.subjects), results.subject[kept]),
        (raw([f"{name},{date}" for name, date in POINTS]), point),
        (fragments(SCALES), results.scale[kept]),
        (tenths, np.round(results.value[kept] * 10).astype(np.int64)),
        (tenths, np.round(results.expected[kept] * 10).astype(np.int64)),
        (raw([f"{date}T16:00:00Z" for date in dates]), point),
    )


def _work(facts: Facts) -> bytes:
    """Only tasks whose date has come: before that nobody knows what was handed in."""
    work = facts.homework
    kept = np.flatnonzero(work.due_day < facts.days_seen)
    tasks, task = np.unique(work.task[kept], return_inverse=True)
    which = work.which[kept]
    subjects = np.array([facts.subjects.index(s) for s in facts.school.table.subjects])
    return lines(
        (fragments(f"{facts.school.plan.school_id}-H{n:05d}" for n in tasks.tolist()), task),
        (_pupils(facts), work.pupil[kept]),
        (fragments(facts.class_ids), which),
        (fragments(facts.subjects), subjects[which]),
        (_dates(facts), work.set_day[kept]),
        (_dates(facts), work.due_day[kept]),
        (fragments(STATUSES), work.status[kept]),
        (fragments(f"{day}T15:45:00Z" for day in facts.school.year.dates), work.due_day[kept]),
    )


def _engagement(facts: Facts) -> bytes:
    used = facts.usage
    kept = np.flatnonzero(used.day < facts.days_seen)
    most = int(used.quantity.max(initial=1))
    return lines(
        (_pupils(facts), used.pupil[kept]),
        (fragments([*facts.class_ids, ""]), used.which[kept]),
        (_dates(facts), used.day[kept]),
        (raw(["vle", "library"]), (used.which[kept] < 0).astype(np.int64)),
        (fragments(str(n) for n in range(most + 1)), used.quantity[kept]),
    )
