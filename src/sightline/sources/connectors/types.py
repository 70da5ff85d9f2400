"""What passes between a connector and the sync: parts to fetch, answers, rows."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Feed
from sightline.sources.connectors.http import Reach

__all__ = ["Answer", "Called", "Connector", "Part", "Read", "Rejected", "Row", "Session"]

Row = dict[str, str]  # a raw row: the supplier's own names; a field that is null is left out


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to fetch by itself: a resource, of one of the supplier's schools or of all ("")."""

    resource: str
    school: str = ""

    @property
    def name(self) -> str:
        """As it is called in files and messages."""
        return f"{self.resource}.{self.school}" if self.school else self.resource


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it came, with where it came from and where the next one is.

    `next` is None after the last; fetching can be taken up again from it. `headers` holds only
    those that the reading needs (lower case).
    """

    url: str
    body: bytes = field(repr=False)
    next: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record of a body that is no row at all: its place in the body and why (a REASON)."""

    place: int
    reason: str
    resource: str


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer holds.

    `rows` are by raw view. `files` are pieces of files, to be put together in order, where the
    supplier gives files. `records` is how many records the body had; each became rows or is among
    `rejected`. `newest` is the latest moment of change seen, on the supplier's own clock; `cursor`
    is where to go on next time, for suppliers that count changes instead of dating them.
    `totals` are the supplier's own counts: (school_id, date or "", what) -> number; `sums` are
    pieces of such counts, to be added up over the answers of a part.
    """

    rows: Mapping[str, list[Row]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    records: int = 0
    newest: datetime | None = None
    cursor: str = ""
    totals: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    sums: Mapping[tuple[str, str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Called:
    """What a supplier's call to us asks for.

    `parts` are to be fetched again (through the API: the call itself is never believed), `full`
    when everything is; `notice` is a sentence for the people who look after the data.
    """

    parts: tuple[Part, ...] = ()
    full: bool = False
    notice: str = ""


class Session(Protocol):
    """A connection that is signed in, or signs in when first used.

    A session with an attribute `cursors` is given those of its parts' last syncs, by part name.
    """

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """The bodies of a part: what changed since a moment (None: everything).

        `resume` is the `next` of the last answer already landed. Raises `source_*` errors.
        """


class Connector(Protocol):
    """How one kind of system is asked and read. Reading is pure; only a session reaches out."""

    @property
    def feed(self) -> Feed:
        """What it asks for."""

    def parts(self, source: Source) -> list[Part]:
        """Everything to fetch, parents first. Raises `bad_settings` for a setting it cannot use."""

    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> AbstractContextManager[Session]:
        """A way to fetch, closed at the end."""

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """The rows of one body.

        Raises `source_changed` for a body of no known shape; a single bad record is only rejected.
        """

    def called(self, source: Source, body: bytes) -> Called | None:
        """What a webhook's body asks for; None for a body that is not understood."""
