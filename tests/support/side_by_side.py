"""Random schools side by side in one set of tables: one pass of SQL answers for all of them.

Planning a signal's SQL takes far longer than a random school's rows: six schools cost little more
than one.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.support import curated, random_schools

__all__ = ["side_by_side"]


def side_by_side(seeds: Sequence[int]) -> tuple[curated.Rows, list[date]]:
    """Random schools, each with its own ids, and every date that one of them asks about."""
    tables: dict[str, list[dict[str, Any]]] = {}
    dates = []
    for seed in seeds:
        site, as_of = random_schools.random_school(seed)
        dates.append(as_of)
        for name, rows in site.items():
            tables.setdefault(name, []).extend(_own_ids(seed, row) for row in rows)
    return tables, dates


def _own_ids(seed: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{seed}:{value}" if name.endswith("_id") and value is not None else value
        for name, value in row.items()
    }
