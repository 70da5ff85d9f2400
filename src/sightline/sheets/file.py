"""The file of one school's sheets: its tables, and how it is put in place of the one before."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

__all__ = ["SCHEMA_VERSION", "Outdated", "changed_file", "new_file", "path_of"]

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pupil (
    ref TEXT PRIMARY KEY, year_group INTEGER, registration_group TEXT NOT NULL,
    class_ids TEXT NOT NULL, sheet BLOB NOT NULL
);
CREATE TABLE member (
    class_id TEXT NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (class_id, ref)
) WITHOUT ROWID;
CREATE TABLE class (class_id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE slot (
    class_id TEXT NOT NULL, class_name TEXT NOT NULL, subject TEXT NOT NULL,
    weekday INTEGER NOT NULL, cycle_week TEXT NOT NULL, period TEXT NOT NULL,
    session TEXT NOT NULL, starts_at TEXT NOT NULL, ends_at TEXT NOT NULL,
    staff_id TEXT NOT NULL, room TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL
);
CREATE TABLE explanation (
    ref TEXT NOT NULL, signal TEXT NOT NULL, told BLOB NOT NULL, PRIMARY KEY (ref, signal)
) WITHOUT ROWID;
CREATE TABLE level (
    signal TEXT NOT NULL, ref TEXT NOT NULL, level REAL NOT NULL, PRIMARY KEY (signal, ref)
) WITHOUT ROWID;
CREATE TABLE year_group (year_group INTEGER PRIMARY KEY, facts BLOB NOT NULL);
CREATE TABLE part (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX pupil_of_group ON pupil (year_group, registration_group);
CREATE INDEX slot_of_staff ON slot (staff_id);
CREATE INDEX slot_of_class ON slot (class_id);
"""


def path_of(folder: Path, school_id: str) -> Path:
    """The file of a school in the site's folder of sheets."""
    return folder / f"{quote(school_id, safe='')}.sqlite"


@contextmanager
def new_file(folder: Path, school_id: str) -> Iterator[sqlite3.Connection]:
    """A new file to fill; when filled it takes the old one's place, whole or not at all.

    Readers of the old file keep reading it. Two who make the same file do so in turn.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    path = path_of(folder, school_id)
    new = path.with_name(path.name + ".new")
    with _alone(folder / ".lock"):
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT, 0o600))
        with _filled(new) as connection:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            yield connection
            for statement in INDEXES.split(";"):
                connection.execute(statement)
        _sync(new)
        new.replace(path)
        _sync(folder)


class Outdated(Exception):
    """The file to be changed is no longer the one that was looked at."""


@contextmanager
def changed_file(
    folder: Path, school_id: str, version: tuple[int, int]
) -> Iterator[sqlite3.Connection]:
    """A copy of a school's file to change; when changed it takes the file's place, as above.

    `version` is the inode and time of the file meant. Raises Outdated when another is there.
    """
    path = path_of(folder, school_id)
    new = path.with_name(path.name + ".new")
    with _alone(folder / ".lock"):
        about = path.stat()
        if (about.st_ino, about.st_mtime_ns) != version:
            raise Outdated(str(path))
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT, 0o600))
        shutil.copyfile(path, new)
        with _filled(new) as connection:
            yield connection
        _sync(new)
        new.replace(path)
        _sync(folder)


@contextmanager
def _filled(path: Path) -> Iterator[sqlite3.Connection]:
    """One change to a file that nobody reads yet: half of it is thrown away with the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")  # a whole one is synced once
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
