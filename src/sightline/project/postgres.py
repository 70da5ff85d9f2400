"""Copies of a PostgreSQL database by PostgreSQL's own programs, pg_dump and pg_restore.

The rows are counted in the very snapshot that pg_dump reads. To try a copy, a scratch database is
made on the same server and dropped again; where the account may not, an empty one that may be
overwritten is named in SIGHTLINE_SCRATCH_DATABASE_URL.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from sightline.kit import SightlineError
from sightline.pipeline.backup import DecisionsState
from sightline.project.database import described
from sightline.project.restored import record_faults

__all__ = ["Postgres"]

FILE = "decisions.pgdump"
MARK = "sightline_restoring"
SCRATCH = "SIGHTLINE_SCRATCH_DATABASE_URL"
RESTORE = ["--no-owner", "--no-privileges", "--clean", "--if-exists", "--single-transaction"]


class Postgres:
    """Decisions in a database of PostgreSQL, by Django's description of it.

    `target` is the folder of the site that they are brought back for.
    """

    def __init__(self, where: dict[str, Any], fingerprint: str, target: Path | None = None) -> None:
        self.where, self.fingerprint = where, fingerprint
        self.target = str(target.resolve()) if target else ""

    def save(self, folder: Path) -> DecisionsState:
        with _connected(self.where) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            tables, record = _counted(connection)
            if not tables:
                return DecisionsState()
            moment = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert moment is not None
            how = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment[0]}"]
            self._run("pg_dump", [*how, f"--file={folder / FILE}"], self.where)
        (folder / FILE).chmod(0o600)
        return DecisionsState("postgresql", FILE, tables, record)

    def tried(self, folder: Path, state: DecisionsState) -> list[str]:
        if state.kind == "none":
            return []
        with self._scratch() as where:
            self._run("pg_restore", [*RESTORE, str(folder / FILE)], where)
            return self._faults(folder, where, state)

    def bring_back(self, folder: Path, state: DecisionsState) -> list[str]:
        if state.kind == "none":
            return []
        self._check_empty()
        with _connected(self.where) as connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {MARK} (target text)")
            connection.execute(f"INSERT INTO {MARK} VALUES (%s)", [self.target])
        self._run("pg_restore", [*RESTORE, str(folder / FILE)], self.where)
        (folder / FILE).unlink()
        return self._faults(folder, self.where, state)

    def settle(self) -> None:
        with _connected(self.where) as connection:
            connection.execute(f"DROP TABLE IF EXISTS {MARK}")

    def _check_empty(self) -> None:
        """Raise unless the database is empty or holds what a stopped restore left behind.

        Of the same site, that is: what a restore into another folder made may be in use by now.
        """
        with _connected(self.where) as connection:
            tables, _ = _counted(connection)
            marked = connection.execute("SELECT to_regclass(%s)", [MARK]).fetchone()
            begun: set[Any] = set()
            if marked not in (None, (None,)):
                begun = {row[0] for row in connection.execute(f"SELECT target FROM {MARK}")}
        if tables and begun != {self.target}:
            what = "this database is not empty"
            raise SightlineError("bad_argument", "--database", what, "Name an empty one.")

    def _faults(self, folder: Path, where: dict[str, Any], state: DecisionsState) -> list[str]:
        with _connected(where) as connection:
            counted = _counted(connection)
        if counted != (dict(state.tables), state.record):
            return ["its tables have other numbers of rows than were saved"]
        return record_faults(folder, _address(where)) if state.record[1] else []

    @contextmanager
    def _scratch(self) -> Iterator[dict[str, Any]]:
        """A database to restore into for a moment."""
        if address := os.environ.get(SCRATCH):
            yield described(address)
            return
        name = f"sightline_check_{self.fingerprint}"
        drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
        with _connected(self.where, autocommit=True) as connection:
            try:
                connection.execute(drop)  # left by one that was killed
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except psycopg.errors.InsufficientPrivilege as error:
                what = "this account may not make a database to try the copy in"
                remedy = f"Give it CREATEDB, or name an empty database in {SCRATCH}."
                raise SightlineError("no_tool", "PostgreSQL", what, remedy) from error
            try:
                yield self.where | {"NAME": name}
            finally:
                connection.execute(drop)

    def _run(self, program: str, options: list[str], where: dict[str, Any]) -> None:
        found = shutil.which(program)
        if found is None:
            raise SightlineError("no_tool", program, "PostgreSQL's program is not on this machine")
        command = [found, *options, "--no-password", f"--dbname={_address(where, password=False)}"]
        environment = os.environ | {"PGPASSWORD": where["PASSWORD"]}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            told = next((line for line in done.stderr.splitlines() if "error" in line), "")
            what = f"it did not do its work ({told[:160] or 'it says nothing'})"
            remedy = "It must be of the server's version or later."
            raise SightlineError("no_tool", program, what, remedy)


@contextmanager
def _connected(
    where: dict[str, Any], *, autocommit: bool = False
) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    try:
        connection = psycopg.connect(_address(where), autocommit=autocommit)
    except psycopg.OperationalError as error:
        what = "the database does not answer, or does not accept this account"
        remedy = "Check `database` in settings.toml and that PostgreSQL runs."
        raise SightlineError("bad_settings", "the database", what, remedy) from error
    with connection:
        yield connection


def _counted(
    connection: psycopg.Connection[tuple[Any, ...]],
) -> tuple[dict[str, int], tuple[int, str]]:
    """Rows by table, and where the record ends."""
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    tables = {}
    for (name,) in connection.execute(listed).fetchall():
        if name != MARK:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            row = connection.execute(query).fetchone()
            tables[name] = int(row[0]) if row else 0
    if "record_chainhead" not in tables:
        return tables, (0, "")
    head = connection.execute("SELECT number, hash FROM record_chainhead").fetchone()
    return tables, (int(head[0]), str(head[1])) if head else (0, "")


def _address(where: dict[str, Any], *, password: bool = True) -> str:
    """The address as programs take it; without the password, which others could see in a list."""
    user, secret = quote(where["USER"], safe=""), quote(where["PASSWORD"], safe="")
    who = f"{user}:{secret}@" if password and secret else f"{user}@" if user else ""
    host = quote(where["HOST"], safe="") + (f":{where['PORT']}" if where["PORT"] else "")
    return f"postgresql://{who}{host}/{quote(where['NAME'], safe='')}"
