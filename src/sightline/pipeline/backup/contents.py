"""What of a site's folder is saved, and how a copy is taken that agrees with itself.

Data files are never changed once written, so they are only kept from being cleared away; whatever
does change is copied aside while no load can run.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sightline.kit import SightlineError
from sightline.pipeline.backup.types import Progress
from sightline.site import Site
from sightline.warehouse import Snapshot, Warehouse

__all__ = ["Copied", "copied", "left_out", "vault_counts"]

SETTINGS = ("settings.toml", "thresholds.yml", "signin.yml", "objections.json")
FILES = (*SETTINGS, "access.log", "erasures.log", "restored.json", "exports/truth.json")
FOLDERS = ("mappings", "signals", "sources", "reconciliation", "evidence/released")
# Made anew, kept elsewhere, or of this moment only.
LEFT_OUT = {"sheets", "static", "exports", "casework", "work.sqlite", "backups.json", "backup.tmp"}
LEFT_OUT |= {"secret.key", "warehouse", "vault.sqlite", "decisions.sqlite", "landing", "sync"}
PATIENCE = 120  # times a second is waited for a load to end


@dataclass(frozen=True)
class Copied:
    """A copy: files by their path below the site's folder, and the snapshot that is current."""

    files: dict[str, Path]
    snapshot: Snapshot | None
    vault: dict[str, int]


@contextmanager
def copied(
    site: Site, aside: Path, *, progress: Progress, sleep: Callable[[float], None]
) -> Iterator[Copied]:
    """A copy of the site's facts and settings as of one moment, good while the block lasts.

    Loads wait only while what changes is copied to `aside`. Raises `busy` when one runs too long.
    """
    with ExitStack() as pins:
        with ExitStack() as writing:
            _wait(site, writing, progress, sleep)
            site.warehouse.recover()
            snapshots = site.warehouse.snapshots()
            for snapshot in snapshots:
                _pin(site.warehouse, snapshot, pins)
            _copy_settings(site.folder, aside)
            _copy_warehouse(site.warehouse, snapshots, aside / "warehouse")
            if (site.folder / "vault.sqlite").exists():
                copy_sqlite(site.folder / "vault.sqlite", aside / "vault.sqlite")
        current = snapshots[-1] if snapshots else None
        files = {str(path.relative_to(aside)): path for path in sorted(aside.rglob("*"))}
        files = {name: path for name, path in files.items() if path.is_file()}
        files |= _data_files(site.warehouse, snapshots)
        number = current.number if current else 0
        yield Copied(files, current, vault_counts(aside / "vault.sqlite", number))


def left_out(folder: Path) -> tuple[str, ...]:
    """What is in a site's folder that is neither saved nor known to be left out."""
    known = LEFT_OUT | {name.partition("/")[0] for name in (*FILES, *FOLDERS)}
    found = (path.name for path in folder.iterdir() if not path.name.startswith("."))
    return tuple(
        sorted(
            name
            for name in found
            if name not in known
            and not name.endswith((".lock", ".new", ".tmp", "-wal", "-shm", "-journal"))
        )
    )


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others may be writing to, as of one moment."""
    live = sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
    copy = sqlite3.connect(target)
    try:
        target.chmod(0o600)
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    finally:
        copy.close()
        live.close()


def vault_counts(path: Path, published: int) -> dict[str, int]:
    """How many identities of each kind a copy of the vault has published."""
    if not path.exists():
        return {}
    query = "SELECT kind, count(DISTINCT ref) FROM sealed WHERE load <= ? GROUP BY kind"
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute(query, (published,)).fetchall())
    finally:
        connection.close()


def _wait(
    site: Site, writing: ExitStack, progress: Progress, sleep: Callable[[float], None]
) -> None:
    for left in range(PATIENCE, -1, -1):
        try:
            writing.enter_context(site.warehouse.writing())
            return
        except SightlineError:
            if not left:
                raise
            if left == PATIENCE:
                progress("waiting for a load to end")
            sleep(1.0)


def _pin(warehouse: Warehouse, snapshot: Snapshot, pins: ExitStack) -> None:
    """Keep a snapshot's files from being cleared away, as its readers do."""
    descriptor = os.open(warehouse.snapshot_file(snapshot), os.O_RDONLY)
    pins.callback(os.close, descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def _copy_settings(folder: Path, aside: Path) -> None:
    found = [folder / name for name in FILES]
    found += [path for name in FOLDERS for path in sorted((folder / name).rglob("*"))]
    for path in found:
        passing = path.name.startswith(".") or path.name.endswith((".tmp", ".new"))
        if path.is_file() and not path.is_symlink() and not passing:
            _copy(path, aside / path.relative_to(folder))


def _copy_warehouse(warehouse: Warehouse, snapshots: list[Snapshot], aside: Path) -> None:
    for snapshot in snapshots:
        _copy(warehouse.snapshot_file(snapshot), aside / "snapshots" / f"{snapshot.id}.json")
        if snapshot.refused:
            _copy(warehouse.refused_file(snapshot.refused), aside / "refused" / snapshot.refused)
    for log in sorted(warehouse.folder.glob("*/*/_delta_log")):
        for path in sorted(log.iterdir()):
            if path.is_file():
                _copy(path, aside / path.relative_to(warehouse.folder))


def _data_files(warehouse: Warehouse, snapshots: list[Snapshot]) -> dict[str, Path]:
    found = {}
    for snapshot in snapshots:
        for kind in ("tables", "history"):
            for table, state in getattr(snapshot, kind).items():
                folder = warehouse.table_folder(table, history=kind == "history")
                for file in state.files:
                    found[f"warehouse/{kind}/{table}/{file.path}"] = folder / file.path
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)
