"""The identity vault: one SQLite file in which every value is sealed with AES-GCM.

Each value carries the number of the load that brought it and counts only once that load's snapshot
is published, so that names and facts change together or not at all. Deleting a pupil's rows here
leaves every snapshot without a way back to the child.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag

from sightline.kit import SightlineError
from sightline.people.keys import Keys

__all__ = ["Vault", "VaultReader", "read_vault"]

Values = dict[str, str | None]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sealed (
    kind TEXT NOT NULL, ref TEXT NOT NULL, load INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, ref, load)
) WITHOUT ROWID
"""
ROWS_AT_ONCE = 5000
_here = threading.local()


class VaultReader:
    """What a page may ask of the vault as of a published load. Holds no lock between questions."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, keys: Keys, published: int
    ) -> None:
        self._connection, self._path, self._published = connection, path, published
        self._ciphers = keys.ciphers("vault")

    def read(self, kind: str, refs: Iterable[str] | None = None) -> dict[str, Values]:
        """The latest published values, by reference; all of a kind when `refs` is None."""
        wanted = None if refs is None else json.dumps(sorted(set(refs)))
        found = self._connection.execute(
            "SELECT ref, value, max(load) FROM sealed WHERE kind = ? AND load <= ?"
            + ("" if wanted is None else " AND ref IN (SELECT value FROM json_each(?))")
            + " GROUP BY ref",
            (kind, self._published, *([] if wanted is None else [wanted])),
        ).fetchall()
        return {ref: self._open(kind, ref, sealed) for ref, sealed, _ in found}

    def _open(self, kind: str, ref: str, sealed: bytes) -> Values:
        try:
            text = self._ciphers.open(sealed, _bound(kind, ref))
        except InvalidTag as error:
            what = "a value cannot be opened with this site's secret key"
            raise SightlineError("missing_key", str(self._path), what) from error
        found: Values = json.loads(text)
        return found


def read_vault(path: Path, keys: Keys, published: int) -> VaultReader:
    """The vault for reading. Each thread opens a file once, and another that takes its place."""
    kept: dict[Path, tuple[int, sqlite3.Connection]] = vars(_here).setdefault("kept", {})
    file = path.stat().st_ino if path.exists() else None
    if path not in kept or kept[path][0] != file:
        with Vault(path, keys, published):  # makes it where there is none yet
            pass
        # Not mode=ro: after a load was killed, its half-written pages must be put back.
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
        connection.execute("PRAGMA query_only = ON")
        kept[path] = path.stat().st_ino, connection
    return VaultReader(kept[path][1], path, keys, published)


class Vault(VaultReader):
    """Sealed values by kind (`pupil`, `pupil_identity`, `staff`, `note`) and reference.

    `published` is the number of the last published load: later values are not seen.
    Use it as a context manager; `put` and `discard` are durable when it closes without an error.
    """

    def __init__(self, path: Path, keys: Keys, published: int) -> None:
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        super().__init__(sqlite3.connect(path, timeout=30), path, keys, published)
        self._connection.execute("PRAGMA secure_delete = ON")
        # Else a large load locks readers out from the moment its changes outgrow the cache.
        self._connection.execute("PRAGMA cache_spill = OFF")
        self._connection.execute(SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._connection.commit()
        self._connection.close()

    def put(self, kind: str, load: int, values: Mapping[str, Values]) -> None:
        """Seal values by reference under the number of the load that brought them."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO sealed VALUES (?, ?, ?, ?)",
            ((kind, ref, load, self._seal(kind, ref, value)) for ref, value in values.items()),
        )

    def discard_unpublished(self) -> None:
        """Forget what a load that never published left behind."""
        self._connection.execute("DELETE FROM sealed WHERE load > ?", (self._published,))

    def undo(self) -> None:
        """Take back whatever was put and discarded since the vault was opened."""
        self._connection.rollback()

    def forget(self, kind: str, refs: Iterable[str]) -> int:
        """Delete the values of these references, whichever load brought them; returns how many."""
        gone = [(kind, ref) for ref in set(refs)]
        self._connection.executemany("DELETE FROM sealed WHERE kind = ? AND ref = ?", gone)
        return len(gone)

    def keep_only(self, kind: str, refs: set[str]) -> int:
        """Delete every value of a kind whose reference is not among these; returns how many."""
        held = self._connection.execute("SELECT DISTINCT ref FROM sealed WHERE kind = ?", (kind,))
        gone = [(kind, ref) for (ref,) in held if ref not in refs]
        self._connection.executemany("DELETE FROM sealed WHERE kind = ? AND ref = ?", gone)
        return len(gone)

    def reseal(self) -> int:
        """Seal anew whatever an earlier secret sealed; durable in portions. Returns how many.

        Call while nothing else writes. Killed half-way, the next call does the rest.
        """
        done, last = 0, ("", "", -1)
        while rows := self._connection.execute(
            "SELECT kind, ref, load, value FROM sealed WHERE (kind, ref, load) > (?, ?, ?) "
            f"ORDER BY kind, ref, load LIMIT {ROWS_AT_ONCE}",
            last,
        ).fetchall():
            old = [row for row in rows if not self._is_current(*row)]
            self._connection.executemany(
                "UPDATE sealed SET value = ? WHERE kind = ? AND ref = ? AND load = ?",
                ((self._seal(k, r, self._open(k, r, v)), k, r, n) for k, r, n, v in old),
            )
            self._connection.commit()
            done, last = done + len(old), rows[-1][:3]
        return done

    def _is_current(self, kind: str, ref: str, load: int, sealed: bytes) -> bool:
        return self._ciphers.is_current(sealed, _bound(kind, ref))

    def _seal(self, kind: str, ref: str, value: Values) -> bytes:
        text = json.dumps(value, ensure_ascii=False).encode()
        return self._ciphers.seal(text, _bound(kind, ref))


def _bound(kind: str, ref: str) -> bytes:
    return f"{kind}\n{ref}".encode()
