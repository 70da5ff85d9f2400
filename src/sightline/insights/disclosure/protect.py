"""Which further counts to hide, so that what can be worked out is never small.

The rule is by pieces. Whatever a table shows cuts the pupils into pieces: the counts shown, what
is left of a row without its shown parts, what is left of the whole without its shown rows and
columns; and each of these again for those who came no further than one stage. No piece that can
be worked out may be below the minimum, and where one cell is hidden its whole row or column is,
so the pieces lie in a grid. Then each small number lies inside pieces that hold at least the
minimum and can be anything in them: in a grid with known edges a cell spans the least of its row,
its column and their rests (Fréchet 1951; Dobra and Fienberg 2000, Proceedings of the National
Academy of Sciences 97: 11885-11892).

It is all sums and differences, so a page of thousands of counts takes a part of a second.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from sightline.insights.disclosure.kinds import Counts, Floats, Held, Kind, Mask, Place, laid_out
from sightline.insights.disclosure.splits import Form
from sightline.insights.disclosure.types import Dimension, Where

__all__ = ["also_hidden"]


def also_hidden(
    held: Mapping[Where, Held],
    dimensions: Mapping[str, Dimension],
    forms: Collection[Form],
    minimum: int,
) -> list[Where]:
    """The free counts that have to be hidden as well."""
    counts = laid_out(held, dimensions, forms)
    for kind in counts.kinds:
        for place in map(tuple, np.argwhere(kind.hidden).tolist()):
            counts.hide_parts(kind, place)
    # What is hidden of one kind is an edge of another, so until none is touched.
    while touched := [one for one in counts.kinds if one.touched]:
        kind = touched[0]
        kind.touched = False
        for nest in filter(kind.told, range(len(kind.known))):
            in_a_grid(counts, kind, nest)
            no_small_piece(counts, kind, nest, minimum * (1 + kind.ragged))
    return counts.gone


def in_a_grid(counts: Counts, kind: Kind, nest: int) -> None:
    """Where a count is hidden hide its row or its column: whichever shows the fewest pupils."""
    while True:
        shown = ~np.isnan(kind.known[nest][kind.own])
        odd = kind.hidden[nest][kind.own].copy()
        for axis in kind.axes:
            across = tuple(other for other in kind.axes if other != axis)
            odd &= shown.any(axis=across, keepdims=True)
        lines = {
            (axis, place[axis])
            for place in map(tuple, np.argwhere(odd).tolist())
            for axis in kind.axes
        }
        if not drop_cheapest(counts, kind, nest, lines):
            return


def no_small_piece(counts: Counts, kind: Kind, nest: int, minimum: int) -> None:
    """Hide rows and columns until no piece of this nest that can be worked out is small."""
    left_be: set[tuple[int, Place]] = set()
    while (found := smallest(kind, nest, minimum, left_be)) is not None:
        wider, place = found
        if any(make_larger(counts, kind, one, place) for one in (nest, wider)):
            in_a_grid(counts, kind, nest)
        else:
            left_be.add(found)  # shown since earlier days: what was said cannot be taken back


def make_larger(counts: Counts, kind: Kind, nest: int, place: Place) -> bool:
    """Hide a part of it, a line next to it, any line, or what it is a rest of; whether one was."""
    ends = [size - 1 for size in kind.known.shape[1:]]
    every = {(axis, at) for axis, end in enumerate(ends) for at in range(end)}
    near = {(axis, at) for axis, at in every if place[axis] in (at, ends[axis])}
    return (
        drop_part(counts, kind, nest)
        or drop_cheapest(counts, kind, nest, near)
        or drop_cheapest(counts, kind, nest, every)
        or hide_edge(counts, kind, nest)
    )


def drop_part(counts: Counts, kind: Kind, nest: int) -> bool:
    """Hide the smallest part of a count that is not known itself; whether there was one."""
    best = None
    for axis, finer in kind.finer:
        free = finer.free[nest] & np.expand_dims(np.isnan(kind.known[nest]), axis)
        for place in places(free, finer.own):
            cost = (float(finer.known[nest, *place]), finer.where[nest, *place])
            best = cost if best is None or cost[0] < best[0] else best
    if best is not None:
        counts.hide(best[1])
    return best is not None


def smallest(
    kind: Kind, nest: int, minimum: int, left_be: Collection[tuple[int, Place]]
) -> tuple[int, Place] | None:
    """The smallest piece below the minimum, and the wider nest of which it is what is left."""
    wider, counted = looks(kind, nest)
    left, empty = pieces(counted, kind, wider)
    small = (np.abs(left) < minimum) & ~empty  # below nought pupils have moved between days
    if not small.any():
        return None
    found = [
        (float(abs(left[look])), (wider[look[0]], look[1:]))
        for look in map(tuple, np.argwhere(small).tolist())
    ]
    return min((one for one in found if one[1] not in left_be), default=(0.0, None))[1]


def looks(kind: Kind, nest: int) -> tuple[list[int], Floats]:
    """What a reader can lay out: this nest, as shown and with what that says of the hidden; who
    came no further than a wider one; and each of these with a known part for what is hidden."""
    wider = list(kind.wider[nest])
    known, worked = kind.known, worked_out(kind)
    own = (slice(None), *kind.own)
    sure = np.concatenate([worked[[nest]], worked[wider] - worked[nest]])
    mixed = sure.copy()
    for axis, finer in kind.finer:
        fine = finer.known
        parts = np.concatenate([fine[[nest]], fine[wider] - fine[nest]])
        parts = np.take(parts, range(parts.shape[axis + 1] - 1), axis + 1)
        least = np.where(
            np.isnan(parts).all(axis=axis + 1), np.nan, np.nansum(parts, axis=axis + 1)
        )
        mixed[own] = np.where(np.isnan(mixed[own]), least[own], mixed[own])
    inner = known[wider]
    inner[own] = np.where(np.isnan(inner[own]), known[nest][kind.own], inner[own])
    return [nest, *[nest, *wider] * 2, *wider], np.concatenate([known[[nest]], sure, mixed, inner])


def worked_out(kind: Kind) -> Floats:
    """The counts known, with each that is the only one missing of a row that adds up."""
    known, missing = kind.known, -1
    while (now := int(np.isnan(known).sum())) != missing:
        missing = now
        for axis in kind.axes:
            known = completed(known, kind.whole[axis], axis + 1)
    return known


def completed(known: Floats, whole: Mask, axis: int) -> Floats:
    """The same for the rows along one axis; the last of a row is the sum of the others."""
    unknown = np.isnan(known)
    alone = unknown & whole & (unknown.sum(axis=axis, keepdims=True) == 1)
    if not alone.any():
        return known
    end = np.take(known, [-1], axis)
    parts = np.nansum(known, axis=axis, keepdims=True) - np.nan_to_num(end)
    return np.where(alone, np.where(np.isnan(end), parts, end - parts), known)


def pieces(counted: Floats, kind: Kind, nests: Sequence[int]) -> tuple[Floats, Mask]:
    """Each count and, last on each axis, what is left without those known; not a number if not.

    And which of them are empty by the form of the table: nothing is left of a row of which all
    parts are known. The first axis are the looks, and `nests` the nest each starts from.
    """
    left, empty = counted.copy(), np.zeros(counted.shape, dtype=bool)
    shown = ~np.isnan(counted[:, *kind.own])
    for axis in kind.axes:  # only rows and columns of the grid cut pieces off
        across = tuple(other + 1 for other in kind.axes if other != axis)
        ends = [(0, 0), *((0, int(other == axis)) for other in kind.axes)]
        inside = np.pad(shown.any(axis=across, keepdims=True), ends, constant_values=True)
        left[np.broadcast_to(~inside, left.shape)] = np.nan
    for axis in kind.axes:
        end: tuple[slice | int, ...] = (*(slice(None),) * (axis + 1), -1)
        parts = np.take(left, range(left.shape[axis + 1] - 1), axis + 1)
        left[end] -= np.nansum(parts, axis=axis + 1)
        complete = ~np.isnan(parts).any(axis=axis + 1) & kind.whole[axis][nests].squeeze(axis + 1)
        empty[end] |= complete & (left[end] == 0)
    return left, empty


def drop_cheapest(
    counts: Counts, kind: Kind, nest: int, lines: Collection[tuple[int, int]]
) -> bool:
    """Hide the line that shows the fewest pupils and can be hidden; whether there was one."""
    best = None
    for axis, at in sorted(lines):
        line = line_of(kind, axis, at)
        free = kind.free[nest][line]
        if free.any():
            cost = (float(kind.known[nest][line][free].sum()), axis, at)
            best = cost if best is None else min(best, cost)
    if best is None:
        return False
    inside = np.zeros(kind.known.shape[1:], dtype=bool)
    inside[line_of(kind, *best[1:])] = True
    for place in places(inside & kind.free[nest], kind.own):
        counts.hide(kind.where[nest, *place])
    return True


def line_of(kind: Kind, axis: int, at: int) -> tuple[slice | int, ...]:
    """The counts of this kind itself in one row or column."""
    return tuple(at if other == axis else slice(None, -1) for other in kind.axes)


def hide_edge(counts: Counts, kind: Kind, nest: int) -> bool:
    """Hide the smallest count of a wider kind that pieces are left of; whether there was one."""
    free = kind.free[nest]
    if not free.any():
        return False
    place = np.unravel_index(np.where(free, kind.known[nest], np.inf).argmin(), free.shape)
    counts.hide(kind.where[nest, *map(int, place)])
    return True


def places(mask: Mask, own: tuple[slice, ...]) -> Iterator[Place]:
    """Where a mask is true, of a kind's own counts."""
    return map(tuple, np.argwhere(mask[own]).tolist())
