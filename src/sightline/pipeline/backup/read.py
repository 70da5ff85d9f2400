"""Read a backup's files back: every byte is opened and compared with what was saved."""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sightline.kit import SightlineError
from sightline.pipeline.backup.sealing import BadBytes, Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Fault, Manifest, Progress, Saved

__all__ = ["read_files", "read_one"]


def read_files(
    store: BackupFolder,
    manifest: Manifest,
    sealer: Sealer,
    target: Path | None,
    *,
    progress: Progress = lambda stage: None,
    known: dict[str, Fault | None] | None = None,
) -> list[Fault]:
    """Write a backup's files below `target`, or only read them where it is None.

    Returns what is not as it was saved. `known` are objects that have been read whole already;
    without a target they are not read again.
    """
    seen = {} if known is None else known
    by_object: dict[str, list[Saved]] = defaultdict(list)
    for one in manifest.files:
        by_object[one.object].append(one)
    told = max(1, len(by_object) // 4)
    for place, (name, files) in enumerate(sorted(by_object.items())):
        if place % told == 0:
            progress(f"objects {place} of {len(by_object)}")
        if target is not None or name not in seen:
            seen[name] = _read_object(store, manifest, sealer, name, files, target)
    return [fault for name in sorted(by_object) if (fault := seen[name]) is not None]


def read_one(store: BackupFolder, manifest: Manifest, sealer: Sealer, path: str) -> bytes | None:
    """The bytes of one small file, or None when the backup has none. Raises `damaged`."""
    for one in manifest.files:
        if one.path == path:
            file = store.object_file(one.object)
            try:
                with file.open("rb") as opened:
                    size = manifest.objects[one.object]
                    data = b"".join(sealer.open(one.object, size, opened))
            except (BadBytes, OSError) as error:
                raise SightlineError("damaged", str(file), "it cannot be opened") from error
            return data[one.offset : one.offset + one.size]
    return None


def _read_object(
    store: BackupFolder,
    manifest: Manifest,
    sealer: Sealer,
    name: str,
    files: list[Saved],
    target: Path | None,
) -> Fault | None:
    path = store.object_file(name)
    where = f"{path.relative_to(store.folder)} (holds {_some(files)})"
    try:
        with path.open("rb") as file:
            _split(_Stream(sealer.open(name, manifest.objects[name], file)), files, target)
    except FileNotFoundError:
        return Fault(where, "it is missing")
    except BadBytes:
        return Fault(where, "it was changed, cut or swapped")
    return None


def _split(stream: "_Stream", files: list[Saved], target: Path | None) -> None:
    """Cut what an object holds into its files. Files of the same bytes share a place."""
    at, last = 0, None
    for one in sorted(files, key=lambda one: (one.offset, one.size)):
        if last is not None and (one.offset, one.size) == (last.offset, last.size) and one.size:
            if target is not None:
                _inside(target, one.path).write_bytes(_inside(target, last.path).read_bytes())
            continue
        stream.skip(one.offset - at)
        _copy(stream, one, target)
        at, last = one.offset + one.size, one
    stream.rest()


def _copy(stream: "_Stream", one: Saved, target: Path | None) -> None:
    digest = sha256()
    out: BinaryIO | None = None
    try:
        if target is not None:
            path = _inside(target, one.path)
            out = path.open("xb")
            path.chmod(0o600)
        for part in stream.take(one.size):
            digest.update(part)
            if out is not None:
                out.write(part)
    finally:
        if out is not None:
            out.close()
    if digest.hexdigest() != one.sha256:
        raise BadBytes


def _inside(target: Path, name: str) -> Path:
    """Where a file goes. A manifest is sealed, and still nothing is written outside."""
    path = target / name
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise BadBytes
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _some(files: list[Saved]) -> str:
    names = sorted(one.path for one in files)
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"


class _Stream:
    """Opened chunks as one stream of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""

    def take(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._left:
                self._left = next(self._chunks, b"")
                if not self._left:
                    raise BadBytes
            part, self._left = self._left[:size], self._left[size:]
            size -= len(part)
            yield part

    def skip(self, size: int) -> None:
        for _ in self.take(size):
            pass

    def rest(self) -> None:
        """Open what is left too: every chunk proves itself."""
        self._left = b""
        for _ in self._chunks:
            pass
