"""Make a backup: copy, seal what no earlier backup holds already, and publish the manifest last.

Killed anywhere before that, it leaves the earlier backups as they were and some objects that the
next backup uses. Nothing of the site is changed but its ledger.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sightline import __version__
from sightline.kit import SightlineError
from sightline.people import Erasures, Line
from sightline.pipeline.backup.contents import Copied, copied, left_out
from sightline.pipeline.backup.keep import Keeper
from sightline.pipeline.backup.outcome import last_verified
from sightline.pipeline.backup.place import check_place, room_in, scratch_folder
from sightline.pipeline.backup.sealing import Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Decisions, DecisionsState, Made, Manifest, Progress
from sightline.pipeline.prepare import pages_in_use
from sightline.site import Site

__all__ = ["clear_backups", "make_backup"]


def make_backup(
    site: Site,
    folder: Path,
    *,
    made_at: datetime,
    decisions: Decisions,
    sleep: Callable[[float], None],
    progress: Progress = lambda stage: None,
) -> Made:
    """A backup of a site as of now, in a folder that may hold earlier ones of it.

    Raises `bad_argument` for a folder that cannot be meant, `busy`, `missing_key` while the key is
    being renewed, and `damaged` when a data file is not what an earlier backup says.
    """
    check_place(site, folder)
    sealer = _sealer(site)
    store = BackupFolder(folder)
    with room_in(folder), store.changing(), scratch_folder(site) as aside:
        earlier = _earlier(store, sealer)
        name = _name(store, made_at)
        ledger = Erasures(site.folder / "erasures.log", site.keys)
        begins = ledger.append("backup", at=made_at, by="command", of=name)
        progress("settings and names")
        with copied(site, aside, progress=progress, sleep=sleep) as copy:
            progress("decisions")
            state = _with_decisions(copy, decisions, aside / "decisions")
            keeper = Keeper(store, sealer, earlier)
            keeper.keep(copy.files, progress)
        progress("the manifest")
        manifest = _manifest(site, begins, copy, state, keeper)
        written = keeper.written + store.publish(manifest, sealer)
        progress("made")
    return Made(manifest, written, left_out(site.folder))


def _manifest(
    site: Site, begins: Line, copy: Copied, state: DecisionsState, keeper: Keeper
) -> Manifest:
    return Manifest(
        name=begins.of,
        made_at=begins.at,
        site=site.keys.fingerprint,
        sealed_with=keeper.sealed_with,
        snapshot=copy.snapshot.number if copy.snapshot else 0,
        digest=copy.snapshot.digest if copy.snapshot else "",
        files=tuple(keeper.saved),
        objects=keeper.objects,
        vault=copy.vault,
        ledger=(begins.number, begins.mac),
        decisions=state,
        pages=pages_in_use(site),
        version=__version__,
    )


def _with_decisions(copy: Copied, decisions: Decisions, aside: Path) -> DecisionsState:
    """Copy the decisions too, and count them among the files."""
    aside.mkdir()
    state = decisions.save(aside)
    if state.file:
        copy.files[state.file] = aside / state.file
    return state


def clear_backups(site: Site, folder: Path, keep: int) -> tuple[str, ...]:
    """Clear all but the newest `keep` backups, and never the last one that was verified."""
    store = BackupFolder(folder)
    with store.changing():
        kept = set(store.names()[-keep:])
        if good := last_verified(site.folder):
            kept.add(good.name)
        return store.clear(kept)


def _sealer(site: Site) -> Sealer:
    if len(site.keys.as_filed().sealing) > 1:
        what = "the key is being renewed"
        remedy = "Let `sightline keys rotate` finish: run it again if it was stopped."
        raise SightlineError("missing_key", str(site.folder / "secret.key"), what, remedy)
    return Sealer(site.keys)


def _earlier(store: BackupFolder, sealer: Sealer) -> list[Manifest]:
    """The backups whose objects can be used again. Raises `bad_argument` for another site's."""
    found = []
    for name in store.names():
        try:
            header = store.header(name)
        except SightlineError:  # damaged: `--check` says so
            continue
        if header["site"] != sealer.keys.fingerprint:
            what = "it holds backups of another site"
            raise SightlineError("bad_argument", str(store.folder), what, "Choose another folder.")
        if header["sealed_with"] == sealer.sealed_with:
            found.append(store.manifest(name, sealer))
    return found


def _name(store: BackupFolder, made_at: datetime) -> str:
    """The moment, and a number when there is one of the same second already."""
    name = f"{made_at:%Y%m%dT%H%M%SZ}"
    taken = sum(one.startswith(name) for one in store.names())
    return f"{name}-{taken + 1}" if taken else name
