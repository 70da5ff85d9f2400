"""Where every row went: received = accepted + duplicates + quarantined, for every table."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Account", "TableAccount"]


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

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.duplicates + self.quarantined:
            raise AssertionError(f"the account does not add up: {self}")

    def as_json(self) -> dict[str, Any]:
        value = asdict(self)
        if self.raw_rows is None:
            del value["raw_rows"]
        return value


@dataclass
class Account:
    """The account of one load, table by table in the order of the dictionary."""

    tables: dict[str, TableAccount] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        return sum(table.quarantined for table in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        return {name: table.as_json() for name, table in self.tables.items()}


def by_reason(reasons: list[str]) -> dict[str, int]:
    """How often each reason occurs, most frequent first."""
    return dict(sorted(Counter(reasons).items(), key=lambda one: (-one[1], one[0])))
