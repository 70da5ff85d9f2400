"""Which rows of a school differ between an earlier load and a snapshot, with proof that it is all.

The rows that came and those that went are found by their load and in the history. The digest of a
table is the exclusive or of its rows: the two sets account for all that changed exactly when they
turn the earlier digest into the later one.
"""

from sightline.contract import Table
from sightline.engine import Engine, identifier, literal
from sightline.warehouse.digest import digests
from sightline.warehouse.read import view_history
from sightline.warehouse.schema import LOAD, fact_columns, fact_key
from sightline.warehouse.snapshot import Snapshot
from sightline.warehouse.store import Warehouse
from sightline.warehouse.withdraw import key_text

__all__ = ["rows_since"]


def rows_since(
    engine: Engine,
    warehouse: Warehouse,
    snapshot: Snapshot,
    table: Table,
    school_id: str,
    *,
    load: int,
    digest: str,
) -> bool:
    """Make `came` and `went`: the rows of one school in the snapshot and not after a load.

    The engine holds the snapshot's current rows. `digest` is the school's after that load, empty
    where it had no row. Returns whether the two are proven to be all there is.
    """
    school = literal(school_id)
    engine.create(
        "came",
        f"SELECT * FROM {identifier(table.name)} WHERE school_id = {school} AND {LOAD} > {load}",
    )
    view_history(engine, warehouse, snapshot, table, [school_id])
    engine.create("went", _went(table, school, load))
    state = snapshot.tables.get(table.name)
    now = state.digests.get(school_id, "") if state else ""
    found = [digests(engine, table, f"SELECT * FROM {one}") for one in ("came", "went")]
    moved = [one.get(school_id, "") for one in found]
    return _bits(digest) ^ _bits(now) == _bits(moved[0]) ^ _bits(moved[1])


def _went(table: Table, school: str, load: int) -> str:
    """SQL: the version that each key had after the load, of keys that have another now, or none."""
    key = ", ".join(f"h.{identifier(name)}" for name in fact_key(table))
    same = " AND ".join(
        f"c.{identifier(name)} IS NOT DISTINCT FROM h.{identifier(name)}"
        for name in fact_key(table)
    )
    within = ", h.recorded_at DESC NULLS LAST" if "recorded_at" in fact_columns(table) else ""
    mark = f"m.of_table = {literal(table.name)} AND m.key = {key_text(table, 'h')}"
    return (
        "SELECT * EXCLUDE (version) FROM (SELECT h.*, row_number() OVER "
        f"(PARTITION BY {key} ORDER BY h.{LOAD} DESC{within}) AS version "
        f"FROM history_rows AS h WHERE h.school_id = {school} AND h.{LOAD} <= {load} "
        f"AND (EXISTS (SELECT 1 FROM came AS c WHERE {same}) "
        f"OR EXISTS (SELECT 1 FROM markers AS m WHERE {mark} AND m.{LOAD} > {load})) "
        f"AND NOT EXISTS (SELECT 1 FROM markers AS m WHERE {mark} "
        f"AND m.{LOAD} > h.{LOAD} AND m.{LOAD} <= {load})) WHERE version = 1"
    )


def _bits(digest: str) -> int:
    return int(digest, 16) if digest else 0
