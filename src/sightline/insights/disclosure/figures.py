"""The rules for one count: when it is shown, as what, and what a reader then knows of it.

Threshold first, then rounding to the nearest 5, as OpenSAFELY does; the minimum of 10 is that of
SACRO's ACRO.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sightline.insights.disclosure.types import ALL, UNIT, Figure, Key, Table

__all__ = ["counts", "first_figure", "kept_figure", "rounded"]


def rounded(count: int) -> int:
    """The nearest multiple of 5: 12 is 10, 13 is 15."""
    return (count + UNIT // 2) // UNIT * UNIT


def first_figure(true: int, as_of: date, minimum: int) -> Figure:
    """The figure of a count that stands on its own."""
    return Figure(rounded(true) if true >= minimum else None, as_of, minimum, true, true)


def kept_figure(true: int, earlier: Figure | None, minimum: int) -> Figure | None:
    """The figure set earlier, where the count has moved by less than the minimum since.

    A figure shown under a lower minimum is set anew, and so is one hidden under a higher one.
    """
    if earlier is None or abs(true - earlier.behind) >= max(minimum, earlier.minimum):
        return None
    hidden = earlier.shown is None
    other_rule = earlier.minimum > minimum if hidden else earlier.minimum < minimum
    return None if other_rule else replace(earlier, true=true)


def counts(table: Table) -> Mapping[Key, int]:
    """Every cell and margin of the table, added up."""
    found = dict.fromkeys(table.places(), 0)
    for cell, count in table.cells.items():
        for key in margins(table, cell):
            found[key] += count
    for place, dimension in enumerate(table.dimensions):
        if dimension.nested:
            check_nested(found, place, dimension.levels)
    return found


def margins(table: Table, cell: Key) -> list[Key]:
    """The keys whose count this cell is part of."""
    keys: list[Key] = [()]
    for dimension, level in zip(table.dimensions, cell, strict=True):
        ends = (level,) if dimension.nested else (level, ALL)
        keys = [(*key, end) for key in keys for end in ends]
    return keys


def check_nested(found: Mapping[Key, int], place: int, levels: tuple[str, ...]) -> None:
    """No level of a nested dimension may hold more than the one before it."""
    inner = dict(zip(levels[1:], levels, strict=False))
    for key, count in found.items():
        outer = inner.get(key[place])
        if outer is not None and count > found[(*key[:place], outer, *key[place + 1 :])]:
            raise ValueError(f"more are {key[place]} than {outer}")
