"""The interval of a count of events, and of their rate: how many there would be in years like it.

Under ten the exact interval of a Poisson count (Garwood, F. 1936, Biometrika 28: 437-442); from ten
Byar's approximation to it (Breslow, N. E. and Day, N. E. 1987, Statistical Methods in Cancer
Research II, page 69), as UK public health statistics use them.
"""

import math

from scipy.special import gammaincinv, ndtri

from sightline.insights.chance.counts import Interval

__all__ = ["EXACT_BELOW", "count_interval", "rate_interval"]

EXACT_BELOW = 10


def count_interval(events: int, level: float = 0.95) -> Interval:
    """The interval of an expected number of events, given how many there were.

    5 gives 1.62 to 11.67. Raises ValueError for a negative count.
    """
    if events < 0:
        raise ValueError(f"{events} is no count")
    if events < EXACT_BELOW:
        tail = (1 - level) / 2
        low = float(gammaincinv(events, tail)) if events else 0.0
        return Interval(low, float(gammaincinv(events + 1, 1 - tail)))
    z, after = float(ndtri((1 + level) / 2)), events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * math.sqrt(events))) ** 3
    high = after * (1 - 1 / (9 * after) + z / (3 * math.sqrt(after))) ** 3
    return Interval(low, high)


def rate_interval(events: int, exposure: float, level: float = 0.95) -> Interval | None:
    """The same per unit of exposure (a pupil's year, a hundred lessons); None without exposure."""
    if exposure <= 0:
        return None
    found = count_interval(events, level)
    return Interval(found.low / exposure, found.high / exposure)
