"""Release tables: the one way for counts of pupils to leave the product."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sightline.insights.disclosure.figures import counts, first_figure, kept_figure
from sightline.insights.disclosure.kinds import Held
from sightline.insights.disclosure.protect import also_hidden
from sightline.insights.disclosure.splits import dimensions, forms
from sightline.insights.disclosure.types import (
    FLOOR,
    MINIMUM,
    Figure,
    Key,
    Released,
    Table,
    Where,
)
from sightline.kit import SightlineError

__all__ = ["release", "release_page"]


def release(table: Table, *, minimum: int = MINIMUM, earlier: Sequence[Released] = ()) -> Released:
    """One table through the gate, given all that was released of its population, oldest first."""
    return release_page([table], minimum=minimum, earlier=earlier)[0]


def release_page(
    tables: Sequence[Table], *, minimum: int = MINIMUM, earlier: Sequence[Released] = ()
) -> list[Released]:
    """All tables of a page through the gate together, which hides less than one after another.

    They are of one population and one date. Raises SightlineError for a minimum below 6.
    """
    if minimum < FLOOR:
        what = f"a minimum of {minimum} pupils is below {FLOOR}, which no setting may go under"
        raise SightlineError("bad_settings", "disclosure", what)
    if len({(table.population, table.as_of) for table in tables}) > 1:
        raise ValueError("the tables of a page have one population and one date")
    if not tables:
        return []
    past = [one for one in earlier if one.table.population == tables[0].population]
    figures = decided(tables, past, minimum)
    return [
        Released(table, {key: figures[table.where(key)] for key in table.places()})
        for table in tables
    ]


def decided(
    tables: Sequence[Table], past: Sequence[Released], minimum: int
) -> Mapping[Where, Figure]:
    """What is shown of each count of a page."""
    today, told = tables[0].as_of, last_told(past)
    true = agreed(tables, [counts(table) for table in tables])
    kept = {
        where: figure
        for where, count in true.items()
        if (figure := kept_figure(count, told.get(where), minimum)) is not None
    }
    found = {where: first_figure(count, today, minimum) for where, count in true.items()} | kept
    every = [*(one.table for one in past), *tables]
    figures = told | found
    held = {
        where: Held(figure.true, figure.shown is not None, where in true and where not in kept)
        for where, figure in figures.items()
    }
    for where in also_hidden(held, dimensions(every), forms(every), minimum):
        found[where] = replace(found[where], shown=None)
    return found


def last_told(past: Sequence[Released]) -> dict[Where, Figure]:
    """The last figure released of every count."""
    return {one.table.where(key): figure for one in past for key, figure in one.figures.items()}


def agreed(tables: Sequence[Table], true: Sequence[Mapping[Key, int]]) -> dict[Where, int]:
    """Each count once; two tables that count the same must find the same."""
    found: dict[Where, int] = {}
    for table, counted in zip(tables, true, strict=True):
        for key, count in counted.items():
            if found.setdefault(table.where(key), count) != count:
                raise ValueError(f"two tables of a page disagree about {sorted(table.where(key))}")
    return found
