"""A group against the rest: the difference and the ratio of two shares, with score intervals.

Miettinen, O. and Nurminen, M. (1985), Statistics in Medicine 4: 213-226: the interval is every
difference (or ratio) that the score test does not reject, with the two shares estimated under it
and the variance enlarged by N/(N-1). Unlike the logarithmic ratio it exists where a group has none,
and keeps its coverage down to groups of ten. The closed forms of the estimates are those of
Farrington, C. P. and Manning, G. (1990), Statistics in Medicine 9: 1447-1454.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from sightline.insights.chance.counts import Count, Interval

__all__ = ["difference", "ratio", "score_difference", "score_ratio"]

Floats = NDArray[np.float64]
FURTHEST = 23.0  # the logarithm of the largest ratio looked at, ten thousand million


def difference(group: Count, rest: Count, level: float = 0.95) -> Interval | None:
    """Share of the group less share of the rest, -1 to 1; None where either is empty."""
    if not group.of or not rest.of:
        return None
    low, high = score_difference(group.found, group.of, rest.found, rest.of, level)
    return Interval(float(low), float(high))


def ratio(group: Count, rest: Count, level: float = 0.95) -> Interval | None:
    """Share of the group over share of the rest; `high` is infinite where the rest has none.

    None where either is empty, and where neither has any: nothing can be said of a ratio then.
    """
    if not group.of or not rest.of or not group.found + rest.found:
        return None
    low, high = score_ratio(group.found, group.of, rest.found, rest.of, level)
    return Interval(float(low), float(high))


def score_difference(
    k1: ArrayLike, n1: ArrayLike, k0: ArrayLike, n0: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Both ends for arrays of counts: `k1` of `n1` in the group, `k0` of `n0` in the rest."""
    given = counted(k1, n1, k0, n0)
    z, end = float(ndtri((1 + level) / 2)), 1 - 1e-10

    def beyond(delta: Floats, sign: Floats, *counts: Floats) -> Floats:
        return score_of_difference(delta, *counts) - sign * z

    bracket = (np.full_like(given[0], -end), np.full_like(given[0], end))
    roots = [root(beyond, bracket, (np.full_like(given[0], sign), *given)) for sign in (1, -1)]
    k1, n1, k0, n0 = given
    low = np.where((k1 == 0) & (k0 == n0), -1.0, roots[0])
    return low, np.where((k1 == n1) & (k0 == 0), 1.0, roots[1])


def score_ratio(
    k1: ArrayLike, n1: ArrayLike, k0: ArrayLike, n0: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Both ends for arrays of counts; 0 where the group has none, infinite where the rest has."""
    given = counted(k1, n1, k0, n0)
    z = float(ndtri((1 + level) / 2))

    def beyond(log_phi: Floats, sign: Floats, *counts: Floats) -> Floats:
        return score_of_ratio(np.exp(log_phi), *counts) - sign * z

    bracket = (np.full_like(given[0], -FURTHEST), np.full_like(given[0], FURTHEST))
    roots = [root(beyond, bracket, (np.full_like(given[0], sign), *given)) for sign in (1, -1)]
    low = np.where(given[0] == 0, 0.0, np.exp(roots[0]))
    return low, np.where(given[2] == 0, np.inf, np.exp(roots[1]))


def counted(*counts: ArrayLike) -> tuple[Floats, ...]:
    """The counts as arrays of one shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(count, float) for count in counts)))


def root(f: Any, bracket: tuple[Floats, Floats], args: tuple[Floats, ...]) -> Floats:
    """Where `f` crosses zero, element by element; an end without a crossing is the caller's."""
    # Here, as it takes a quarter of a second: no command that looks for no root has to wait.
    from scipy.optimize.elementwise import find_root

    with np.errstate(all="ignore"):
        found: Floats = find_root(f, bracket, args=args).x
    return found


def score_of_difference(delta: Floats, k1: Floats, n1: Floats, k0: Floats, n0: Floats) -> Floats:
    """How many standard errors the shares lie above a true difference of `delta`."""
    p1, p0, theta = k1 / n1, k0 / n0, n0 / n1
    # The shares that are likeliest under `delta` solve a cubic, here by Viete's cosine.
    a = 1 + theta
    b = -(1 + theta + p1 + theta * p0 + delta * (theta + 2))
    c = delta * delta + delta * (2 * p1 + theta + 1) + p1 + theta * p0
    d = -p1 * delta * (1 + delta)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = np.where(v < 0, -1, 1) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0))
    w = (np.pi + np.arccos(np.clip(v / np.where(u == 0, 1, u**3), -1, 1))) / 3
    q1 = np.clip(2 * u * np.cos(w) - b / (3 * a), np.maximum(delta, 0), np.minimum(1 + delta, 1))
    return over_error(p1 - p0 - delta, q1, np.clip(q1 - delta, 0, 1), 1.0, n1, n0)


def score_of_ratio(phi: Floats, k1: Floats, n1: Floats, k0: Floats, n0: Floats) -> Floats:
    """How many standard errors the shares lie above a true ratio of `phi`."""
    a = (n1 + n0) * phi
    b = -(n1 * phi + k1 + n0 + k0 * phi)
    c = k1 + k0
    # The smaller root, in the form that loses no digits: 2c / (-b + sqrt(b^2 - 4ac)).
    q0 = 2 * c / (-b + np.sqrt(np.maximum(b * b - 4 * a * c, 0)))
    q0 = np.clip(q0, 0, np.minimum(1, 1 / phi))
    return over_error(k1 / n1 - phi * k0 / n0, np.clip(phi * q0, 0, 1), q0, phi, n1, n0)


def over_error(
    gap: Floats, q1: Floats, q0: Floats, phi: float | Floats, n1: Floats, n0: Floats
) -> Floats:
    """The gap over its standard error under the hypothesis, with the factor N/(N-1)."""
    total = n1 + n0
    variance = (q1 * (1 - q1) / n1 + phi * phi * q0 * (1 - q0) / n0) * total / (total - 1)
    # Without variance the data either agree exactly or cannot have come about.
    return gap / np.sqrt(np.maximum(variance, 1e-30))
