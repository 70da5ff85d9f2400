"""Python rows as curated tables of an engine, without a load: for tests of the signals alone."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import pyarrow as pa

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.warehouse import fact_schema, kept_tables

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def arrow_tables(tables: Rows) -> dict[str, pa.Table]:
    """Every kept table as Arrow; a pupil's id serves as pupil_ref."""
    school_of = {row["pupil_id"]: row["school_id"] for row in tables.get("pupil", ())}
    school_of_class = {row["class_id"]: row["school_id"] for row in tables.get("class", ())}
    found = {}
    for table in kept_tables(read_contract()):
        schema = fact_schema(table)
        rows = []
        for row in tables.get(table.name, ()):
            kept = {name: _kept(value) for name, value in row.items()}
            kept["pupil_ref"] = row.get("pupil_id")
            kept.setdefault("school_id", school_of.get(str(row.get("pupil_id"))))
            if kept["school_id"] is None:
                kept["school_id"] = school_of_class.get(str(row.get("class_id")))
            rows.append({name: kept.get(name) for name in schema.names})
        found[table.name] = pa.Table.from_pylist(rows, schema)
    return found


def register(engine: Engine, tables: Rows) -> None:
    """Make every kept table a relation of the engine."""
    for name, rows in arrow_tables(tables).items():
        engine.register(name, rows)


def _kept(value: Any) -> Any:
    return value.strftime("%H:%M") if isinstance(value, time) else value
