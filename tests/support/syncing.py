"""A site that is connected to a made-up system, and syncs of it at times of our choosing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sightline.pipeline.sync import Choices, Clock, SourceState, Step, Synced, read_state, sync
from sightline.site import Site, make_site
from sightline.sources.connection import Source

__all__ = ["MONDAY", "Connected", "connected"]

MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)  # before school, after the made-up school's data


@dataclass
class Connected:
    """A site with one source, and its own time."""

    site: Site
    source: Source
    at: datetime = MONDAY
    slept: list[float] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def sync(self, **choices: Any) -> Synced:
        """Sync now; a second later it is another moment."""
        found = sync(
            self.site,
            self.source.name,
            clock=Clock(self._now, self._sleep),
            choices=Choices(**choices),
            told=self.steps.append,
        )
        self.later(seconds=1)
        return found

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.at += timedelta(**passed)

    @property
    def digest(self) -> str:
        """The same for the same rows in all tables."""
        return self.site.warehouse.require().digest

    @property
    def state(self) -> SourceState:
        folder = self.site.folder / "sources"
        published = self.site.warehouse.current()
        number = published.number if published else 0
        return read_state(folder / f"{self.source.name}.state.json", number)

    def rows(self, table: str) -> int:
        """How many rows of a table are published."""
        state = self.site.warehouse.require().tables.get(table)
        return state.rows if state else 0

    def _now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def connected(
    folder: Path,
    kind: str,
    address: str,
    *,
    schools: Mapping[str, str],
    secrets: Mapping[str, str],
    settings: Mapping[str, str] | None = None,
    name: str = "mis",
) -> Connected:
    """Make a site in a new folder, with one source that is switched on."""
    site = make_site(folder)
    source = Source(name, kind, address, True, schools=dict(schools), settings=settings or {})
    site.sources.write(source)
    site.sources.write_secrets(name, secrets)
    return Connected(site, site.sources.read(name))
