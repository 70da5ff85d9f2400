"""The ledger of releases, as it is kept on disk: plain values that JSON can hold.

It holds true counts of groups, so it is kept where the sheets are and never leaves the site.
"""

from datetime import date
from typing import Any

from sightline.insights.disclosure.types import Dimension, Figure, Released, Table

__all__ = ["from_record", "to_record"]


def to_record(released: Released) -> dict[str, Any]:
    """One release as plain values."""
    table = released.table
    return {
        "population": table.population,
        "as_of": table.as_of.isoformat(),
        "filters": dict(table.filters),
        "dimensions": [[one.name, list(one.levels), one.nested] for one in table.dimensions],
        "cells": [[list(cell), count] for cell, count in table.cells.items()],
        "figures": [
            [list(key), one.shown, one.as_of.isoformat(), one.minimum, one.behind, one.true]
            for key, one in released.figures.items()
        ],
    }


def from_record(record: dict[str, Any]) -> Released:
    """The release that `to_record` made the values from."""
    table = Table(
        population=record["population"],
        as_of=date.fromisoformat(record["as_of"]),
        dimensions=tuple(Dimension(name, tuple(x), nest) for name, x, nest in record["dimensions"]),
        cells={tuple(cell): count for cell, count in record["cells"]},
        filters=record["filters"],
    )
    figures = {
        tuple(key): Figure(shown, date.fromisoformat(day), minimum, behind, true)
        for key, shown, day, minimum, behind, true in record["figures"]
    }
    return Released(table, figures)
