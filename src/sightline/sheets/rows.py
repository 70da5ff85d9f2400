"""Rows of a query as plain tuples, and by pupil: quicker than a dictionary for every row."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from sightline.engine import Engine, columns_of
from sightline.signals.run import render

__all__ = ["by_pupil", "made", "tuples"]

SQL = Path(__file__).parent / "sql"


def tuples(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, each a tuple of its columns."""
    return list(zip(*columns_of(engine.sql(query)), strict=True))


def by_pupil(engine: Engine, query: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a query by its first column, which is left out of them."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for ref, *row in tuples(engine, query):
        found[ref].append(tuple(row))
    return found


def made(name: str, **values: Any) -> str:
    """The query of a file in sql/, with its :names replaced."""
    return render((SQL / f"{name}.sql").read_text(encoding="utf-8"), values)
