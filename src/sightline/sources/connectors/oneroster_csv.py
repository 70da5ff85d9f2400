"""OneRoster bundles in a folder: the last whole one, and the deltas that came after it.

The folder is read whole whenever a bundle in it is new, because a delta means something only over
what was there before it. Bundles are never changed or moved.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sightline.kit import SightlineError
from sightline.sources.bundles import Piece, find_bundles, pieces_of
from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Feed, Field, Resource
from sightline.sources.connectors.http import Reach
from sightline.sources.connectors.oneroster_feed import FEED as SERVER
from sightline.sources.connectors.oneroster_feed import SETTINGS
from sightline.sources.connectors.oneroster_rows import mapped, moment
from sightline.sources.connectors.types import Answer, Called, Part, Read, Row
from sightline.sources.files import FileError
from sightline.sources.header import match, normalise, read_header
from sightline.sources.profile import View, read_profile
from sightline.sources.records import Parsed, parse

__all__ = ["FEED", "OneRosterCsv"]

BUNDLE = Part("bundle")
UPN = re.compile(r"[{,]\s*upn\s*:\s*([^},]*)", re.IGNORECASE)
# The column that says whose a row is: rows of schools that are not ours are left where they are.
SCHOOL = {
    "orgs": "record_id",
    "classes": "school.sourcedId",
    "users": "orgs.sourcedId",
    "roles": "org.sourcedId",
}


def _fields() -> tuple[Field, ...]:
    """Those asked of a server; roles are rows of their own in files."""
    asked = [field for resource in SERVER.resources for field in resource.fields]
    own = {one.name: one for one in asked if not one.name.startswith("roles.")}
    roles = [Field(one.name.removeprefix("roles."), one.needed_for) for one in asked]
    return tuple(({one.name: one for one in roles} | own).values())


FEED = replace(
    SERVER,
    kind="oneroster-csv",
    title="OneRoster 1.1 or 1.2 bundles in a folder",
    about=(
        "CSV bundles with their manifest.csv, as folders or zips in the folder of the address. "
        "Attendance and behaviour are not in the standard: they need another source."
    ),
    resources=(
        Resource(
            BUNDLE.resource,
            "The files of the bundles",
            _fields(),
            views=tuple(dict.fromkeys(view for one in SERVER.resources for view in one.views)),
            tables=tuple(dict.fromkeys(table for one in SERVER.resources for table in one.tables)),
            live=True,
            needed=True,
        ),
    ),
    settings=SETTINGS,
    secrets={},
)


class OneRosterCsv:
    """The connector. See the module."""

    @property
    def feed(self) -> Feed:
        return FEED

    def parts(self, source: Source) -> list[Part]:
        """One part: all files, as they belong together."""
        if not Path(source.address).is_absolute():
            what = "the address must be the full path of a folder, starting with /"
            raise SightlineError("bad_settings", f"source {source.name}", what)
        return [BUNDLE]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator["_Session"]:
        """Nothing stays open between files."""
        yield _Session(Path(source.address))

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """The rows of one file."""
        view = next(one for one in read_profile(FEED.profile).views if one.name == answer.url)
        rows = list(_rows(view, answer.body))
        dated = [one for row in rows if (one := moment(row.get("dateLastModified")))]
        ours = [_ours(source, view.name, row) for row in rows]
        kept = [row for row in ours if row is not None]
        return Read(
            rows={view.name: kept},
            records=len(kept),
            newest=max(dated, default=None),
            cursor=answer.headers.get("cursor", ""),
        )

    def called(self, source: Source, body: bytes) -> Called | None:
        """Nobody calls for a folder."""
        return None


class _Session:
    """The sync gives it the `cursors` of earlier ones: which bundles were read then."""

    def __init__(self, folder: Path) -> None:
        self.cursors: Mapping[str, str] = {}
        self._folder = folder

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """Every file of the chosen bundles; none when they were all read before."""
        try:
            paths = find_bundles(self._folder)
            state = _state(paths)
        except OSError as error:
            raise SightlineError("source_down", str(self._folder), "it cannot be read") from error
        if not paths:
            raise SightlineError("source_down", str(self._folder), "there is no bundle in it")
        if since is not None and self.cursors.get(part.name) == state:
            return
        pieces = pieces_of(paths)
        begun, _, place = (resume or "").partition(":")
        # Another bundle has come since it was cut off: all of the new choice is read after all.
        first = int(place) if begun == state else 0
        for number, piece in enumerate(pieces[first:], start=first + 1):
            following = f"{state}:{number}" if number < len(pieces) else None
            yield _answer(piece, following, state)


def _answer(piece: Piece, following: str | None, state: str) -> Answer:
    kept = {} if following else {"cursor": state}
    return Answer(piece.file, piece.read(), following, kept)


def _state(paths: list[Path]) -> str:
    """Changes whenever a bundle comes, goes or is written again."""
    seen = []
    for path in paths:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        about = [(one.name, one.stat()) for one in files if one.is_file()]
        seen += [f"{path.name}/{name} {one.st_size} {one.st_mtime_ns}" for name, one in about]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:32]


def _rows(view: View, body: bytes) -> Iterator[Row]:
    """The rows of a file under the first heading of each column; stand-ins for unreadable ones."""
    try:
        header = read_header(body, encoding="utf-8-sig", delimiter=",", whole=True)
        layout = match(header, view.columns, exact=False) if header else None
    except FileError as error:
        raise SightlineError("source_changed", f"{view.name}.csv", error.text) from error
    if header is None or layout is None:
        return
    parsed: Parsed = parse(
        body[header.ends_at :],
        encoding="utf-8",
        delimiter=",",
        cells=len(header.headings),
        last_row=header.row,
        final=True,
    )
    first = {column.name: column.headings[0] for column in view.columns}
    bad = [trouble.row for trouble in parsed.troubles]
    for row, record in zip(parsed.rows, parsed.records, strict=True):
        cells = {first[name]: record[at].strip() for name, at in layout.positions.items()}
        if cells.get("record_id"):
            yield {name: cell for name, cell in cells.items() if cell}
        else:
            bad.append(row)
    yield from ({"record_id": f"{view.name}.csv, record {row}"} for row in bad)


def _ours(source: Source, view: str, row: Row) -> Row | None:
    """The row as a server would give it; None when it is of a school that is not ours."""
    if view == "users":
        found = UPN.search(row.pop("userIds", ""))
        row |= {"userIds": found[1].strip()} if found and found[1].strip() else {}
    named = {one.strip() for one in row.get(SCHOOL.get(view, ""), "").split(",")} - {""}
    is_school = view != "orgs" or normalise(row.get("type", "school")) == "school"
    if source.schools and named and is_school and not named & set(source.schools):
        return None
    return row | mapped(source, row["record_id"]) if view == "orgs" and is_school else row
