"""Bundles that belong together: the last whole one of a folder, and the deltas that came after it.

A delta says only what changed. Used alone it would blank what it does not repeat, so it is always
laid over the whole files before it: of two versions of a record the later one counts.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sightline.kit import SightlineError, sentence_list
from sightline.sources.bundle import FILES, Bundle, bad_bundle, open_bundle
from sightline.sources.stamps import stamp_of

__all__ = ["Piece", "find_bundles", "pieces_of", "unpacked"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a bundle, to be read after those before it. `name` is free of others' names."""

    file: str
    bundle: Bundle
    name: str

    def read(self) -> bytes:
        """Its bytes."""
        return self.bundle.read(self.file)


def find_bundles(folder: Path) -> list[Path]:
    """The bundles of a folder, the earliest first: the folder itself, folders in it, zips.

    The date in a name tells which came first, else when the file was written.
    """
    if not folder.is_dir():
        return [folder] if folder.suffix.lower() == ".zip" and folder.is_file() else []
    found = [folder] if _has_manifest(folder) else []
    for one in folder.iterdir():
        is_zip = one.suffix.lower() == ".zip" and one.is_file()
        if is_zip or (one.is_dir() and not one.is_symlink() and _has_manifest(one)):
            found.append(one)
    return sorted(found, key=lambda one: (stamp_of(one.name), one.stat().st_mtime_ns, one.name))


def pieces_of(paths: list[Path]) -> list[Piece]:
    """What to read of these bundles, in order. Raises `bad_bundle`, and then nothing is used."""
    bundles = [open_bundle(path) for path in paths]
    whole = [at for at, one in enumerate(bundles) if one.is_whole]
    bundles = bundles[whole[-1] if whole else 0 :]
    pieces = []
    for file in FILES:
        pieces += _pieces(file, [one for one in bundles if file in one.modes])
    return pieces


def _pieces(file: str, bundles: list[Bundle]) -> list[Piece]:
    """A file's last whole version and its deltas since."""
    if not bundles:
        return []
    whole = [at for at, one in enumerate(bundles) if one.modes[file] == "bulk"]
    if not whole:
        what = f"{file} is a delta, and no bundle before it in the folder has the whole of it"
        remedy = "Put the last whole (bulk) bundle into the same folder."
        raise SightlineError("bad_bundle", bundles[0].name, what, remedy)
    used = bundles[whole[-1] :]
    return [
        Piece(file, one, f"{file}.csv" if number == 1 else f"{file}.{number}.csv")
        for number, one in enumerate(used, start=1)
    ]


@contextmanager
def unpacked(folder: Path) -> Iterator[Path]:
    """The folder to read a bundle from: itself, or a private one that is removed afterwards.

    A folder without any bundle stays as it is. Raises `bad_bundle`.
    """
    paths = find_bundles(folder)
    if not paths:
        yield folder
        return
    pieces = pieces_of(paths)
    if not pieces:
        raise bad_bundle(
            sentence_list([one.name for one in paths]), "there is nothing of use in it"
        )
    if paths == [folder] and folder.is_dir():
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="sightline-") as private:
        for piece in pieces:
            (Path(private) / piece.name).write_bytes(piece.read())
        if folder.is_dir() and folder not in paths:  # files of ours beside the bundles
            for one in folder.glob("*.csv"):
                shutil.copyfile(one, Path(private) / one.name, follow_symlinks=False)
        yield Path(private)


def _has_manifest(folder: Path) -> bool:
    return any(one.name.lower() == "manifest.csv" for one in folder.iterdir())
