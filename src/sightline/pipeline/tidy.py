"""Compact a site: the warehouse first, then the identities that nothing there needs any more."""

import shutil
from datetime import UTC, date, datetime, time
from functools import partial

from sightline.contract import Table, read_contract
from sightline.engine import Engine, literal
from sightline.people import Erasures
from sightline.pipeline.evidence.released import forget_releases
from sightline.site import Site
from sightline.warehouse import Compacted, Snapshot, compact, open_snapshot
from sightline.warehouse.compact import cut_off

__all__ = ["tidy"]

# kind in the vault -> the table and column whose values still need it. Where the kind's own table
# has a shorter retention over the same date, it goes earlier: a leaver's name before the facts.
HELD_FOR = {
    "pupil": ("pupil", "pupil_ref"),
    "pupil_identity": ("pupil", "pupil_ref"),
    "staff": ("staff", "staff_id"),
    "note": ("note", "note_id"),
}


def tidy(site: Site, day: date) -> tuple[Compacted, int]:
    """Merge files, apply retention as on `day`, and delete identities without a row left.

    Returns what was compacted and how many identities went. Raises `busy` and `no_data`.
    """
    warehouse, contract = site.warehouse, read_contract()
    warehouse.require()
    ledger = Erasures(site.folder / "erasures.log", site.keys)
    at = datetime.combine(day, time(), UTC)
    begun = ledger.append("retention", at=at, by="command", of=day.isoformat())
    limit = site.settings["memory_limit"] or None
    try:
        with Engine(temp_folder=site.temp_folder, memory_limit=limit) as engine:
            keep = site.settings["keep_snapshots"]
            done = compact(
                warehouse, contract, engine, day=day, keep=keep, first=partial(_forget, site)
            )
    finally:
        shutil.rmtree(site.temp_folder, ignore_errors=True)
    with warehouse.writing(), Engine() as engine:
        snapshot = warehouse.require()
        open_snapshot(engine, warehouse, snapshot, contract)
        gone = 0
        with site.vault(snapshot) as vault:
            for kind, (table, column) in HELD_FOR.items():
                needed = _needed(contract.table(kind), table, day)
                kept = engine.sql(f"SELECT DISTINCT {column} AS ref FROM {table} WHERE {needed}")
                gone += vault.keep_only(kind, set(kept.column("ref").to_pylist()))
    forget_releases(site, day)
    ledger.append("done", at=at, by="command", of=str(begun.number))
    return done, gone


def _needed(table: Table, held_for: str, day: date) -> str:
    """SQL: whether a row still needs the identity that goes with it."""
    owner, _, clock = table.retention.element.partition(".")
    if owner != held_for:
        return "TRUE"
    return f"coalesce({clock} >= {literal(cut_off(table, day))}, TRUE)"


def _forget(site: Site, base: Snapshot) -> None:
    """Identities of a killed load must not pass for published in the snapshot to come."""
    with site.vault(base) as vault:
        vault.discard_unpublished()
