"""A flag: all that the people who decide need to be told of one rule and one pupil."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sightline.signals.definition import Signal, Values
from sightline.signals.sentence import because

__all__ = ["Flag", "make_flag", "strength", "threshold_of"]


@dataclass(frozen=True)
class Flag:
    """One flagged signal of one pupil on one date; `strength` is 1 at the threshold, then more."""

    school_id: str
    pupil_ref: str
    as_of: date
    signal: str
    theme: str
    version: int
    value: float
    threshold: float
    strength: float
    window_from: date | None
    window_to: date | None
    because: str


def make_flag(signal: Signal, row: Mapping[str, Any], values: Values) -> Flag:
    """A flag from a row of the results whose outcome is `flag`."""
    threshold = threshold_of(signal, values)
    return Flag(
        school_id=row["school_id"],
        pupil_ref=row["pupil_ref"],
        as_of=row["as_of"],
        signal=signal.name,
        theme=signal.theme,
        version=signal.version,
        value=row["value"],
        threshold=threshold,
        strength=strength(signal, row["value"], threshold),
        window_from=row["window_from"],
        window_to=row["window_to"],
        because=because(signal, row, values),
    )


def threshold_of(signal: Signal, values: Values) -> float:
    """The threshold in force, above 0."""
    return float(values[f"{signal.name}.{signal.threshold}"])


def strength(signal: Signal, value: float, threshold: float) -> float:
    """How far beyond its threshold a value lies, so that signals can be set side by side."""
    if signal.strength == "threshold / value":
        return round(threshold / max(value, 0.01), 9)
    return round(value / (-threshold if signal.strength == "value / -threshold" else threshold), 9)
