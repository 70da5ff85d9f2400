"""Examples of a signal: a few lines a headteacher can read, and what must come of them.

They are tests and documentation at once: `examples.yml` of each signal's folder holds them, and
`sightline.signals.shorthand` turns what is given into rows of the data dictionary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from sightline.kit import SightlineError
from sightline.signals.definition import Signal
from sightline.signals.shorthand import PUPIL, Tables, expand

__all__ = ["PUPIL", "Example", "Expected", "read_examples"]

OUTCOMES = ("flag", "clear", "cannot_tell")


@dataclass(frozen=True)
class Expected:
    """What the signal must say of the pupil. Figures are compared to 6 decimals."""

    outcome: str
    because: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Example:
    """One case of one signal, about the pupil PUPIL; `thresholds` are those the school changed."""

    signal: str
    name: str
    given: Mapping[str, Any]
    when: date
    then: Expected
    thresholds: Mapping[str, Any]

    def tables(self) -> Tables:
        """Every row given, by table, in the form of the data dictionary. Raises `bad_signal`."""
        return expand(self.given, f"{self.signal}, example `{self.name}`")


def read_examples(signal: Signal) -> list[Example]:
    """The examples of a signal's folder, in their order. Raises `bad_signal`."""
    path = signal.folder / "examples.yml"
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return [_example(signal.name, one) for one in told]
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise SightlineError("bad_signal", str(path), f"cannot be read ({error})") from error


def _example(signal: str, told: Mapping[str, Any]) -> Example:
    unknown = set(told) - {"name", "given", "thresholds", "when", "then"}
    if unknown:
        raise ValueError(f"unknown key `{min(unknown)}`")
    if not isinstance(told["when"], date):
        raise ValueError(f"`when` of `{told['name']}` must be a date")
    then = Expected(**told["then"])
    if then.outcome not in OUTCOMES:
        raise ValueError(f"the outcome of `{told['name']}` must be one of {', '.join(OUTCOMES)}")
    return Example(
        signal, told["name"], told["given"], told["when"], then, told.get("thresholds", {})
    )
