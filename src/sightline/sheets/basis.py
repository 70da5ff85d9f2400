"""What a school's sheets were made from, kept in their file: so a later load knows what it changed.

`Basis` is what went in; `Counted` what was counted over all pupils, and so need not be counted
again when the sheets of a few of them are made anew.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = ["Basis", "Counted", "Kept", "kept_of", "stored_basis"]


@dataclass(frozen=True)
class Basis:
    """`how` stands for the day, the rules and the settings; `rows` maps a table to its digest.

    `staff` stands for who was in the last staff file. Other schools of the site count as far as
    they share classes: `near` are they, `shared` stands for their rows, `members` for all of the
    site's memberships, from which `near` follows.
    """

    how: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    staff: str = ""
    near: Sequence[str] = ()
    shared: str = ""
    members: str = ""


@dataclass(frozen=True)
class Counted:
    """First and last day with a mark, and how many marks were due lately and how many lack."""

    first_mark: date | None
    last_mark: date | None
    due: int
    without: int


@dataclass(frozen=True)
class Kept:
    """What a file says of itself. `version` says which file it was."""

    basis: Basis
    counted: Counted
    as_of: date
    snapshot: int
    version: tuple[int, int]


def stored_basis(
    basis: Basis, counted: Counted, as_of: date, snapshot: int
) -> list[tuple[str, str]]:
    """The rows of a file's `meta` that tell all this."""
    told = {"as_of": as_of.isoformat(), "snapshot": snapshot}
    told |= {name: value for name, value in vars(basis).items() if name != "near"}
    told["near"] = list(basis.near)
    days = [day and day.isoformat() for day in (counted.first_mark, counted.last_mark)]
    return [
        ("basis", json.dumps(told, sort_keys=True)),
        ("counted", json.dumps([*days, counted.due, counted.without])),
    ]


def kept_of(path: Path, schema: str) -> Kept | None:
    """What a file of sheets tells; None without one, or for one of another version."""
    try:
        about = path.stat()
        return _read(path.absolute(), schema, (about.st_ino, about.st_mtime_ns))
    except (FileNotFoundError, sqlite3.Error):
        return None


@lru_cache(maxsize=512)
def _read(path: Path, schema: str, version: tuple[int, int]) -> Kept | None:
    """A file never changes, another takes its place: each is read once by a process."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        meta = dict(connection.execute("SELECT name, value FROM meta"))
    if meta.get("schema") != schema or "basis" not in meta:
        return None
    told: dict[str, Any] = json.loads(meta["basis"])
    first, last, due, without = json.loads(meta["counted"])
    as_of, snapshot = date.fromisoformat(told.pop("as_of")), told.pop("snapshot")
    counted = Counted(_day(first), _day(last), due, without)
    return Kept(Basis(**told | {"near": tuple(told["near"])}), counted, as_of, snapshot, version)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
