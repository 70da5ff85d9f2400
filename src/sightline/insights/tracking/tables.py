"""The tables of true counts that go to the gate, and the counts that come back.

All tables of a point name the same nested dimension: who can be compared, of them who is within a
step of what was expected, of them who is on course (or passes).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from sightline.insights.chance import Count
from sightline.insights.disclosure import ALL, Dimension, Released, Table
from sightline.insights.tracking.counted import Levels, Tally
from sightline.insights.tracking.groups import JOINED, levels_of
from sightline.insights.tracking.scales import bands_found

__all__ = [
    "COMPARED",
    "MET",
    "PAIR",
    "THREE",
    "Shown",
    "band_table",
    "bands_of",
    "count_of",
    "group_table",
]

Key = tuple[str, ...]
COMPARED, NEAR, MET = "compared", "within a step", "on course"
PAIR = Dimension("standing", (COMPARED, MET), nested=True)
THREE = Dimension("standing", (COMPARED, NEAR, MET), nested=True)


@dataclass(frozen=True)
class Shown:
    """A table's true tallies beside what the gate released of it. A key has a level, or ALL, for
    each of `names`."""

    names: Levels
    tallies: Mapping[Levels, Tally]
    released: Released

    def keys(self, before: Levels) -> list[Key]:
        """Every key that begins with these levels, in the page's order; no other totals."""
        plain = self.released.table.dimensions[len(before) : -1]
        return [(*before, *levels) for levels in product(*(one.levels for one in plain))]

    def has(self, key: Levels) -> bool:
        """Whether there is such a key: a year group may have nobody at a point."""
        plain = self.released.table.dimensions[:-1]
        return all(level in (*one.levels, ALL) for one, level in zip(plain, key, strict=True))

    def true(self, key: Levels) -> Tally:
        """The true tally of a key."""
        return sum(
            (
                tally
                for levels, tally in self.tallies.items()
                if all(asked in (ALL, own) for asked, own in zip(key, levels, strict=True))
            ),
            Tally(),
        )

    def count(self, key: Levels, standing: str) -> int | None:
        """What the gate lets be shown."""
        return self.released.shown(*key, standing)

    def reason(self, key: Levels, standing: str) -> str:
        """Why it is not shown."""
        return self.released.figures[(*key, standing)].reason


def group_table(
    where: str,
    as_of: date,
    names: Levels,
    tallies: Mapping[Levels, Tally],
    standing: Dimension,
) -> Table:
    """The table of some attributes."""
    plain = [
        dimension_of(name, levels_of(name, {levels[at] for levels in tallies}))
        for at, name in enumerate(names)
    ]
    cells: dict[Key, int] = {}
    for levels, tally in tallies.items():
        counts = {COMPARED: tally.told, NEAR: tally.near, MET: tally.met}
        cells |= {(*levels, name): counts[name] for name in standing.levels}
    return Table(where, as_of, (*plain, standing), cells)


def dimension_of(attribute: str, levels: Levels) -> Dimension:
    """An attribute as the gate knows it. With levels counted together it is another way of
    splitting the same pupils, and has another name: the gate takes levels of one name as apart."""
    name = attribute if not any(JOINED in one for one in levels) else f"{attribute}: {levels}"
    return Dimension(name, levels)


def band_table(
    where: str, as_of: date, counted: Mapping[tuple[Levels, str, str], int], compared: bool
) -> Table:
    """Results by year group, scale and band; `compared` says of those who can be compared."""
    scales = sorted({scale for _, scale, _ in counted})
    order = [
        f"{scale} {band}"
        for scale in scales
        for band in bands_found(scale, [band for _, one, band in counted if one == scale])
    ]
    years = {level for levels, _, _ in counted for level in levels}
    plain = (dimension_of("year", levels_of("year", years)),) if years else ()
    cells: dict[Key, int] = {
        (*levels, f"{scale} {band}"): count for (levels, scale, band), count in counted.items()
    }
    within = {"standing": COMPARED} if compared else {}
    return Table(where, as_of, (*plain, Dimension("band", tuple(order))), cells, within)


def bands_of(shown: Released, at: Levels) -> dict[str, dict[str, int | None]]:
    """What the gate released of the bands, by scale; those nobody of the year has are left out."""
    found: dict[str, dict[str, int | None]] = defaultdict(dict)
    *plain, bands = shown.table.dimensions
    if not all(level in (*one.levels, ALL) for one, level in zip(plain, at, strict=True)):
        return {}
    for level in bands.levels:
        scale, _, band = level.partition(" ")
        found[scale][band] = shown.shown(*at, level)
    told = {
        scale
        for key, n in shown.table.cells.items()
        if n and at in ((), (ALL,), key[:-1])
        for scale in [key[-1].partition(" ")[0]]
    }
    return {scale: dict(of) for scale, of in found.items() if scale in told}


def count_of(found: int | None, of: int | None) -> Count | None:
    """Two released counts as a share; None where one is hidden or one has overtaken the other."""
    if found is None or of is None or not 0 <= found <= of:
        return None
    return Count(found, of)
