"""The inclusion lead's first page: adjustments not in place, reviews, the week's pupils."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.access import why_may_see
from sightline.governance.queries import objected
from sightline.sheets import SchoolSheets
from sightline.triage.inclusion import adjustments_open, unreviewed
from sightline.triage.queries import meeting_of, meeting_rows
from sightline.triage.support_queries import reviews_due
from sightline.web.door import page, school_sheets
from sightline.web.homes.inclusion import listed_with_sen, pupil_rows
from sightline.web.homes.school import chosen_school, home_page, schools_for
from sightline.web.names import names_for

__all__ = ["senco"]


@page("support_change")
def senco(request: HttpRequest) -> HttpResponse:
    """What waits for the inclusion lead, before anything that was noticed."""
    school_id = chosen_school(request, "support_change")
    context: dict[str, Any] = home_page(request, "senco") | {"school_id": school_id}
    if school_id:
        sheets = school_sheets(request, school_id)
        context |= _queues(request, sheets)
        context["schools"] = schools_for(request, "support_change")
    return render(request, "sightline/senco/senco.html", context)


def _queues(request: HttpRequest, sheets: SchoolSheets) -> dict[str, Any]:
    on, school_id = request.visit.viewer.on, sheets.school_id
    refused = {ref for ref, themes in objected(school_id, on).items() if not themes}
    since = min(sheets.facts.days, default=on)
    due = _mine(request, sheets, "support", reviews_due(school_id, on))
    late = {one.support for one in unreviewed(school_id, on)}
    asked = [one for one in adjustments_open(school_id, since) if one.pupil_ref not in refused]
    open_now = _mine(request, sheets, "needs", asked)
    listed = _mine(request, sheets, "needs", _listed(sheets, on))
    refs = {one.pupil_ref for one in [*due, *open_now, *listed]}
    told = sheets.pupils(refs)
    names = names_for(request).pupil_names(school_id, refs)
    return {
        "on": on,
        "due": pupil_rows(due, names, told),
        "late": late,
        "open_now": pupil_rows(open_now, names, told),
        "listed": pupil_rows(listed, names, told),
    }


def _listed(sheets: SchoolSheets, on: Any) -> list[Any]:
    found = []
    for year in sorted(sheets.facts.year_groups):
        meeting = meeting_of(sheets.school_id, year, on)
        if meeting:
            sen = sheets.group(year).groups.get("sen", frozenset())
            found += listed_with_sen(year, meeting_rows(meeting, on), sen)
    return found


def _mine(request: HttpRequest, sheets: SchoolSheets, area: str, rows: Iterable[Any]) -> list[Any]:
    """Those of some rows about pupils whom the viewer may see; each look is noted."""
    visit, found = request.visit, []
    for row in rows:
        place = sheets.place(row.pupil_ref)
        reason = why_may_see(visit.viewer, place, area) if place else None
        if reason and reason.level != "aggregate":
            visit.saw(area, school_id=sheets.school_id, subject=row.pupil_ref, why=reason.words)
            found.append(row)
    return found
