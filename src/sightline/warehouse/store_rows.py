"""Write the rows of a query into a table's files, school by school and in date order."""

from pathlib import Path

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.engine.text import literals
from sightline.warehouse import delta
from sightline.warehouse.schema import fact_schema

__all__ = ["store_rows"]

ROWS_AT_ONCE = 4_000_000
ORDER = ("school_id", "date", "due_on", "pupil_ref")  # so that a reader can skip other months


def store_rows(engine: Engine, folder: Path, table: Table, query: str, replaced: set[str]) -> None:
    """Add the rows; first drop all of the schools in `replaced`. Many rows take several commits."""
    schema = fact_schema(table)
    columns = ", ".join(identifier(name) for name in schema.names)
    order = [name for name in ORDER if name in schema.names]
    for schools in _batches(engine, query, replaced):
        rows = engine.stream(
            f"SELECT {columns} FROM ({query}) WHERE school_id IN {literals(schools)} "
            f"ORDER BY {', '.join(order)}"
        )
        delta.write(folder, rows.cast(schema), replaced & set(schools))


def _batches(engine: Engine, query: str, replaced: set[str]) -> list[list[str]]:
    """The schools to write, in groups small enough to sort in memory."""
    rows = engine.rows(f"SELECT school_id, count(*) AS rows FROM ({query}) GROUP BY ALL")
    counts = dict.fromkeys(replaced, 0) | {row["school_id"]: row["rows"] for row in rows}
    batches: list[list[str]] = []
    held = 0
    for school, count in sorted(counts.items()):
        if not batches or (batches[-1] and held + count > ROWS_AT_ONCE):
            batches.append([])
            held = 0
        batches[-1].append(school)
        held += count
    return batches
