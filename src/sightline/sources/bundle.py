"""OneRoster bundles: CSV files with a manifest.csv that says what each is, in a folder or a zip.

A bundle is believed only as a whole: where the manifest and the files do not agree, nothing of it
is used. A zip is read as if whoever made it wished us ill: nothing in it may lead out of its
folder, and names, sizes and what it unpacks to are capped.
"""

import csv
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sightline.kit import SightlineError

__all__ = ["FILES", "Bundle", "bad_bundle", "open_bundle"]

MANIFEST = "manifest"
# The files that are used, by their name in small letters without the ending; the standard has more.
FILES = (
    *("orgs", "academicsessions", "courses", "classes", "users", "roles", "demographics"),
    *("enrollments", "categories", "lineitems", "results"),
)
OTHERS = {
    *("resources", "classresources", "courseresources", "userresources", "userprofiles"),
    *("scorescales", "lineitemscorescales", "resultscorescales"),
    *("lineitemlearningobjectiveids", "resultlearningobjectiveids"),
}
VERSIONS = ("1.1", "1.2")
MODES = ("absent", "bulk", "delta")
LARGEST_FILE = 512 * 1024**2  # bytes, unpacked
LARGEST_BUNDLE = 2 * 1024**3  # bytes, unpacked
LARGEST_MANIFEST = 64 * 1024
LARGEST_DIRECTORY = 1024**2  # bytes of a zip's list of files
MOST_FILES = 100
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError),
    *(ValueError, OSError, struct.error, OverflowError),
)


def bad_bundle(where: str, what: str) -> SightlineError:
    """Nothing of this bundle is used."""
    return SightlineError("bad_bundle", where, what)


@dataclass(frozen=True)
class Bundle:
    """A bundle that agrees with itself. `modes` is `bulk` or `delta` for each file of FILES there.

    `members` leads from these names to the names of the files.
    """

    path: Path
    version: str
    modes: Mapping[str, str]
    members: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_whole(self) -> bool:
        """Whether what came before it can be forgotten: a roster without any delta."""
        return set(self.modes.values()) == {"bulk"} and {"orgs", "users"} <= set(self.modes)

    def read(self, file: str) -> bytes:
        """The bytes of one of its files. Raises `bad_bundle`."""
        return _read(self.path, self.members[file], LARGEST_FILE)


def open_bundle(path: Path) -> Bundle:
    """A bundle in a folder or a zip. Raises `bad_bundle` when it does not agree with itself."""
    members = _members(path)
    if MANIFEST not in members:
        raise bad_bundle(path.name, "it has no manifest.csv")
    said = _manifest(path, _read(path, members[MANIFEST], LARGEST_MANIFEST))
    version = said.get("oneroster.version", "")
    if version not in VERSIONS:
        what = (
            f"its manifest must say oneroster.version 1.1 or 1.2, not {version[:20] or 'nothing'}"
        )
        raise bad_bundle(path.name, what)
    modes = {
        name.removeprefix("file."): mode.lower()
        for name, mode in said.items()
        if name.startswith("file.")
    }
    _check(path, modes, members)
    modes = {name: mode for name, mode in modes.items() if name in FILES and mode != "absent"}
    bundle = Bundle(path, version, modes, members)
    for name, mode in modes.items():
        if mode == "delta":
            _check_delta(bundle, name)
    return bundle


def _manifest(path: Path, data: bytes) -> dict[str, str]:
    """Property -> value, properties in small letters."""
    try:
        text = data.decode("utf-8-sig")
        records = [record for record in csv.reader(io.StringIO(text)) if record]
    except (UnicodeDecodeError, csv.Error) as error:
        raise bad_bundle(path.name, "its manifest.csv cannot be read") from error
    said: dict[str, str] = {}
    for record in records:
        name, value = (*record, "")[:2]
        key = name.strip().lower()
        if said.setdefault(key, value.strip()) != value.strip():
            raise bad_bundle(path.name, f"its manifest says two things of {key[:60]}")
    if "propertyname" not in said:
        raise bad_bundle(path.name, "its manifest.csv has no heading propertyName")
    return said


