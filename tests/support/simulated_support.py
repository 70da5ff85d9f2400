"""Made-up schools in which the truth about a support is known: how it would have been without.

Absence in half-terms, in percent of 60 sessions: mean about 8.3, neighbouring half-terms correlate
about 0.5, about 29% of pupils are at 10% or more. Pupils differ lastingly, have spells that go over
in time, and seasons. Nobody here is a real pupil.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sightline.insights.impact import Calipers, Everyone, Measure, everyone
from sightline.insights.impact.units import Bools, Floats, Units

__all__ = ["ABSENCE", "Choosing", "Study", "absences", "study"]

Choosing = Literal["facts", "threshold", "lasting", "news"]
ABSENCE = Measure(better=-1, change=2.0, calipers=Calipers(3.0, 5.0), bandwidth=6.0)
NOTICED, SESSIONS, A_YEAR = 10.0, 60, 6
HISTORY = 12  # half-terms before the first in which support is given
SEASON = (-0.15, 0.10, 0.05, 0.10, -0.05, 0.10)
LASTING, SPELL, GOES_ON, SPREAD, MIDDLE = 0.75, 0.55, 0.45, 22.0, 0.052
AFTERWARDS = (1.0, 0.6, 0.3)  # how much of the effect is left in the half-terms after the start
RULE = 15.0  # percent: the threshold above which all are supported, where a threshold decides


@dataclass(frozen=True)
class Study:
    """What an analyst sees (`units`, `everyone`), the absence that supported rows would have had
    without support (`without`, one for each row), and what naive comparisons need."""

    units: Units
    everyone: Everyone | None
    without: Floats
    unflagged_change: float


@dataclass(frozen=True)
class School:
    """Pupils by half-terms: absence without any support, and what is known and unknown of each."""

    absence: Floats
    disadvantaged: Bools
    years: Floats
    lasting: Floats
    spells: Floats


def absences(rng: np.random.Generator, pupils: int, half_terms: int) -> School:
    """A school that nobody supports."""
    disadvantaged = rng.random(pupils) < 0.27
    lasting = rng.normal(0, LASTING, pupils)
    spells = np.empty((pupils, half_terms))
    spells[:, 0] = rng.normal(0, SPELL, pupils)
    for now in range(1, half_terms):
        fresh = rng.normal(0, SPELL, pupils)
        spells[:, now] = GOES_ON * spells[:, now - 1] + np.sqrt(1 - GOES_ON**2) * fresh
    season = np.resize(SEASON, half_terms)
    level = np.log(MIDDLE) + lasting + 0.35 * (disadvantaged - 0.27)
    rate = np.minimum(np.exp(level[:, None] + season + spells), 0.9)
    rate = rng.beta(np.maximum(rate * SPREAD, 1e-3), (1 - rate) * SPREAD)
    absence = 100 * rng.binomial(SESSIONS, rate) / SESSIONS
    return School(absence, disadvantaged, rng.integers(0, 2, pupils), lasting, spells)


def study(
    rng: np.random.Generator,
    *,
    effect: float = 0.0,
    choosing: Choosing = "facts",
    pupils: int = 1000,
    years: int = 3,
    keen: float = 0.0,
) -> Study:
    """Some years in which staff support pupils who were at 10% or more, once each.

    `effect` is in points of absence (4 is four sessions in a hundred fewer, none below 0). Staff
    choose on recorded `facts` (the half-term, the two before, disadvantage), by a `threshold`, or
    also by what no record holds: a `lasting` trait, or `news` of the half-term to come. `keen`
    raises how many are supported.
    """
    half_terms = HISTORY + years * A_YEAR + 1
    school = absences(rng, pupils, half_terms)
    seen, had, rows = school.absence.copy(), np.zeros(pupils, bool), []
    for now in range(HISTORY, half_terms - 1):
        noticed = (seen[:, now] >= NOTICED) & ~had
        started = noticed & chosen(rng, school, seen, now, choosing, keen)
        for ahead, left in enumerate(AFTERWARDS, 1):
            if effect and now + ahead < half_terms:
                helped = np.maximum(school.absence[started, now + ahead] - effect * left, 0)
                seen[started, now + ahead] = helped
        rows.append(np.column_stack((np.flatnonzero(noticed), np.full(noticed.sum(), now))))
        rows[-1] = np.column_stack((rows[-1], started[noticed]))
        had |= started
    return as_study(school, seen, np.concatenate(rows))


def chosen(
    rng: np.random.Generator,
    school: School,
    seen: Floats,
    now: int,
    choosing: Choosing,
    keen: float,
) -> Bools:
    """Whom staff would support in a half-term, had they noticed them."""
    if choosing == "threshold":
        lot = rng.random(len(seen))
        return np.where(seen[:, now] >= RULE, lot < 0.95, lot < 0.03)
    earlier = (seen[:, now - 1] + seen[:, now - 2]) / 2
    lean = keen - 1.2 + 0.08 * (seen[:, now] - 20) + 0.06 * (earlier - 10)
    lean += 0.5 * school.disadvantaged
    if choosing == "lasting":
        lean += 1.2 * school.lasting / LASTING - 0.5
    if choosing == "news":
        lean += 0.5 * school.spells[:, now + 1] / SPELL
    found: Bools = rng.random(len(seen)) < 1 / (1 + np.exp(-lean))
    return found


def as_study(school: School, seen: Floats, rows: np.ndarray) -> Study:
    """The rows as the product gathers them."""
    pupil, now, had = rows[:, 0], rows[:, 1], rows[:, 2].astype(bool)
    season, year = now % A_YEAR, now // A_YEAR
    cell = (season * 2 + school.years[pupil]) * 2 + school.disadvantaged[pupil]
    years = np.unique(year)[1:]
    before = [seen[one, :then].mean() for one, then in zip(pupil, now - 2, strict=True)]
    units = Units(
        pupil=pupil,
        cell=cell.astype(np.int64),
        supported=had,
        after=seen[pupil, now + 1],
        flag=seen[pupil, now],
        earlier=(seen[pupil, now - 1] + seen[pupil, now - 2]) / 2,
        before=np.array(before),
        value=np.full(len(pupil), np.nan),
        facts=(year[:, None] == years).astype(float),
        fact_names=tuple(f"year {one}" for one in years),
    )
    unflagged = seen[:, :-1] < NOTICED
    return Study(
        units,
        everyone(seen[:, :-1].ravel(), seen[:, 1:].ravel()),
        school.absence[pupil, now + 1],
        float((seen[:, 1:] - seen[:, :-1])[unflagged].mean()),
    )
