"""Counts laid out by kind: all that name the same plain dimensions, in one array of their levels.

The last place of each axis is "all of them": there stand the counts that do not name the dimension,
so an array holds its own counts and those of every wider kind. The first axis are the nests: one
place for each choice of nested levels (evaluated, flagged, ...), the widest first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from sightline.insights.disclosure.splits import Form
from sightline.insights.disclosure.types import Dimension, Where

__all__ = ["Counts", "Held", "Kind", "Place", "laid_out"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Place = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """One count: how many, whether it is shown, and whether it still may be hidden."""

    count: int
    shown: bool
    free: bool


@dataclass(eq=False)
class Kind:
    """The counts of one kind. `known` has no number where nothing is shown.

    `hidden` are counts that were asked for and are not shown, `free` those shown that still may be
    hidden. `whole` says of each axis in which rows its levels add up to the last. `wider` lists,
    for each nest, those that hold it; `finer` the kinds with one
    dimension more, and the axis on which they have it.
    """

    known: Floats
    hidden: Mask
    free: Mask
    whole: Sequence[Mask]
    wider: Sequence[Sequence[int]]
    where: dict[Place, Where] = field(repr=False)
    finer: list[tuple[int, "Kind"]] = field(default_factory=list, repr=False)
    touched: bool = True  # since it was last looked through

    @property
    def axes(self) -> range:
        """The axes of one nest's array."""
        return range(self.known.ndim - 1)

    def told(self, nest: int) -> bool:
        """Whether anything of a nest is shown of this kind or in more detail."""
        kinds = [self, *(finer for _, finer in self.finer)]
        return any(not np.isnan(one.known[nest][one.own]).all() for one in kinds)

    @cached_property
    def ragged(self) -> bool:
        """Whether some of its counts were never asked for: pages were filtered one by one."""
        ends = [size - 1 for size in self.known.shape[1:]]
        asked = {place[1:] for place in self.where}
        own = sum(all(at < end for at, end in zip(one, ends, strict=True)) for one in asked)
        return bool(own < prod(ends))

    @property
    def own(self) -> tuple[slice, ...]:
        """Of one nest's array, the counts of this kind itself."""
        return (slice(None, -1),) * (self.known.ndim - 1)


class Counts:
    """All counts of a population, by kind. Hiding one hides it wherever it stands."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.places: dict[Where, list[tuple[Kind, Place]]] = {}
        self.gone: list[Where] = []

    def hide(self, where: Where) -> None:
        """Show this count no more, nor what is part of it and may be hidden."""
        self.gone.append(where)
        for kind, place in self.places[where]:
            kind.known[place], kind.hidden[place], kind.free[place] = np.nan, True, False
            kind.touched = True
        for kind, place in self.places[where]:
            self.hide_parts(kind, place)

    def hide_parts(self, kind: Kind, place: Place) -> None:
        """Hide what of this kind is part of the count at a place, where it may be."""
        ends = zip(place[1:], kind.known.shape[1:], strict=True)
        box = (place[0], *(slice(None) if at == size - 1 else [at] for at, size in ends))
        inside = np.zeros(kind.known.shape, dtype=bool)
        inside[box] = True
        inside[:, *kind.own] &= kind.free[:, *kind.own]
        for found in map(tuple, np.argwhere(inside[:, *kind.own]).tolist()):
            if kind.free[found]:
                self.hide(kind.where[found])


def laid_out(
    held: Mapping[Where, Held], dimensions: Mapping[str, Dimension], forms: Collection[Form]
) -> Counts:
    """The counts by kind, those with the fewest dimensions first."""
    nested = {name for name, one in dimensions.items() if one.nested}
    nests = ordered({nest_of(where, nested) for where in held}, dimensions)
    kinds = {plain_of(where, nested) for where in held}
    counts, made = Counts(), {}
    for names in sorted(kinds, key=lambda names: (len(names), names)):
        made[names] = kind_of(names, nests, held, dimensions, forms)
        for axis in range(len(names)):
            if (coarser := made.get(names[:axis] + names[axis + 1 :])) is not None:
                coarser.finer.append((axis, made[names]))
    counts.kinds = list(made.values())
    for kind in counts.kinds:
        for place, where in kind.where.items():
            counts.places.setdefault(where, []).append((kind, place))
    return counts


def kind_of(
    names: Sequence[str],
    nests: Sequence[Where],
    held: Mapping[Where, Held],
    dimensions: Mapping[str, Dimension],
    forms: Collection[Form],
) -> Kind:
    """One kind's array, with the counts of wider kinds at its ends."""
    levels = [dimensions[name].levels for name in names]
    shape = (len(nests), *(len(one) + 1 for one in levels))
    kind = Kind(
        np.full(shape, np.nan),
        np.zeros(shape, dtype=bool),
        np.zeros(shape, dtype=bool),
        [added_up(name, names, nests, dimensions, forms) for name in names],
        [[at for at in range(len(nests)) if holds(nests[at], one, dimensions)] for one in nests],
        {},
    )
    for place in product(*map(range, shape)):
        pairs = zip(names, levels, place[1:], strict=True)
        where = nests[place[0]] | {(name, of[at]) for name, of, at in pairs if at < len(of)}
        if (found := held.get(where)) is not None:
            kind.where[place] = where
            kind.known[place] = found.count if found.shown else np.nan
            kind.hidden[place] = not found.shown
            kind.free[place] = found.shown and found.free
    return kind


def added_up(
    name: str,
    names: Sequence[str],
    nests: Sequence[Where],
    dimensions: Mapping[str, Dimension],
    forms: Collection[Form],
) -> Mask:
    """In which rows along one dimension's axis its levels are all there are."""
    sizes = [1 if one == name else len(dimensions[one].levels) + 1 for one in names]
    found = np.zeros((len(nests), *sizes), dtype=bool)
    for filters in sorted((within for split, within in forms if split == name), key=sorted):
        rows = np.ones(found.shape, dtype=bool)
        for other, level in filters:
            if other in names:
                at = dimensions[other].levels.index(level)
                along = np.arange(len(dimensions[other].levels) + 1) == at
                axis = names.index(other) + 1
                rows &= along.reshape([-1 if one == axis else 1 for one in range(found.ndim)])
            else:
                deep = [reaches(nest, other, level, dimensions) for nest in nests]
                rows &= np.array(deep).reshape(-1, *(1 for _ in names))
        found |= rows
    return found


def reaches(nest: Where, name: str, level: str, dimensions: Mapping[str, Dimension]) -> bool:
    """Whether everybody in a nest is in this level of a nested dimension."""
    found = dict(nest).get(name)
    levels = dimensions[name].levels
    return found is not None and levels.index(found) >= levels.index(level)


def nest_of(where: Where, nested: Collection[str]) -> Where:
    """The nested levels a count names."""
    return frozenset(pair for pair in where if pair[0] in nested)


def plain_of(where: Where, nested: Collection[str]) -> tuple[str, ...]:
    """The plain dimensions a count names."""
    return tuple(sorted(name for name, _ in where if name not in nested))


def ordered(nests: Iterable[Where], dimensions: Mapping[str, Dimension]) -> list[Where]:
    """The nests, each after those that hold it."""

    def depth(nest: Where) -> int:
        return sum(dimensions[name].levels.index(level) + 1 for name, level in nest)

    return sorted(nests, key=lambda nest: (depth(nest), sorted(nest)))


def holds(outer: Where, inner: Where, dimensions: Mapping[str, Dimension]) -> bool:
    """Whether everybody in the inner nest is in the outer one, and these are two."""
    return outer != inner and all(reaches(inner, name, level, dimensions) for name, level in outer)
