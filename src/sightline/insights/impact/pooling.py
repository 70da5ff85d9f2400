"""Several kinds of support looked at together: the best-looking of ten is partly luck.

Each estimate is drawn towards what they have in common, the more the less it is known: normal
effects with spread tau, normal errors; tau^2 by Paule, R. C. and Mandel, J. (1982), Journal of
Research of the National Bureau of Standards 87: 377-385. "Differs from no help" is judged with the
false discovery rate held at 5% over all of them: Benjamini, Y. and Hochberg, Y. (1995), Journal of
the Royal Statistical Society B 57: 289-300.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sightline.insights.chance import Interval
from sightline.insights.impact.units import Bools, Floats

__all__ = ["Pooled", "differs", "paule_mandel", "pooled"]

RATE = 0.05
FEWEST = 3  # estimates, below which nothing is drawn anywhere


@dataclass(frozen=True)
class Pooled:
    """One estimate drawn towards the others, with its interval."""

    value: float
    interval: Interval


def paule_mandel(values: Floats, errors: Floats) -> float:
    """tau^2, the spread of the true effects: where the weighted squares equal their number less
    one; 0 where errors alone explain them."""

    def excess(spread: float) -> float:
        weights = 1 / (errors**2 + spread)
        mean = (weights * values).sum() / weights.sum()
        return float((weights * (values - mean) ** 2).sum() - (len(values) - 1))

    if len(values) < 2 or excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, 1.0
    while excess(high) > 0:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def pooled(values: Sequence[float], errors: Sequence[float]) -> list[Pooled | None]:
    """Each estimate drawn towards their mean; None for each where there are fewer than three.

    The interval adds what is not known of the mean itself (Morris, C. N. 1983, Journal of the
    American Statistical Association 78: 47-55, without the small correction for tau).
    """
    if len(values) < FEWEST:
        return [None] * len(values)
    y, s = np.asarray(values, float), np.asarray(errors, float)
    spread = paule_mandel(y, s)
    weights = 1 / (s**2 + spread)
    mean = (weights * y).sum() / weights.sum()
    kept = spread / (s**2 + spread)
    centre = kept * y + (1 - kept) * mean
    error = np.sqrt(kept * s**2 + (1 - kept) ** 2 / weights.sum())
    return [
        Pooled(float(at), Interval(float(at - 1.96 * e), float(at + 1.96 * e)))
        for at, e in zip(centre, error, strict=True)
    ]


def differs(values: Sequence[float], errors: Sequence[float], rate: float = RATE) -> Bools:
    """Which differ from none, among all looked at together."""
    y, s = np.asarray(values, float), np.asarray(errors, float)
    chances = 2 * ndtr(-np.abs(y) / s)
    order = np.argsort(chances)
    allowed = rate * np.arange(1, len(y) + 1) / max(len(y), 1)
    passed = np.flatnonzero(chances[order] <= allowed)
    found = np.zeros(len(y), bool)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found
