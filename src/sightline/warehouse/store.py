"""The warehouse's folder: published snapshots, the lock of the one writer, and recovery.

snapshots/000007.json      what readers see; the highest number is current
tables/<table>/            Delta table of current rows, partitioned by school_id
history/<table>/           Delta table of rows that a later load replaced
refused/000007.bin         the refused rows of that snapshot, sealed
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sightline.kit import SightlineError
from sightline.warehouse import delta
from sightline.warehouse.snapshot import Snapshot, TableState, read_snapshot

__all__ = ["Warehouse"]


class Warehouse:
    """The warehouse in `folder`; made when first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.snapshot_folder = folder / "snapshots"

    def current(self) -> Snapshot | None:
        """The last published snapshot, or None when nothing has been published."""
        while files := self._snapshot_files():
            with suppress(FileNotFoundError):  # a newer one came, and this one was cleared away
                return read_snapshot(files[-1])
        return None

    def require(self) -> Snapshot:
        """The last published snapshot; raises `no_data` when there is none."""
        snapshot = self.current()
        if snapshot is None:
            raise SightlineError("no_data", str(self.folder.parent), "nothing has been loaded yet")
        return snapshot

    def snapshots(self) -> list[Snapshot]:
        """Every published snapshot that is still kept, oldest first."""
        found = []
        for file in self._snapshot_files():
            with suppress(FileNotFoundError):
                found.append(read_snapshot(file))
        return found

    def table_folder(self, table: str, *, history: bool = False) -> Path:
        return self.folder / ("history" if history else "tables") / table

    def snapshot_file(self, snapshot: Snapshot) -> Path:
        return self.snapshot_folder / f"{snapshot.id}.json"

    def refused_file(self, name: str) -> Path:
        return self.folder / "refused" / name

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; raises `busy` when another is. A killed writer's lock is free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                what = "another command is changing this site"
                raise SightlineError("busy", str(self.folder.parent), what) from error
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The last published snapshot, none of whose files is cleared away while it is read.

        Raises `no_data` when nothing has been published.
        """
        while True:
            snapshot = self.require()
            with suppress(FileNotFoundError):
                descriptor = os.open(self.snapshot_file(snapshot), os.O_RDONLY)
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                if os.fstat(descriptor).st_nlink:  # else it was cleared away just before the lock
                    break
                os.close(descriptor)
        try:
            yield snapshot
        finally:
            os.close(descriptor)

    def recover(self) -> None:
        """Undo what a writer that never published left behind. Call while `writing`."""
        snapshot = self.current()
        for kind in ("tables", "history"):
            known: dict[str, TableState] = getattr(snapshot, kind) if snapshot else {}
            parent = self.folder / kind
            for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
                state = known.get(folder.name)
                if state is None:
                    delta.remove(folder)
                elif delta.latest_version(folder) == state.version:
                    continue  # nothing was committed since: no file of it can differ
                elif {file.path for file in delta.files_now(folder)} != {
                    file.path for file in state.files
                }:
                    delta.roll_back(folder, state.version)
        for temporary in self.snapshot_folder.glob(".*.tmp"):
            temporary.unlink()

    def copy_to(self, folder: Path) -> "Warehouse":
        """The same warehouse, to be written to and thrown away. Call while `writing`.

        Data files, which nothing ever changes, are shared where the disk can do so.
        """
        for part in ("snapshots", "tables", "history"):
            if (self.folder / part).is_dir():
                shutil.copytree(self.folder / part, folder / part, copy_function=_share)
        return Warehouse(folder)

    def _snapshot_files(self) -> list[Path]:
        return sorted(self.snapshot_folder.glob("[0-9]*.json"))


def _share(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        try:
            os.link(source, target)
            return
        except OSError:  # this disk has no hard links
            pass
    shutil.copy2(source, target)
