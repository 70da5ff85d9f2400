"""A subject's figures for groups: shares on course, gaps to the rest, bands; through the gate.

Every number shown of a group comes from the counts the gate released (rounded to 5, none below
10), and so do shares and their intervals. Verdicts, and mean gaps to one tenth of a step where both
sides are shown, rest on the true counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.insights.chance import Count, Interval, difference, share
from sightline.insights.disclosure import ALL, Released, Table, release_page
from sightline.insights.tracking.counted import Levels, Tally
from sightline.insights.tracking.results import Point
from sightline.insights.tracking.tables import (
    COMPARED,
    MET,
    PAIR,
    THREE,
    Shown,
    band_table,
    bands_of,
    count_of,
    group_table,
)
from sightline.insights.tracking.verdicts import mean_gap, mean_gap_difference, verdicts

__all__ = ["AtPoint", "Counts", "Group", "Release", "Whole", "released_at"]

Release = Callable[[Sequence[Table]], Sequence[Released]]


@dataclass(frozen=True)
class Counts:
    """The true counts of one point, over all years: `tables` by attributes, of which `year` stands
    first where pupils have one; that of everybody is named ("year",) or (). `bands` by (year,)
    level and (scale, band), `kept_up` by (year,) level who made the progress expected, of whom.

    `not_split` are the attributes (or pairs) with fewer than two groups of ten; `in_steps` says
    that there are gaps to average.
    """

    point: Point
    tables: Mapping[Levels, Mapping[Levels, Tally]]
    bands: Mapping[tuple[Levels, str, str], int]
    kept_up: Mapping[Levels, tuple[int, int]]
    not_split: Sequence[Levels] = ()
    in_steps: bool = True

    @property
    def by_year(self) -> bool:
        return () not in self.kept_up


@dataclass(frozen=True)
class Whole:
    """Everybody at a point, as released. `near` are on course or just under."""

    pupils: int | None
    near: int | None
    met: int | None
    share: float | None
    interval: Interval | None
    mean_gap: float | None


@dataclass(frozen=True)
class Group:
    """One level (or pair of levels) beside everybody else at the same point.

    Shares and differences are from 0 to 1, mean gaps in steps of the scale. What is None is not
    shown, and `why` says so.
    """

    attributes: Levels
    levels: Levels
    pupils: int | None
    met: int | None
    share: float | None
    interval: Interval | None
    difference: float | None
    difference_interval: Interval | None
    mean_gap: float | None
    gap_difference: float | None
    gap_interval: Interval | None
    verdict: str
    why: str


@dataclass(frozen=True)
class AtPoint:
    """All figures of one point. `bands` maps a scale to its bands, None where a count is hidden.

    `moved_on` is who made the progress expected since the point before, of whom it can be told.
    """

    point: Point
    whole: Whole
    groups: Sequence[Group]
    bands: Mapping[str, Mapping[str, int | None]]
    moved_on: Count | None
    not_split: Sequence[Levels]


def released_at(
    counts: Counts,
    asked: Sequence[Levels],
    *,
    population: str,
    as_of: date,
    year: str = "",
    release: Release = release_page,
) -> AtPoint:
    """The figures of a point for one year group, or for all of them.

    Whichever year is asked for, the tables of all years go through the gate, and together: so one
    year's page cannot be taken from the page of all. `population` is everybody with results of
    this subject in this school; `asked` the attributes, or pairs, to show.
    """
    where = f"{population}: {counts.point.name} {counts.point.year}"
    everybody = next((names for names in (("year",), ()) if names in counts.tables), None)
    tables = {
        names: group_table(where, as_of, names, tallies, THREE if names == everybody else PAIR)
        for names, tallies in counts.tables.items()
    }
    spread = [band_table(where, as_of, counts.bands, bool(tables))] if counts.bands else []
    shown = list(release([*tables.values(), *spread]))
    found = {
        names: Shown(names, counts.tables[names], one)
        for names, one in zip(tables, shown, strict=False)
    }
    at = (year or ALL,) if counts.by_year else ()
    whole = found[everybody] if everybody is not None else None
    return AtPoint(
        counts.point,
        whole_of(whole, at, counts.in_steps),
        [
            group
            for names in asked
            if not (year and "year" in names)
            for group in groups_of(names, of_names(found, names), whole, at, counts.in_steps)
        ],
        bands_of(shown[-1], at) if spread else {},
        moved_on(counts, at, where, as_of, release),
        [one for one in counts.not_split if one in asked],
    )


def of_names(found: Mapping[Levels, Shown], names: Levels) -> Shown | None:
    """The table with these attributes, whether or not the year stands before them."""
    return found.get(names) or found.get(("year", *names))


def moved_on(counts: Counts, at: Levels, where: str, as_of: date, release: Release) -> Count | None:
    """Who made the progress expected since the point before, of whom it can be told; released.

    Counted among pupils with both results, who are not quite those of the other tables.
    """
    if not any(told for _, told in counts.kept_up.values()):
        return None
    tallies = {levels: Tally(told, 0, made) for levels, (made, told) in counts.kept_up.items()}
    names = ("year",) if counts.by_year else ()
    (shown,) = release([group_table(f"{where}, since before", as_of, names, tallies, PAIR)])
    found = Shown(names, tallies, shown)
    if counts.by_year and not found.has(at):
        return None
    return count_of(found.count(at, MET), found.count(at, COMPARED))


def whole_of(whole: Shown | None, at: Levels, in_steps: bool) -> Whole:
    """Everybody together; without a table, or in that year, there was nobody to compare."""
    if whole is None or not whole.has(at):
        return Whole(None, None, None, None, None, None)
    pupils, near, met = (whole.count(at, name) for name in THREE.levels)
    counted = count_of(met, pupils)
    mean = mean_gap(whole.true(at)) if pupils is not None and in_steps else None
    return Whole(
        pupils,
        near,
        met,
        counted.share if counted else None,
        share(counted) if counted else None,
        tenth(mean),
    )


def tenth(steps: float | None) -> float | None:
    """To one tenth of a step; never minus nought."""
    return None if steps is None else round(steps, 1) + 0.0


def groups_of(
    names: Levels, table: Shown | None, whole: Shown | None, at: Levels, in_steps: bool
) -> list[Group]:
    """Every level of an attribute that has anybody to compare, in the page's order."""
    if table is None or whole is None or not whole.has(at):
        return []
    before = at if table.names != names else ()
    listed = [key for key in table.keys(before) if table.true(key).told]
    everybody = whole.true(at)
    pairs = []
    for key in listed:
        one, rest = table.true(key), everybody - table.true(key)
        pairs.append((Count(one.met, one.told), Count(rest.met, rest.told)))
    return [
        group_of(
            names,
            key,
            len(before),
            table,
            rest_of(key, listed, table, whole, at),
            everybody - table.true(key),
            in_steps,
            verdict,
        )
        for key, verdict in zip(listed, verdicts(pairs), strict=True)
    ]


