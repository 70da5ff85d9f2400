"""The dimensions of a population, as all its tables together have them."""

from collections.abc import Iterable

from sightline.insights.disclosure.types import Dimension, Table, Where

__all__ = ["Form", "dimensions", "forms"]

Form = tuple[str, Where]  # a dimension, and the filters within which its levels add up


def dimensions(tables: Iterable[Table]) -> dict[str, Dimension]:
    """Each dimension with all levels any table gives it; one that only filters use has theirs."""
    tables = list(tables)
    found: dict[str, Dimension] = {}
    for table in tables:
        for one in table.dimensions:
            found[one.name] = joined(found.get(one.name, one), one)
    for table in tables:
        for name, level in table.filters.items():
            known = found.get(name, Dimension(name, (level,)))
            found[name] = joined(known, Dimension(name, (level,), known.nested))
    return found


def joined(one: Dimension, other: Dimension) -> Dimension:
    """Both tables' levels; those of a nested dimension must be in one order."""
    if one.nested != other.nested:
        raise ValueError(f"dimension {one.name} is nested in one table and not in another")
    short, long = sorted((one, other), key=lambda dimension: len(dimension.levels))
    shared = tuple(level for level in long.levels if level in short.levels)
    if one.nested and shared != short.levels:
        raise ValueError(f"the levels of {one.name} are not nested in one order")
    return Dimension(one.name, tuple(dict.fromkeys(long.levels + short.levels)), one.nested)


def forms(tables: Iterable[Table]) -> frozenset[Form]:
    """What the tables say by their form: within these filters a dimension shares everybody out."""
    return frozenset(
        (one.name, frozenset(table.filters.items()))
        for table in tables
        for one in table.dimensions
        if not one.nested
    )
