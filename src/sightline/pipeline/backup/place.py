"""Where things may be: backups outside the site, the key outside the backups, scratch inside."""

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sightline.kit import SightlineError
from sightline.people import Erasures
from sightline.site import Site

__all__ = ["check_place", "room_in", "save_keys", "scratch_folder"]

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
BESIDE = ("erasures.log", "objections.json")  # a restore asks for them, and they change daily


def check_place(site: Site, folder: Path) -> None:
    """Raise `bad_argument` for a folder that would be lost with the site, or hold it."""
    ours, theirs = site.folder.resolve(), folder.resolve()
    if theirs.is_relative_to(ours):
        what = "backups inside the site's folder would be lost with it"
    elif ours.is_relative_to(theirs):
        what = "the site itself is in this folder"
    elif folder.exists() and not folder.is_dir():
        what = "this is a file"
    else:
        return
    raise SightlineError("bad_argument", str(folder), what, "Choose a folder on another disk.")


def save_keys(site: Site, folder: Path, path: Path) -> None:
    """Copy the key, and beside it the ledger of erasures and who has objected.

    Raises `bad_argument` for a path among the backups and for a file that holds another key, and
    `damaged` when the ledger beside it is another site's.
    """
    if path.resolve().is_relative_to(folder.resolve()):
        what = "with the key among them, whoever finds the backups can read them"
        raise SightlineError("bad_argument", str(path), what, "Choose a place apart from them.")
    if path.resolve().is_relative_to(site.folder.resolve()):
        what = "a copy in the site's own folder is lost with it"
        raise SightlineError("bad_argument", str(path), what, "Choose a place apart from it.")
    if path.is_dir():
        raise SightlineError("bad_argument", str(path), "this is a folder", "Name a file in it.")
    key = (site.folder / "secret.key").read_bytes()
    if path.exists() and path.read_bytes() != key:
        what = "this file holds something else, perhaps the key from before it was renewed"
        remedy = "Keep it as long as backups made with it, and name another file."
        raise SightlineError("bad_argument", str(path), what, remedy)
    Erasures(path.parent / "erasures.log", site.keys).lines()  # not another site's: it would go
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, key)
    for name in BESIDE:
        if (site.folder / name).exists():
            _write(path.parent / name, (site.folder / name).read_bytes())


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say in plain words that a disk is full. Raises `no_room`."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise _full(folder) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname not in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
            raise
        raise _full(folder) from error


def _full(folder: Path) -> SightlineError:
    what = "there is no room for it, there or in the site's own folder"
    remedy = "Earlier backups are as they were. Free some space, then run the command again."
    return SightlineError("no_room", str(folder), what, remedy)


@contextmanager
def scratch_folder(site: Site) -> Iterator[Path]:
    """A private folder of the site that is empty now and gone afterwards. Raises `busy`."""
    folder = site.folder / "backup.tmp"
    with (site.folder / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = "another command is making or checking a backup"
            raise SightlineError("busy", str(site.folder), what) from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
