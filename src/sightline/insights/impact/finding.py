"""One kind of support: everything that can honestly be said of what followed it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sightline.insights.impact.adjusted import Estimate, compared
from sightline.insights.impact.discontinuity import Discontinuity, discontinuity
from sightline.insights.impact.doubts import Balance, Unseen, balance, placebo, unseen
from sightline.insights.impact.matching import Calipers, Matched, match
from sightline.insights.impact.rebound import Everyone, Rebound, rebound
from sightline.insights.impact.units import Ints, Units

__all__ = ["FEWEST", "Finding", "Measure", "Saying", "finding", "once_a_half_term", "saying"]

Saying = Literal["nothing", "words", "interval", "estimate"]
FEWEST: dict[Saying, int] = {"words": 10, "interval": 30, "estimate": 60}


@dataclass(frozen=True)
class Measure:
    """How a support's aim is measured: `better` is 1 where higher is better, else -1; `change` is
    what counts as a change for one pupil; the calipers and the bandwidth are in its unit."""

    better: int
    change: float
    calipers: Calipers
    bandwidth: float


@dataclass(frozen=True)
class Finding:
    """`supported` pupils in all, `told` those whose windows could be measured, `matched` of them
    beside `others` who had no support; `improved` of the matched by at least a change. Figures
    below the numbers of `saying` are None, whatever could be computed. `by` says whether the
    estimate is of the matched comparison or at a threshold that decided."""

    supported: int
    told: int
    matched: int
    others: int
    unmatched: int
    improved: int
    saying: Saying
    by: Literal["matched", "threshold"]
    estimate: Estimate | None
    rebound: Rebound
    balance: tuple[Balance, ...]
    placebo: Estimate | None
    unseen: Unseen | None
    threshold: Discontinuity | None
    better: int

    @property
    def balanced(self) -> bool:
        return bool(self.balance) and all(one.holds for one in self.balance)

    @property
    def clean_placebo(self) -> bool:
        """Whether there is a placebo and it finds nothing."""
        return self.placebo is not None and self.placebo.straddles_none()

    @property
    def warns(self) -> bool:
        """Whether the placebo or what is unseen speaks against believing the difference."""
        failed = self.placebo is not None and not self.placebo.straddles_none()
        return failed or (self.unseen is not None and self.unseen.warns)

    @property
    def helped(self) -> bool:
        """Whether "it helped" may be said, of this kind of support taken by itself."""
        if self.estimate is None or self.saying not in ("interval", "estimate"):
            return False
        ends = self.estimate.interval
        better = ends.low > 0 if self.better > 0 else ends.high < 0
        if self.by == "threshold" and self.threshold is not None:
            return better and all(one and one.straddles_none() for one in self.threshold.placebos)
        likelier = self.unseen is not None and self.unseen.warns
        return better and self.clean_placebo and self.balanced and not likelier


def saying(matched: int) -> Saying:
    """What may be said by the number of matched supported pupils."""
    allowed: Saying = "nothing"
    for name, fewest in FEWEST.items():
        allowed = name if matched >= fewest else allowed
    return allowed


def finding(
    units: Units, measure: Measure, all_pupils: Everyone | None, *, seed: int = 0
) -> Finding:
    """The matched comparison, or the one at a threshold where one decided, with every doubt.

    `units` may have several pool rows of a pupil in a half-term: the nearest are matched.
    """
    matched = match(units, measure.calipers)
    single = units[once_a_half_term(units)]
    threshold = at_threshold(single, measure)
    estimate = compared(units, matched, seed=seed)
    by_rule = threshold is not None and threshold.pupils >= FEWEST["interval"]
    pupils = threshold.pupils if by_rule and threshold else matched.supported
    said = saying(pupils) if estimate or by_rule else min_words(matched.supported)
    shown = said in ("interval", "estimate")
    before, doubt = None, None
    if shown and estimate and not by_rule:
        before = placebo(units, matched, seed=seed)
        doubt = unseen(units, measure.calipers, estimate, measure.better, seed=seed)
    return Finding(
        supported=len(np.unique(units.pupil[units.supported])),
        told=len(np.unique(units.pupil[units.supported & units.told])),
        matched=pupils,
        others=threshold.others if by_rule and threshold else matched.others,
        unmatched=matched.unmatched,
        improved=improved(units, matched, measure),
        saying=said,
        by="threshold" if by_rule else "matched",
        estimate=(threshold.estimate if by_rule and threshold else estimate) if shown else None,
        rebound=rebound(single, all_pupils),
        balance=balance(units, matched) if shown and matched.supported else (),
        placebo=before,
        unseen=doubt,
        threshold=threshold if shown else None,
        better=measure.better,
    )


def at_threshold(units: Units, measure: Measure) -> Discontinuity | None:
    """At a threshold in the signal's value or in the measure itself; the first that decided."""
    told = units.value[np.isfinite(units.value)]
    spread = float(told.std()) if len(told) else 0.0
    by_value = discontinuity(units, units.value, 0.5 * spread) if spread else None
    return by_value or discontinuity(units, units.flag, measure.bandwidth)


def min_words(matched: int) -> Saying:
    """Where no comparison could be fitted, at most words."""
    return "words" if matched >= FEWEST["words"] else "nothing"


def improved(units: Units, matched: Matched, measure: Measure) -> int:
    """How many of the matched supported pupils moved by at least a change for the better."""
    few = units[matched.rows]
    moved = measure.better * (few.after - few.flag) >= measure.change - 1e-9
    return len(np.unique(few.pupil[few.supported & moved]))


def once_a_half_term(units: Units) -> Ints:
    """Every supported row, and the first row that is told of each pool pupil and cell."""
    pool = np.flatnonzero(~units.supported & units.told)
    pairs = np.column_stack((units.pupil[pool], units.cell[pool]))
    _, first = np.unique(pairs, axis=0, return_index=True)
    found: Ints = np.sort(np.concatenate((np.flatnonzero(units.supported), pool[first])))
    return found
