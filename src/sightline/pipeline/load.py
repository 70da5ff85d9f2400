"""One load, from a folder of exports to a published snapshot."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sightline import sources
from sightline.contract import Contract, Table, check_references, check_rows, read_contract, settle
from sightline.engine import Engine
from sightline.engine.text import literals
from sightline.people import Vault
from sightline.pipeline.account import Account, Loaded, TableAccount, by_reason
from sightline.pipeline.given import register_words, wanted_columns
from sightline.pipeline.identity import (
    register_known_upns,
    register_sealed,
    seal_changed,
    seal_pupil_ids,
)
from sightline.pipeline.known import (
    PARENTS,
    refresh_known,
    register_named,
    register_refs,
    register_withdrawn,
    staff_loaded,
)
from sightline.pipeline.notices import codes_not_in_force, unmapped_words
from sightline.pipeline.refused import (
    REFUSED,
    Origin,
    carry_over,
    fault_row,
    placed,
    read_refused,
    same_rows,
    write_refused,
)
from sightline.pipeline.staff import staff_seen
from sightline.site import Site
from sightline.warehouse import Draft, Merged, Snapshot, Warehouse, fact_key, keep_unsaid
from sightline.warehouse.snapshot import publish

__all__ = ["load"]

Progress = Callable[[str], None]
LARGE = 400 * 1024**2  # bytes of exports from which a load keeps its rows on disk


def load(
    site: Site,
    profile: str,
    folder: Path,
    *,
    recorded_at: datetime,
    load_day: date,
    dry_run: bool = False,
    origin: Origin | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Progress = lambda stage: None,
) -> Loaded:
    """Collect a folder through a profile, check it, store it and publish one snapshot.

    `origin` is given by a sync, whose folder is only there for this load; `settings` come before
    the site's. The same folder again changes nothing and publishes nothing.

    Raises `bad_profile`, `no_files`, `busy`, and what the site's own files can cause; nothing is
    then changed. Killed at any point, it leaves the last snapshot current and the next load starts
    from there.
    """
    with site.warehouse.writing():
        shutil.rmtree(site.temp_folder, ignore_errors=True)
        warehouse = site.warehouse
        if dry_run:  # it does everything, and to a copy
            warehouse = warehouse.copy_to(site.temp_folder / "dry-run")
        warehouse.recover()
        progress("recovered")
        limit = site.settings["memory_limit"] or None
        try:
            large = sum(path.stat().st_size for path in folder.glob("*.*")) > LARGE
            work_file = site.temp_folder / "work.db" if large else None
            with Engine(
                temp_folder=site.temp_folder, memory_limit=limit, work_file=work_file
            ) as engine:
                run = _Load(site, warehouse, engine, recorded_at, load_day, progress)
                run.origin = origin
                run.collect(profile, folder, settings or {}, dry_run=dry_run)
                return run.finish(profile, folder, dry_run=dry_run)
        finally:
            shutil.rmtree(site.temp_folder, ignore_errors=True)


class _Load:
    """The state of one load between its stages."""

    def __init__(
        self,
        site: Site,
        warehouse: Warehouse,
        engine: Engine,
        recorded_at: datetime,
        load_day: date,
        progress: Progress,
    ) -> None:
        self.site, self.engine, self.progress = site, engine, progress
        self.contract: Contract = read_contract()
        self.draft = Draft(warehouse, self.contract, engine, recorded_at)
        self.load_day = load_day
        self.origin: Origin | None = None
        self.account = Account()
        self.notices: list[dict[str, Any]] = []
        self.refused: list[pa.Table] = []
        self.missing: dict[str, int] = {}
        self.receipts: list[dict[str, Any]] = []
        self.schools: set[str] = set()
        self.staff = dict(self.draft.base.staff) if self.draft.base else {}
        self.mapped = register_words(engine, site, self.contract)

    def collect(
        self, profile_name: str, folder: Path, given: Mapping[str, str], *, dry_run: bool
    ) -> None:
        """Read, check and store every table the folder has something for, parents first."""
        profile = sources.read_profile(profile_name)
        wanted = wanted_columns(self.contract)
        settings = {key: str(value) for key, value in self.site.settings.items()} | dict(given)
        with (
            self.site.vault(self.draft.base) as vault,
            sources.collect(
                self.engine, profile, folder, wanted=wanted, settings=settings
            ) as collection,
        ):
            vault.discard_unpublished()
            if "known_upn" in profile.needs:
                register_known_upns(self.engine, self.draft, self.contract, vault)
            staff = staff_loaded(self.draft, self.contract, tuple(collection.tables))
            for table in self.contract.tables:
                if table.name in collection.tables:
                    self._table(collection, table, vault, staff=staff)
                    self.progress(table.name)
                if table.name in PARENTS:
                    refresh_known(self.engine, self.draft, table)
            self.account.note_unread({notice.table for notice in collection.notices})
            self.account.sort([table.name for table in self.contract.tables])
            self.notices = [asdict(one) for one in collection.notices] + self.notices
            self.receipts = [asdict(one) for one in collection.receipts]
            if dry_run:
                vault.undo()
        self.progress("identities")

    def finish(self, profile: str, folder: Path, *, dry_run: bool) -> Loaded:
        """Publish what changed, unless it is a dry run."""
        base = self.draft.base
        place = self.origin.name if self.origin else str(folder.resolve())
        earlier = read_refused(self.site.warehouse, base, self.site.keys)
        new = pa.concat_tables([REFUSED.empty_table(), *self.refused])
        new = placed(new, profile, place, self.schools, self.origin)
        kept = carry_over(
            earlier,
            profile=profile,
            folder=place,
            files=[receipt["file"] for receipt in self.receipts],
            schools=self.schools,
            one_school=self.draft.school_count() <= 1,
            origin=self.origin,
        )
        refused = pa.concat_tables([kept, new])
        stored = any(one.accepted or one.withdrawn for one in self.account.tables.values())
        changed = base is None or stored or base.staff != self.staff
        changed = changed or not same_rows(refused, earlier)
        number = base.id if base else None
        if changed and not dry_run:
            number = self._publish(profile, refused, earlier).id
        published = changed and not dry_run
        return Loaded(number, published, self.account, self.notices, new, self.missing)

    def _table(
        self, collection: sources.Collection, table: Table, vault: Vault, *, staff: bool
    ) -> None:
        engine = self.engine
        check_rows(engine, table, collection.open(table.name), self.load_day, self.mapped)
        gone = collection.withdrawn(table.name)
        reading = collection.close(table.name)
        if reading.stopped:
            for relation, column in (("judged", "_file"), ("refused", "file")):
                stopped = f"{column} IN {literals(reading.stopped)}"
                engine.run(f"DELETE FROM {relation}_{table.name} WHERE {stopped}")
        faults = [fault for fault in reading.faults if fault.file not in reading.stopped]
        counted = engine.rows(
            f"SELECT count(*) AS rows, coalesce(sum(_rows), 0) AS raw FROM judged_{table.name}"
        )[0]
        complete = self.origin is not None and table.name in self.origin.complete
        if gone or complete:
            register_named(engine, self.site.keys, table)
            gone = register_withdrawn(engine, self.site.keys, gone)
        register_refs(engine, self.site.keys, table)
        check_references(engine, table, staff=staff)
        engine.forget(f"typed_{table.name}")
        engine.forget(f"judged_{table.name}")  # the next table of the same size needs the room
        copies = settle(engine, table)
        keep_unsaid(engine, self.draft, table, collection.unsaid.get(table.name, ()))
        if table.name == "staff":
            self.staff |= staff_seen(engine, self.staff, in_doubt=bool(faults))
        sealed = register_sealed(engine, vault, table)
        merged = self.draft.merge(table, sealed)
        if merged.accepted:
            seal_changed(engine, vault, table, self.draft.number)
            if table.name == "pupil":
                seal_pupil_ids(engine, vault, self.draft.number)
            if table.name in ("pupil", "class"):
                self._move(*fact_key(table))
        withdrawn = 0 if reading.stopped else self._withdraw(table, gone, complete=complete)
        self._account(table, faults, counted, copies, merged, withdrawn)
        self.notices += codes_not_in_force(engine, table)
        self.notices += unmapped_words(engine, table, self.mapped)
        for prefix in ("settled_", "good_", "referred_", "refused_"):
            engine.forget(prefix + table.name)

    def _withdraw(self, table: Table, gone: list[str], *, complete: bool) -> int:
        """End what the source has taken back, and note what it no longer has; how many ended."""
        withdrawn = 0
        if gone:
            withdrawn, schools = self.draft.withdraw(table, gone, self.load_day)
            self.schools |= schools
        if complete and self.origin:
            missing = self.draft.missing(table, self.origin.schools)
            if missing and table.name in self.origin.end_missing:
                ended, _ = self.draft.withdraw(table, fact_key(table), self.load_day)
                withdrawn += ended
            elif missing:
                self.missing[table.name] = missing
        return withdrawn

    def _account(
        self,
        table: Table,
        faults: list[sources.Fault],
        counted: Mapping[str, int],
        copies: int,
        merged: Merged,
        withdrawn: int,
    ) -> None:
        rows, raw = int(counted["rows"]), int(counted["raw"])
        refused = self.engine.sql(f"SELECT * FROM refused_{table.name} ORDER BY file, row")
        unreadable = pa.Table.from_pylist([fault_row(fault) for fault in faults], refused.schema)
        refused = pa.concat_tables([unreadable, refused])
        self.refused.append(placed(refused, "", "", set(), None))
        self.schools |= merged.schools
        received = rows + len(faults)
        self.account.tables[table.name] = TableAccount(
            received=received,
            accepted=merged.accepted,
            duplicates=copies + merged.duplicates,
            amended=merged.amended,
            quarantined=refused.num_rows,
            by_reason=by_reason(refused.column("reason").to_pylist()),
            raw_rows=None if raw == rows else raw + len(faults),
            withdrawn=withdrawn,
        )

    def _move(self, key: str) -> None:
        """Let facts follow the pupils or classes that have changed school."""
        self.engine.create(
            "moved",
            f"SELECT c.{key}, c.school_id FROM changed AS c JOIN gone AS g ON g.{key} = c.{key} "
            "WHERE g.school_id <> c.school_id",
        )
        if self.engine.value("SELECT count(*) FROM moved"):
            self.draft.move("moved", key)

    def _publish(self, profile: str, refused: pa.Table, earlier: pa.Table) -> Snapshot:
        warehouse, base, name = self.site.warehouse, self.draft.base, None
        if base and base.refused and refused.equals(earlier):
            name = base.refused
        elif refused.num_rows:
            name = f"{self.draft.number:06d}.bin"
            write_refused(warehouse.refused_file(name), refused, self.site.keys)
        self.progress("refused")
        snapshot = Snapshot(
            number=self.draft.number,
            recorded_at=self.draft.recorded_at,
            profile=profile,
            key_fingerprint=self.site.keys.fingerprint,
            tables=self.draft.tables,
            history=self.draft.history,
            account=self.account.as_json(),
            # Without the text: it quotes headings, and those of a file without a header are a row.
            notices=[{k: v for k, v in one.items() if k != "text"} for one in self.notices],
            receipts=self.receipts,
            refused=name,
            staff=self.staff,
        )
        publish(warehouse.snapshot_folder, snapshot)
        self.progress("published")
        return snapshot
