"""A snapshot: one version of every table, pinned by one small file and published by one rename."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

__all__ = ["FileState", "Snapshot", "TableState", "publish", "read_snapshot"]


@dataclass(frozen=True)
class FileState:
    """One Parquet file of a table: its path below the table's folder, and its school."""

    path: str
    school_id: str
    rows: int


@dataclass(frozen=True)
class TableState:
    """A table's Delta version, its files, and per school the digest of its rows."""

    version: int
    files: tuple[FileState, ...]
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def schools(self) -> set[str]:
        return {file.school_id for file in self.files if file.rows}


@dataclass(frozen=True)
class Snapshot:
    """What readers see. `number` counts loads; `account`, `notices` and `receipts` are its load's.

    `refused` names the sealed file of refused rows, or is None when there are none. `staff` lists
    by school the ids of the last file that named its staff: who is not in it has left.
    """

    number: int
    recorded_at: datetime
    profile: str
    key_fingerprint: str
    tables: dict[str, TableState]
    history: dict[str, TableState]
    account: dict[str, Any]
    notices: list[dict[str, Any]]
    receipts: list[dict[str, Any]]
    refused: str | None
    staff: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.number:06d}"

    @property
    def schools(self) -> set[str]:
        """Every school that has a row of its own."""
        state = self.tables.get("school")
        return state.schools if state else set()

    @property
    def digest(self) -> str:
        """The same for the same rows, however they came in and however they are stored."""
        rows = {
            f"{name} {school}": digest
            for name, state in self.tables.items()
            for school, digest in state.digests.items()
        }
        return sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:32]


def publish(folder: Path, snapshot: Snapshot) -> None:
    """Make a snapshot the current one: whole or not at all, whatever is killed when."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{snapshot.id}.tmp"
    value = dict(vars(snapshot)) | {"recorded_at": snapshot.recorded_at.isoformat()}
    with temporary.open("w") as file:
        file.write(json.dumps(value, default=vars))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / f"{snapshot.id}.json")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_snapshot(path: Path) -> Snapshot:
    """A published snapshot from its file, which never changes: read once while it is current."""
    about = path.stat()
    return _read(path, about.st_ino, about.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, inode: int, changed_at: int) -> Snapshot:
    value = json.loads(path.read_text())
    value["recorded_at"] = datetime.fromisoformat(value["recorded_at"])
    for part in ("tables", "history"):
        value[part] = {name: _table_state(state) for name, state in value[part].items()}
    return Snapshot(**value)


def _table_state(value: dict[str, Any]) -> TableState:
    files = tuple(FileState(**file) for file in value["files"])
    return TableState(value["version"], files, value["digests"])
