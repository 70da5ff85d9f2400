"""From landed bodies to a folder of CSV in the form of the profile's raw views."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sightline.pipeline.sync.landing import Landing
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part, Read, Row
from sightline.sources.profile import Profile, View

__all__ = ["Converted", "PartRead", "convert"]

RECORD = "record_id"


@dataclass
class PartRead:
    """What one part held: records, those that were no records at all, the newest change seen."""

    records: int = 0
    rejected: int = 0
    newest: datetime | None = None
    cursor: str = ""


@dataclass
class Converted:
    """The folder written: what it holds and what was seen on the way.

    `records` gives for each file the supplier's id of each row; `filled` counts, by view and
    column, the rows in which the column had something; `totals` are the supplier's own counts.
    """

    parts: dict[Part, PartRead] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    totals: dict[tuple[str, str, str], float] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(map(len, self.records.values()))


def convert(
    connector: Connector,
    source: Source,
    profile: Profile,
    landing: Landing,
    parts: Iterable[Part],
    folder: Path,
    known_as: Mapping[str, str],
) -> Converted:
    """Read every landed body of the parts into `<view>.csv` files of the folder, or whole files.

    `known_as` gives for a supplier's id of a pupil the one under which the pupil is already known.
    Raises `source_changed` when a body has no known shape.
    """
    done = Converted()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        writer = _Writer(folder, profile, connector, known_as, done, stack)
        for part in parts:
            seen = done.parts[part] = PartRead()
            for answer in landing.answers(part):
                read = connector.read(source, part, answer)
                _count(seen, read)
                done.totals.update(read.totals)
                for key, number in read.sums.items():
                    done.totals[key] = done.totals.get(key, 0.0) + number
                for view, rows in read.rows.items():
                    writer.rows(view, rows)
                for one in read.rejected:
                    view = connector.feed.resource(part.resource).views[0]
                    place = f"{part.name}, record {seen.records - read.records + one.place}"
                    writer.rows(view, [{RECORD: place}])
                for name, piece in read.files.items():
                    writer.piece(name, piece)
    return done


def _count(seen: PartRead, read: Read) -> None:
    seen.records += read.records
    seen.rejected += len(read.rejected)
    if read.newest and (seen.newest is None or read.newest > seen.newest):
        seen.newest = read.newest
    seen.cursor = read.cursor or seen.cursor


class _Writer:
    """The files being written, each opened when its first row comes."""

    def __init__(
        self,
        folder: Path,
        profile: Profile,
        connector: Connector,
        known_as: Mapping[str, str],
        done: Converted,
        stack: ExitStack,
    ) -> None:
        self._folder, self._known_as, self._done, self._stack = folder, known_as, done, stack
        self._views = {view.name: view for view in profile.views}
        self._pupils, self._gone = connector.feed.pupil_columns, connector.feed.gone_view
        self._superseded = _superseded(known_as)
        self._open: dict[str, Any] = {}

    def rows(self, view: str, rows: list[Row]) -> None:
        """Add rows to a view's file. A view the profile does not know is a fault of ours."""
        headings = _headings(self._views[view])
        name = f"{view}.csv"
        if view not in self._open:
            file = (self._folder / name).open("w", encoding="utf-8", newline="")
            self._open[view] = csv.writer(self._stack.enter_context(file))
            self._open[view].writerow(headings)
            self._done.records[name], self._done.filled[view] = [], Counter()
            self._done.files.add(name)
        pupil = self._pupils.get(view)
        for row in rows:
            if pupil and view == self._gone and row.get(pupil) in self._superseded:
                continue  # the id has gone, not the pupil
            if pupil and row.get(pupil, "") in self._known_as:
                row = row | {pupil: self._known_as[row[pupil]]}
            self._open[view].writerow([_cell(row.get(heading, "")) for heading in headings])
            self._done.records[name].append(row.get(RECORD, ""))
            self._done.filled[view].update(one for one in headings if row.get(one))

    def piece(self, name: str, piece: bytes) -> None:
        """Add bytes to a file that the supplier gave as it is."""
        safe = Path(name).name
        if safe not in self._open:
            self._open[safe] = self._stack.enter_context((self._folder / safe).open("wb"))
            self._done.files.add(safe)
        self._open[safe].write(piece)


def _superseded(known_as: Mapping[str, str]) -> set[str]:
    """The ids of pupils who have a newer one: all but the last that stands for the same pupil."""
    newest = {earlier: one for one, earlier in known_as.items()}
    return set(newest) | set(known_as) - set(newest.values())


def _headings(view: View) -> list[str]:
    """A view's columns as the supplier calls them: the first heading of each."""
    return [column.headings[0] for column in view.columns]


def _cell(value: str) -> str:
    """Text that a CSV reader takes as one cell: no zero bytes, no lone carriage returns."""
    return value.replace("\0", "").replace("\r", " ") if "\0" in value or "\r" in value else value
