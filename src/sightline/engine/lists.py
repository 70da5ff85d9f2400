"""Arrow columns as Python lists, dates quickly: each day of a column is made once."""

from datetime import date
from typing import Any

import pyarrow as pa

__all__ = ["columns_of"]

FIRST = date(1970, 1, 1).toordinal()


def columns_of(table: pa.Table) -> list[list[Any]]:
    """The columns of a table, each a list of Python values."""
    return [_list(column) for column in table.columns]


def _list(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_date32(column.type):
        found: list[Any] = column.to_pylist()
        return found
    numbers = column.cast(pa.int32()).to_pylist()
    days = {one: one if one is None else date.fromordinal(FIRST + one) for one in set(numbers)}
    return [days[one] for one in numbers]
