"""What a sync is given and what it tells."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sightline.pipeline.account import Loaded
from sightline.pipeline.sync.guard import Held
from sightline.sources.connectors import Part

__all__ = ["Choices", "Clock", "Step", "Synced", "Told"]


@dataclass(frozen=True)
class Clock:
    """The time and how to let it pass; tests have their own."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Choices:
    """What a person may ask of a sync.

    `full` asks for everything, `since` overrides the cursors (with `full` only those of what has
    happened), `only` limits it to some parts (a supplier has called). `accept` uses what the
    guard would hold, `templates` are files taken although their template changed, and of the tables
    in `end_missing` the stored rows end that a complete fetch no longer has. `load_day` is the day
    of the load, that of the clock by default; `notice` is what the supplier had to say.
    """

    full: bool = False
    since: datetime | None = None
    only: Collection[Part] | None = None
    dry_run: bool = False
    accept: bool = False
    templates: frozenset[str] = frozenset()
    end_missing: frozenset[str] = frozenset()
    load_day: date | None = None
    notice: str = ""

    @property
    def asks(self) -> bool:
        """Whether it says what to fetch; otherwise that is what was cut off, or what is due."""
        named = self.full or self.dry_run or bool(self.templates)
        return named or self.since is not None or self.only is not None


@dataclass(frozen=True)
class Step:
    """Where a sync is. `expected` is the number of records of the last complete fetch, or 0.

    `stage` is one of planned, fetching, landed, reading, loading, published, done. `detail` is the
    part or table, `note` a sentence on a wait or retry. Counts are of this run so far.
    """

    stage: str
    detail: str = ""
    records: int = 0
    expected: int = 0
    note: str = ""


Told = Callable[[Step], None]


@dataclass(frozen=True)
class Synced:
    """What a sync did. `loaded` is None when nothing had come in.

    `records` came from the source: `rows` raw rows were read from them and `rejected` were no
    records at all (these are among the refused). `held` resources were not used.
    """

    source: str
    started_at: datetime
    records: int = 0
    rows: int = 0
    rejected: int = 0
    calls: int = 0
    loaded: Loaded | None = None
    held: tuple[Held, ...] = ()
    stopped: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def published(self) -> bool:
        return self.loaded is not None and self.loaded.published

    @property
    def with_warnings(self) -> bool:
        """Whether somebody has to look at it."""
        refused = self.loaded is not None and self.loaded.with_warnings
        return bool(self.held or self.stopped or refused)

    def as_json(self) -> Mapping[str, Any]:
        """For `--json` and the page: counts, never a row."""
        loaded = self.loaded
        return {
            "source": self.source,
            "started_at": self.started_at.isoformat(),
            "records": self.records,
            "rows": self.rows,
            "rejected": self.rejected,
            "snapshot": loaded.snapshot if loaded else None,
            "published": self.published,
            "tables": loaded.account.as_json() if loaded else {},
            "refused": loaded.account.refusals if loaded else 0,
            "missing": loaded.missing if loaded else {},
            "held": [asdict(one) for one in self.held],
            "stopped": list(self.stopped),
            "dry_run": self.dry_run,
        }
