"""Answers about progress turned into rows and sentences for the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import slugify

from sightline.insights.tracking import ATTRIBUTES, attributes_for
from sightline.kit import sentence_list
from sightline.web.dates import day_and_month
from sightline.web.evidence.progress_drawing import Spot, gaps_drawing
from sightline.web.evidence.progress_words import ShareWords, against, steps

__all__ = [
    "GroupRow",
    "OverTime",
    "Section",
    "SubjectLine",
    "bands_of",
    "over_time",
    "pair_choices",
    "sections_of",
    "slug_of",
    "subject_lines",
    "whole_words",
]


@dataclass(frozen=True)
class GroupRow:
    """One group of a table."""

    name: str
    pupils: str
    share: ShareWords
    against: str
    steps: str
    verdict: str


@dataclass(frozen=True)
class Section:
    """The groups of one attribute, or of a pair."""

    title: str
    rows: Sequence[GroupRow]


@dataclass(frozen=True)
class OverTime:
    """One group's difference to the rest at each point: in words for the table, and drawn."""

    title: str
    group: str
    cells: Sequence[str]
    drawing: SafeString | str


@dataclass(frozen=True)
class SubjectLine:
    """One subject of the first page, at its last point."""

    name: str
    slug: str
    point: str
    pupils: str
    share: ShareWords
    why: str
    verb: str


def slug_of(subject: str) -> str:
    """A subject in an address: design-and-technology."""
    return slugify(subject, allow_unicode=True) or "subject"


def share_of(row: Mapping[str, Any]) -> ShareWords:
    return ShareWords(row["on_course"], row["pupils"], row["low"], row["high"])


def subject_lines(told: Mapping[str, Any]) -> list[SubjectLine]:
    """The subjects of an overview, by name."""
    found = []
    for one in told["subjects"]:
        point = one["points"][-1] if one["points"] else None
        nobody = {"on_course": None, "pupils": None, "low": None, "high": None}
        why = one["why"]
        if point and one["measure"] == "none":
            why = "No expected result here: see how results are spread."
        found.append(
            SubjectLine(
                one["subject"],
                slug_of(one["subject"]),
                point_name(point) if point else "",
                f"about {point['pupils']}" if point and point["pupils"] else "",
                share_of(point or nobody),
                why,
                verb(one["measure"]),
            )
        )
    return found


def point_name(point: Mapping[str, Any]) -> str:
    """A point with its day: "Spring (27 Feb)"."""
    return f"{point['point']} ({day_and_month(date.fromisoformat(point['date']))})"


def verb(measure: str) -> str:
    return "pass" if measure == "passing" else "are on course"


def whole_words(told: Mapping[str, Any], people: str = "pupils") -> list[str]:
    """What the last point says of everybody together, in a few sentences."""
    if not told["points"]:
        return [told["why"]]
    point = told["points"][-1]
    if told["measure"] == "none":
        return ["There is no expected result here, so nobody can be said to be on course."]
    if point["pupils"] is None:
        return [f"At {point_name(point)}: too few {people} to show."]
    if point["share"] is None:
        return [
            f"At {point_name(point)}, about {point['pupils']} {people} have a result. How many "
            f"{verb(told['measure'])} is not shown: nearly all or nearly nobody, it would say "
            "something about single ones, or let such a number be worked out."
        ]
    share = share_of(point)
    said = [
        f"At {point_name(point)}, {share.count} of {share.of} {people} {verb(told['measure'])}: "
        f"{share.percent}%, likely {share.range[0]} to {share.range[1]}%."
    ]
    near = point["within_a_step"]
    if told["measure"] == "on_course" and near is not None:
        said.append(
            f"{near - share.count} are just under what was expected, {share.of - near} below it by "
            "a step or more."
        )
    if told["measure"] == "passing":
        said.append("No expected result is recorded here, so it is passing (40%) that is counted.")
    moved = point["progress_expected"]
    if told["measure"] == "on_course" and moved:
        said.append(
            f"Since the result before, {moved['made']} of {moved['pupils']} moved on by as much as "
            f"was expected or more (likely {round(100 * moved['low'])} to "
            f"{round(100 * moved['high'])}%)."
        )
    said.append("Counts are rounded to 5.")
    return said


def sections_of(point: Mapping[str, Any]) -> list[Section]:
    """The group tables of one point, an attribute after the other."""
    found: dict[str, list[GroupRow]] = {}
    for row in point["groups"]:
        found.setdefault(row["title"], []).append(
            GroupRow(
                row["group"],
                str(row["pupils"]) if row["pupils"] is not None else "too few",
                share_of(row),
                against(row),
                steps(row),
                row["verdict"] or row["why"],
            )
        )
    return [Section(title, rows) for title, rows in found.items()]


def over_time(told: Mapping[str, Any]) -> list[OverTime]:
    """The first group of each attribute beside the rest, at every point shown."""
    points = told["points"]
    if len(points) < 2:
        return []
    firsts: dict[str, str] = {}
    for row in points[-1]["groups"]:
        if len(row["by"]) == 1 and row["by"] != ["class"]:
            firsts.setdefault(row["title"], row["group"])
    return [one_over_time(title, group, points) for title, group in firsts.items()]


def one_over_time(title: str, group: str, points: Sequence[Mapping[str, Any]]) -> OverTime:
    """One group's row and drawing."""
    rows = [
        next((r for r in one["groups"] if (r["title"], r["group"]) == (title, group)), None)
        for one in points
    ]
    cells = [(against(row) if row else "") or "not shown" for row in rows]
    spots = [
        Spot(one["point"], *(points_of(row) if row else (None, None, None)))
        for one, row in zip(points, rows, strict=True)
    ]
    told = "; ".join(f"{one['point']}: {cell}" for one, cell in zip(points, cells, strict=True))
    shown = any(spot.middle is not None for spot in spots)
    drawing = gaps_drawing(spots, f"{group} less the rest. {told}") if shown else ""
    return OverTime(title, group, cells, drawing)


def points_of(row: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    names = ("difference", "difference_low", "difference_high")
    middle, low, high = (None if row[one] is None else 100 * row[one] for one in names)
    return middle, low, high


def bands_of(point: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, int | None, float]]]]:
    """How results are spread: by scale, each band with its count and the length of its bar."""
    found = []
    for scale, bands in point["bands"].items():
        most = max((count or 0 for count in bands.values()), default=0) or 1
        rows = [(band, count, 100 * (count or 0) / most) for band, count in bands.items()]
        found.append((SCALES[scale], rows))
    return found


SCALES = {
    "gcse_9_1": "Grades 9 to 1 (a 5+ or 5\N{MINUS SIGN} counts as a 5)",
    "scaled_score": "Scaled scores: WTS under 100, EXS 100 to 109, GDS 110 and over",
    "percent": "Per cent",
    "step": "Steps",
}


def pair_choices(phase: str, year_group: int | None) -> list[tuple[str, str]]:
    """What may be chosen to split by, one or two at a time: (name, title)."""
    return [(one, ATTRIBUTES[one].title) for one in attributes_for(phase, year_group)]


def not_split_words(point: Mapping[str, Any]) -> str:
    """Which attributes are not shown, as fewer than two groups have ten pupils."""
    listed = sentence_list(point["not_split"])
    return f"Not split by {listed}: fewer than ten pupils in a group." if listed else ""
