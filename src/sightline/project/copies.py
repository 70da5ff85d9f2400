"""Copies of the database of people and decisions: made, tried, brought back. SQLite or PostgreSQL.

A copy is of one moment, whoever writes meanwhile. Trying one brings it back beside the live one
for a moment: the tables are counted again and the record's chain is followed to its end.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sightline.kit import SightlineError
from sightline.pipeline.backup import Decisions, DecisionsState, Manifest
from sightline.project.database import database
from sightline.project.postgres import Postgres
from sightline.project.restored import record_faults
from sightline.site import Site

__all__ = ["SqliteDecisions", "decisions_for", "decisions_of"]

FILE = "decisions.sqlite"


class SqliteDecisions:
    """Decisions in the site's own folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def save(self, folder: Path) -> DecisionsState:
        if not self.path.exists():
            return DecisionsState()
        live = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
        copy = sqlite3.connect(folder / FILE)
        try:
            (folder / FILE).chmod(0o600)
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            tables, record = _counted(copy)
        finally:
            copy.close()
            live.close()
        return DecisionsState("sqlite", FILE, tables, record)

    def tried(self, folder: Path, state: DecisionsState) -> list[str]:
        """The copy is where it would be: it need not go anywhere to be tried."""
        if state.kind == "none":
            return []
        try:
            return _faults(folder, state)
        except sqlite3.DatabaseError:
            return ["this is not a database any more"]

    def bring_back(self, folder: Path, state: DecisionsState) -> list[str]:
        return self.tried(folder, state)

    def settle(self) -> None:
        """Nothing marks a file: its folder is marked."""


def decisions_of(site: Site) -> Decisions:
    """Who copies this site's decisions."""
    where = database(site)
    if "sqlite3" in where["ENGINE"]:
        return SqliteDecisions(site.folder)
    return Postgres(where, site.keys.fingerprint)


def decisions_for(manifest: Manifest, target: Path, address: dict[str, Any] | None) -> Decisions:
    """Who brings a backup's decisions back into a new folder, or into the database named."""
    kind = manifest.decisions.kind
    if kind == "postgresql":
        if address is None:
            what = "the decisions of this backup were in PostgreSQL"
            remedy = "Make an empty database and give its address as --database."
            raise SightlineError("bad_argument", "--database", what, remedy)
        return Postgres(address, manifest.site, target)
    if kind == "sqlite" and address is not None:
        what = "this backup's decisions are in a file of the site"
        remedy = "Leave out --database, and unset SIGHTLINE_DATABASE_URL."
        raise SightlineError("bad_argument", "--database", what, remedy)
    return SqliteDecisions(target)


def _faults(folder: Path, state: DecisionsState) -> list[str]:
    connection = sqlite3.connect(folder / FILE)
    try:
        told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
        if told != ["ok"]:
            return ["SQLite finds its pages damaged"]
        tables, record = _counted(connection)
    finally:
        connection.close()
    if (tables, record) != (dict(state.tables), state.record):
        return ["its tables have other numbers of rows than were saved"]
    return record_faults(folder, "") if record[1] else []


def _counted(connection: sqlite3.Connection) -> tuple[dict[str, int], tuple[int, str]]:
    """Rows by table, and where the record ends."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    tables = {}
    for (name,) in sorted(names):
        quoted = '"' + name.replace('"', '""') + '"'
        tables[name] = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]
    if "record_chainhead" not in tables:
        return tables, (0, "")
    head = connection.execute("SELECT number, hash FROM record_chainhead").fetchone()
    return tables, (head[0], head[1]) if head else (0, "")
