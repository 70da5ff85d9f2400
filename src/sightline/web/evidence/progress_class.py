"""A class by name, and who crossed: rows for those who may see these pupils. Never ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sightline.access import PupilPlace, Viewer
from sightline.insights.chance import Count, share
from sightline.insights.tracking import Line, Point
from sightline.people.identity import Name
from sightline.pipeline.evidence.progress import class_lines
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.dates import day_and_month
from sightline.web.door import schools_of
from sightline.web.evidence.progress_reach import named
from sightline.web.evidence.progress_words import ShareWords, change_words, gap_words, result

__all__ = [
    "PupilRow",
    "ShownClass",
    "class_shares",
    "crossed_rows",
    "my_classes",
    "pupil_rows",
    "shown_class",
]


@dataclass(frozen=True)
class ShownClass:
    """A class as one viewer sees it: `why` each of its pupils may be seen, and their results.

    `point` and `on` are of most results; a pupil's other point stands in the pupil's row.
    """

    class_id: str
    name: str
    subject: str
    school_id: str
    school_name: str
    why: Mapping[str, str]
    lines: Mapping[str, Line]
    point: str
    on: str


@dataclass(frozen=True)
class PupilRow:
    """One pupil of the sheet."""

    ref: str
    name: Name
    latest: str
    expected: str
    gap: str
    change: str
    point: str


def shown_class(viewer: Viewer, class_id: str) -> ShownClass | None:
    """A class of a school the viewer has a role in; None where there is nobody they may see."""
    for school_id in schools_of(viewer):
        sheets = open_sheets(settings.SITE, school_id)
        if sheets is None:
            continue
        places = sheets.places(class_id=class_id)
        why = named(viewer, places, sheets.subject_of(class_id), [class_id])
        if not why:
            continue
        found = class_lines(settings.SITE, school_id, class_id, viewer.on)
        if found is None:
            return None
        lines = {ref: line for ref, line in found.lines.items() if ref in why}
        days = [(line.point, line.on) for line in lines.values()]
        point, on = max(set(days), key=lambda one: (days.count(one), one)) if days else ("", None)
        name, told = sheet_schools(settings.SITE)[school_id], day_and_month(on) if on else ""
        return ShownClass(
            class_id, found.name, found.subject, school_id, name, why, lines, point, told
        )
    return None


def pupil_rows(found: ShownClass, names: Mapping[str, Name]) -> list[PupilRow]:
    """Every pupil of the class the viewer may see, by family name."""
    order = sorted(found.why, key=lambda ref: (names[ref].family, names[ref].given, ref))
    return [row_of(ref, names[ref], found.lines.get(ref), found.point) for ref in order]


def row_of(ref: str, name: Name, line: Line | None, point: str) -> PupilRow:
    """One pupil; without a result the row says so."""
    if line is None:
        return PupilRow(ref, name, "", "", "no result yet", "", "")
    return PupilRow(
        ref,
        name,
        result(line.value, line.scale),
        result(line.expected, line.scale),
        gap_words(line),
        change_words(line),
        "" if line.point == point else f"{line.point}, {day_and_month(line.on)}",
    )


def my_classes(viewer: Viewer) -> list[tuple[str, str]]:
    """The classes the viewer teaches, by name: (id, name)."""
    taught = (viewer.within or viewer).taught
    return sorted(taught.items(), key=lambda one: (one[1], one[0]))


def class_shares(
    places: Sequence[PupilPlace], classes: Mapping[str, str], lines: Mapping[str, Line]
) -> list[tuple[str, str, ShareWords]]:
    """Each class of a subject with its share on course (or passing), by name: (id, name, share).

    Exact, as it is for those who may see these pupils by name. Pupils without a result to compare
    are not counted; classes are in no order of figures.
    """
    found = []
    for class_id, name in sorted(classes.items(), key=lambda one: (one[1], one[0])):
        members = [one.pupil_ref for one in places if class_id in one.class_ids]
        told = [lines[ref] for ref in members if ref in lines and lines[ref].stands is not None]
        counted = Count(sum(bool(line.stands) for line in told), len(told))
        likely = share(counted)
        if members:
            low, high = (likely.low, likely.high) if likely else (None, None)
            found.append((class_id, name, ShareWords(counted.found, counted.of, low, high)))
    return found


def crossed_rows(
    point: Point | None, lines: Sequence[Line], names: Mapping[str, Name]
) -> dict[str, Any] | None:
    """Both lists, each by family name; None without a point."""
    if point is None:
        return None
    order = sorted(lines, key=lambda one: (names[one.pupil_ref].family, names[one.pupil_ref].given))
    rows = {
        way: [
            (names[one.pupil_ref], one.pupil_ref, gap_words(one), change_words(one))
            for one in order
            if one.crossed == way
        ]
        for way in ("up", "down")
    }
    return rows | {"point": point.name, "on": day_and_month(point.on)}
