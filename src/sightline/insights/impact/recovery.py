"""Who came back after attendance fell: above the level before the fall, within some school days.

A fall is the first look at which the signal flags a pupil, after one at which it did not. The level
before is attendance over the 20 school days that ended 20 days before that look; a pupil has come
back when any later window of 20 days, up to `WITHIN` days on, is at least as high.
"""

from dataclasses import dataclass

import numpy as np

from sightline.insights.chance import Count
from sightline.insights.impact.history import STEP, History

__all__ = ["WITHIN", "Recovered", "recovered"]

WITHIN, WINDOW = 40, 20  # school days


@dataclass(frozen=True)
class Recovered:
    """Of the falls of one half-term of one school year whose 40 days have passed, how many came
    back."""

    year: int
    term: str
    back: Count


def recovered(history: History) -> list[Recovered]:
    """By half-term, in the order of time; a history by marks."""
    looks = np.arange(STEP, history.value.shape[1], STEP)
    flagged = np.isfinite(history.value[:, looks])
    first = flagged.copy()
    first[:, 1:] &= ~flagged[:, :-1]
    pupil, at = np.nonzero(first)
    day = looks[at]
    kept = history.unbroken(pupil, day, day + WITHIN)
    pupil, day = pupil[kept], day[kept]
    before = history.measured(pupil, day - 2 * WINDOW, day - WINDOW)
    ahead = [
        history.measured(pupil, day + on - WINDOW, day + on)
        for on in range(WINDOW, WITHIN + 1, STEP)
    ]
    later = np.array(ahead)
    told = np.isfinite(before) & np.isfinite(later).any(axis=0)
    back = (np.where(np.isfinite(later), later, -np.inf).max(axis=0) >= before - 1e-9) & told
    school = history.school[pupil]
    when = np.column_stack((history.year[school, day], history.term[school, day], day))
    found = []
    for year, term in sorted({(int(y), int(t)) for y, t, _ in when[told]}):
        own = told & (when[:, 0] == year) & (when[:, 1] == term)
        count = Count(int((back & own).sum()), int(own.sum()))
        found.append((int(day[own].min()), Recovered(year, history.terms[term], count)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]
