"""Counting: how many of each group have a result to compare, and how many are on course."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sightline.engine import literal
from sightline.engine.text import identifier
from sightline.insights.tracking.groups import NOT_RECORDED, folded
from sightline.insights.tracking.results import Measure, Point
from sightline.signals.run import SqlEngine

__all__ = ["Levels", "Tally", "bands", "kept_up", "tallies", "together"]

Levels = tuple[str, ...]
"""A level of each attribute asked about."""
Key = tuple[str, int]
FROM = (
    "FROM progress_result AS result "
    "INNER JOIN progress_pupil AS pupil ON result.pupil_ref = pupil.pupil_ref"
)
COUNTED: Mapping[Measure, tuple[str, str, str]] = {
    # who can be told, who is within a step (or passes), who is on course (or passes)
    "on_course": ("gap IS NOT NULL", "state IN ('on_course', 'just_under')", "state = 'on_course'"),
    "passing": ("scale = 'percent' AND value IS NOT NULL", "passed = 1", "passed = 1"),
    "none": ("FALSE", "FALSE", "FALSE"),
}


@dataclass(frozen=True)
class Tally:
    """Pupils of a group at a point: `told` can be compared, `near` are at most just under, `met`
    are on course (or pass). `gaps` and `squares` add up the gaps in steps and their squares."""

    told: int = 0
    near: int = 0
    met: int = 0
    gaps: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(a + b for a, b in zip(values(self), values(other), strict=True)))  # type: ignore[arg-type]

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(*(a - b for a, b in zip(values(self), values(other), strict=True)))  # type: ignore[arg-type]


def values(tally: Tally) -> tuple[float, ...]:
    """The figures of a tally in their order."""
    return tally.told, tally.near, tally.met, tally.gaps, tally.squares


def tallies(
    engine: SqlEngine, subject: str, attributes: Levels, measure: Measure
) -> dict[Key, dict[Levels, Tally]]:
    """For each point, a tally for each combination of levels that occurs.

    No attributes means everybody together: the key is then an empty tuple.
    """
    told, near, met = COUNTED[measure]
    rows = engine.rows(
        f"SELECT {', '.join(['point', 'point_year', *columns(attributes)])}, "
        f"count(*) FILTER ({told}) AS told, count(*) FILTER ({near}) AS near, "
        f"count(*) FILTER ({met}) AS met, coalesce(sum(gap), 0) AS gaps, "
        f"coalesce(sum(gap * gap), 0) AS squares {FROM} "
        f"WHERE result.subject = {literal(subject)} GROUP BY ALL"
    )
    found: dict[Key, dict[Levels, Tally]] = defaultdict(dict)
    for row in rows:
        counts = (row[name] for name in ("told", "near", "met", "gaps", "squares"))
        found[row["point"], int(row["point_year"])][levels_in(row, attributes)] = Tally(*counts)
    return dict(found)


def bands(
    engine: SqlEngine, subject: str, measure: Measure, point: Point, attributes: Levels
) -> dict[tuple[Levels, str, str], int]:
    """How many results of a point are in each (levels, scale, band): of those that can be
    compared, or of all where there is nothing to compare with."""
    told = "TRUE" if measure == "none" else COUNTED[measure][0]
    rows = engine.rows(
        f"SELECT {', '.join(['scale', 'band', *columns(attributes)])}, count(*) AS results {FROM} "
        f"WHERE band IS NOT NULL AND {told} AND {at_point(subject, point)} GROUP BY ALL"
    )
    return {(levels_in(row, attributes), row["scale"], row["band"]): row["results"] for row in rows}


def kept_up(
    engine: SqlEngine, subject: str, point: Point, attributes: Levels = ()
) -> dict[Levels, tuple[int, int]]:
    """How many moved on since their result before by as much as was expected, or more; of how
    many whose results and expected results of both points are known."""
    both = "gap IS NOT NULL AND earlier_value IS NOT NULL AND earlier_expected IS NOT NULL"
    made = "value - earlier_value >= expected - earlier_expected - 1e-9"
    rows = engine.rows(
        f"SELECT {', '.join([*columns(attributes), ''])}count(*) FILTER ({both}) AS told, "
        f"count(*) FILTER ({both} AND {made}) AS made "
        f"{FROM} WHERE {at_point(subject, point)} GROUP BY ALL"
    )
    return {levels_in(row, attributes): (row["made"], row["told"]) for row in rows}


def sizes_in(tallies: Mapping[Levels, Tally], at: int) -> dict[str, int]:
    """How many of each level of one attribute have a result to compare; of those not recorded in
    the smallest of the groups that the other attributes make, as each of them would be hidden."""
    own: dict[str, list[int]] = defaultdict(list)
    for levels, tally in tallies.items():
        own[levels[at]].append(tally.told)
    return {level: min(told) if level == NOT_RECORDED else sum(told) for level, told in own.items()}


def columns(attributes: Levels) -> list[str]:
    return [f"pupil.{identifier(one)} AS level_{at}" for at, one in enumerate(attributes)]


def levels_in(row: Mapping[str, Any], attributes: Levels) -> Levels:
    return tuple(row[f"level_{at}"] for at in range(len(attributes)))


def together(
    tallies_by_point: Mapping[Key, Mapping[Levels, Tally]], attributes: Levels
) -> dict[Key, dict[Levels, Tally]]:
    """The same with levels of fewer than ten pupils counted together, alike at every point."""
    into = []
    for at, name in enumerate(attributes):
        sizes: dict[str, int] = {}
        for of in tallies_by_point.values():
            for level, told in sizes_in(of, at).items():
                sizes[level] = min(told, sizes.get(level, told))
        into.append(folded(name, sizes))
    found: dict[Key, dict[Levels, Tally]] = {}
    for key, of in tallies_by_point.items():
        found[key] = defaultdict(Tally)
        for levels, tally in of.items():
            found[key][tuple(one[level] for one, level in zip(into, levels, strict=True))] += tally
    return {key: dict(of) for key, of in found.items()}


def at_point(subject: str, point: Point) -> str:
    return (
        f"result.subject = {literal(subject)} AND point = {literal(point.name)} "
        f"AND point_year = {point.year}"
    )
