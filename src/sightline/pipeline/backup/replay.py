"""What must happen to a restored site before anybody may see it: erasures, retention, opt-outs.

The ledger of the live site says what was erased since the backup; the backup's own copy ends where
the backup began. Ledgers of later backups in the same folder are taken into account as well.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sightline.kit import SightlineError
from sightline.people import Erasures, Keys, Line, pending
from sightline.pipeline.backup.read import read_one
from sightline.pipeline.backup.sealing import Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Manifest
from sightline.pipeline.forget import forget_pupil
from sightline.pipeline.tidy import tidy
from sightline.site import Site

__all__ = ["Since", "read_since", "replay_facts"]


@dataclass(frozen=True)
class Since:
    """What has happened since a backup: the ledger to go on with, what of it is to be done again.

    `objections` are those in force at the live site, as its objections.json has them.
    """

    ledger: bytes
    ends: datetime | None
    erased: tuple[Line, ...]
    retention: date | None
    objections: tuple[dict[str, Any], ...]


def read_since(
    store: BackupFolder,
    manifest: Manifest,
    keys: Keys,
    *,
    ledger: Path | None,
    scratch: Path,
) -> Since:
    """What has happened since a backup, by the ledger given and those of later backups.

    Raises `damaged` for a ledger that was altered and `no_ledger` for one that does not go on from
    this backup: another site's, or a copy made before it. `ledger` is None when there is none.
    """
    texts = list(_later(store, manifest, Sealer(keys), "erasures.log"))
    if ledger is not None:
        texts.append(ledger.read_bytes())
    found: list[tuple[list[Line], bytes]] = []
    for place, text in enumerate(texts):
        path = ledger if ledger is not None and place == len(texts) - 1 else scratch
        found.append((_lines(text, path, scratch, keys), text))
    if ledger is not None:
        _goes_on(found[-1][0], manifest, ledger)
    longest, text = max(found, key=lambda one: len(one[0]), default=([], b""))
    for lines, _ in found:
        if lines != longest[: len(lines)]:
            what = "it and a later backup tell of different erasures"
            raise SightlineError("damaged", str(ledger), what, "Find out which one is true.")
    to_do = pending(longest, manifest.ledger[0])
    days = [date.fromisoformat(line.of) for line in to_do if line.kind == "retention"]
    return Since(
        text,
        longest[-1].at if longest else None,
        tuple(line for line in to_do if line.kind == "pupil"),
        max(days, default=None),
        _objections(store, manifest, keys, ledger),
    )


def replay_facts(site: Site, since: Since, at: datetime) -> int:
    """Erase again what only the vault and the warehouse hold; how many identities went."""
    gone = sum(forget_pupil(site, line.ref) for line in since.erased)
    if since.retention is not None and site.warehouse.current() is not None:
        gone += tidy(site, since.retention)[1]
    ledger = Erasures(site.folder / "erasures.log", site.keys)
    for line in pending(ledger.lines()):
        if line.kind == "retention":
            ledger.append("done", at=at, by="restore", of=str(line.number))
    return gone


def _later(store: BackupFolder, manifest: Manifest, sealer: Sealer, path: str) -> Sequence[bytes]:
    """The copies of a file in this backup and in later ones that this key opens."""
    found = []
    for name in store.names():
        if name < manifest.name:
            continue
        try:
            data = read_one(store, store.manifest(name, sealer), sealer, path)
        except SightlineError:  # sealed with a newer key, or damaged
            continue
        if data is not None:
            found.append(data)
    return found


def _lines(text: bytes, path: Path, scratch: Path, keys: Keys) -> list[Line]:
    """The lines of a ledger; what is wrong is told of the file it came from."""
    draft = scratch / "ledger.new"
    draft.write_bytes(text)
    try:
        return Erasures(draft, keys).lines()
    except SightlineError as error:
        raise SightlineError("damaged", str(path), error.what, error.remedy) from error
    finally:
        draft.unlink()


def _goes_on(lines: list[Line], manifest: Manifest, path: Path) -> None:
    number, mac = manifest.ledger
    if len(lines) < number or lines[number - 1].mac != mac:
        what = "this ledger was copied before the backup was made, or is another site's"
        raise SightlineError("no_ledger", str(path), what)


def _objections(
    store: BackupFolder, manifest: Manifest, keys: Keys, ledger: Path | None
) -> tuple[dict[str, Any], ...]:
    """Who has objected, as of the newest file there is: beside the ledger, or in a later backup."""
    path = ledger.parent / "objections.json" if ledger is not None else None
    if path is not None and path.exists():
        text = path.read_bytes()
    else:
        later = _later(store, manifest, Sealer(keys), "objections.json")
        text = later[-1] if later else b"[]"
    try:
        return tuple(json.loads(text))
    except ValueError as error:
        what = "this is not as the pages write it"
        raise SightlineError("damaged", str(path), what, "Take another copy of it.") from error
