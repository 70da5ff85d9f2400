"""Open a published snapshot: its tables become relations of an engine."""

from collections.abc import Iterable
from datetime import datetime

from sightline.contract import Contract, Table
from sightline.engine import Engine, identifier, literal
from sightline.kit import SightlineError
from sightline.warehouse.schema import (
    GROWN,
    KNOWN_FROM,
    LOAD,
    MARKER_SCHEMA,
    fact_columns,
    fact_key,
    fact_schema,
    kept_tables,
    school_from,
)
from sightline.warehouse.snapshot import Snapshot
from sightline.warehouse.store import Warehouse
from sightline.warehouse.withdraw import MARKERS, without_withdrawn

__all__ = ["narrow_snapshot", "open_snapshot", "view_history"]

# Rows of these tables are only ever needed for the pupils asked about. The others describe schools
# or classes, and a class may have members from another school.
BY_PUPIL = {"attendance", "lesson_mark", "behaviour", "assessment", "work", "support", "note"}

# Rows of these concern a school only as far as it shares classes with the one they are of.
NEAR = ("school_day", "staff", "lesson", "school_event", "pupil", "class_member", "engagement")

PARENT = {"pupil_ref": "pupil", "class_id": "class"}


def open_snapshot(
    engine: Engine,
    warehouse: Warehouse,
    snapshot: Snapshot,
    contract: Contract,
    *,
    schools: Iterable[str] | None = None,
    known_at: datetime | None = None,
) -> None:
    """Make every kept table a relation of its own name, current rows only.

    `schools` leaves out other schools' files of tables that are only read by pupil. With
    `known_at` (an aware datetime) the rows are those that counted as known at that moment.
    """
    wanted = None if schools is None or known_at else set(schools)
    if known_at is not None:
        _view_markers(engine, warehouse, snapshot)
    for table in kept_tables(contract):
        limited = wanted if table.name in BY_PUPIL else None
        if known_at is None:
            _view(engine, warehouse, snapshot, table, table.name, limited)
        else:
            _known_view(engine, warehouse, snapshot, table, known_at)


def narrow_snapshot(
    engine: Engine,
    warehouse: Warehouse,
    snapshot: Snapshot,
    contract: Contract,
    schools: Iterable[str],
) -> None:
    """Leave out what only concerns other schools: call it after `open_snapshot` for one of these.

    All schools and all classes stay: a row may name one of another school.
    """
    wanted = set(schools)
    for name in NEAR:
        _view(engine, warehouse, snapshot, contract.table(name), name, wanted)


def view_history(
    engine: Engine,
    warehouse: Warehouse,
    snapshot: Snapshot,
    table: Table,
    schools: Iterable[str],
) -> None:
    """Make `history_rows`, the replaced rows of some schools, and `markers`."""
    wanted = set(schools)
    _view(engine, warehouse, snapshot, table, "history_rows", wanted, history=True)
    _view_markers(engine, warehouse, snapshot)


def _view(
    engine: Engine,
    warehouse: Warehouse,
    snapshot: Snapshot,
    table: Table,
    name: str,
    schools: set[str] | None = None,
    *,
    history: bool = False,
) -> None:
    state = (snapshot.history if history else snapshot.tables).get(table.name)
    folder = warehouse.table_folder(table.name, history=history)
    files = [
        folder / file.path
        for file in (state.files if state else ())
        if schools is None or file.school_id in schools
    ]
    lost = [file for file in files if not file.exists()]
    if lost:
        raise SightlineError("damaged", str(lost[0]), "a published file is not there")
    engine.parquet(name, files, fact_schema(table), grown=table.name in GROWN)


def _known_view(
    engine: Engine, warehouse: Warehouse, snapshot: Snapshot, table: Table, known_at: datetime
) -> None:
    """Of every key, the version of the latest load among those known by then.

    A row is with the school that its pupil or class was then known to be at. Parents come first.
    """
    _view(engine, warehouse, snapshot, table, f"current_{table.name}")
    _view(engine, warehouse, snapshot, table, f"history_{table.name}", history=True)
    columns = ", ".join(identifier(name) for name in [*fact_columns(table), KNOWN_FROM, LOAD])
    on_key = " AND ".join(
        f"c.{identifier(name)} IS NOT DISTINCT FROM h.{identifier(name)}"
        for name in fact_key(table)
    )
    key = ", ".join(identifier(name) for name in fact_key(table))
    within = ", recorded_at DESC NULLS LAST" if "recorded_at" in fact_columns(table) else ""
    then = f"{KNOWN_FROM} <= {literal(known_at)}"
    versions = (
        f"SELECT {columns} FROM current_{table.name} WHERE {then} UNION ALL "
        f"SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY {key} "
        f"ORDER BY {LOAD} DESC{within}) AS version FROM history_{table.name} WHERE {then}) AS h "
        f"WHERE version = 1 AND NOT EXISTS (SELECT 1 FROM current_{table.name} AS c "
        f"WHERE c.{then} AND {on_key})"
    )
    versions = without_withdrawn(table, versions, then)
    parent = school_from(table)
    if parent:
        versions = (
            "SELECT v.* REPLACE (coalesce(p.school_id, v.school_id) AS school_id) "
            f"FROM ({versions}) AS v LEFT JOIN {PARENT[parent]} AS p ON p.{parent} = v.{parent}"
        )
    engine.create(table.name, versions)


def _view_markers(engine: Engine, warehouse: Warehouse, snapshot: Snapshot) -> None:
    """Make `markers`: which rows their source took back, and from which load on."""
    state = snapshot.history.get(MARKERS)
    folder = warehouse.table_folder(MARKERS, history=True)
    files = [folder / file.path for file in (state.files if state else ())]
    engine.parquet("markers", files, MARKER_SCHEMA)
