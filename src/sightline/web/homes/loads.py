"""What a data manager starts the day with: what came in, what was refused, what is late."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sightline.pipeline import read_refused
from sightline.pipeline.backup import LATE, last_verified
from sightline.sheets import SchoolSheets
from sightline.site import Site, open_site
from sightline.web.homes.days import stale_words

__all__ = [
    "Backup",
    "Fresh",
    "LoadLine",
    "RefusedRow",
    "TableLine",
    "backup_of",
    "fresh_of",
    "loads_of",
    "refused_counts",
    "refused_rows",
]

SHOWN_LOADS = 8


@dataclass(frozen=True)
class TableLine:
    """One table of a load: received = accepted + duplicates + refused."""

    table: str
    received: int
    accepted: int
    duplicates: int
    amended: int
    refused: int


@dataclass(frozen=True)
class LoadLine:
    """One load, and what is to be heard of it although no row was refused for it."""

    number: int
    at: datetime
    profile: str
    tables: Sequence[TableLine]
    notices: Sequence[str]

    @property
    def received(self) -> int:
        return sum(one.received for one in self.tables)

    @property
    def accepted(self) -> int:
        return sum(one.accepted for one in self.tables)

    @property
    def duplicates(self) -> int:
        return sum(one.duplicates for one in self.tables)

    @property
    def refused(self) -> int:
        return sum(one.refused for one in self.tables)


@dataclass(frozen=True)
class RefusedRow:
    """A row that was refused, with where it stands and what to do."""

    file: str
    row: int
    table: str
    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Fresh:
    """One school's data: the last date of each table, and what is missing."""

    school_id: str
    name: str
    tables: Sequence[tuple[str, date]]
    missing_marks: float | None
    stale: str

    @property
    def percent_missing(self) -> float:
        return round(100 * (self.missing_marks or 0), 1)


@dataclass(frozen=True)
class Backup:
    """When the site was last saved in a way that was proved; `late` after two days or never."""

    at: datetime | None
    late: bool


def loads_of(site: Site) -> Sequence[LoadLine]:
    """The latest loads, newest first. Read once for each published snapshot."""
    current = site.warehouse.current()
    return _loads(site.folder, current.number) if current else ()


def fresh_of(sheets: SchoolSheets, today: date) -> Fresh:
    """How fresh and complete a school's data is."""
    facts = sheets.facts
    return Fresh(
        facts.school_id,
        facts.name,
        sorted((name, on) for name, on in facts.fresh_to.items()),
        facts.missing_marks,
        stale_words(facts, today),
    )


def backup_of(site: Site, now: datetime) -> Backup | None:
    """The last backup that was verified, or that there is none; None for the demo's site."""
    if site.settings["demo"] == "yes":
        return None
    good = last_verified(site.folder)
    if good is None:
        return Backup(None, late=True)
    return Backup(good.at, late=now - good.at > LATE)


def refused_counts(site: Site, schools: frozenset[str] | None) -> list[tuple[str, str, int]]:
    """Refused rows still waiting, by table and reason. `schools` limits them; None is all."""
    current = site.warehouse.current()
    if current is None:
        return []
    counted: Counter[tuple[str, str]] = Counter()
    for table, reason, theirs, many in _counts(site.folder, current.number):
        if _within(theirs, schools):
            counted[table, reason] += many
    return [(table, reason, many) for (table, reason), many in sorted(counted.items())]


def refused_rows(site: Site, schools: frozenset[str] | None) -> list[RefusedRow]:
    """The refused rows themselves. A value may be a name: only for those who may see it."""
    rows = read_refused(site.warehouse, site.warehouse.current(), site.keys).to_pylist()
    return [_refused(row) for row in rows if _within(row["schools"] or "", schools)]


@lru_cache(maxsize=4)
def _loads(folder: Path, number: int) -> Sequence[LoadLine]:
    snapshots = open_site(folder).warehouse.snapshots()[-SHOWN_LOADS:]
    return tuple(
        LoadLine(
            one.number,
            one.recorded_at,
            one.profile,
            tuple(_tables(one.account)),
            tuple(told["text"] for told in one.notices),
        )
        for one in reversed(snapshots)
    )


@lru_cache(maxsize=4)
def _counts(folder: Path, number: int) -> Sequence[tuple[str, str, str, int]]:
    """Counts only: the values stay sealed."""
    site = open_site(folder)
    rows = read_refused(site.warehouse, site.warehouse.current(), site.keys)
    some = rows.select(["table", "reason", "schools"]).to_pylist()
    counted = Counter((row["table"], row["reason"], row["schools"] or "") for row in some)
    return tuple((*key, many) for key, many in counted.items())


def _tables(account: dict[str, Any]) -> Iterable[TableLine]:
    for name, one in account.items():
        if one["received"]:
            yield TableLine(
                name,
                one["received"],
                one["accepted"],
                one["duplicates"],
                one["amended"],
                one["quarantined"],
            )


def _within(theirs: str, schools: frozenset[str] | None) -> bool:
    """Whether a refused row is of these schools alone; one of no known school is of all."""
    named = set(filter(None, theirs.split("\n")))
    return schools is None or (bool(named) and named <= schools)


def _refused(row: dict[str, Any]) -> RefusedRow:
    names = ("file", "table", "column", "value", "reason", "remedy")
    text = {name: row[name] or "" for name in names}
    return RefusedRow(row=row["row"] or 0, **text)
