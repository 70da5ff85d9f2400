"""Homework: what was set, when it was due and what became of it."""

from dataclasses import dataclass

import numpy as np

from sightline.synthetic.lines import Ints
from sightline.synthetic.marks import Marks
from sightline.synthetic.membership import Memberships
from sightline.synthetic.plan import Random
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects

__all__ = ["STATUSES", "Homework", "set_work"]

STATUSES = ("submitted", "late", "missing", "excused")
SUBMITTED, LATE, MISSING, EXCUSED = range(4)
# Open days between two tasks.
EVERY = dict.fromkeys(
    ("Mathematics", "English", "Science", "French", "Spanish", "History", "Geography", "Business"),
    10,
) | {"Reading": 5}
DAYS_TO_DO_IT = 5
WINDOW = 20


@dataclass
class Homework:
    """One row a pupil and task; `task` numbers the school's tasks; days are open days."""

    task: Ints
    pupil: Ints
    which: Ints
    set_day: Ints
    due_day: Ints
    status: Ints


def set_work(
    school: School,
    members: Memberships,
    marks: Marks,
    effects: Effects,
    given: dict[int, tuple[int, int, int]],
) -> Homework:
    """Every task for every member of its class. `given`: (today, missing, due) of some pupils over
    the twenty days up to today, the rest excused; outside those days they hand everything in."""
    random = school.plan.random("work")
    every = np.array([EVERY.get(subject, 0) for subject in school.table.subjects], np.int64)
    rows = np.flatnonzero(every[members.which] > 0)
    which, most = members.which[rows], len(school.year.dates) // min(EVERY.values())
    turns = np.arange(most, dtype=np.int64)
    due = (8 + which % 7)[:, None] + every[which][:, None] * turns[None, :]
    valid = due <= members.last[rows][:, None]
    valid &= due - DAYS_TO_DO_IT >= members.first[rows][:, None]
    row, turn = np.nonzero(valid)
    pupil, which, due_day = members.pupil[rows][row], which[row], due[row, turn]
    status = _statuses(random, marks, effects, pupil, due_day)
    for one, (today, missing, wanted) in given.items():
        status[pupil == one] = SUBMITTED
        recent = (pupil == one) & (due_day <= today) & (due_day > today - WINDOW)
        window = np.flatnonzero(recent)
        status[window[:missing]] = MISSING
        status[window[wanted:]] = EXCUSED
    return Homework(which * most + turn, pupil, which, due_day - DAYS_TO_DO_IT, due_day, status)


def _statuses(random: Random, marks: Marks, effects: Effects, pupil: Ints, due_day: Ints) -> Ints:
    """Careless pupils are few and often absent (an assumption); absence on the day may excuse."""
    spread = random.gamma(0.6, 0.13, len(marks.codes))
    careless = np.clip(spread * (0.6 + 5 * marks.rate()), 0, 0.7)[pupil]
    story = effects.work[pupil, due_day]
    odds = np.where(story < 1, story, careless)
    draw = random.random(len(pupil))
    status = np.where(draw < odds, MISSING, np.where(draw > 0.94, LATE, SUBMITTED))
    away = marks.missed()[pupil, 2 * due_day] & (random.random(len(pupil)) < 0.5)
    return np.where(away, EXCUSED, status)
