"""The adjusted comparison: those who had the support against the matched who had not.

On the matched rows, weighted, `after ~ supported + flag + earlier + facts`, with the facts centred
on the supported pupils and the two measures also allowed another slope for them. The coefficient of
`supported` is then the difference for the pupils who had it (Lin, W. 2013, Annals of Applied
Statistics 7: 295-318, centred on the treated), and what the calipers leave of imbalance is taken
out (bias-corrected matching: Abadie, A. and Imbens, G. W. 2011, Journal of Business and Economic
Statistics 29: 1-11).
"""

from dataclasses import dataclass

import numpy as np

from sightline.insights.chance import Interval, over_pupils
from sightline.insights.impact.matching import Matched
from sightline.insights.impact.regression import independent, least_squares
from sightline.insights.impact.units import Floats, Units

__all__ = ["FEWEST_FOR_ERRORS", "Estimate", "compared", "estimated"]

FEWEST_FOR_ERRORS = 40  # below, errors by the bootstrap
SLOPES_FROM = 60  # pupils, below which one slope serves both sides


@dataclass(frozen=True)
class Estimate:
    """A difference in the measure's unit with its 95% interval and standard error."""

    value: float
    interval: Interval
    error: float

    def straddles_none(self) -> bool:
        """Whether no difference at all is within the interval."""
        return 0.0 in self.interval


def compared(units: Units, matched: Matched, *, seed: int = 0) -> Estimate | None:
    """The difference in the window after; None where there are too few pupils to fit it."""
    return estimated(units, matched, units.after, seed=seed)


def estimated(
    units: Units, matched: Matched, outcome: Floats, *, seed: int = 0, earlier: bool = True
) -> Estimate | None:
    """The same for any outcome of the units' rows; rows without one are left out.

    `earlier` = False leaves the earlier periods out of the adjustment.
    """
    told = np.isfinite(outcome[matched.rows])
    rows, weights = matched.rows[told], matched.weights[told]
    few = units[rows]
    design = designed(few, earlier=earlier)
    if design is None:
        return None
    if len(np.unique(few.pupil[few.supported])) < FEWEST_FOR_ERRORS:
        return resampled(design, outcome[rows], weights, few, seed)
    fit = least_squares(design, outcome[rows], weights, few.pupil)
    return Estimate(float(fit.coefficients[1]), fit.interval(1), fit.error(1))


def designed(units: Units, *, earlier: bool) -> Floats | None:
    """The columns, `supported` the second; None where the pupils are too few for them."""
    supported = units.supported
    if not supported.any() or supported.all():
        return None
    measures = np.column_stack((units.flag, units.earlier) if earlier else (units.flag,))
    facts = np.column_stack((measures, units.facts))
    facts = facts - facts[supported].mean(axis=0)
    own = supported.astype(float)
    many = len(np.unique(units.pupil[supported])) >= SLOPES_FROM
    slopes = own[:, None] * facts[:, : measures.shape[1] if many else 0]
    columns = independent(np.column_stack((np.ones(len(own)), own, facts, slopes)))
    enough = len(np.unique(units.pupil)) > columns.shape[1] + 2
    return columns if enough else None


def resampled(
    design: Floats, outcome: Floats, weights: Floats, units: Units, seed: int
) -> Estimate:
    """By the bootstrap over pupils, each with all its rows and their parts in the sets.

    Pupils are few here, so the interval is the wider of the percentiles and of Student's t.
    """
    width = design.shape[1]
    both = np.column_stack((design, outcome)) * np.sqrt(weights)[:, None]
    products = np.einsum("ij,ik->ijk", both, both).reshape(len(both), -1)
    _, number = np.unique(units.pupil, return_inverse=True)
    sums = np.zeros((number.max() + 1, products.shape[1]))
    np.add.at(sums, number, products)

    def difference(totals: Floats) -> Floats:
        square = totals.reshape(-1, width + 1, width + 1)
        inner = square[:, :width, :width] + 1e-9 * np.eye(width)
        solved: Floats = np.linalg.solve(inner, square[:, :width, width:]).astype(np.float64)
        return solved[:, 1]

    drawn = over_pupils(sums, difference, seed=seed, draws=1000)
    fit = least_squares(design, outcome, weights, units.pupil)
    by_t = fit.interval(1)
    low, high = min(float(drawn.low[0]), by_t.low), max(float(drawn.high[0]), by_t.high)
    return Estimate(float(fit.coefficients[1]), Interval(low, high), fit.error(1))
