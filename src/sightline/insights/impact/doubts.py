"""What speaks against a comparison: imbalance, a placebo, and what an unseen reason could do.

Balance: the difference of means over the spread of the supported: below 0.1 for the measure, and
below 0.25 for a fact that is adjusted for as well (Stuart 2010, section 4; the US What Works
Clearinghouse draws its lines alike). Placebo: the same adjusted difference in the time before any
window the matching knew of, which no support can have changed; a difference there means that pupils
were chosen for something the matching has not seen. Unseen: how far the answer moves when the
earlier periods are forgotten is how far an unseen fact as telling as they are could move it
(Hosman, C. A., Hansen, B. B. and Holland, P. W. 2010, Annals of Applied Statistics 4: 849-870); and
the E-value (VanderWeele, T. J. and Ding, P. 2017, Annals of Internal Medicine 167: 268-274; for
means, RR = exp(0.91 d)).
"""

import math
from dataclasses import dataclass

import numpy as np

from sightline.insights.impact.adjusted import Estimate, estimated
from sightline.insights.impact.matching import Calipers, Matched, match
from sightline.insights.impact.units import Units

__all__ = ["BALANCED", "Balance", "Unseen", "balance", "e_value", "placebo", "unseen"]

BALANCED, ADJUSTED = 0.1, 0.25
MEASURES = ("flag", "earlier")
MOST = 10.0  # the logarithm of the largest ratio told
FEWEST_WITH_HISTORY = 0.5  # of the matched rows, for the placebo to speak of them


@dataclass(frozen=True)
class Balance:
    """One recorded fact on both sides of the matched comparison."""

    fact: str
    supported: float
    others: float
    difference: float

    @property
    def holds(self) -> bool:
        """Below 0.1 for the measure itself; for a fact that is adjusted for, below 0.25."""
        return abs(self.difference) < (BALANCED if self.fact in MEASURES else ADJUSTED)


@dataclass(frozen=True)
class Unseen:
    """What an unseen reason could do. `needed` is how far the nearer end of the interval is from
    none; `as_telling` how far a fact as telling as the earlier periods could move it; `e_value`
    how many times as likely it would have to make both support and outcome, for the nearer end."""

    needed: float
    as_telling: float | None
    e_value: float
    warns: bool


def balance(units: Units, matched: Matched) -> tuple[Balance, ...]:
    """The flag period, the earlier periods and every fact, in this order."""
    few = units[matched.rows]
    names = (*MEASURES, *units.fact_names)
    columns = np.column_stack((few.flag, few.earlier, few.facts))
    found = []
    for name, column in zip(names, columns.T, strict=True):
        own, other = column[few.supported], column[~few.supported]
        mean = float(np.average(other, weights=matched.weights[~few.supported]))
        spread = float(own.std()) or float(column.std())
        apart = float(own.mean()) - mean
        found.append(Balance(name, float(own.mean()), mean, apart / spread if spread else 0.0))
    return tuple(found)


def placebo(units: Units, matched: Matched, *, seed: int = 0) -> Estimate | None:
    """The difference before anything the matching knew; None where history is too short."""
    told = np.isfinite(units.before[matched.rows])
    own = units.supported[matched.rows]
    if min(told[own].mean(), told[~own].mean()) < FEWEST_WITH_HISTORY:
        return None
    return estimated(units, matched, units.before, seed=seed)


def unseen(
    units: Units, calipers: Calipers, estimate: Estimate, better: int, *, seed: int = 0
) -> Unseen:
    """What it would take to change what is said.

    The warning is given where the supported did better and such a fact could explain it; and where
    they did worse: the likelier reading is then that staff chose them for what no record holds.
    Where no difference is told nothing is claimed, and there is nothing to warn of.
    """
    low, high = estimate.interval.low, estimate.interval.high
    needed = min(abs(low), abs(high))
    loose = Calipers(calipers.flag, math.inf)
    without = estimated(units, match(units, loose), units.after, seed=seed, earlier=False)
    moved = None if without is None else abs(without.value - estimate.value)
    worse = (high if better > 0 else -low) < 0
    straddles = estimate.straddles_none()
    warns = worse or (not straddles and (moved is None or moved >= needed))
    spread = float(units.after[units.told].std())
    return Unseen(needed, moved, 1.0 if straddles else e_value(needed, spread), warns)


def e_value(difference: float, spread: float) -> float:
    """Of a difference of means, given the measure's standard deviation; 1 means nothing needed."""
    if not spread:
        return 1.0
    ratio = math.exp(min(0.91 * abs(difference) / spread, MOST))
    return ratio + math.sqrt(ratio * (ratio - 1))
