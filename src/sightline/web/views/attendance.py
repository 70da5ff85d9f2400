"""The attendance officer's day: no reason yet first, then spells; calls home in one line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sightline.access import may, why_may_see
from sightline.sheets import AbsenceRow, SchoolSheets
from sightline.triage.actions.notes import write_note
from sightline.web.door import page, pupil_or_404, school_sheets
from sightline.web.homes.absence import lines_of, worklists
from sightline.web.homes.days import stale_words
from sightline.web.homes.keep_figures import sessions_of
from sightline.web.homes.roles import level_in
from sightline.web.homes.school import chosen_school, home_page, schools_for
from sightline.web.names import names_for

__all__ = ["attendance", "call"]

PER_PAGE = 50


@page("attendance")
def attendance(request: HttpRequest) -> HttpResponse:
    """Who has no reason yet, who is away for days, ten sessions, lateness."""
    return _page(request, chosen_school(request, "attendance"))


@page("note_write")
@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """One line about a call home, written for the family's eyes."""
    ref, text = request.POST.get("ref", ""), request.POST.get("text", "")
    sheet, _ = pupil_or_404(request, ref, "attendance", at_least="event")
    try:
        write_note(
            **request.visit.by(),
            school_id=sheet.school_id,
            pupil_ref=ref,
            kind="home",
            text=text,
        )
    except ValidationError as error:
        errors = [(f"call-{ref}", told) for told in error.messages]
        typed = {"ref": ref, "text": text}
        return _page(request, sheet.school_id, errors=errors, typed=typed)
    year = request.POST.get("year", "")
    back = f"{reverse('attendance')}?school={sheet.school_id}&noted=1"
    back += f"&year={year}" if year.isdigit() else ""
    return HttpResponseRedirect(back, status=303)


def _page(
    request: HttpRequest,
    school_id: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = home_page(request, "attendance") | {"school_id": school_id}
    if school_id:
        asked = request.GET.dict() | request.POST.dict()
        context |= _about(request, school_sheets(request, school_id))
        context |= _lists(request, school_sheets(request, school_id), asked)
    context |= {"errors": errors, "typed": typed or {}}
    context["live"] = "The note is kept." if request.GET.get("noted") else ""
    status = 422 if errors else 200
    return render(request, "sightline/attendance/today.html", context, status=status)


def _about(request: HttpRequest, sheets: SchoolSheets) -> dict[str, Any]:
    """The school, its years, and our own figure of the latest day."""
    viewer, on = request.visit.viewer, sheets.facts.fresh_to.get("attendance")
    whole = level_in(viewer, "attendance", sheets.school_id) == "event"
    ours = sessions_of(sheets) if whole and on else {}
    return {
        "schools": schools_for(request, "attendance"),
        "years": sorted(sheets.facts.year_groups),
        "on": on,
        "stale": stale_words(sheets.facts, viewer.on),
        "whole_school": whole,
        "calls": may(viewer, "note_write", school_id=sheets.school_id),
        "ours": [ours[on, half] for half in ("AM", "PM") if on and (on, half) in ours],
    }


def _lists(request: HttpRequest, sheets: SchoolSheets, asked: Mapping[str, str]) -> dict[str, Any]:
    """The list asked for, a page of it, and how long each of the others is."""
    year, on = asked.get("year", ""), sheets.facts.fresh_to.get("attendance")
    late = sheets.levels("persistent_lateness")
    rows = [row for row in sheets.absences() if year in ("", str(row.year_group))]
    rows, whys = _seen(request, sheets, rows)
    lists = worklists(rows, late)
    shown = lists.get(asked.get("show", ""), lists["today"])
    refs = [row.pupil_ref for row in shown.rows]
    marks = sheets.pupils(refs) if shown.key in ("today", "away") else {}
    names = names_for(request).pupil_names(sheets.school_id, refs)
    lines = lines_of(shown, sheets=marks, names=names, late=late, on=on) if on else []
    page_of = Paginator(lines, PER_PAGE).get_page(asked.get("page"))
    for line in page_of.object_list:
        ref = line.pupil_ref
        request.visit.saw("attendance", school_id=sheets.school_id, subject=ref, why=whys[ref])
    return {"lists": list(lists.values()), "shown": shown, "page": page_of, "year": year}


def _seen(
    request: HttpRequest, sheets: SchoolSheets, rows: Iterable[AbsenceRow]
) -> tuple[list[AbsenceRow], dict[str, str]]:
    """Those of some rows whose marks the viewer may see, and why, by pupil."""
    places = {one.pupil_ref: one for one in sheets.places()}
    found, whys = [], {}
    for row in rows:
        place = places.get(row.pupil_ref)
        reason = why_may_see(request.visit.viewer, place, "attendance") if place else None
        if reason and reason.level == "event":
            found.append(row)
            whys[row.pupil_ref] = reason.words
    return found, whys
