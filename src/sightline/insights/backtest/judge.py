"""Whether a history is long enough to judge by, and which threshold would fill the list best.

The minimum is that of the measured study in the project's notes on statistics, section C: fewer
onsets or pupils, and the order of thresholds is mostly chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.figures import Figures
from sightline.insights.backtest.question import school_year
from sightline.insights.backtest.replay import Replay
from sightline.insights.backtest.threshold import Flags
from sightline.kit import plural, sentence_list

__all__ = ["Periods", "Proposal", "periods", "proposed", "what_is_missing", "years_at"]

Ints = NDArray[np.int64]
YEARS, ONSETS, PUPIL_WEEKS, PUPILS = 2, 30, 100, 40
SUMMER, LONGEST_YEAR = 28, 366
FULL = 36  # weeks held that make a school year a full one: 190 days are 38


@dataclass(frozen=True)
class Periods:
    """Which weeks of each pupil thresholds are chosen on, and which are reported.

    They are the same where there is a single year.
    """

    choose: Flags
    report: Flags
    chosen_on: tuple[int, ...]
    reported: int
    full_years: int

    @property
    def apart(self) -> bool:
        """Whether what is reported was not chosen on."""
        return self.reported not in self.chosen_on


@dataclass(frozen=True)
class Proposal:
    """The threshold whose list fills the capacity best, or None and why."""

    threshold: float | None
    why: str


def periods(told: Replay, open_days: Mapping[str, Sequence[date]]) -> Periods:
    """The earlier school years to choose on and the last to report, where there are several.

    `open_days` are those of each school, ascending.
    """
    of_school = np.stack([years_at(told.weeks, open_days[one]) for one in told.schools])
    of_week = of_school[told.school_of]
    held = np.where(told.asked, of_week, 0)
    years = sorted({int(one) for one in np.unique(held)} - {0})
    last = years[-1] if years else 0
    choose = [one for one in years if one != last] or years
    return Periods(
        np.isin(of_week, choose), of_week == last, tuple(choose), last, full_years(told, held)
    )


def years_at(weeks: Sequence[date], open_days: Sequence[date]) -> Ints:
    """The school year that each week belongs to, called after the year it began in.

    A school year is a stretch of school days without a gap of more than 28 days (the summer): a
    university's course from February to October is one. Where no gap ever comes, or before any
    school day, the school year begins on 1 August.
    """
    found, start, before = [], None, None
    days = iter([*open_days, date.max])
    upcoming = next(days)
    for week in weeks:
        while upcoming <= week:
            if before is None or (upcoming - before).days > SUMMER:
                start = upcoming
            before, upcoming = upcoming, next(days)
        whole = start is not None and (week - start).days < LONGEST_YEAR
        found.append(school_year(start if whole and start else week))
    return np.array(found, np.int64)


def full_years(told: Replay, held: Ints) -> int:
    """How many school years have enough weeks in which a school was open."""
    full = set()
    for number in range(len(told.schools)):
        mine = held[told.school_of == number].max(axis=0, initial=0)
        years, weeks = np.unique(mine, return_counts=True)
        full |= {int(one) for one, count in zip(years, weeks, strict=True) if count >= FULL}
    return len(full - {0})


def what_is_missing(row: Figures, years: int) -> str:
    """The sentence that says why this cannot be judged; empty where it can."""
    wanted = (
        (years, YEARS, "full school years"),
        (row.onsets, ONSETS, "onsets"),
        (row.judged_pupil_weeks, PUPIL_WEEKS, "listed pupil-weeks that could be followed"),
        (row.judged_pupils, PUPILS, "such pupils"),
    )
    short = [f"{there} of {least} {what}" for there, least, what in wanted if there < least]
    if not short:
        return ""
    return f"This cannot be judged from this history: it has {sentence_list(short)}."


def proposed(rows: Sequence[Figures], today: float, capacity: int) -> Proposal:
    """Of the thresholds whose mean list holds at most `capacity`, the one that finds most onsets.

    Where several find as many: the nearest to today's, then the longer warning.
    """
    fitting = [row for row in rows if row.listed_per_list <= capacity and row.found]
    if not fitting:
        why = f"No threshold tried keeps the list to {plural(capacity, 'pupil')} and finds any."
        return Proposal(None, why)
    best = min(
        fitting,
        key=lambda row: (-row.found, abs(row.threshold - today), -(row.lead_days_median or 0)),
    )
    why = (
        f"Of the thresholds that list at most {plural(capacity, 'pupil')} a week, it would have "
        f"come before most: {best.found:,} of {best.onsets:,}."
    )
    return Proposal(best.threshold, why)
