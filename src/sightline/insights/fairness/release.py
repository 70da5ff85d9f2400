"""The funnel's counts on their way out: through the gate first, and every rate from what came out.

`stage` is a nested dimension, so that what is left between two stages is protected too. Where the
gate hides a stage (fewer than ten fell away, so the two stages would tell who), a rate is taken of
the nearest wider stage that is shown, for the group and the rest alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sightline.insights.disclosure import ALL, Dimension, Released, Table
from sightline.insights.fairness.funnel import Funnel
from sightline.insights.fairness.groups import OTHERS, Group, Split
from sightline.insights.fairness.steps import Step, masks

__all__ = ["Gate", "Shown", "shown_of"]

Gate = Callable[[Sequence[Table]], Sequence[Released]]
Place = tuple[tuple[tuple[str, str], ...], str]  # levels of a group, and what is counted
# What was released first is not hidden for what comes later, so that where two stages are too
# close for both to be shown, the one that says more is.
PRECEDENCE = (
    "on_roll",
    "flagged",
    "listed",
    "acted_on",
    "improved",
    "reviewed",
    "evaluated",
    "decided",
)


@dataclass(frozen=True)
class Shown:
    """Every released count: of a group's levels, and of what; None where it is hidden.

    The empty levels are all pupils; a level may be that of pupils not recorded.
    """

    counts: Mapping[Place, int | None] = field(repr=False)
    splits: Mapping[str, Split] = field(repr=False)

    def group(self, group: Group, what: str) -> int | None:
        return self.counts.get((group.levels, what))

    def rest(self, group: Group, what: str) -> int | None:
        """Those in other levels, from released counts alone; None where these do not tell.

        Where only a few are in no level, they are among the counts, as everywhere on the page.
        """
        if len(group.levels) == 1:
            ((name, level),) = group.levels
            others = [one for one in self.splits[name].levels if one != level]
            found = [self.counts.get((((name, one),), what)) for one in others]
            if None not in found:
                return sum(one for one in found if one is not None)
        whole, own = self.everyone(group.attributes, what), self.group(group, what)
        return None if whole is None or own is None else max(whole - own, 0)

    def everyone(self, attributes: Sequence[str], what: str) -> int | None:
        """All, less those in no level of these attributes."""
        found = self.counts.get(((), what))
        for name in attributes:
            if OTHERS in self.splits[name].shown_levels:
                unknown = self.counts.get((((name, OTHERS),), what))
                found = None if found is None or unknown is None else found - unknown
        return found


def shown_of(
    funnel: Funnel,
    steps: Sequence[Step],
    splits: Sequence[Split],
    gate: Gate,
    *,
    as_of: date,
    population: str,
    filters: Mapping[str, str],
    pairs: Sequence[Sequence[Split]] = (),
    also: Mapping[str, tuple[str, NDArray[np.bool_]]] | None = None,
) -> Shown:
    """Release every count of the funnel: of single groups, by signal, and of these pairs.

    `also` are other pupils to count by name: by which attribute, and who.
    `gate` is asked once per page of tables, all of one population and date; see `disclosure`.
    """
    tabulate = partial(_table, as_of=as_of, population=population)
    reached = {name: funnel.reached[:, at] for at, name in enumerate(funnel.stages)}
    each = [[split] for split in splits]
    pages = [
        _Page(each, {name: reached[name] for name in reached if name in first})
        for first in (PRECEDENCE[: number + 1] for number in range(len(PRECEDENCE)))
        if first[-1] in reached
    ]
    for step in steps:
        if step.signal or step.name == "marks_missing":
            pages.append(_Page(each, {"on_roll": masks(funnel, step)[0]}, step.name))
    if funnel.facts.lost is not None:
        lost = funnel.facts.lost & reached["on_roll"]
        pages.append(_Page(each, {"on_roll": lost, "flagged": lost & reached["flagged"]}, "lost"))
    for name, (attribute, mask) in (also or {}).items():
        only = [[one] for one in splits if one.attribute.name == attribute]
        pages.append(_Page(only, {"on_roll": mask}, name))
    for pair in pairs:
        pages += [_Page([pair], {"on_roll": reached["on_roll"]}), _Page([pair], reached)]
    counts: dict[Place, int | None] = {}
    for page in pages:
        within = {**filters, **({page.what: "yes"} if page.what else {})}
        tables = [tabulate(own, page.reached, filters=within) for own in page.splits]
        for own, out in zip(page.splits, gate(tables), strict=True):
            counts.update(_read(own, out, page.what))
    return Shown(counts, {split.attribute.name: split for split in splits})


@dataclass(frozen=True, eq=False)
class _Page:
    """Tables released together: pupils by these attributes and stages, or of `what` besides.

    What is no stage is counted as part of those on roll: who a signal flagged is among those
    flagged, so of the others the gate keeps as many unknown as it does beside all on roll.
    """

    splits: Sequence[Sequence[Split]]
    reached: Mapping[str, NDArray[np.bool_]]
    what: str = ""


def _table(
    splits: Sequence[Split],
    reached: Mapping[str, NDArray[np.bool_]],
    *,
    as_of: date,
    population: str,
    filters: Mapping[str, str],
) -> Table:
    """Pupils by the levels of one or two attributes and the stages reached, in their order."""
    dimensions = tuple(Dimension(one.attribute.name, one.shown_levels) for one in splits)
    shape = [len(dimension.levels) for dimension in dimensions]
    at = np.ravel_multi_index([one.shown_of for one in splits], shape)
    cells = {}
    for name, mask in reached.items():
        for place, count in enumerate(np.bincount(at[mask], minlength=int(np.prod(shape)))):
            where = np.unravel_index(place, shape)
            key = (*(d.levels[int(n)] for d, n in zip(dimensions, where, strict=True)), name)
            cells[key] = int(count)
    stage = Dimension("stage", tuple(reached), nested=True)
    return Table(population, as_of, (*dimensions, stage), cells, filters)


def _read(splits: Sequence[Split], out: Released, what: str = "") -> dict[Place, int | None]:
    """The released counts by group and stage, or by group and `what` beside the stages."""
    found: dict[Place, int | None] = {}
    names = [split.attribute.name for split in splits]
    for key, figure in out.figures.items():
        levels = tuple(
            (name, level) for name, level in zip(names, key[:-1], strict=True) if level != ALL
        )
        stage = key[-1] if key[-1] != "on_roll" or not what else ""
        found[levels, "_".join(part for part in (what, stage) if part)] = figure.shown
    return found
