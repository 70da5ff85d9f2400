"""A signal as its folder tells it: the rule in SQL, and everything people must know about it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from sightline.kit import SightlineError, nearest

__all__ = ["LIBRARY", "Parameter", "Signal", "Values", "read_library", "values_of"]

LIBRARY = Path(__file__).parent / "library"
Values = Mapping[str, Any]  # "signal.parameter" -> the value in force
KEYS = [
    "title",
    "version",
    "question",
    "why_it_matters",
    "do_first",
    "flags_when",
    "threshold",
    "strength",
    "better",
    "packs",
    "parameters",
    "because",
    "cannot_tell",
    "author",
    "checked_by",
    "reviewed_on",
    "review_by",
]
BOUNDS = {"first_date", "first_as_of", "last_date"}  # what the runner gives every signal
STRENGTHS = ("value / threshold", "value / -threshold", "threshold / value")


@dataclass(frozen=True)
class Parameter:
    """A value a school may change, within its range; a list of words has none."""

    name: str
    default: Any
    minimum: float | None
    maximum: float | None
    unit: str
    meaning: str
    owner: str


@dataclass(frozen=True)
class Signal:
    """One signal of the library. `sql` has its parameters as :names."""

    name: str
    theme: str
    title: str
    version: int
    question: str
    why_it_matters: str
    do_first: str
    flags_when: str
    threshold: str
    strength: str
    better: str
    packs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    because: Mapping[str, str]
    cannot_tell: Mapping[str, str]
    author: str
    checked_by: str
    reviewed_on: date
    review_by: date
    folder: Path
    sql: str

    @property
    def sql_hash(self) -> str:
        """Changes with the meaning of the rule, not with its comments or layout."""
        bare = re.sub(r"--[^\n]*", "", self.sql)
        return sha256(" ".join(bare.split()).encode()).hexdigest()[:16]


def read_library(folder: Path = LIBRARY) -> dict[str, Signal]:
    """Every signal by name, in the order of its theme and name. Raises `bad_signal`."""
    return dict(_product() if folder == LIBRARY else _read_all(folder))


@cache
def _product() -> dict[str, Signal]:
    """The product's own signals, which do not change while it runs."""
    return _read_all(LIBRARY)


def _read_all(folder: Path) -> dict[str, Signal]:
    found = [_read(path) for path in sorted(folder.glob("*/*/signal.yml"))]
    return {signal.name: signal for signal in found}


def values_of(library: Mapping[str, Signal], changed: Mapping[str, Any], where: str) -> Values:
    """Every parameter's value: the default, or the school's own where it is within range.

    `changed` may name them as `signal.parameter` or as parameters below their signal.
    Raises `bad_settings` naming the parameter and its range; `where` is the file to name.
    """
    known = {f"{s.name}.{p.name}": p for s in library.values() for p in s.parameters}
    values = {name: parameter.default for name, parameter in known.items()}
    for name, value in _flat(changed):
        if name not in known:
            near = nearest(str(name), known)
            hint = f"; did you mean `{near}`?" if near else ""
            raise SightlineError("bad_settings", where, f"`{name}` is not a parameter{hint}")
        values[name] = _checked(where, name, known[name], value)
    return values


def _flat(changed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in changed.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            yield name, value


def _checked(where: str, name: str, parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter.default, list):
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return value
        raise SightlineError("bad_settings", where, f"`{name}` must be a list of words")
    whole = isinstance(parameter.default, int)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        kind = "a whole number" if whole else "a number"
        raise SightlineError("bad_settings", where, f"`{name}` must be {kind}")
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and not low <= value <= high:
        what = f"`{name}` is {value}; it must be {low} to {high} {parameter.unit}"
        raise SightlineError("bad_settings", where, what)
    return value if whole else float(value)


def _read(path: Path) -> Signal:
    where = str(path)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        told = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        unknown = set(told) - set(KEYS)
        if unknown:
            raise SightlineError("bad_signal", where, f"unknown key `{sorted(unknown)[0]}`")
        parameters = [_parameter(where, name, one) for name, one in told.pop("parameters").items()]
        signal = Signal(
            **told | {"packs": tuple(told["packs"]), "parameters": tuple(parameters)},
            name=path.parent.name,
            theme=path.parent.parent.name,
            folder=path.parent,
            sql=(path.parent / "signal.sql").read_text(encoding="utf-8"),
        )
    except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
        raise SightlineError("bad_signal", where, f"cannot be read ({error})") from error
    _check(where, signal)
    return signal


def _parameter(where: str, name: str, told: Mapping[str, Any]) -> Parameter:
    unknown = set(told) - {"default", "range", "unit", "meaning", "owner"}
    if unknown:
        raise SightlineError("bad_signal", where, f"unknown key `{sorted(unknown)[0]}` of {name}")
    low, high = told.get("range", (None, None))
    return Parameter(name, told["default"], low, high, told["unit"], told["meaning"], told["owner"])


def _check(where: str, signal: Signal) -> None:
    names = {parameter.name for parameter in signal.parameters}
    used = set(re.findall(r"(?<!:):([a-z_]+)", re.sub(r"--[^\n]*", "", signal.sql)))
    missing = used - names - BOUNDS
    if missing:
        raise SightlineError(
            "bad_signal", where, f"the SQL uses :{sorted(missing)[0]}, not declared"
        )
    if signal.threshold not in names:
        raise SightlineError("bad_signal", where, f"threshold `{signal.threshold}` is not declared")
    if signal.strength not in STRENGTHS:
        raise SightlineError("bad_signal", where, f"strength must be one of {STRENGTHS}")
