"""Intervals for figures built from many rows of the same pupils: resample pupils, not rows.

A pupil listed in twelve weeks is one pupil. Treating the weeks as twelve gives intervals half as
wide as they should be (measured: 71% coverage for 95% claimed). So whole pupils are drawn with
replacement: Efron, B. and Tibshirani, R. (1993), An Introduction to the Bootstrap, chapters 8
(clusters), 13 (percentile) and 14 (BCa: corrected for bias and skew by leaving out one pupil at a
time).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["Resampled", "over_pupils"]

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
AT_ONCE = 4_000_000  # numbers held in memory at a time, about 32 MB


@dataclass(frozen=True)
class Resampled:
    """`value` as observed, with both ends; arrays of the statistic's own shape.

    An end is not a number where the figure does not exist in some of the draws, as when nobody
    was listed, and where there is one pupil or none: then it cannot be judged.
    """

    value: Floats
    low: Floats
    high: Floats


def over_pupils(
    sums: Floats,
    statistic: Statistic,
    *,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
    method: Literal["percentile", "bca"] = "percentile",
) -> Resampled:
    """The interval of a figure that is a function of sums over pupils.

    `sums` has one row per pupil and one column per quantity to add up (say, weeks listed, and weeks
    listed that harm followed). `statistic` takes such totals, one row per draw and any number of
    rows, and gives one row each: `lambda t: t[:, 1] / t[:, 0]` is the precision. The same seed
    gives the same interval.
    """
    total = sums.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = statistic(total)[0]
        if len(sums) < 2:  # one pupil drawn again and again is always the same
            unknown = np.full(np.shape(value), np.nan)
            return Resampled(value, unknown, unknown)
        drawn = np.concatenate([statistic(part) for part in totals(sums, seed, draws)])
        left_out = statistic(total - sums) if method == "bca" else None
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = (ends(drawn, value, left_out, tail) for tail in tails)
    return Resampled(value, low, high)


def totals(sums: Floats, seed: int, draws: int) -> Iterator[Floats]:
    """The column totals of each draw, some draws at a time."""
    rng, pupils = np.random.default_rng(seed), len(sums)
    step = max(1, AT_ONCE // max(pupils, 1))
    for start in range(0, draws, step):
        count = min(step, draws - start)
        picked = rng.integers(0, pupils, size=(count, pupils))
        picked += np.arange(count)[:, None] * pupils
        times = np.bincount(picked.ravel(), minlength=count * pupils).reshape(count, pupils)
        yield times.astype(np.float64) @ sums


def ends(drawn: Floats, value: Floats, left_out: Floats | None, tail: float) -> Floats:
    """The quantile of the draws at `tail`, moved by BCa's correction where asked for."""
    flat = drawn.reshape(len(drawn), -1)
    at = np.full(flat.shape[1], tail)
    if left_out is not None:
        at = corrected(flat, value.ravel(), left_out.reshape(len(left_out), -1), tail)
    columns = [
        np.quantile(column, q) if np.isfinite(column).all() else np.nan
        for column, q in zip(flat.T, at, strict=True)
    ]
    return np.array(columns).reshape(value.shape)


def corrected(drawn: Floats, value: Floats, left_out: Floats, tail: float) -> Floats:
    """BCa: which quantile to take instead of `tail` (Efron and Tibshirani 1993, 14.9-14.15)."""
    below = (drawn < value).mean(axis=0) + (drawn == value).mean(axis=0) / 2
    bias = ndtri(np.clip(below, 1 / (2 * len(drawn)), 1 - 1 / (2 * len(drawn))))
    pull = left_out.mean(axis=0) - left_out
    spread = (pull**2).sum(axis=0) ** 1.5
    skew = np.where(spread > 0, (pull**3).sum(axis=0) / (6 * np.where(spread > 0, spread, 1)), 0)
    z = bias + float(ndtri(tail))
    moved: Floats = ndtr(bias + z / (1 - skew * z))
    return np.where(np.isfinite(moved), moved, tail)
