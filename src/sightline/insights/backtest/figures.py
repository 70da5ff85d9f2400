"""The figures of one threshold: how many are listed, what came after, what was missed, how early.

Precision is over pupil-weeks listed of pupils who were not in harm yet and could be followed;
recall over onsets, each spell once. Intervals draw whole pupils (`insights.chance.over_pupils`): a
pupil listed for ten weeks is one pupil. Base rate: what a list of as many pupils, drawn each week
and school from those who could be listed, would have given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.outcomes import Asked, Followed
from sightline.insights.backtest.replay import Replay
from sightline.insights.backtest.threshold import Flags, Floats
from sightline.insights.chance import clopper_pearson, over_pupils

__all__ = ["DRAWS", "Figures", "figures_at", "onsets_in"]

DRAWS, SEED = 1000, 20_260_309
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """One threshold over some weeks. Shares are 0-1, None where there is nothing to divide by.

    `listed_per_week` is over all schools asked about, `listed_per_list` the mean of one school's
    week. `found` of `onsets` had been listed in the days before; `lead_days` are from the first of
    these weeks to the onset.
    """

    threshold: float
    weeks: int
    listed_pupil_weeks: int
    listed_pupils: int
    listed_per_week: float
    listed_per_week_median: float
    listed_per_week_95th: float
    listed_per_list: float
    new_names_per_week: float
    judged_pupil_weeks: int
    judged_pupils: int
    followed_by_outcome: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    base_rate: float | None
    onsets: int
    found: int
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    lead_days_median: float | None
    lead_days_lower: float | None
    lead_days_upper: float | None
    already_in_harm: int
    cannot_be_followed: int
    already_supported: int


def figures_at(
    told: Replay,
    followed: Followed,
    helped: Flags,
    asked: Asked,
    thresholds: Sequence[float],
    chosen: Flags,
    *,
    draws: int = DRAWS,
) -> list[Figures]:
    """The figures of each threshold over the weeks that `chosen` marks.

    `draws` 0 leaves the intervals out.
    """
    onsets = onsets_in(told, followed, asked, chosen)
    rows, sums = [], []
    for one in thresholds:
        flags = told.listed_at[one] & chosen
        row, part = _counted(told, followed, helped, asked, one, flags, chosen, onsets)
        rows.append(row)
        sums.append(part)
    return _with_intervals(rows, np.stack(sums, axis=1), draws) if draws and rows else rows


@dataclass(frozen=True)
class Onsets:
    """Onsets that a list of the chosen weeks could have come before: the weeks are [low, high)."""

    pupil: Ints
    day: Ints
    low: Ints
    high: Ints


def onsets_in(told: Replay, followed: Followed, asked: Asked, chosen: Flags) -> Onsets:
    """The onsets with a chosen week, in which the pupil was asked about, in the days before."""
    pupil, day = followed.onset_pupil, followed.onset_day
    low = np.searchsorted(asked.at, day - asked.within, side="left")
    high = np.searchsorted(asked.at, day, side="left")
    seen = before(told.asked & chosen)
    kept = seen[pupil, high] > seen[pupil, low]
    return Onsets(pupil[kept], day[kept], low[kept], high[kept])


def before(flags: Flags) -> Ints:
    """How many flags there are before each week; one column more than weeks."""
    found: Ints = np.zeros((flags.shape[0], flags.shape[1] + 1), np.int64)
    np.cumsum(flags, axis=1, out=found[:, 1:])
    return found


def _counted(
    told: Replay,
    followed: Followed,
    helped: Flags,
    asked: Asked,
    threshold: float,
    flags: Flags,
    chosen: Flags,
    onsets: Onsets,
) -> tuple[Figures, Floats]:
    """The figures without intervals, and the sums of each pupil that intervals are drawn from."""
    judged = flags & followed.known & ~followed.already
    hits = judged & followed.after
    per_week, lists = list_sizes(told, flags, chosen)
    found, lead = _found(onsets, flags, asked)
    of_pupil = [
        judged.sum(axis=1),
        hits.sum(axis=1),
        np.bincount(onsets.pupil, minlength=len(told.refs)),
        np.bincount(onsets.pupil[found], minlength=len(told.refs)),
    ]
    quartiles = np.quantile(lead, [0.25, 0.5, 0.75]) if len(lead) else [None] * 3
    lower, median, upper = (None if one is None else float(one) for one in quartiles)
    row = Figures(
        threshold=threshold,
        weeks=len(per_week),
        listed_pupil_weeks=int(flags.sum()),
        listed_pupils=int(flags.any(axis=1).sum()),
        listed_per_week=_mean(per_week),
        listed_per_week_median=float(np.median(per_week)) if len(per_week) else 0.0,
        listed_per_week_95th=float(np.quantile(per_week, 0.95)) if len(per_week) else 0.0,
        listed_per_list=_mean(lists),
        new_names_per_week=int(flags.any(axis=1).sum()) / max(len(per_week), 1),
        judged_pupil_weeks=int(judged.sum()),
        judged_pupils=int(judged.any(axis=1).sum()),
        followed_by_outcome=int(hits.sum()),
        precision=_share(hits.sum(), judged.sum()),
        precision_low=None,
        precision_high=None,
        base_rate=base_rate(told, followed, judged, chosen),
        onsets=len(onsets.pupil),
        found=int(found.sum()),
        recall=_share(found.sum(), len(onsets.pupil)),
        recall_low=None,
        recall_high=None,
        lead_days_median=median,
        lead_days_lower=lower,
        lead_days_upper=upper,
        already_in_harm=int((flags & followed.already).sum()),
        cannot_be_followed=int((flags & ~followed.known & ~followed.already).sum()),
        already_supported=int((flags & helped).sum()),
    )
    return row, np.stack(of_pupil, axis=1).astype(np.float64)


def list_sizes(told: Replay, flags: Flags, chosen: Flags) -> tuple[Ints, Ints]:
    """How many are listed in each week held, and in each week of each school that held one."""
    schools = len(told.schools)
    held = np.zeros((schools, len(told.weeks)), np.int64)
    listed = np.zeros_like(held)
    for number in range(schools):
        mine = told.school_of == number
        held[number] = (told.asked & chosen)[mine].sum(axis=0)
        listed[number] = flags[mine].sum(axis=0)
    return listed.sum(axis=0)[held.any(axis=0)], listed[held > 0]


def base_rate(told: Replay, followed: Followed, judged: Flags, chosen: Flags) -> float | None:
    """The share that as many pupils, drawn each week and school from those judged, would give.

    Drawn from the pupils about whom there was enough to go on, not in harm and followed.
    """
    could = told.told & chosen & followed.known & ~followed.already
    expected, drawn = 0.0, 0
    for number in range(len(told.schools)):
        mine = told.school_of == number
        pool, harmed = could[mine].sum(axis=0), (could & followed.after)[mine].sum(axis=0)
        listed = judged[mine].sum(axis=0)
        expected += float((listed * harmed / np.maximum(pool, 1)).sum())
        drawn += int(listed.sum())
    if drawn:
        return expected / drawn
    return _share((could & followed.after).sum(), could.sum())


def _found(onsets: Onsets, flags: Flags, asked: Asked) -> tuple[Flags, Ints]:
    """Which onsets came after a listing, and for those the days since the first."""
    weeks = flags.shape[1]
    ahead = np.full((flags.shape[0], weeks + 1), weeks, np.int64)  # the first listed week from each
    ahead[:, :-1] = np.where(flags, np.arange(weeks), weeks)
    ahead = np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1]
    first = ahead[onsets.pupil, onsets.low]
    found = first < onsets.high
    return found, onsets.day[found] - asked.at[first[found]]


def _with_intervals(rows: list[Figures], sums: Floats, draws: int) -> list[Figures]:
    """`sums` has pupils, thresholds and four sums: judged, hits, onsets, found."""
    count = sums.shape[1]

    def shares(totals: Floats) -> Floats:
        each = totals.reshape(len(totals), count, 4)
        return np.stack([each[..., 1] / each[..., 0], each[..., 3] / each[..., 2]], axis=-1)

    flat = sums.reshape(len(sums), -1)
    drawn = over_pupils(flat, shares, seed=SEED, draws=draws)
    told = []
    for number, row in enumerate(rows):
        ends = []
        for kind, share in enumerate((row.precision, row.recall)):
            pupils = int((sums[:, number, 2 * kind] > 0).sum())
            low, high = drawn.low[number, kind], drawn.high[number, kind]
            ends.append(_ends(share, pupils, float(low), float(high)))
        (low_p, high_p), (low_r, high_r) = ends
        told.append(
            Figures(
                **vars(row)
                | {"precision_low": low_p, "precision_high": high_p}
                | {"recall_low": low_r, "recall_high": high_r}
            )
        )
    return told


def _ends(
    share: float | None, pupils: int, low: float, high: float
) -> tuple[float | None, float | None]:
    """At none and at all every draw is alike: there the exact interval of so many pupils."""
    if share is None:
        return None, None
    if share in (0.0, 1.0):
        exact = clopper_pearson(round(share * pupils), pupils)
        return float(exact[0]), float(exact[1])
    return (low, high) if np.isfinite([low, high]).all() else (None, None)


def _share(part: int | np.int64, whole: int | np.int64) -> float | None:
    return float(part / whole) if whole else None


def _mean(values: Ints) -> float:
    return float(values.mean()) if len(values) else 0.0
