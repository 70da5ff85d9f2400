"""Shares of groups as a reader who sees groups alone may have them: through the one door.

Everything here comes from the released counts, rounded to 5. A share that is not released says
nothing rather than nought, and why stands beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sightline.insights.disclosure import Dimension, Released, Table
from sightline.pipeline.evidence.released import release_groups
from sightline.site import Site
from sightline.triage.loop import Loop
from sightline.triage.shares import TOO_FEW, Share

__all__ = ["NOT_SHOWN", "Split", "share_of", "shown_loops", "shown_shares", "shown_steps"]

NOT_SHOWN = "Not shown: too few, or all but a few"
ELSEWHERE = "not recorded"
Steps = Sequence[int]  # how many came to each step, those of a step being among those before
Split = Mapping[str, Mapping[str, Steps]]  # dimension -> level -> steps


def shown_steps(
    site: Site, population: str, on: date, names: Sequence[str], whole: Steps, splits: Split
) -> tuple[dict[str, int | None], dict[str, dict[str, dict[str, int | None]]]]:
    """How many came to each step, of all and of each level: step -> count, None where hidden.

    `names` are the steps, each among those of the one before. Who is in no level of a split is
    counted as such, so that a level cannot be worked out as what is left.
    """
    steps = Dimension("step", tuple(names), nested=True)
    tables = [Table(population, on, (steps,), _cells((), names, whole))]
    for dimension, levels in splits.items():
        if not levels:
            continue
        missing = [all_of - sum(x) for all_of, *x in zip(whole, *levels.values(), strict=True)]
        every = {**levels, ELSEWHERE: missing} if any(missing) else levels
        cells: dict[tuple[str, ...], int] = {}
        for level, counts in every.items():
            cells |= _cells((level,), names, counts)
        tables.append(Table(population, on, (Dimension(dimension, tuple(every)), steps), cells))
    released = release_groups(site, tables)
    by_name = {one.table.dimensions[0].name: one for one in released[1:]}
    return _told(released[0], (), names), {
        dimension: {level: _told(by_name[dimension], (level,), names) for level in levels}
        for dimension, levels in splits.items()
    }


def shown_shares(
    site: Site,
    population: str,
    on: date,
    whole: Share,
    splits: Mapping[str, Mapping[str, Share]],
) -> tuple[Share, dict[str, dict[str, Share]]]:
    """The same for shares: of all, and of each level of each split."""
    steps = {
        dimension: {level: (one.of, one.count) for level, one in levels.items()}
        for dimension, levels in splits.items()
    }
    names = ("all", "found")
    told, parts = shown_steps(site, population, on, names, (whole.of, whole.count), steps)
    return share_of(told, *names), {
        dimension: {level: share_of(one, *names) for level, one in levels.items()}
        for dimension, levels in parts.items()
    }


def shown_loops(
    site: Site, school: str, since: date, on: date, parts: Sequence[Loop]
) -> list[Loop]:
    """The figures of the loop from a flag to help, by part, as they may be shown."""
    shares = {
        name: shown_shares(
            site,
            f"{school} from {since}: {name}",
            on,
            Share(sum(one.count for one in of.values()), sum(one.of for one in of.values())),
            {"part": of},
        )[1]["part"]
        for name in ("trust", "actionability", "again")
        if (of := {part.name: getattr(part, name) for part in parts})
    }
    return [
        replace(
            part,
            decided=shares["trust"][part.name].of,
            to_decision=part.to_decision if shares["trust"][part.name].tells else TOO_FEW,
            trust=shares["trust"][part.name],
            actionability=shares["actionability"][part.name],
            again=shares["again"][part.name],
        )
        for part in parts
    ]


def share_of(told: Mapping[str, int | None], all_of: str, found: str) -> Share:
    """One step of another, by released counts; 0 of 0, which says nothing, where one is hidden.

    Held since different days, one count may have overtaken the other: that says nothing either.
    """
    of, count = told[all_of], told[found]
    return Share(count, of) if count is not None and of is not None and count <= of else Share(0, 0)


def _cells(
    levels: tuple[str, ...], names: Sequence[str], counts: Steps
) -> dict[tuple[str, ...], int]:
    return {(*levels, name): count for name, count in zip(names, counts, strict=True)}


def _told(
    released: Released, levels: tuple[str, ...], names: Sequence[str]
) -> dict[str, int | None]:
    return {name: released.shown(*levels, name) for name in names}
