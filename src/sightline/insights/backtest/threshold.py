"""A threshold as a comparison on a signal's value, and a grid of thresholds to try.

A signal's SQL compares `value` with its threshold and nothing else depends on the threshold. So one
run at the most lenient threshold tells who meets every other condition, and with `value` who would
be listed at any other: a test re-runs every signal of the library at random thresholds to prove it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.signals import Parameter, Signal, Values

__all__ = ["beyond", "grid_of", "lenient", "with_threshold"]

SLACK = 1e-9  # as in every signal.sql: a value exactly at its threshold is not lost to rounding
GRID = 20

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def beyond(signal: Signal, value: Floats, threshold: float) -> Flags:
    """Whether each value meets a threshold; one that is not a number never does."""
    with np.errstate(invalid="ignore"):
        if signal.strength == "threshold / value":
            return value < threshold - SLACK
        if signal.strength == "value / -threshold":
            return value <= -threshold + SLACK
        return value >= threshold - SLACK


def parameter_of(signal: Signal) -> Parameter:
    """The parameter that is the signal's threshold."""
    return next(one for one in signal.parameters if one.name == signal.threshold)


def lenient(signal: Signal, among: tuple[float, ...]) -> float:
    """The threshold of the range, or of those asked about, that lists most."""
    one = parameter_of(signal)
    ends = [end for end in (one.minimum, one.maximum) if end is not None]
    most = max if signal.strength == "threshold / value" else min
    return float(most([*ends, *among]))


def with_threshold(signal: Signal, values: Values, threshold: float) -> dict[str, Any]:
    """The values in force, with another threshold for this signal."""
    whole = isinstance(parameter_of(signal).default, int)
    value = round(threshold) if whole else float(threshold)
    return {**values, f"{signal.name}.{signal.threshold}": value}


def grid_of(signal: Signal, values: Floats, today: float) -> tuple[float, ...]:
    """About 20 thresholds: half evenly over the signal's range, half where values lie densest.

    `values` are those of the pupils the most lenient threshold lists. Today's is always among them.
    """
    one = parameter_of(signal)
    if one.minimum is None or one.maximum is None:
        return (today,)
    whole = isinstance(one.default, int)
    step = 1.0 if whole else neat((one.maximum - one.minimum) / 100)
    if whole and one.maximum - one.minimum < GRID:
        found = np.arange(one.minimum, one.maximum + 1)
    else:
        told = np.abs(values[np.isfinite(values)])
        even = np.linspace(one.minimum, one.maximum, GRID if not len(told) else GRID // 2)
        often = np.quantile(told, np.linspace(0, 1, GRID // 2)) if len(told) else np.empty(0)
        found = np.round(np.concatenate([often, even]) / step) * step
    kept = np.clip(found, one.minimum, one.maximum)
    return tuple(sorted({*(round(float(value), 6) for value in kept), today}))


def neat(step: float) -> float:
    """A step of 1, 2 or 5 in some decimal place, at least as wide."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(power * n for n in (1, 2, 5, 10) if power * n >= step - SLACK))
