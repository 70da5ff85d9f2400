"""Minutes on the learning platform, and visits to the library."""

from dataclasses import dataclass

import numpy as np

from sightline.synthetic.lines import Ints
from sightline.synthetic.membership import Memberships
from sightline.synthetic.roll import on_roll
from sightline.synthetic.school import School

__all__ = ["Usage", "usage"]

WEDNESDAY = 2
GIVEN_MINUTES = 30
# Assumptions: one pupil in twelve visits the library, about every third week.
READERS, VISIT = 0.08, 0.06


@dataclass
class Usage:
    """One row a pupil, class and day; class -1 is the library."""

    pupil: Ints
    which: Ints
    day: Ints
    quantity: Ints


def usage(school: School, members: Memberships, given_share: dict[int, float]) -> Usage:
    """Weekly minutes for mathematics in Years 9 to 11 (5 and 6 in a primary school), and visits to
    the library. `given_share`: some pupils' share of half an hour, every week the same."""
    random = school.plan.random("engagement")
    first = 5 if school.plan.primary else 9
    asked = [
        subject == "Mathematics" and year >= first
        for subject, year in zip(school.table.subjects, school.table.years, strict=True)
    ]
    rows = np.flatnonzero(np.array(asked, dtype=bool)[members.which])
    wednesdays = np.flatnonzero(school.year.weekday == WEDNESDAY)
    pupil, which = members.pupil[rows], members.which[rows]
    habit = random.gamma(2.0, 0.5, len(school.roll))[pupil]
    minutes = np.round(random.gamma(3.0, 10, (len(rows), len(wednesdays))) * habit[:, None])
    for one, share in given_share.items():
        minutes[pupil == one] = round(GIVEN_MINUTES * share)
    used = (minutes > 0) & (members.first[rows][:, None] <= wednesdays)
    used &= members.last[rows][:, None] >= wednesdays
    row, week = np.nonzero(used)
    visitor, visit = _library(school)
    return Usage(
        np.concatenate([pupil[row], visitor]),
        np.concatenate([which[row], np.full(len(visitor), -1)]),
        np.concatenate([wednesdays[week], visit]),
        np.concatenate([minutes[row, week].astype(np.int64), np.ones(len(visitor), np.int64)]),
    )


def _library(school: School) -> tuple[Ints, Ints]:
    random = school.plan.random("library")
    readers = np.flatnonzero(random.random(len(school.roll)) < READERS)
    here = on_roll(school.roll, school.year)[readers]
    pupil, day = np.nonzero((random.random(here.shape) < VISIT) & here)
    return readers[pupil], day
