"""Find or make a place for the bytes of every file of a backup.

A large file is an object of its own; small ones share objects, as thousands would take long. An
object of an earlier backup is used again only when this one wants everything in it. So whatever a
site no longer has is gone for good once the last backup that had it is cleared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sightline.kit import SightlineError
from sightline.pipeline.backup.sealing import CHUNK, Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Manifest, Progress, Saved

__all__ = ["Keeper"]

SMALL = 256 * 1024
PACK = 8 * 1024**2


@dataclass(frozen=True)
class _Bytes:
    """What a file holds: the digest and the number of its bytes."""

    sha256: str
    size: int


class Keeper:
    """Keeps the files of one backup. `saved`, `objects` and `written` say what came of it."""

    def __init__(self, store: BackupFolder, sealer: Sealer, earlier: list[Manifest]) -> None:
        self._store, self._sealer, self._earlier = store, sealer, earlier
        self._sizes: dict[str, int] = {}
        self._places: dict[_Bytes, tuple[str, int]] = {}
        self._waiting: list[tuple[Path, _Bytes]] = []
        self.sealed_with = sealer.sealed_with
        self.saved: list[Saved] = []
        self.objects: dict[str, int] = {}
        self.written = 0

    def keep(self, files: dict[str, Path], progress: Progress) -> None:
        """Keep every file. Raises `damaged` for one that is not what an earlier backup holds."""
        found = {name: _read(path) for name, path in files.items()}
        progress("files compared")
        self._compare(files, found)
        self._use_again(set(found.values()))
        told = max(1, len(files) // 4)
        # What never changes first: what is used again must not share with what is not.
        ordered = sorted(files, key=lambda name: (not _never_changes(name), name))
        for place, name in enumerate(ordered):
            if place % told == 0:
                progress(f"files {place} of {len(files)}")
            if place and _never_changes(ordered[place - 1]) and not _never_changes(name):
                self._flush()
            self._write(files[name], found[name])
        self._flush()
        self.saved = [self._saved(name, what) for name, what in sorted(found.items())]

    def _compare(self, files: dict[str, Path], found: dict[str, _Bytes]) -> None:
        before = {one.path: one.sha256 for made in self._earlier for one in made.files}
        for name, what in found.items():
            if _is_data(name) and before.get(name, what.sha256) != what.sha256:
                told = "this data file is not what an earlier backup holds; such files never change"
                remedy = "The disk may be failing: restore the site from that backup."
                raise SightlineError("damaged", str(files[name]), told, remedy)

    def _use_again(self, wanted: set[_Bytes]) -> None:
        """Take up the objects of earlier backups that are whole and of which all is wanted."""
        for made in self._earlier:
            by_object: dict[str, list[Saved]] = defaultdict(list)
            for one in made.files:
                by_object[one.object].append(one)
            for name, files in by_object.items():
                held = {_Bytes(one.sha256, one.size): one.offset for one in files}
                if held.keys() <= wanted and self._store.has(name, made.objects[name]):
                    self._sizes[name] = made.objects[name]
                    self._places |= {what: (name, offset) for what, offset in held.items()}

    def _write(self, path: Path, what: _Bytes) -> None:
        if what in self._places:
            return
        if what.size >= SMALL:
            name = self._add(what, _chunks(path), path)
            self._places[what] = (name, 0)
            return
        self._waiting.append((path, what))
        if sum(one.size for _, one in self._waiting) >= PACK:
            self._flush()

    def _flush(self) -> None:
        """Write the small files that wait, as one object."""
        waiting = {what: path for path, what in self._waiting if what not in self._places}
        self._waiting = []
        if not waiting:
            return
        parts = {what: _same(path, what) for what, path in waiting.items()}
        data = b"".join(parts.values())
        chunks = (data[at : at + CHUNK] for at in range(0, max(1, len(data)), CHUNK))
        name = self._add(_Bytes(sha256(data).hexdigest(), len(data)), chunks, self._store.folder)
        offset = 0
        for what in parts:
            self._places[what] = (name, offset)
            offset += what.size

    def _add(self, what: _Bytes, chunks: Iterable[bytes], path: Path) -> str:
        """An object of these bytes; one that a killed backup left is used."""
        name = self._sealer.name_of(what.sha256)
        if not self._store.has(name, what.size):
            sealed = self._sealer.seal(name, what.size, _unchanged(chunks, what, path))
            self.written += self._store.add(name, sealed)
        self._sizes[name] = what.size
        return name

    def _saved(self, path: str, what: _Bytes) -> Saved:
        name, offset = self._places[what]
        self.objects[name] = self._sizes[name]
        return Saved(path, what.size, what.sha256, name, offset)


def _is_data(path: str) -> bool:
    return path.endswith(".parquet") and "/_delta_log/" not in path


def _never_changes(path: str) -> bool:
    return path.startswith("warehouse/") and not path.endswith("/_last_checkpoint")


def _read(path: Path) -> _Bytes:
    digest, size = sha256(), 0
    for chunk in _chunks(path):
        digest.update(chunk)
        size += len(chunk)
    return _Bytes(digest.hexdigest(), size)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _same(path: Path, what: _Bytes) -> bytes:
    return b"".join(_unchanged([path.read_bytes()], what, path))


def _unchanged(chunks: Iterable[bytes], what: _Bytes, path: Path) -> Iterator[bytes]:
    """The chunks, which must come to what they are said to be."""
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != what.sha256:
        told = "this file changed while it was copied"
        raise SightlineError("damaged", str(path), told, "Run the command again.")
