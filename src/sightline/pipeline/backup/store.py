"""A folder of backups: a manifest for each, and the objects that hold the bytes of all.

<name>.backup      a manifest, written last, by one rename
objects/ab/abc…    sealed bytes, named by a keyed hash of what they hold, shared by backups
.lock              held by whoever makes or clears backups
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sightline.kit import SightlineError
from sightline.pipeline.backup.sealing import BadBytes, Sealer, read_header, sealed_size
from sightline.pipeline.backup.types import Manifest, manifest_of, values_of_manifest

__all__ = ["BackupFolder"]

SUFFIX = ".backup"
FORMAT = 1


@dataclass(frozen=True)
class BackupFolder:
    """Where backups of one site are kept."""

    folder: Path

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Be the only one to make or clear backups here; raises `busy`."""
        (self.folder / "objects").mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                what = "another command is making a backup here"
                raise SightlineError("busy", str(self.folder), what) from error
            for draft in [*self.folder.glob(".*.new"), *self.folder.glob("objects/.*.new")]:
                draft.unlink()
            yield

    def names(self) -> list[str]:
        """The backups, oldest first."""
        return sorted(path.stem for path in self.folder.glob(f"[0-9]*{SUFFIX}"))

    def object_file(self, name: str) -> Path:
        return self.folder / "objects" / name[:2] / name

    def manifest_file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def header(self, name: str) -> dict[str, Any]:
        """What a manifest says without any key. Raises `damaged` and `no_backup`."""
        path = self.manifest_file(name)
        if not path.exists():
            raise SightlineError("no_backup", str(path), "there is no such backup")
        try:
            header = read_header(path.read_bytes())
        except BadBytes as error:
            raise self._damaged(path) from error
        if header["format"] != FORMAT:
            what = "it was made by a later version"
            raise SightlineError("no_backup", str(path), what, "Restore it with that version.")
        return header

    def manifest(self, name: str, sealer: Sealer) -> Manifest:
        """All that a manifest says. Raises `damaged`, `no_backup` and `missing_key`."""
        path, header = self.manifest_file(name), self.header(name)
        if header["site"] != sealer.keys.fingerprint:
            what = "this backup is of another site, or this is not the site's key"
            raise SightlineError("missing_key", str(path), what, "Name the right key or folder.")
        if header["sealed_with"] not in sealer.keys.sealing_fingerprints:
            what = f"it was sealed before the key was renewed (key {header['sealed_with']})"
            remedy = "Give --key the copy of secret.key that was made before."
            raise SightlineError("missing_key", str(path), what, remedy)
        try:
            found = manifest_of(sealer.open_manifest(path.read_bytes()))
        except (BadBytes, KeyError, TypeError, ValueError) as error:
            raise self._damaged(path) from error
        if found.name != name:
            raise self._damaged(path)
        return found

    def has(self, name: str, size: int) -> bool:
        """Whether an object is here, with as many bytes as it should have."""
        path = self.object_file(name)
        return path.exists() and path.stat().st_size == sealed_size(size)

    def add(self, name: str, sealed: Iterable[bytes]) -> int:
        """Keep an object: whole or not at all. How many bytes were written."""
        draft = self.folder / "objects" / f".{name}.new"
        written = _write(draft, sealed)
        path = self.object_file(name)
        path.parent.mkdir(exist_ok=True)
        draft.rename(path)
        return written

    def publish(self, manifest: Manifest, sealer: Sealer) -> int:
        """Make a backup of what has been added: the last step, and one rename."""
        header = {
            "format": FORMAT,
            "name": manifest.name,
            "site": manifest.site,
            "sealed_with": manifest.sealed_with,
            "objects": sorted(manifest.objects),
        }
        for folder in [*sorted((self.folder / "objects").iterdir()), self.folder / "objects"]:
            if folder.is_dir():
                _sync(folder)
        draft = self.folder / f".{manifest.name}.new"
        written = _write(draft, [sealer.seal_manifest(header, values_of_manifest(manifest))])
        draft.rename(self.manifest_file(manifest.name))
        _sync(self.folder)
        return written

    def clear(self, keep: Iterable[str]) -> tuple[str, ...]:
        """Delete all backups but these, and every object that none of the rest needs.

        While a manifest cannot be read, no object is deleted: it may be needed.
        """
        gone = tuple(sorted(set(self.names()) - set(keep)))
        for name in gone:
            self.manifest_file(name).unlink()
        _sync(self.folder)
        try:
            wanted = {one for name in self.names() for one in self.header(name)["objects"]}
        except SightlineError:
            return gone
        for path in (self.folder / "objects").glob("??/*"):
            if path.name not in wanted:
                path.unlink()
        return gone

    def _damaged(self, path: Path) -> SightlineError:
        what = "this is not the manifest that was written"
        return SightlineError("damaged", str(path), what, "Use another backup.")


def _write(path: Path, parts: Iterable[bytes]) -> int:
    written = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                written += file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    return written


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
