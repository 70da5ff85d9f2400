"""A reader who wants to know: everything released, as whole numbers, solved for each small count.

Written apart from the gate and from another end: it goes pupil type by pupil type and asks an
integer programme, where the gate asks a linear one over masks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf

import numpy as np
from scipy.optimize import LinearConstraint, milp

from sightline.insights.disclosure import Figure, Released

BEYOND = "(in none of its levels)"
Type = dict[str, str]  # a kind of pupil: the level in each dimension, the innermost of nested ones


@dataclass(frozen=True)
class Exposed:
    """A small number that can be worked out too closely."""

    what: str
    true: int
    low: float
    high: float


def exposed(
    releases: Sequence[Released], minimum: int, *, whole: bool = True, exact: bool = False
) -> list[Exposed]:
    """Every small number whose span is below the minimum, were nobody to move between releases.

    `whole` asks for whole numbers; `exact` gives the attacker the counts behind the rounding.
    """
    nested = {d.name: d.levels for one in releases for d in one.table.dimensions if d.nested}
    types = [one for one in pupil_types(releases) if not ruled_out(one, releases)]
    counts = {}
    for one in releases:
        for key, figure in one.figures.items():
            counts[one.table.where(key)] = figure
    masks = {where: members(dict(where), types, nested) for where in counts}
    matrix = np.array(list(masks.values()), dtype=float)
    ends = [told(figure, exact) for figure in counts.values()]
    known = LinearConstraint(matrix, [low for low, _ in ends], [high for _, high in ends])
    found = []
    for what, true, mask in targets(
        {where: figure.true for where, figure in counts.items()}, masks, minimum
    ):
        integrality = np.ones(len(mask)) if whole else np.zeros(len(mask))
        answers = [
            milp(sign * mask, constraints=known, integrality=integrality) for sign in (1, -1)
        ]
        assert {one.status for one in answers} <= {0, 3, 4}, "contradictory releases"
        low, high = answers[0].fun, -answers[1].fun if answers[1].status == 0 else inf
        assert low - 1e-6 <= true <= high + 1e-6, "the attacker's facts are not true"
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < minimum:
            found.append(Exposed(what, true, low, high))
    return found


def told(figure: Figure, exact: bool) -> tuple[float, float]:
    """What the gate's rules say of a figure."""
    if figure.shown is None:
        return 0, inf
    if exact:
        return figure.behind, figure.behind
    return max(figure.minimum, figure.shown - 2), figure.shown + 2


def pupil_types(releases: Sequence[Released]) -> Iterable[Type]:
    levels: dict[str, dict[str, None]] = {}
    for one in releases:
        for dimension in one.table.dimensions:
            levels.setdefault(dimension.name, {}).update(dict.fromkeys(dimension.levels))
        for name, level in one.table.filters.items():
            levels.setdefault(name, {})[level] = None
    return [
        dict(zip(levels, choice, strict=True))
        for choice in product(*([*found, BEYOND] for found in levels.values()))
    ]


def ruled_out(one: Type, releases: Sequence[Released]) -> bool:
    """A table's total is the sum of its parts: inside its filters nobody is beyond its levels."""
    return any(
        all(one[name] == level for name, level in released.table.filters.items())
        and any(one[d.name] not in d.levels for d in released.table.dimensions if not d.nested)
        for released in releases
    )


def members(where: dict[str, str], types: Sequence[Type], nested: dict[str, tuple[str, ...]]):
    def within(own: str, name: str, level: str) -> bool:
        if name in nested and own != BEYOND:
            return nested[name].index(own) >= nested[name].index(level)
        return own == level

    return np.array(
        [all(within(one[name], name, level) for name, level in where.items()) for one in types],
        dtype=float,
    )


def targets(true, masks, minimum):
    """Counts, differences of one within another, and rows without their parts, where small."""
    wheres = list(masks)
    for one in wheres:
        if true[one] < minimum and masks[one].any():
            yield str(sorted(one)), true[one], masks[one]
    for outer, inner in product(wheres, wheres):
        rest = masks[outer] - masks[inner]
        left = true[outer] - true[inner]
        if rest.min() >= 0 and rest.any() and 0 <= left < minimum:
            yield f"{sorted(outer)} without {sorted(inner)}", left, rest
