"""Bring a site back into a new folder, and erase again what has been erased since the backup.

Everything is written to a folder beside the new one, marked as under way; no command opens it. It
is checked, replayed, and only then given its name, by one rename. Killed anywhere, the same
restore begins anew.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sightline import __version__
from sightline.kit import SightlineError
from sightline.people import Erasures, Keys, read_keys
from sightline.pipeline.backup.place import room_in
from sightline.pipeline.backup.read import read_files
from sightline.pipeline.backup.replay import Since, read_since, replay_facts
from sightline.pipeline.backup.sealing import Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Decisions, Fault, Manifest, Progress
from sightline.pipeline.backup.verify import check_site
from sightline.site import MARK, RESTORING, Site, open_site

__all__ = ["Replay", "Restored", "restore_site"]

Replay = Callable[[Path, Manifest, Since], dict[str, int]]
"""Does again in the decisions of a restored folder what `Since` says; counts of what it did."""


@dataclass(frozen=True)
class Restored:
    """A restored site, and what was done again before it was given its name."""

    site: Site
    manifest: Manifest
    erased: int
    identities: int
    again: dict[str, int]
    ledger_ends: datetime | None


def restore_site(
    folder: Path,
    target: Path,
    *,
    key_file: Path,
    at: datetime,
    decisions: Callable[[Manifest], Decisions],
    replay: Replay,
    name: str | None = None,
    ledger: Path | None = None,
    without_ledger: str = "",
    database: str = "",
    progress: Progress = lambda stage: None,
) -> Restored:
    """Restore a backup, the newest unless named, into a folder that is new or empty.

    `database` is the address that the restored settings name for the decisions, if it is another.
    Raises `site_exists`, `missing_key`, `no_backup`, `no_ledger` unless a reason is given for going
    on without, and `damaged` naming all that is not as it was saved. Nothing is then left behind.
    """
    _check_target(target, folder)
    keys = read_keys(key_file)
    store = BackupFolder(folder)
    names = store.names()
    if not names:
        raise SightlineError("no_backup", str(folder), "there is no whole backup here")
    manifest = store.manifest(name or names[-1], Sealer(keys))
    _check_version(manifest)
    if ledger is None and not without_ledger:
        what = "pupils may have been erased since this backup was made"
        raise SightlineError("no_ledger", str(folder), what)
    copier = decisions(manifest)
    _clear(target)
    with _part(target) as part, room_in(target.parent):
        since = read_since(store, manifest, keys, ledger=ledger, scratch=part)
        done = _restored(store, manifest, keys, part, copier, progress)
        if database:
            _set_database(part / "settings.toml", database)
        counts = _replayed(done, manifest, since, (at, without_ledger), replay, progress)
    _put_in_place(part, target)
    copier.settle()
    progress("in place")
    return Restored(open_site(target), manifest, len(since.erased), *counts, since.ends)


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """The folder in which the site is put together; gone when that does not come to its end."""
    part = target.parent / f".{target.name}.restoring"
    _clear(part)
    part.mkdir(parents=True, mode=0o700)
    mark = secrets.token_hex(8)
    (part / MARK).write_text(mark, encoding="utf-8")
    os.environ[RESTORING] = mark
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    finally:
        os.environ.pop(RESTORING, None)


def _check_version(manifest: Manifest) -> None:
    """An earlier version knows neither the tables nor the rules of a later one."""
    theirs, ours = ([int(part) for part in v.split(".")] for v in (manifest.version, __version__))
    if theirs > ours:
        what = f"it was made by version {manifest.version}, and this is {__version__}"
        remedy = "Install that version or a later one, then restore."
        raise SightlineError("no_backup", manifest.name, what, remedy)


def _check_target(target: Path, folder: Path) -> None:
    if target.resolve().is_relative_to(folder.resolve()):
        what = "this is among the backups"
        raise SightlineError("bad_argument", str(target), what, "Choose another folder.")
    if found := re.search(r"[\[\]^|\\%]", str(target.resolve())):
        what = f"the table format cannot be kept in a folder with `{found[0]}` in its path"
        raise SightlineError("bad_argument", str(target), what, "Choose another folder.")
    if (target / MARK).exists() or not target.exists():
        return
    if (target / "settings.toml").exists() or (target / "secret.key").exists():
        raise SightlineError("site_exists", str(target), "there is a site here already")
    if not target.is_dir() or any(target.iterdir()):
        what = "there is something here already"
        raise SightlineError("bad_argument", str(target), what, "Choose a new or empty folder.")


def _clear(folder: Path) -> None:
    """Take away what a restore that was stopped left behind, and nothing else."""
    if (folder / MARK).exists() or (folder.is_dir() and not any(folder.iterdir())):
        for path in folder.iterdir():
            if path.name != MARK:  # last, so that what is left is known for what it is
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(folder)
    elif folder.exists():
        what = "this is in the way, and no restore has made it"
        raise SightlineError("bad_argument", str(folder), what, "Look what it is; move it away.")


def _restored(
    store: BackupFolder,
    manifest: Manifest,
    keys: Keys,
    part: Path,
    decisions: Decisions,
    progress: Progress,
) -> Site:
    """The files in their places, checked, and nothing done to them yet."""
    faults = read_files(store, manifest, Sealer(keys), part, progress=progress)
    _stop_at(faults)
    for name in ("mappings", "signals"):  # an empty folder is no file
        (part / name).mkdir(exist_ok=True)
    assert keys.path is not None
    shutil.copyfile(keys.path, part / "secret.key")
    (part / "secret.key").chmod(0o600)
    site = open_site(part)
    faults = check_site(site, manifest, progress=progress)
    shutil.rmtree(site.temp_folder, ignore_errors=True)
    _stop_at(faults)
    progress("decisions")
    _stop_at([Fault("decisions", one) for one in decisions.bring_back(part, manifest.decisions)])
    progress("checked")
    return site


def _stop_at(faults: list[Fault]) -> None:
    if faults:
        what = "; ".join(str(one).rstrip(".") for one in faults)
        remedy = "Restore another backup: `--backup NAME`."
        raise SightlineError("damaged", "the backup", what, remedy)


def _replayed(
    site: Site,
    manifest: Manifest,
    since: Since,
    why: tuple[datetime, str],
    replay: Replay,
    progress: Progress,
) -> tuple[int, dict[str, int]]:
    """Erase again, and note in the ledger that the site was restored."""
    at, reason = why
    path = site.folder / "erasures.log"
    if since.ledger:
        path.write_bytes(since.ledger)
        path.chmod(0o600)
    ledger = Erasures(path, site.keys)
    identities = replay_facts(site, since, at)
    progress("identities erased again")
    again = replay(site.folder, manifest, since)
    done = {line.of for line in ledger.lines() if line.kind == "done"}
    for line in since.erased:
        if str(line.number) not in done:
            ledger.append("done", at=at, by="restore", of=str(line.number))
    ledger.append("restore", at=at, by="command", of=manifest.name)
    note = {"backup": manifest.name, "at": at.isoformat(), "without_ledger": reason}
    (site.folder / "restored.json").write_text(json.dumps(note), encoding="utf-8")
    (site.folder / "restored.json").chmod(0o600)
    progress("decisions erased again")
    return identities, again


def _set_database(path: Path, address: str) -> None:
    """Name the new database: with the old one the site would show what was not restored."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not re.match(r"\s*database\s*=", line)]
    kept.append(f"database = {json.dumps(address)}")
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _put_in_place(part: Path, target: Path) -> None:
    _sync_all(part)
    part.rename(target)
    _sync(target.parent)
    (target / MARK).unlink()
    _sync(target)


def _sync_all(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
