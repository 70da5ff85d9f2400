"""Is a backup what it says? Only bringing it back shows it.

The files of a backup are written to a private folder and opened as the site they are: databases
are checked by SQLite itself, identities opened, every row of every table counted and digested anew
and compared with what the published snapshot says, and the record's chain followed to its end.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline.backup.contents import vault_counts
from sightline.pipeline.backup.place import room_in, scratch_folder
from sightline.pipeline.backup.read import read_files
from sightline.pipeline.backup.sealing import Sealer
from sightline.pipeline.backup.store import BackupFolder
from sightline.pipeline.backup.types import Decisions, Fault, Manifest, Progress
from sightline.pipeline.refused import read_refused
from sightline.site import Site
from sightline.warehouse import Snapshot, kept_tables, open_snapshot
from sightline.warehouse.digest import digests

__all__ = ["check_folder", "check_site", "verify_backup"]


def verify_backup(
    site: Site,
    folder: Path,
    name: str,
    *,
    decisions: Decisions,
    progress: Progress = lambda stage: None,
) -> list[Fault]:
    """Restore one backup into a private folder of the site, and compare; what is wrong with it."""
    store, sealer = BackupFolder(folder), Sealer(site.keys)
    manifest = store.manifest(name, sealer)
    with room_in(site.folder), scratch_folder(site) as scratch:
        faults = read_files(store, manifest, sealer, scratch, progress=progress)
        if faults:
            return faults
        (scratch / "secret.key").symlink_to((site.folder / "secret.key").resolve())
        copy = replace(site, folder=scratch)
        faults = check_site(copy, manifest, progress=progress)
        progress("decisions checked")
        told = decisions.tried(scratch, manifest.decisions)
        return faults + [Fault("decisions", what) for what in told]


def check_folder(
    site: Site, folder: Path, *, decisions: Decisions, progress: Progress = lambda stage: None
) -> dict[str, list[Fault] | None]:
    """Every backup in a folder, oldest first, with what is wrong with it.

    The bytes of all are opened; the newest is restored and compared too. None stands for one that
    an earlier key sealed: only that key can tell. Raises `no_backup`.
    """
    store, sealer = BackupFolder(folder), Sealer(site.keys)
    names = store.names()
    if not names:
        raise SightlineError("no_backup", str(folder), "there is no whole backup here")
    found: dict[str, list[Fault] | None] = {}
    known: dict[str, Fault | None] = {}
    for name in names:
        progress(name)
        try:
            manifest = store.manifest(name, sealer)
            found[name] = read_files(store, manifest, sealer, None, known=known)
        except SightlineError as error:
            earlier_key = error.code == "missing_key"
            found[name] = None if earlier_key else [Fault(Path(error.where).name, error.what)]
    if found[names[-1]] == []:
        found[names[-1]] = verify_backup(
            site, folder, names[-1], decisions=decisions, progress=progress
        )
    return found


def check_site(
    site: Site, manifest: Manifest, *, progress: Progress = lambda stage: None
) -> list[Fault]:
    """What in a restored site is not as the manifest and the site's own snapshot say."""
    snapshot = site.warehouse.current()
    number, digest = (snapshot.number, snapshot.digest) if snapshot else (0, "")
    if (number, digest) != (manifest.snapshot, manifest.digest):
        return [Fault("warehouse/snapshots", "another snapshot is current than the one saved")]
    progress("names checked")
    faults = list(_vault(site, snapshot, manifest))
    if snapshot is not None:
        try:
            read_refused(site.warehouse, snapshot, site.keys)
        except SightlineError as error:
            faults.append(Fault("warehouse/refused", error.what))
        progress("rows checked")
        faults += _rows(site, snapshot)
    return faults


def _vault(site: Site, snapshot: Snapshot | None, manifest: Manifest) -> Iterator[Fault]:
    path = site.folder / "vault.sqlite"
    if not path.exists():
        if manifest.vault:
            yield Fault("vault.sqlite", "it is missing")
        return
    if whole := integrity(path):
        yield Fault("vault.sqlite", whole)
        return
    counts = vault_counts(path, snapshot.number if snapshot else 0)
    if counts != dict(manifest.vault):
        yield Fault("vault.sqlite", "it holds another number of identities than were saved")
    try:
        with site.vault(snapshot) as vault:
            for kind in counts:
                vault.read(kind)
    except SightlineError as error:
        yield Fault("vault.sqlite", error.what)


def integrity(path: Path) -> str:
    """What SQLite finds wrong with a database; empty when nothing is."""
    connection = sqlite3.connect(path)
    try:
        told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError:
        return "this is not a database any more"
    finally:
        connection.close()
    return "" if told == ["ok"] else "SQLite finds its pages damaged"


def _rows(site: Site, snapshot: Snapshot) -> Iterator[Fault]:
    """Tables whose rows are not those of the snapshot, by school."""
    contract = read_contract()
    limit = site.settings["memory_limit"] or None
    with Engine(temp_folder=site.temp_folder, memory_limit=limit) as engine:
        open_snapshot(engine, site.warehouse, snapshot, contract)
        for table in kept_tables(contract):
            state = snapshot.tables.get(table.name)
            if state is None:
                continue
            found = digests(engine, table, f"SELECT * FROM {table.name}")
            for school in sorted({*found, *state.digests}):
                if found.get(school) != state.digests.get(school):
                    yield Fault(f"{table.name} of {school}", "its rows are not those published")
            if engine.value(f"SELECT count(*) FROM {table.name}") != state.rows:
                yield Fault(table.name, "it has another number of rows than was published")
