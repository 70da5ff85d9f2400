"""A source of files without a sync around it: fetch, accept, fetch again, at a time of ours."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Connector, Part, Reach, with_stopped

__all__ = ["NOW", "Watched", "write"]

NOW = datetime(2025, 9, 3, 2, 30, tzinfo=UTC)
FILES = Part("files")


def write(path: Path, text: str | bytes, *, minutes_ago: float = 5) -> Path:
    """A file with a time of change by our clock."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    moment = (NOW - timedelta(minutes=minutes_ago)).timestamp()
    os.utime(path, (moment, moment))
    return path


@dataclass
class Watched:
    """A source of files. `asleep` is called, with the seconds, whenever it waits."""

    connector: Connector
    source: Source
    secrets: Mapping[str, str] = field(default_factory=dict)
    asleep: Callable[[float], None] = lambda seconds: None
    cursor: str = ""
    since: datetime | None = None
    told: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def having(self, **settings: str) -> "Watched":
        """The same with other settings."""
        changed = replace(self.source, settings={**self.source.settings, **settings})
        return replace(self, source=changed, told=[], waited=[])

    def fetch(self, *, resume: str | None = None, most: int | None = None) -> list[Answer]:
        """The answers there are, or the first few of them: then it is killed."""
        return list(islice(self.answers(resume), most))

    def answers(self, resume: str | None = None) -> Iterator[Answer]:
        """The answers one by one, so that something can happen between them."""
        with self.connector.session(self.source, self.secrets, self.reach) as session:
            session.cursors = {FILES.name: self.cursor}  # type: ignore[attr-defined]
            yield from session.answers(FILES, since=self.since, resume=resume)

    @property
    def reach(self) -> Reach:
        """What its session may use."""
        hosts = self.source.hosts
        return Reach(hosts, lambda: NOW, self._sleep, told=self.told.append, timeout=5)

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.asleep(seconds)

    def files(self, answers: list[Answer]) -> dict[str, bytes]:
        """The files put together from their pieces."""
        put: dict[str, bytes] = {}
        for answer in answers:
            read = self.connector.read(self.source, FILES, answer)
            for name, piece in read.files.items():
                put[name] = put.get(name, b"") + piece
        return put

    def accept(self, answers: list[Answer], stopped: Collection[str] = ()) -> None:
        """What a sync does when all of it has been published, but for files it stopped."""
        for answer in answers:
            read = self.connector.read(self.source, FILES, answer)
            self.cursor = read.cursor or self.cursor
            self.since = read.newest or self.since
        self.cursor = with_stopped(self.cursor, stopped)

    def sync(self) -> dict[str, bytes]:
        """Fetch and accept: the files taken."""
        answers = self.fetch()
        self.accept(answers)
        return self.files(answers)
