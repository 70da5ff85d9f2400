"""The two registers as CSV: the largest tables by far."""

import numpy as np

from sightline.synthetic.codes import CODES
from sightline.synthetic.facts import Facts
from sightline.synthetic.incidents import lesson_at
from sightline.synthetic.lines import fragments, lines, raw
from sightline.synthetic.registers import LESSON_MARKS
from sightline.synthetic.timetable import PERIODS

__all__ = ["attendance_rows", "lesson_mark_rows"]


def attendance_rows(facts: Facts) -> bytes:
    """A mark that was N at first has two rows: N on the day, and what became known later."""
    marks, days = facts.marks, facts.days_seen
    dates = [str(day) for day in facts.school.year.dates]
    sessions = raw([f"{day},{half}" for day in dates for half in ("AM", "PM")])
    taken = raw([f"{day}T{time}:00Z" for day in dates for time in ("08:52", "13:08")])
    settled = raw([f"{day}T15:40:00Z" for day in dates])
    cells, late = fragments(CODES), fragments(["", *map(str, range(1, 401))])
    ids = fragments(facts.school.roll.ids)
    session, pupil = np.nonzero(np.ascontiguousarray(marks.codes[:, : 2 * days].T) >= 0)
    code = marks.codes[pupil, session].astype(np.int64)
    minutes = marks.minutes[pupil, session].astype(np.int64)
    first_n = marks.first_n[pupil, session]
    at_first = np.where(first_n, CODES.index("N"), code)
    again = np.flatnonzero(first_n)
    later = session[again] // 2 + 1 + (pupil[again] * 7 + session[again]) % 4
    again, later = again[later < days], later[later < days]
    rows = [(np.arange(len(code)), at_first, taken, session), (again, code, settled, later)]
    return b"".join(
        lines(
            (ids, pupil[kept]), (sessions, session[kept]), (cells, known[kept]),
            (late, minutes[kept]), (times, when),
        )
        for kept, known, times, when in rows
    )  # fmt: skip


def lesson_mark_rows(facts: Facts) -> bytes:
    """Day by day, so that only one day is held as arrays."""
    school, days, marks = facts.school, facts.days_seen, facts.lessons
    dates = [str(day) for day in school.year.dates[:days]]
    when = raw([f"{day},{period + 1}" for day in dates for period in range(5)])
    starts = [f"T{start[:3]}{int(start[3:]) + 4:02d}:00Z" for start, _ in PERIODS]
    taken = raw([day + start for day in dates for start in starts])
    ids, classes = fragments(school.roll.ids), fragments(facts.class_ids)
    words = fragments(LESSON_MARKS)
    pupil, period = (part.ravel() for part in np.indices(marks.shape[1:]))
    found = []
    for day in range(days):
        mark = marks[day].ravel().astype(np.int64)
        which = lesson_at(school.year, school.table, pupil, np.full(len(pupil), day), period)
        held = np.flatnonzero((mark > 0) & (which >= 0))
        time = day * 5 + period[held]
        found.append(
            lines((ids, pupil[held]), (when, time), (classes, which[held]), (words, mark[held]),
                  (taken, time))
        )  # fmt: skip
    return b"".join(found)
