"""The identity vault: one SQLite file in which every value is sealed with AES-GCM.

Each value carries the number of the load that brought it and counts only once that load's snapshot
is published, so that names and facts change together or not at all. Deleting a pupil's rows here
leaves every snapshot without a way back to the child.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sightline.kit import SightlineError
from sightline.people.keys import Keys

__all__ = ["Vault"]

Values = dict[str, str | None]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sealed (
    kind TEXT NOT NULL, ref TEXT NOT NULL, load INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, ref, load)
) WITHOUT ROWID
"""
NONCE = 12


class Vault:
    """Sealed values by kind (`pupil`, `pupil_identity`, `staff`, `note`) and reference.

    `published` is the number of the last published load: later values are not seen.
    Use it as a context manager; `put` and `discard` are durable when it closes without an error.
    """

    def __init__(self, path: Path, keys: Keys, published: int) -> None:
        self._path, self._published = path, published
        self._cipher = AESGCM(keys.vault)
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(path, timeout=30)
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

    def read(self, kind: str, refs: Iterable[str] | None = None) -> dict[str, Values]:
        """The latest published values, by reference; all of a kind when `refs` is None."""
        self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (ref TEXT PRIMARY KEY)")
        self._connection.execute("DELETE FROM wanted")
        if refs is not None:
            wanted = ((ref,) for ref in set(refs))
            self._connection.executemany("INSERT INTO wanted VALUES (?)", wanted)
        found = self._connection.execute(
            "SELECT ref, value, max(load) FROM sealed WHERE kind = ? AND load <= ?"
            + ("" if refs is None else " AND ref IN (SELECT ref FROM wanted)")
            + " GROUP BY ref",
            (kind, self._published),
        )
        return {ref: self._open(kind, ref, sealed) for ref, sealed, _ in found}

    def discard_unpublished(self) -> None:
        """Forget what a load that never published left behind."""
        self._connection.execute("DELETE FROM sealed WHERE load > ?", (self._published,))

    def undo(self) -> None:
        """Take back whatever was put and discarded since the vault was opened."""
        self._connection.rollback()

    def keep_only(self, kind: str, refs: set[str]) -> int:
        """Delete every value of a kind whose reference is not among these; returns how many."""
        held = self._connection.execute("SELECT DISTINCT ref FROM sealed WHERE kind = ?", (kind,))
        gone = [(kind, ref) for (ref,) in held if ref not in refs]
        self._connection.executemany("DELETE FROM sealed WHERE kind = ? AND ref = ?", gone)
        return len(gone)

    def _seal(self, kind: str, ref: str, value: Values) -> bytes:
        nonce = os.urandom(NONCE)
        text = json.dumps(value, ensure_ascii=False).encode()
        return nonce + self._cipher.encrypt(nonce, text, f"{kind}\n{ref}".encode())

    def _open(self, kind: str, ref: str, sealed: bytes) -> Values:
        bound = f"{kind}\n{ref}".encode()
        try:
            text = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
        except InvalidTag as error:
            what = "a value cannot be opened with this site's secret key"
            raise SightlineError("missing_key", str(self._path), what) from error
        found: Values = json.loads(text)
        return found
