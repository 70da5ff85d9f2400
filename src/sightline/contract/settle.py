"""Rows of one load that share a key: copies, conflicts, and earlier versions of one row.

Rule (data dictionary, "key"): the same values again are a duplicate; other values are a conflict
and both are refused, unless every version says when it was recorded and no two say the same, when
the latest wins and the earlier ones are kept as history.
"""

from sightline.contract.check import value_columns
from sightline.contract.model import Table
from sightline.engine import Engine, identifier, literal

__all__ = ["settle"]

REMEDY = "Keep one of the rows, or give each its own recorded_at."


def settle(engine: Engine, table: Table) -> int:
    """Make `settled_<table>` from `good_<table>`; add the conflicts to `refused_<table>`.

    `settled_<table>` has the good rows' columns and `superseded`: false for the version that
    counts, true for an earlier one. Returns the number of duplicates dropped.
    """
    good, settled = identifier("good_" + table.name), identifier("settled_" + table.name)
    key = ", ".join(identifier(name) for name in table.key)
    engine.run(
        f"CREATE OR REPLACE TABLE repeated AS SELECT {key} FROM {good} "
        f"GROUP BY {key} HAVING count(*) > 1"
    )
    if not engine.value("SELECT count(*) FROM repeated"):
        engine.run(
            f"CREATE OR REPLACE TEMP VIEW {settled} AS SELECT *, FALSE AS superseded FROM {good}"
        )
        return 0
    same = " AND ".join(
        f"g.{identifier(k)} IS NOT DISTINCT FROM r.{identifier(k)}" for k in table.key
    )
    engine.run(f"CREATE OR REPLACE TABLE versions AS {_versions(table, good, key, same)}")
    engine.run(
        f"INSERT INTO {identifier('refused_' + table.name)} "
        f"SELECT _file, _row, {literal(table.name)}, {literal(table.key[0])}, "
        f"CAST({identifier(table.key[0])} AS VARCHAR), 'conflict', {literal(REMEDY)} "
        "FROM versions WHERE _version = 1 AND _conflict"
    )
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {settled} AS "
        f"SELECT g.*, FALSE AS superseded FROM {good} AS g "
        f"WHERE NOT EXISTS (SELECT 1 FROM repeated AS r WHERE {same}) UNION ALL BY NAME "
        "SELECT * EXCLUDE (_version, _conflict, _place), _place > 1 AS superseded "
        "FROM versions WHERE _version = 1 AND NOT _conflict"
    )
    return int(engine.value("SELECT count(*) FROM versions WHERE _version > 1"))


def _versions(table: Table, good: str, key: str, same: str) -> str:
    """SQL: every row of a repeated key with `_version` (1 = not a copy), `_conflict` and
    `_place` (1 = the latest version)."""
    values = ", ".join(identifier(name) for name in value_columns(table))
    timed = "recorded_at" in value_columns(table)
    conflict = (
        f"(count(*) FILTER (WHERE recorded_at IS NULL) OVER (PARTITION BY {key}) > 0 "
        f"OR count(*) OVER (PARTITION BY {key}, recorded_at) > 1)"
        if timed
        else "TRUE"
    )
    return (
        f"WITH copies AS (SELECT g.*, row_number() OVER (PARTITION BY {values} "
        f"ORDER BY _file, _row) AS _version FROM {good} AS g "
        f"WHERE EXISTS (SELECT 1 FROM repeated AS r WHERE {same})), "
        f"alone AS (SELECT *, count(*) OVER (PARTITION BY {key}) > 1 AND {conflict} AS _conflict "
        "FROM copies WHERE _version = 1) "
        f"SELECT *, row_number() OVER (PARTITION BY {key}, _conflict "
        f"ORDER BY {'recorded_at DESC' if timed else '_file'}) AS _place FROM alone "
        "UNION ALL BY NAME "
        "SELECT *, FALSE AS _conflict, 0 AS _place FROM copies WHERE _version > 1"
    )