def _check(path: Path, modes: Mapping[str, str], members: Mapping[str, str]) -> None:
    """What the manifest says is there is there, and nothing else is."""
    for name, mode in modes.items():
        if mode not in MODES:
            raise bad_bundle(path.name, f"its manifest says {mode[:20]} of {name[:60]}")
        if mode != "absent" and name not in members:
            raise bad_bundle(
                path.name, f"its manifest says {mode} of {name[:60]}, which is not there"
            )
        if mode == "absent" and name in members:
            raise bad_bundle(
                path.name, f"its manifest says that {name[:60]} is absent: it is there"
            )
    for name in sorted(set(members) & {*FILES, *OTHERS}):
        if name not in modes:
            raise bad_bundle(path.name, f"its manifest says nothing of {name}, which is there")
    if not any(modes.get(name, "absent") != "absent" for name in FILES):
        raise bad_bundle(path.name, "it holds nothing of use")


def _check_delta(bundle: Bundle, name: str) -> None:
    head = _read(bundle.path, bundle.members[name], LARGEST_FILE)[:65536]
    first = head.decode("utf-8-sig", "replace").splitlines()[:1]
    headings = {one.strip(' "').lower() for line in first for one in line.split(",")}
    for needed in ("status", "datelastmodified"):
        if needed not in headings:
            raise bad_bundle(bundle.name, f"{name} is a delta without the column {needed}")


def _members(path: Path) -> dict[str, str]:
    """Name in small letters without its ending -> name, of the CSV files."""
    try:
        names = _in_zip(path) if path.is_file() else _in_folder(path)
    except BROKEN as error:
        raise bad_bundle(path.name, "it cannot be read") from error
    if len(names) > MOST_FILES:
        raise bad_bundle(path.name, f"it holds more than {MOST_FILES} files")
    found: dict[str, str] = {}
    for name in names:
        own = PurePosixPath(name)
        is_csv = own.suffix.lower() == ".csv"
        if is_csv and found.setdefault(own.stem.lower(), name) != name:
            raise bad_bundle(path.name, f"it holds {own.stem[:60]} twice")
    return found


def _in_folder(path: Path) -> list[str]:
    with os.scandir(path) as listing:
        return [one.name for one in listing if one.is_file(follow_symlinks=False)]


def _in_zip(path: Path) -> list[str]:
    """The names of the files of a zip, which lie in one folder."""
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        files = [one for one in archive.infolist() if not one.is_dir()]
    files = [one for one in files if not one.filename.startswith("__MACOSX/")]
    for one in files:
        parts = PurePosixPath(one.filename).parts
        odd = "\\" in one.filename or one.filename.startswith("/") or ".." in parts
        kind = stat.S_IFMT(one.external_attr >> 16)
        if odd or len(parts) > 2 or kind not in (0, stat.S_IFREG):
            raise bad_bundle(path.name, "it holds a file that leads elsewhere")
        if one.flag_bits & 1:
            raise bad_bundle(path.name, "it is locked with a password")
    if len({PurePosixPath(one.filename).parent for one in files}) > 1:
        raise bad_bundle(path.name, "its files lie in several folders")
    if sum(one.file_size for one in files) > LARGEST_BUNDLE:
        raise bad_bundle(path.name, f"it unpacks to more than {LARGEST_BUNDLE // 1024**3} GB")
    names = [one.filename for one in files]
    if len(set(names)) < len(names):
        raise bad_bundle(path.name, "it holds a file twice")
    return names


def _check_directory(path: Path) -> None:
    """The list of files is small: it is held in memory before anything else is known."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise bad_bundle(path.name, "it is no zip")
    if b"PK\x06\x07" in tail[max(0, at - 20) : at]:
        raise bad_bundle(path.name, "it is made for more files than a bundle has")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
        raise bad_bundle(path.name, f"it holds more than {MOST_FILES} files")


def _read(path: Path, member: str, most: int) -> bytes:
    """A file's bytes. What a zip says of sizes is not believed."""
    try:
        if path.is_file():
            with zipfile.ZipFile(path) as archive, archive.open(member) as file:
                data = file.read(most + 1)
        else:
            flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
            with os.fdopen(os.open(path / member, flags), "rb") as file:
                data = file.read(most + 1)
    except BROKEN as error:
        raise bad_bundle(path.name, f"{PurePosixPath(member).name} cannot be read") from error
    if len(data) > most:
        what = f"{PurePosixPath(member).name} is larger than {max(1, most // 1024**2)} MB"
        raise bad_bundle(path.name, what)
    return data
