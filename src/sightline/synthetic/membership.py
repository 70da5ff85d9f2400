"""Who was in which class from when to when, as positions among the open days."""

from dataclasses import dataclass

import numpy as np

from sightline.synthetic.lines import Ints
from sightline.synthetic.roll import Roll
from sightline.synthetic.terms import SchoolYear
from sightline.synthetic.timetable import SET_MOVE, Timetable

__all__ = ["Memberships", "memberships"]


@dataclass(frozen=True)
class Memberships:
    """Aligned arrays, one row a membership. `first` and `last` are positions of open days, both
    inclusive; `ends` is True where the membership ends before the school year does."""

    which: Ints
    pupil: Ints
    first: Ints
    last: Ints


def memberships(roll: Roll, year: SchoolYear, table: Timetable) -> Memberships:
    """Every membership of the year, in the order of classes and pupils."""
    move = year.on_or_after(SET_MOVE)
    end = len(year.dates) - 1
    arrive = np.searchsorted(year.dates, roll.enrolled)
    leave = np.where(
        np.isnat(roll.left),
        end,
        np.searchsorted(
            year.dates, np.where(np.isnat(roll.left), year.dates[-1], roll.left), "right"
        )
        - 1,
    )
    before, after = (_pairs(table, era) for era in (0, 1))
    both = np.intersect1d(before, after)
    parts = [
        _part(both, arrive, leave, 0, end),
        _part(np.setdiff1d(before, both), arrive, leave, 0, move - 1),
        _part(np.setdiff1d(after, both), arrive, leave, move, end),
    ]
    rows = np.concatenate(parts, axis=1)
    rows = rows[:, rows[2] <= rows[3]]
    rows = rows[:, np.lexsort((rows[1], rows[0]))]
    return Memberships(rows[0], rows[1], rows[2], rows[3])


def _pairs(table: Timetable, era: int) -> Ints:
    """Distinct (class, pupil) of one era, packed into one number."""
    pupil, slot = np.nonzero(table.class_at[era] >= 0)
    packed: Ints = np.unique(table.class_at[era][pupil, slot] * _PACK + pupil)
    return packed


_PACK = 10_000_000


def _part(packed: Ints, arrive: Ints, leave: Ints, first: int, last: int) -> Ints:
    which, pupil = packed // _PACK, packed % _PACK
    return np.stack(
        [which, pupil, np.maximum(arrive[pupil], first), np.minimum(leave[pupil], last)]
    )
