"""Matching: each supported pupil beside up to three who were as much noticed and had no support.

Exact on the cell; within a caliper on the flag period and on the earlier periods; the nearest
three other pupils, nearness measured in calipers. A pool pupil may stand beside several supported
ones ("with replacement": nearer matches, so less bias, and the order of matching plays no part);
the error pays for it, as each pupil counts once there. Who has nobody near is left out and counted.
Stuart, E. A. (2010), Statistical Science 25: 1-21, sections 2 and 3.
"""

from dataclasses import dataclass

import numpy as np

from sightline.insights.impact.units import Floats, Ints, Units

__all__ = ["NEAREST", "Calipers", "Matched", "match"]

NEAREST = 3
SEEN = 24  # of the nearest rows, how many are looked through for three different pupils


@dataclass(frozen=True)
class Calipers:
    """How far apart two may be, in the measure's unit, in the flag and the earlier periods."""

    flag: float
    earlier: float


@dataclass(frozen=True)
class Matched:
    """`rows` of the units, each with its weight: 1 for the supported; for the others the sum of
    their parts in each set. `supported`, `others` are different pupils; `unmatched` rows are left
    out."""

    rows: Ints
    weights: Floats
    supported: int
    others: int
    unmatched: int


def match(units: Units, calipers: Calipers, nearest: int = NEAREST) -> Matched:
    """The matched rows of units that are told."""
    weights = np.zeros(len(units))
    place = np.column_stack((units.flag / calipers.flag, units.earlier / calipers.earlier))
    usable = units.told
    found = 0
    for treated, pool in cells(units, usable):
        for row, near in neighbours(place, treated, pool):
            chosen = different(near, units.pupil, units.pupil[row], nearest)
            if len(chosen):
                found += 1
                weights[row] = 1.0
                weights[chosen] += 1 / len(chosen)
    rows = np.flatnonzero(weights)
    supported = units.supported[rows]
    return Matched(
        rows,
        weights[rows],
        supported=len(np.unique(units.pupil[rows[supported]])),
        others=len(np.unique(units.pupil[rows[~supported]])),
        unmatched=int((usable & units.supported).sum()) - found,
    )


def cells(units: Units, usable: np.ndarray) -> list[tuple[Ints, Ints]]:
    """The supported rows and the pool rows of each cell that has both."""
    rows = np.flatnonzero(usable)
    order = rows[np.argsort(units.cell[rows], kind="stable")]
    breaks = np.flatnonzero(np.diff(units.cell[order])) + 1
    parts = np.split(order, breaks)
    halves = [(part[units.supported[part]], part[~units.supported[part]]) for part in parts]
    return [(one, other) for one, other in halves if len(one) and len(other)]


def neighbours(place: Floats, treated: Ints, pool: Ints) -> list[tuple[int, Ints]]:
    """For each supported row, the pool rows within the calipers, the nearest first."""
    found, beside = [], place[pool]
    for row in treated:
        apart = np.abs(beside - place[row])
        near = np.flatnonzero((apart <= 1).all(axis=1))
        if len(near):
            order = np.argsort((apart[near] ** 2).sum(axis=1), kind="stable")[:SEEN]
            found.append((int(row), pool[near[order]]))
    return found


def different(near: Ints, pupil: Ints, own: int, many: int) -> Ints:
    """The first rows of different pupils, none of them the pupil's own."""
    others = near[pupil[near] != own]
    _, first = np.unique(pupil[others], return_index=True)
    chosen: Ints = others[np.sort(first)[:many]]
    return chosen
