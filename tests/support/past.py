"""A past for backtests: Python rows under the names that no signal reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.warehouse import fact_schema, kept_tables
from tests.support.curated import Rows, arrow_tables

__all__ = ["register_past"]

MARKERS = pa.schema(
    [
        ("of_table", pa.string()),
        ("key", pa.string()),
        ("school_id", pa.string()),
        ("_known_from", pa.timestamp("us", tz="UTC")),
        ("_load", pa.int32()),
    ]
)


def register_past(
    engine: Engine,
    tables: Rows,
    replaced: Mapping[str, pa.Table] | None = None,
    markers: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Make `whole_<table>`, `past_<table>` and `markers`."""
    for name, rows in arrow_tables(tables).items():
        engine.register(f"whole_{name}", rows)
    for table in kept_tables(read_contract()):
        empty = fact_schema(table).empty_table()
        engine.register(f"past_{table.name}", (replaced or {}).get(table.name, empty))
    engine.register("markers", pa.Table.from_pylist([dict(one) for one in markers], MARKERS))
