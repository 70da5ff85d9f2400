"""The file of one school's sheets: its tables, and how it is put in place of the one before."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

__all__ = ["SCHEMA_VERSION", "new_file", "path_of"]

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
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")  # half a file is thrown away
            connection.execute("PRAGMA synchronous = OFF")  # and a whole one synced once
            connection.executescript(SCHEMA)
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
            connection.executescript(INDEXES)
        finally:
            connection.close()
        _sync(new)
        new.replace(path)
        _sync(folder)


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
