"""The lists that can be taken out as a file, each limited to what the viewer may see.

The words of a header are those of the screen. `looks` are the pupils in the file; they are noted
when it is made, not when its size is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone

from sightline.access import may, read_matrix, why_may_see
from sightline.governance.record_queries import actor_names, plain_row, search_record
from sightline.pipeline import library_of
from sightline.sheets import SchoolSheets, open_sheets, sheet_schools
from sightline.signals import values_of
from sightline.triage.queries import meeting_of, meeting_rows
from sightline.web.door import schools_of
from sightline.web.groups import group_or_404
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.record.search import wanted_of

__all__ = ["Table", "pupil_weeks", "record_rows", "threshold_rows", "week_list"]

MOST_ROWS = 50_000
WEEK_COLUMNS = {
    "monday": "Week from",
    "on_roll_days": "School days on roll",
    "possible": "Possible sessions",
    "attended": "Sessions attended",
    "late": "Late",
    "concerns": "Concerns logged",
    "praise": "Praise logged",
    "work_due": "Work due",
    "work_missing": "Work not handed in",
    "out_of_lessons": "Lessons out of class",
}


@dataclass(frozen=True)
class Table:
    """A list ready to be written; `looks` holds (area, school, pupil, why) of each pupil in it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    school_id: str = ""
    back: str = ""
    looks: Sequence[tuple[str, str, str, str]] = field(default_factory=tuple)


def week_list(request: HttpRequest, asked: QueryDict) -> Table:
    """This week's recorded list of a group: each pupil, why, and what was decided."""
    group = group_or_404(request, asked.get("group", ""))
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    meeting = meeting_of(group.school_id, group.year_group, viewer.on)
    shown, looks = [], []
    for row in meeting_rows(meeting, viewer.on) if meeting else []:
        ref = row.listing.pupil_ref
        place = group.sheets.place(ref)
        reason = why_may_see(viewer, place, "week") if place else None
        if place and reason:
            looks.append(("week", group.school_id, ref, reason.words))
            shown.append((row, place))
    names = names_for(request).pupil_names(group.school_id, [one[2] for one in looks])
    rows = [
        (
            str(names[row.listing.pupil_ref]),
            place.registration_group,
            " ".join(flag["because"] for flag in row.entry["flags"]),
            DECIDED.get(row.decision.kind, "") if row.decision else "",
            row.decision.until if row.decision else None,
        )
        for row, place in shown
    ]
    columns = ("Pupil", "Tutor group", "Why noticed", "Decision", "Until")
    title = f"This week's list, {group.title}"
    return Table(title, columns, rows, group.school_id, address("week", group.word), tuple(looks))


def pupil_weeks(request: HttpRequest, asked: QueryDict) -> Table:
    """A pupil's table week by week, with the columns of the areas this viewer sees."""
    ref = asked.get("pupil", "")
    sheets, place = _found(request, ref)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    reason = why_may_see(viewer, place, "page") if may(viewer, "export") else None
    if reason is None:
        raise Http404
    wanted = [
        name
        for name in WEEK_COLUMNS
        if name not in AREA_OF or why_may_see(viewer, place, AREA_OF[name])
    ]
    rows = [tuple(getattr(week, name) for name in wanted) for week in sheets.pupil(ref).weeks]
    look = ("page", sheets.school_id, ref, reason.words)
    columns = tuple(WEEK_COLUMNS[name] for name in wanted)
    return Table("Week by week", columns, rows, sheets.school_id, address("pupil", ref), (look,))


def record_rows(request: HttpRequest, asked: QueryDict) -> Table:
    """The lines of the record that a search finds, at most MOST_ROWS."""
    visit = request.visit  # type: ignore[attr-defined]
    held = may(visit.viewer, "record")
    if held is None:
        raise Http404
    wanted, _ = wanted_of(request, asked)
    found = list(search_record(wanted)[:MOST_ROWS])
    names = actor_names(
        {one.actor for one in found} | {one.acting_for for one in found if one.acting_for}
    )
    rows = []
    for one in found:
        told = plain_row(one, names)
        when = timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M:%S")
        rows.append(
            (
                *(told.number, when, told.who, told.acting_for, told.did),
                *(told.area, told.subject, told.why, one.hash),
            )
        )
    columns = (
        "Line",
        "When",
        "Who",
        "As seen by",
        "Did what",
        "What about",
        "About whom",
        "Why it was allowed",
        "Hash",
    )
    why = read_matrix().roles[held.role]["title"]
    look = ("record", held.school_id, "the record", why)
    return Table("The record", columns, rows, held.school_id, address("record"), (look,))


def threshold_rows(request: HttpRequest, asked: QueryDict) -> Table:
    """Every parameter of every signal, with its range and the value in force."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    if not may(viewer, "thresholds"):
        raise Http404
    library = library_of(settings.SITE)
    values = values_of(library, settings.SITE.thresholds(), "thresholds.yml")
    rows = [
        (
            *(one.title, p.meaning, values[f"{one.name}.{p.name}"], p.default),
            *(p.minimum, p.maximum, p.unit, p.owner),
        )
        for one in library.values()
        for p in one.parameters
    ]
    columns = ("Signal", "What it sets", "In force", "Usual", "Lowest", "Highest", "Unit", "Owner")
    plain = [tuple(", ".join(c) if isinstance(c, list) else c for c in row) for row in rows]
    return Table("Thresholds", columns, plain, "", address("thresholds"))


AREA_OF = {
    "possible": "attendance",
    "attended": "attendance",
    "late": "attendance",
    "concerns": "behaviour",
    "praise": "behaviour",
    "work_due": "work",
    "work_missing": "work",
    "out_of_lessons": "attendance",
}
DECIDED = {"act": "Act on this", "in_hand": "Already in hand", "not_now": "Not a concern now"}


def _found(request: HttpRequest, ref: str) -> tuple[SchoolSheets, Any]:
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    for school_id in schools_of(viewer):
        sheets = open_sheets(settings.SITE, school_id) if school_id in _known() else None
        place = sheets.place(ref) if sheets else None
        if sheets and place:
            return sheets, place
    raise Http404


def _known() -> set[str]:
    return set(sheet_schools(settings.SITE))
