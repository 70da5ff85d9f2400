"""Absence over the next days: a tenth or more missed, or 5 points less attendance than before.

A pupil is persistently absent when 10 x absent >= possible (Department for Education; the
dictionary's rule), over any stretch with 20 possible sessions or more.
"""

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.outcomes.spells import begins
from sightline.insights.backtest.outcomes.types import Asked, Days, Flags, Followed, read_sql
from sightline.insights.backtest.replay import TableEngine

__all__ = ["attendance_falls", "persistent_absence"]

LEAST, FALL, BEFORE, SUMMER = 20, 5.0, 20, 28
Sums = NDArray[np.int32]


def persistent_absence(engine: TableEngine, asked: Asked, until: Days) -> Followed:
    """In it: a tenth or more of the last `within` days' sessions missed."""
    possible, absent = sessions(engine, asked)
    possible, absent = (over(one, asked.within) for one in (possible, absent))
    state = (possible >= LEAST) & (10 * absent >= possible)
    return windowed(state, possible >= LEAST, asked, until, already=state[:, asked.at])


def attendance_falls(engine: TableEngine, asked: Asked, until: Days) -> Followed:
    """5 points or more below the 20 school days before. Nobody is in it already: it is another."""
    possible, absent = sessions(engine, asked)
    starts = window_starts(engine, asked)
    days = possible.shape[1] - 1
    before = np.maximum(np.arange(days) - asked.within, 0)
    first = starts[:, before]  # the 20 school days that end where the stretch begins
    base_possible, base_absent = (
        one[:, before + 1] - np.take_along_axis(one, first, axis=1) for one in (possible, absent)
    )
    possible, absent = (over(one, asked.within) for one in (possible, absent))
    known = (possible >= LEAST) & (base_possible >= LEAST)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, base = 100 * absent / possible, 100 * base_absent / base_possible
        state = known & (rate - base >= FALL - 1e-9)
    none = np.zeros((asked.pupils, len(asked.weeks)), bool)
    return windowed(state, known, asked, until, already=none)


def windowed(state: Flags, known: Flags, asked: Asked, until: Days, *, already: Flags) -> Followed:
    """From a state told of every day by the `within` days that end on it."""
    then = asked.at + asked.within
    followed = known[:, then] & (until[:, None] >= then[None, :])
    pupil, day = begins(state, asked.within)
    kept = day <= until[pupil]
    return Followed(already, followed, state[:, then] & followed & ~already, pupil[kept], day[kept])


def sessions(engine: TableEngine, asked: Asked) -> tuple[Sums, Sums]:
    """Possible and absent sessions up to each day: column d holds those of the days before d."""
    days = (asked.last_day - asked.first_day).days + 1
    found = read_sql(engine, "sessions", asked)
    sums = []
    for name in ("possible", "absent"):
        one = np.zeros((asked.pupils, days + 1), np.int32)
        one[found["pupil_no"], found["day_no"] + 1] = found[name]
        sums.append(np.cumsum(one, axis=1, out=one))
    return sums[0], sums[1]


def over(sums: Sums, days: int) -> Sums:
    """Of each day, the sum over so many days up to it."""
    last = np.arange(1, sums.shape[1])
    found: Sums = sums[:, last] - sums[:, np.maximum(last - days, 0)]
    return found


def window_starts(engine: TableEngine, asked: Asked) -> NDArray[np.int64]:
    """For each pupil and day, the day on which the last 20 school days begin.

    A gap of more than 28 days (the summer) ends a stretch, as in the signals' own windows.
    """
    days = (asked.last_day - asked.first_day).days + 1
    rows = engine.rows(
        "SELECT p.school_id, list(DISTINCT d.date ORDER BY d.date) AS days FROM asked_pupil AS p "
        "LEFT JOIN whole_school_day AS d ON d.school_id = p.school_id AND d.kind = 'open' "
        "GROUP BY p.school_id"
    )
    by_school = {row["school_id"]: starts_of(row["days"], asked, days) for row in rows}
    schools = engine.sql("SELECT school_id FROM asked_pupil ORDER BY pupil_no")["school_id"]
    return np.stack([by_school[one] for one in schools.to_pylist()])


def starts_of(open_days: list[object], asked: Asked, days: int) -> NDArray[np.int64]:
    known = np.array([one for one in open_days if one is not None], dtype="datetime64[D]")
    numbers = (known - np.datetime64(asked.first_day, "D")).astype(np.int64)
    if not len(numbers):
        return np.arange(days) + 1
    stretch = np.concatenate([[0], np.cumsum(np.diff(numbers) > SUMMER)])
    first = np.searchsorted(stretch, stretch)  # where each stretch begins
    start = numbers[np.maximum(np.arange(len(numbers)) - (BEFORE - 1), first)]
    last = np.searchsorted(numbers, np.arange(days), side="right") - 1
    found = np.where(last >= 0, start[np.maximum(last, 0)], np.arange(days) + 1)
    clipped: NDArray[np.int64] = np.clip(found, 0, days)
    return clipped
