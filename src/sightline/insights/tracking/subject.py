"""One subject of one school: its points, and the figures of groups at each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.insights.disclosure import release_page
from sightline.insights.tracking.counted import Levels, Tally, bands, kept_up, tallies, together
from sightline.insights.tracking.figures import AtPoint, Counts, Release, released_at
from sightline.insights.tracking.groups import attributes_for
from sightline.insights.tracking.results import Point, Subject, points_of
from sightline.signals.run import SqlEngine

__all__ = ["Asked", "subject_figures"]

MOST_POINTS = 6


@dataclass(frozen=True)
class Asked:
    """What is asked: a school on a date, one year group of it or all, and a pair of attributes.

    `attributes` are shown one by one (those of the phase, unless given); `pair` crossed; `points`
    is how many of the last points are wanted.
    """

    school: str
    phase: str
    as_of: date
    year_group: int | None = None
    attributes: Sequence[str] = ()
    pair: tuple[str, str] | None = None
    points: int = MOST_POINTS


def subject_figures(
    engine: SqlEngine, subject: Subject, asked: Asked, release: Release = release_page
) -> list[AtPoint]:
    """The figures of the subject's last points, the earliest first.

    Needs `make_results`. Every point's tables go through `release` together, so that a pair cannot
    be solved from the single ones. How results are spread is told of the last point only. Empty
    without a point of ten results.
    """
    points = points_of(engine, subject.name, asked.year_group)[-asked.points :]
    single = asked.attributes or attributes_for(asked.phase, asked.year_group)
    names = [*((one,) for one in single), *([asked.pair] if asked.pair else [])]
    before: Levels = () if asked.phase == "he" else ("year",)
    counted = {one: counted_at(engine, subject, with_year(one, before), points) for one in names}
    split = {one: of for one, of in counted.items() if enough_levels(of, one)}
    everybody = counted_at(engine, subject, before, points)
    found = []
    for point in points:
        tables = {with_year(one, before): of[point.key] for one, of in split.items()}
        counts = Counts(
            point,
            {before: everybody[point.key], **tables} if subject.measure != "none" else {},
            bands(engine, subject.name, subject.measure, point, before)
            if point == points[-1]
            else {},
            kept_up(engine, subject.name, point, before),
            [one for one in counted if one not in split],
            subject.measure == "on_course",
        )
        where = f"{asked.school}: {subject.name}"
        year = f"Year {asked.year_group}" if asked.year_group is not None else ""
        found.append(
            released_at(
                counts, names, population=where, as_of=asked.as_of, year=year, release=release
            )
        )
    return found


def with_year(names: Levels, before: Levels) -> Levels:
    """The attributes of a table: the year group first, where there is one."""
    return names if set(before) & set(names) else (*before, *names)


def counted_at(
    engine: SqlEngine, subject: Subject, names: Levels, points: Sequence[Point]
) -> dict[tuple[str, int], dict[Levels, Tally]]:
    """The tallies of the points that are shown, small levels counted together."""
    found = tallies(engine, subject.name, names, subject.measure)
    return together({one.key: found.get(one.key, {}) for one in points}, names)


def enough_levels(found: Mapping[tuple[str, int], Mapping[Levels, Tally]], names: Levels) -> bool:
    """Whether every attribute still has two levels: with one there is nothing to compare."""
    every = [
        levels[-len(names) :] for of in found.values() for levels, tally in of.items() if tally.told
    ]
    return all(len({levels[at] for levels in every}) > 1 for at in range(len(names)))