def group_of(
    names: Levels,
    key: Levels,
    before: int,
    table: Shown,
    rest: Count | None,
    others: Tally,
    in_steps: bool,
    verdict: str,
) -> Group:
    """One level's figures, from what the gate released."""
    levels, pupils, met = key[before:], table.count(key, COMPARED), table.count(key, MET)
    if pupils is None:
        hidden = (None,) * 9
        return Group(names, levels, *hidden, "", table.reason(key, COMPARED))
    counted = count_of(met, pupils)
    true = table.true(key)
    steps = mean_gap_difference(true, others) if rest and in_steps else None
    return Group(
        names,
        levels,
        pupils,
        met,
        counted.share if counted else None,
        share(counted) if counted else None,
        (counted.share or 0) - (rest.share or 0) if counted and rest else None,
        difference(counted, rest) if counted and rest else None,
        tenth(mean_gap(true)) if rest and in_steps else None,
        tenth(steps[0]) if steps else None,
        Interval(round(steps[1].low, 1) + 0.0, round(steps[1].high, 1) + 0.0) if steps else None,
        verdict if counted and rest else "",
        "" if counted else table.reason(key, MET),
    )


def rest_of(
    key: Levels, listed: Sequence[Levels], table: Shown, whole: Shown, at: Levels
) -> Count | None:
    """Everybody else by the released counts: the other levels where all are shown, else everybody
    less the group. None where they are too few, or not shown."""
    others = [
        count_of(table.count(one, MET), table.count(one, COMPARED)) for one in listed if one != key
    ]
    shown = [one for one in others if one is not None]
    if others and len(shown) == len(others):
        return Count(sum(one.found for one in shown), sum(one.of for one in shown))
    group = count_of(table.count(key, MET), table.count(key, COMPARED))
    everybody = count_of(whole.count(at, MET), whole.count(at, COMPARED))
    if group is None or everybody is None:
        return None
    met, told = everybody.found - group.found, everybody.of - group.of
    return Count(met, told) if told >= 10 and 0 <= met <= told else None
