"""From days in a state, or from spells with two ends, to who was in it, who came into it, when."""

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.outcomes.types import Asked, Days, Flags

__all__ = ["Spells", "begins", "from_spells", "merged", "starts_within"]

WIDE = 10**8  # wider than any day number: keeps pupils apart in one sorted key


class Spells:
    """Spells of pupils, apart from each other, by pupil and first day; both days included."""

    def __init__(self, pupil: Days, start: Days, end: Days) -> None:
        self.pupil, self.start, self.end = pupil, start, end
        self.key = pupil * WIDE + start


def merged(pupil: Days, start: Days, end: Days) -> Spells:
    """Spells that overlap or touch become one."""
    order = np.lexsort((end, start, pupil))
    pupil, start, end = pupil[order], start[order], end[order]
    if not len(pupil):
        return Spells(pupil, start, end)
    reach = np.maximum.accumulate(pupil * WIDE + end)  # a later pupil's ends lie beyond
    new = np.ones(len(pupil), bool)
    new[1:] = pupil[1:] * WIDE + start[1:] > reach[:-1] + 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(pupil)) - 1
    return Spells(pupil[first], start[first], reach[last] - pupil[first] * WIDE)


def from_spells(spells: Spells, asked: Asked) -> Flags:
    """Who is in a spell on the day of each week."""
    if not len(spells.pupil):
        return np.zeros((asked.pupils, len(asked.weeks)), bool)
    ask = np.arange(asked.pupils)[:, None] * WIDE + asked.at[None, :]
    before = np.searchsorted(spells.key, ask, side="right") - 1
    mine = (before >= 0) & (spells.pupil[before] == np.arange(asked.pupils)[:, None])
    found: Flags = mine & (spells.end[before] >= asked.at[None, :])
    return found


def starts_within(spells: Spells, asked: Asked) -> Flags:
    """For whom a spell begins in the days after each week's."""
    ask = np.arange(asked.pupils)[:, None] * WIDE + asked.at[None, :]
    later = np.searchsorted(spells.key, ask + asked.within, side="right")
    found: Flags = later > np.searchsorted(spells.key, ask, side="right")
    return found


def begins(state: Flags, apart: int) -> tuple[Days, Days]:
    """Pupil and day of each beginning: a day in the state after `apart` days out of it."""
    since: NDArray[np.int32] = np.zeros((state.shape[0], state.shape[1] + 1), np.int32)
    np.cumsum(state, axis=1, out=since[:, 1:])
    back = np.maximum(np.arange(state.shape[1]) - apart, 0)
    new = state & (since[:, :-1] == since[:, back])
    pupil, day = np.nonzero(new)
    return pupil.astype(np.int64), day.astype(np.int64)
