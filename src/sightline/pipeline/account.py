"""Where every row went: received = accepted + duplicates + quarantined, for every table."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

__all__ = ["Account", "Loaded", "TableAccount", "by_reason"]


@dataclass(frozen=True)
class TableAccount:
    """Row counts of one table in one load.

    `amended` are those accepted that replaced a row of an earlier load. `raw_rows` is given where
    the source holds another number of rows than the table (an event log summed by day, a register
    with a column for each session).
    """

    received: int
    accepted: int
    duplicates: int
    amended: int
    quarantined: int
    by_reason: dict[str, int] = field(default_factory=dict)
    raw_rows: int | None = None
    withdrawn: int = 0

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.duplicates + self.quarantined:
            raise AssertionError(f"the account does not add up: {self}")

    def as_json(self) -> dict[str, Any]:
        value = asdict(self)
        if self.raw_rows is None:
            del value["raw_rows"]
        if not self.withdrawn:
            del value["withdrawn"]
        return value


@dataclass
class Account:
    """The account of one load, table by table in the order of the dictionary."""

    tables: dict[str, TableAccount] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        return sum(table.quarantined for table in self.tables.values())

    def note_unread(self, tables: Collection[str | None]) -> None:
        """A table whose file was there and gave no row is in the account too, with noughts."""
        for name in filter(None, tables):
            self.tables.setdefault(name, TableAccount(0, 0, 0, 0, 0))

    def sort(self, order: Sequence[str]) -> None:
        """Put the tables in this order, which names them all."""
        self.tables = {name: self.tables[name] for name in order if name in self.tables}

    def as_json(self) -> dict[str, Any]:
        return {name: table.as_json() for name, table in self.tables.items()}


@dataclass(frozen=True)
class Loaded:
    """What a load did. `snapshot` is None when nothing was published and nothing ever had been.

    `missing` counts by table the rows that are stored and that a complete source no longer has.
    """

    snapshot: str | None
    published: bool
    account: Account
    notices: list[dict[str, Any]]
    refused: pa.Table
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def with_warnings(self) -> bool:
        """Whether anything needs somebody's attention."""
        levels = {notice["level"] for notice in self.notices}
        return bool(self.account.refusals or levels & {"warning", "error"})


def by_reason(reasons: list[str]) -> dict[str, int]:
    """How often each reason occurs, most frequent first."""
    return dict(sorted(Counter(reasons).items(), key=lambda one: (-one[1], one[0])))
