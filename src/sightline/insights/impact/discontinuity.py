"""Where a threshold decided who was supported: those just beyond it against those just short of it.

Local linear on both sides, `y ~ beyond + z + z*beyond + earlier`, triangular kernel, bandwidth
fixed in advance, never a curve (Gelman, A. and Imbens, G. 2019, Journal of Business and Economic
Statistics 37: 447-456). Errors by pupil, never clustered on the value: with few values such
intervals are far too short (Kolesar, M. and Rothe, C. 2018, American Economic Review 108:
2277-2304). Where not all went by the rule, the jump in the measure is divided by the jump in who
was supported (two-stage least squares with one instrument), which no hidden reason of staff can
bend. It speaks of pupils near the threshold only.
"""

from dataclasses import dataclass

import numpy as np

from sightline.insights.chance import Interval
from sightline.insights.impact.adjusted import Estimate
from sightline.insights.impact.regression import independent, least_squares
from sightline.insights.impact.units import Bools, Floats, Units

__all__ = ["Discontinuity", "Rule", "discontinuity", "rule_of"]

MOST_BELOW, FEWEST_BEYOND = 0.2, 0.8
FEWEST = 30  # pupils on each side within the bandwidth


@dataclass(frozen=True)
class Rule:
    """`at`: the value from which on pupils were supported; the shares within the bandwidth that
    were, below and beyond. `direction` is 1 where higher values were supported, else -1."""

    at: float
    direction: int
    below: float
    beyond: float


@dataclass(frozen=True)
class Discontinuity:
    """The jump; the same without those nearest to the threshold; and at thresholds that decided
    nothing (below, beyond), each of which should find no jump."""

    rule: Rule
    estimate: Estimate
    pupils: int
    others: int
    donut: Estimate | None
    placebos: tuple[Estimate | None, Estimate | None]


def rule_of(value: Floats, supported: Bools, bandwidth: float) -> Rule | None:
    """The threshold that parts the supported best, if at least 80% beyond and 20% below agree."""
    best: Rule | None = None
    for direction in (1, -1):
        z = direction * value
        for at in np.unique(z[supported])[:400]:
            beyond = (z >= at) & (z < at + bandwidth)
            below = (z < at) & (z >= at - bandwidth)
            if min(beyond.sum(), below.sum()) < FEWEST:
                continue
            found = Rule(
                float(direction * at),
                direction,
                float(supported[below].mean()),
                float(supported[beyond].mean()),
            )
            decided = found.below <= MOST_BELOW and found.beyond >= FEWEST_BEYOND
            if decided and (best is None or jump_of(found) > jump_of(best)):
                best = found
    return best


def jump_of(rule: Rule) -> float:
    return rule.beyond - rule.below


def discontinuity(units: Units, on: Floats, bandwidth: float) -> Discontinuity | None:
    """The comparison at the threshold; None where no threshold decided, or too few are near it.

    `units` has one row for each pupil and half-term; the threshold is looked for in `on`, whose
    unit the bandwidth has.
    """
    told = units.told & np.isfinite(on)
    few, on = units[told], on[told]
    rule = rule_of(on, few.supported, bandwidth)
    if rule is None:
        return None
    z = rule.direction * (on - rule.at)
    near = np.abs(z) < bandwidth
    beyond = len(np.unique(few.pupil[near & (z >= 0)]))
    below = len(np.unique(few.pupil[near & (z < 0)]))
    estimate = jumped(few, z, bandwidth)
    if estimate is None or min(beyond, below) < FEWEST:
        return None
    away = np.abs(z) >= bandwidth / 10
    half = bandwidth / 2
    placebos = tuple(
        jumped(few[side], z[side] - at, half, fuzzy=False)
        for side, at in ((z < 0, -half), (z >= 0, half))
    )
    donut = jumped(few[away], z[away], bandwidth)
    return Discontinuity(rule, estimate, beyond, below, donut, (placebos[0], placebos[1]))


def jumped(units: Units, z: Floats, bandwidth: float, *, fuzzy: bool = True) -> Estimate | None:
    """The jump at 0 of `z`; None where a side has fewer than ten pupils."""
    near = np.abs(z) < bandwidth
    few, z = units[near], z[near]
    beyond = (z >= 0).astype(float)
    sides = [len(np.unique(few.pupil[beyond == side])) for side in (0, 1)]
    if min(sides) < 10:
        return None
    columns = (np.ones(len(z)), beyond, z, z * beyond, few.earlier - few.earlier.mean())
    design = independent(np.column_stack(columns))
    weights = 1 - np.abs(z) / bandwidth
    outcome = few.after
    first = 1.0
    if fuzzy:
        had = few.supported.astype(float)
        first = float(least_squares(design, had, weights, few.pupil).coefficients[1])
        if first < 0.4:
            return None
        value = least_squares(design, outcome, weights, few.pupil).coefficients[1] / first
        outcome = outcome - value * had
    fit = least_squares(design, outcome, weights, few.pupil)
    value = float(value) if fuzzy else float(fit.coefficients[1])
    own = fit.interval(1)
    half = own.width / 2 / first
    return Estimate(value, Interval(value - half, value + half), fit.error(1) / first)
