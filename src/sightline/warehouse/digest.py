"""A digest of a table's rows, by school: the same whatever their order and their files."""

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.warehouse.schema import fact_columns

__all__ = ["digests", "xor"]


def digests(engine: Engine, table: Table, query: str) -> dict[str, str]:
    """128 bits per school: the exclusive or of every row's MD5.

    Keys make rows distinct, so no two cancel out; adding rows later is another exclusive or.
    """
    cells = ", ".join(
        f"coalesce(CAST({identifier(name)} AS VARCHAR), chr(30))" for name in fact_columns(table)
    )
    rows = engine.rows(
        f"SELECT school_id, "
        f"CAST(bit_xor(md5_number(concat_ws(chr(31), {cells}))) AS VARCHAR) AS bits "
        f"FROM ({query}) GROUP BY school_id"
    )
    return {row["school_id"]: f"{int(row['bits']) % 2**128:032x}" for row in rows}


def xor(first: str | None, second: str) -> str:
    """Two digests of different rows as the digest of all of them."""
    return second if first is None else f"{int(first, 16) ^ int(second, 16):032x}"
