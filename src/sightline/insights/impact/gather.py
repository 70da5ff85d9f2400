"""From a history to the rows that are compared: who had the support, and the pool beside them.

Everybody is looked at every ten school days. Where the measure is attendance, the supported are
measured from the day they began. Where it is a signal's level, known at the looks only, they begin
between one look and the next, and the window after begins at that next look, for the pool too. A
row needs a flag of the aim's signal within the 30 school days before. Who had this support before
is in no pool; who begins it within the window after is measured by marks up to that day only, so
that nobody is left out of the pool for what came later. A level cannot be cut short: there they are
left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sightline.insights.impact.history import STEP, History
from sightline.insights.impact.rebound import Everyone, everyone
from sightline.insights.impact.units import Bools, Floats, Ints, Units

__all__ = ["FACTS", "NOTICED_WITHIN", "Situation", "all_pupils", "units_of"]

NOTICED_WITHIN = 30  # school days between the flag and the support
FACTS = ("year group", "special educational needs", "days since noticed")
STAGES = (2, 6, 9, 11, 13)  # the last year group of each key stage (0 to 2 with Reception)


@dataclass(frozen=True)
class Situation:
    """Which flags are meant: of a key stage, and values from `low` to `high` (ends as in a range,
    the higher excluded); None takes all."""

    stage: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Rows:
    """Pupils and the day before the support began, or could have; `cut` ends the window after."""

    pupil: Ints
    day: Ints
    supported: Bools
    cut: Ints


def units_of(
    history: History, firsts: Mapping[str, int], situation: Situation | None = None
) -> Units:
    """The rows for one kind of support; `firsts` holds, by pupil ref, the number of the day before
    each pupil's first start of it."""
    first = first_days(history, firsts)
    rows = joined(supported_rows(history, first), pool_rows(history, first))
    value, since = noticed(history, rows.pupil, rows.day)
    year = history.year[history.school[rows.pupil], rows.day]
    group = year_group_then(history, rows.pupil, year)
    kept = np.isfinite(value) & meant(situation or Situation(), value, group)
    cell = cells(history, rows, group)
    kept &= np.isin(cell, cell[kept & rows.supported])
    facts = [group.astype(float), history.sen[rows.pupil].astype(float), since.astype(float)]
    years = np.unique(year[kept])[1:]
    facts += [(year == one).astype(float) for one in years]
    whole = measures(history, rows, value, cell, np.column_stack(facts))
    names = (*FACTS, *(f"school year {one}" for one in years))
    return replace(whole, fact_names=names)[kept]


def measures(history: History, rows: Rows, value: Floats, cell: Ints, facts: Floats) -> Units:
    """The units without the names of their facts."""
    window, pupil, day = history.asked.window, rows.pupil, rows.day
    begins = day + history.asked.gap
    after = history.measured(pupil, begins, np.minimum(begins + window, rows.cut))
    whole = history.unbroken(pupil, day - window + 1, begins + window)
    return Units(
        pupil=pupil,
        cell=cell,
        supported=rows.supported,
        after=np.where(whole, after, np.nan),
        flag=history.measured(pupil, day - window, day),
        earlier=between(history, pupil, day - 3 * window, day - window),
        before=between(history, pupil, day - 9 * window, day - 3 * window),
        value=value,
        facts=facts,
    )


def between(history: History, pupil: Ints, first: Ints, last: Ints) -> Floats:
    """The measure from one day to another: of all sessions, or the mean over whole windows."""
    if history.asked.by_marks:
        return history.measured(pupil, first, last)
    window = history.asked.window
    steps = int((last - first).max(initial=window)) // window
    levels = [history.measured(pupil, last, last - k * window) for k in range(steps)]
    found = np.array(levels)
    told = np.isfinite(found)
    total = np.where(told, found, 0.0).sum(axis=0)
    return np.where(told.any(axis=0), total / np.maximum(told.sum(axis=0), 1), np.nan)


def first_days(history: History, firsts: Mapping[str, int]) -> Ints:
    """By pupil number, the day before the first start; beyond every day where there is none."""
    never = np.iinfo(np.int64).max
    return np.array([firsts.get(ref, never) for ref in history.refs], dtype=np.int64)


