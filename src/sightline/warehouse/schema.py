"""How a table of the dictionary is kept: its columns less identity, plus where and when."""

import pyarrow as pa

from sightline.contract import Contract, Table

__all__ = [
    "GROWN",
    "KNOWN_FROM",
    "LOAD",
    "MARKER_SCHEMA",
    "fact_columns",
    "fact_key",
    "fact_schema",
    "kept_tables",
    "school_from",
]

KNOWN_FROM = "_known_from"  # the moment from which Sightline counts the row as known (UTC)
GROWN = {"pupil", "staff"}  # tables that got a column after sites were first loaded
LOAD = "_load"  # the number of the load that brought it
TYPES = {
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "integer": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def kept_tables(contract: Contract) -> list[Table]:
    """The tables that have anything to keep here: all but `pupil_identity`."""
    return [table for table in contract.tables if table.name != "pupil_identity"]


def fact_columns(table: Table) -> list[str]:
    """Columns kept, in order: `pupil_ref` for `pupil_id`, `school_id` always, no identity."""
    names = [
        "pupil_ref" if column.name == "pupil_id" else column.name
        for column in table.columns
        if not column.vault
    ]
    return names if "school_id" in names else [*names, "school_id"]


def fact_key(table: Table) -> list[str]:
    """The key of a table as it is kept."""
    return ["pupil_ref" if name == "pupil_id" else name for name in table.key]


def school_from(table: Table) -> str | None:
    """The column whose pupil or class gives a row its school; None where a row names its own."""
    names = {column.name for column in table.columns}
    if "school_id" in names:
        return None
    return "pupil_ref" if "pupil_id" in names else "class_id"


def fact_schema(table: Table) -> pa.Schema:
    """The Arrow schema of the current rows of a table."""
    types = {column.name: TYPES.get(column.type, pa.string()) for column in table.columns}
    fields = [pa.field(name, types.get(name, pa.string())) for name in fact_columns(table)]
    fields += [pa.field(KNOWN_FROM, TYPES["timestamp"]), pa.field(LOAD, pa.int32())]
    return pa.schema(fields)


# One row for each that its source has taken back: which table's, its key, since when.
MARKER_SCHEMA = pa.schema(
    [
        pa.field("of_table", pa.string()),
        pa.field("key", pa.string()),
        pa.field("school_id", pa.string()),
        pa.field(KNOWN_FROM, TYPES["timestamp"]),
        pa.field(LOAD, pa.int32()),
    ]
)
