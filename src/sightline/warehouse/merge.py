"""Incoming rows against stored ones: what is new, what is the same, what replaces what.

The engine holds `settled_<table>` (incoming), `stored` and `stored_history`. Makes `changed` (rows
to store), `gone` (stored rows they replace) and `earlier` (older versions of incoming rows).
"""

from dataclasses import dataclass

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.warehouse.schema import KNOWN_FROM, LOAD, fact_columns, fact_key

__all__ = ["FOREVER", "Outcome", "compare", "current_rows", "history_rows"]

FOREVER = "CAST('1970-01-01 00:00:00+00' AS TIMESTAMPTZ)"


@dataclass(frozen=True)
class Outcome:
    """Row counts; their sum is the number of settled rows."""

    fresh: int
    replaced: int
    superseded: int
    duplicates: int


def compare(engine: Engine, table: Table, *, sealed: str | None, empty: bool) -> Outcome:
    """Sort the settled rows of a table into fresh, replacing, superseded and duplicate ones.

    `empty` says that nothing is stored, which saves every comparison.
    """
    settled = identifier("settled_" + table.name)
    columns = ", ".join(identifier(name) for name in [*fact_columns(table), *_vault(table)])
    _make(engine, "incoming", f"SELECT {columns}, superseded FROM {settled}", view=True)
    if empty:
        _make(engine, "changed", f"SELECT {columns} FROM incoming WHERE NOT superseded", view=True)
        query = f"SELECT {columns}, CAST(NULL AS INTEGER) AS of_load FROM incoming"
        _make(engine, "earlier", f"{query} WHERE superseded", view=True)
        _make(engine, "gone", "SELECT * FROM stored WHERE FALSE")
        return Outcome(_count(engine, "changed"), 0, _count(engine, "earlier"), 0)
    _sort_changed(engine, table, columns, _known(table, sealed))
    _sort_earlier(engine, table)
    replaced = int(engine.value("SELECT count(*) FROM judged WHERE stored AND NOT same"))
    fresh = int(engine.value("SELECT count(*) FROM judged WHERE NOT stored"))
    superseded = _count(engine, "earlier")
    total = _count(engine, "incoming")
    return Outcome(fresh, replaced, superseded, total - fresh - replaced - superseded)


def _sort_changed(engine: Engine, table: Table, columns: str, known: str) -> None:
    key = fact_key(table)
    equal = " AND ".join(_same("i", "s", name) for name in _values(table)) or "TRUE"
    on_key = " AND ".join(_same("i", "s", name) for name in key)
    stored = f"s.{identifier(key[0])} IS NOT NULL"
    _make(
        engine,
        "judged",
        f"SELECT i.*, {stored} AS stored, {stored} AND {equal} AS same "
        f"FROM incoming AS i LEFT JOIN ({known}) AS s ON {on_key} WHERE NOT superseded",
    )
    _make(engine, "changed", f"SELECT {columns} FROM judged WHERE NOT same")
    _make(
        engine,
        "gone",
        "SELECT s.* FROM stored AS s WHERE EXISTS (SELECT 1 FROM judged AS i "
        f"WHERE i.stored AND NOT i.same AND {on_key})",
    )


def _sort_earlier(engine: Engine, table: Table) -> None:
    """Only tables with `recorded_at` have earlier versions, and none of those has a vault.

    Where the version that counts is stored already, an earlier one joins it in that row's load
    (`of_load`): what was known then is the latest version of the latest load.
    """
    every = " AND ".join(
        _same("i", "s", name) for name in _values(table) if name not in _vault(table)
    )
    seen = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {relation} AS s WHERE {every})"
        for relation in ("stored", "stored_history")
    )
    same_key = " AND ".join(_same("j", "s", name) for name in fact_key(table))
    on_key = " AND ".join(_same("i", "s", name) for name in fact_key(table))
    _make(
        engine,
        "earlier",
        f"SELECT i.* EXCLUDE (superseded), s.{LOAD} AS of_load FROM incoming AS i LEFT JOIN "
        f"(SELECT s.* FROM stored AS s JOIN judged AS j ON {same_key} WHERE j.same) AS s "
        f"ON {on_key} WHERE i.superseded AND {seen}",
    )


def current_rows(table: Table, stamped: str) -> str:
    """SQL: the stored rows that stay, and the changed ones."""
    columns = ", ".join(identifier(name) for name in [*fact_columns(table), KNOWN_FROM, LOAD])
    on_key = " AND ".join(_same("g", "s", name) for name in fact_key(table))
    return (
        f"SELECT {columns} FROM stored AS s WHERE NOT EXISTS "
        f"(SELECT 1 FROM gone AS g WHERE {on_key}) UNION ALL SELECT {columns} FROM ({stamped})"
    )


def history_rows(table: Table, stamped_earlier: str) -> str:
    """SQL: stored rows that were replaced, and versions superseded within the load itself."""
    columns = ", ".join(identifier(name) for name in [*fact_columns(table), KNOWN_FROM, LOAD])
    return f"SELECT {columns} FROM gone UNION ALL SELECT {columns} FROM ({stamped_earlier})"


def _known(table: Table, sealed: str | None) -> str:
    """SQL: the stored rows with what the vault holds of them."""
    if sealed is None:
        return "SELECT * FROM stored"
    if all(column.vault for column in table.columns if column.name not in table.key):
        return f"SELECT * FROM {identifier(sealed)}"
    on_key = ", ".join(identifier(name) for name in fact_key(table))
    return f"SELECT * FROM stored LEFT JOIN {identifier(sealed)} USING ({on_key})"


def _vault(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.vault]


def _values(table: Table) -> list[str]:
    """Every column of the dictionary, as kept: a school_id that was only derived is not one."""
    return ["pupil_ref" if c.name == "pupil_id" else c.name for c in table.columns]


def _same(left: str, right: str, name: str) -> str:
    return f"{left}.{identifier(name)} IS NOT DISTINCT FROM {right}.{identifier(name)}"


def _make(engine: Engine, name: str, query: str, *, view: bool = False) -> None:
    engine.forget(name)  # what was a view for one table may be rows for the next
    kind = "TEMP VIEW" if view else "TABLE"
    engine.run(f"CREATE OR REPLACE {kind} {identifier(name)} AS {query}")


def _count(engine: Engine, name: str) -> int:
    return int(engine.value(f"SELECT count(*) FROM {identifier(name)}"))