def supported_rows(history: History, first: Ints) -> Rows:
    """Everybody's first start: by the day where marks are known, else from the look before."""
    pupil = np.flatnonzero(first < np.iinfo(np.int64).max)
    day = first[pupil]
    day = day if history.asked.by_marks else day - day % STEP
    never = np.full(len(pupil), np.iinfo(np.int64).max)
    return Rows(pupil, day, np.ones(len(pupil), bool), never)


def pool_rows(history: History, first: Ints) -> Rows:
    """Everybody at every look, as long as the pupil has not had this support."""
    days = np.arange(STEP, history.value.shape[1], STEP)
    lately = recent(history.value, days)
    pupil, at = np.nonzero(np.isfinite(lately))
    day = days[at]
    never_had = (first[pupil] > day) & (first[pupil] >= day + history.asked.gap)
    pupil, day = pupil[never_had], day[never_had]
    return Rows(pupil, day, np.zeros(len(pupil), bool), first[pupil])


def joined(one: Rows, other: Rows) -> Rows:
    both = (np.concatenate((getattr(one, n), getattr(other, n))) for n in vars(one))
    return Rows(*both)


def recent(value: Floats, days: Ints) -> Floats:
    """At each look, the signal's value at the latest flag of the last 30 school days."""
    found = value[:, days]
    for back in range(STEP, NOTICED_WITHIN + 1, STEP):
        earlier = np.clip(days - back, 0, None)
        found = np.where(np.isfinite(found), found, value[:, earlier])
    return found


def noticed(history: History, pupil: Ints, day: Ints) -> tuple[Floats, Ints]:
    """The value at the latest flag by a day, and how many school days before it was."""
    look = day - day % STEP
    value = np.full(len(pupil), np.nan)
    since = np.zeros(len(pupil), np.int64)
    for back in range(0, NOTICED_WITHIN + 1, STEP):
        at = np.clip(look - back, 0, None)
        here = np.isnan(value) & np.isfinite(history.value[pupil, at])
        here &= day - at <= NOTICED_WITHIN
        value = np.where(here, history.value[pupil, at], value)
        since = np.where(here, day - at, since)
    return value, since


def year_group_then(history: History, pupil: Ints, year: Ints) -> Ints:
    """The year group in an earlier school year, from today's; -1 where it is not recorded."""
    now = history.year_group[pupil]
    latest = int(history.year.max(initial=0))
    return np.where(now < 0, -1, np.maximum(now - (latest - year), 0))


def meant(situation: Situation, value: Floats, group: Ints) -> Bools:
    """Whether a flag is one of the situation."""
    found = np.ones(len(value), bool)
    if situation.stage is not None:
        found &= stage_of(group) == situation.stage
    if situation.low is not None:
        found &= value >= situation.low
    if situation.high is not None:
        found &= value < situation.high
    return found


def stage_of(group: Ints) -> Ints:
    """1 to 5; 0 where the year group is not recorded."""
    return np.where(group < 0, 0, np.searchsorted(STAGES, group) + 1)


def cells(history: History, rows: Rows, group: Ints) -> Ints:
    """What has to be the same: school (and so phase), key stage, disadvantage, half-term."""
    school = history.school[rows.pupil]
    parts = (
        school,
        stage_of(group),
        history.disadvantaged[rows.pupil],
        history.term[school, rows.day],
    )
    _, found = np.unique(np.column_stack(parts), axis=0, return_inverse=True)
    return np.asarray(found, dtype=np.int64).reshape(-1)


def all_pupils(history: History) -> Everyone | None:
    """All pupils at every look, noticed or not: the mean, and how windows follow each other."""
    window, days = history.asked.window, history.value.shape[1]
    looks = np.arange(window, days - window, max(window, STEP))
    if not len(looks):
        return None
    pupil = np.repeat(np.arange(len(history.refs)), len(looks))
    day = np.tile(looks, len(history.refs))
    whole = history.unbroken(pupil, day - window + 1, day + window)
    pupil, day = pupil[whole], day[whole]
    now = history.measured(pupil, day - window, day)
    return everyone(now, history.measured(pupil, day, day + window))
