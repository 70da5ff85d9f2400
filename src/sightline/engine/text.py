"""Python values and names as SQL text, safely quoted."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

__all__ = ["identifier", "literal", "literals"]


def identifier(name: str) -> str:
    """A column or relation name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | float | bool | date | datetime | None) -> str:
    """A Python value as a SQL literal. Moments are taken as UTC."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return f"CAST('{moment.isoformat(sep=' ')}' AS TIMESTAMPTZ)"
    if isinstance(value, date):
        return f"CAST('{value.isoformat()}' AS DATE)"
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str | int | float | date]) -> str:
    """A SQL list in brackets; `(NULL)` when there is none, which matches nothing."""
    return "(" + (", ".join(literal(value) for value in values) or "NULL") + ")"
