"""The interval of one share.

Wilson, E. B. (1927), Journal of the American Statistical Association 22: 209-212. Its coverage
stays near the nominal for small n, where the textbook interval fails (Brown, Cai and DasGupta
2001, Statistical Science 16: 101-133). At none and at all it is a little short, so there the exact
interval takes its place: Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26: 404-413.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

from sightline.insights.chance.counts import Count, Interval

__all__ = ["clopper_pearson", "share", "shares", "wilson"]

Floats = NDArray[np.float64]


def wilson(found: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper ends of Wilson's score interval; arrays or single counts, `of` at least 1."""
    k, n = np.broadcast_arrays(np.asarray(found, float), np.asarray(of, float))
    z = float(ndtri((1 + level) / 2))
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(k * (n - k) / n + z * z / 4)
    return np.where(k == 0, 0.0, middle - half), np.where(k == n, 1.0, middle + half)


def clopper_pearson(found: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper ends of the exact interval: covers at least `level`, usually more."""
    k, n = np.broadcast_arrays(np.asarray(found, float), np.asarray(of, float))
    tail: Any = (1 - level) / 2
    # Where the count is at an end the quantile has no meaning: the end itself is the bound.
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 0.5), n - k + 1, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 1, np.maximum(n - k, 0.5), 1 - tail))
    return low, high


def shares(found: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The right interval for the size: Wilson, exact at none and all."""
    k, n = np.broadcast_arrays(np.asarray(found), np.asarray(of))
    ends = (k == 0) | (k == n)
    by_wilson, exactly = wilson(k, n, level), clopper_pearson(k, n, level)
    return np.where(ends, exactly[0], by_wilson[0]), np.where(ends, exactly[1], by_wilson[1])


def share(count: Count, level: float = 0.95) -> Interval | None:
    """The interval of one count's share, 0 to 1; None where there is nobody to count.

    4 of 30 gives 0.05 to 0.30.
    """
    if count.of == 0:
        return None
    low, high = shares(count.found, count.of, level)
    return Interval(float(low), float(high))
