"""Keep the warehouse small: merge files, drop rows past their retention, clear old snapshots."""

import fcntl
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sightline.contract import Contract, Table
from sightline.engine import Engine, literal
from sightline.warehouse import delta
from sightline.warehouse.draft import Draft
from sightline.warehouse.schema import fact_columns, kept_tables
from sightline.warehouse.snapshot import Snapshot, TableState, publish
from sightline.warehouse.store import Warehouse

__all__ = ["Compacted", "compact", "cut_off"]


@dataclass(frozen=True)
class Compacted:
    """What compacting did; counts of files, rows and snapshots."""

    files_before: int
    files_after: int
    rows_past_retention: int
    snapshots_cleared: int


def compact(
    warehouse: Warehouse,
    contract: Contract,
    engine: Engine,
    *,
    day: date,
    keep: int,
    first: Callable[[Snapshot], None] = lambda base: None,
) -> Compacted:
    """Merge each school's files into one per table and remove what retention allows on `day`.

    `keep` snapshots stay readable, and any that a reader in another process has open. `first` is
    called with the current snapshot before another is published. Raises `busy` when another
    command is writing and `no_data` before the first load.
    """
    with warehouse.writing():
        warehouse.recover()
        base = warehouse.require()
        first(base)
        draft = Draft(warehouse, contract, engine, base.recorded_at)
        before = sum(len(state.files) for state in base.tables.values())
        removed = sum(_rewrite(draft, engine, table, day) for table in kept_tables(contract))
        removed += sum(
            _rewrite(draft, engine, table, day, history=True) for table in kept_tables(contract)
        )
        if draft.changed:
            merged = replace(base, number=draft.number, tables=draft.tables, history=draft.history)
            publish(warehouse.snapshot_folder, merged)
        # An older snapshot would still hold the rows that have just been removed.
        cleared = _clear_snapshots(warehouse, 1 if removed else keep)
        _vacuum(warehouse)
        after = sum(len(state.files) for state in draft.tables.values())
    return Compacted(before, after, removed, cleared)


def cut_off(table: Table, day: date) -> date:
    """Rows whose retention clock started before this date may go: whole school years are kept."""
    year = day.year if day.month >= 9 else day.year - 1
    return date(year - table.retention.value + 1, 9, 1)


def _rewrite(
    draft: Draft, engine: Engine, table: Table, day: date, *, history: bool = False
) -> int:
    """Rewrite the schools of a table that have several files or rows past retention."""
    state = (draft.history if history else draft.tables).get(table.name)
    clock = table.retention.element.split(".")
    expired = "FALSE"
    if clock[0] == table.name and clock[1] in fact_columns(table):
        expired = f"coalesce({clock[1]} < {literal(cut_off(table, day))}, FALSE)"
    draft.view("stored", table, history=history)
    rows = engine.rows(
        f"SELECT school_id, count(*) AS rows FROM stored WHERE {expired} GROUP BY ALL"
    )
    past = {row["school_id"]: int(row["rows"]) for row in rows}
    schools = set(past) | _scattered(state)
    if schools:
        query = f"SELECT * FROM stored WHERE NOT {expired}"
        draft.rewrite(table, query, schools, history=history)
    return sum(past.values())


def _scattered(state: TableState | None) -> set[str]:
    files = Counter(file.school_id for file in state.files) if state else Counter[str]()
    return {school for school, count in files.items() if count > 1}


def _clear_snapshots(warehouse: Warehouse, keep: int) -> int:
    """Remove the oldest snapshots, but none that is being read."""
    cleared = 0
    for snapshot in warehouse.snapshots()[:-keep]:
        descriptor = os.open(warehouse.snapshot_file(snapshot), os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            warehouse.snapshot_file(snapshot).unlink()
            cleared += 1
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
    return cleared


def _vacuum(warehouse: Warehouse) -> None:
    """Delete every file that no kept snapshot names."""
    kept = warehouse.snapshots()
    for kind in ("tables", "history"):
        names = {name for snapshot in kept for name in getattr(snapshot, kind)}
        for name in sorted(names):
            wanted = {
                file.path
                for snapshot in kept
                if name in getattr(snapshot, kind)
                for file in getattr(snapshot, kind)[name].files
            }
            delta.clear(warehouse.table_folder(name, history=kind == "history"), wanted)
    sealed = {snapshot.refused for snapshot in kept}
    for path in warehouse.refused_file("").glob("*.bin"):
        if path.name not in sealed:
            path.unlink()
