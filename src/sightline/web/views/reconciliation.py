"""The school system's own attendance figures beside ours, and the form that takes them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.web.door import page, school_sheets
from sightline.web.homes.keep_figures import keep_figures, kept_figures, sessions_of
from sightline.web.homes.reconcile import MAX_BYTES, Theirs, compared, read_theirs
from sightline.web.homes.roles import level_in
from sightline.web.homes.school import chosen_school

__all__ = ["figures"]

SHOWN = 60
SHOWN_FAULTS = 20


@page("attendance", pupils=False)
def figures(request: HttpRequest) -> HttpResponse:
    """Each day of theirs beside ours; a file of theirs is checked whole before any is kept."""
    school_id = chosen_school(request, "attendance")
    if not school_id or level_in(request.visit.viewer, "attendance", school_id) != "event":
        raise Http404
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        found, faults = _read(request.FILES.get("file"))
        if not faults:
            keep_figures(
                **request.visit.by(), site=settings.SITE, school_id=school_id, figures=found
            )
            back = f"{reverse('attendance_figures')}?school={school_id}&kept={len(found)}"
            return HttpResponseRedirect(back, status=303)
        errors = [("file", told) for told in faults[:SHOWN_FAULTS]]
    context = _context(request, school_id) | {"errors": errors}
    status = 422 if errors else 200
    return render(request, "sightline/attendance/figures.html", context, status=status)


def _context(request: HttpRequest, school_id: str) -> dict[str, Any]:
    ours = sessions_of(school_sheets(request, school_id))
    lines = compared(kept_figures(settings.SITE, school_id), ours)
    latest = sorted(ours.values(), key=lambda one: (one.on, one.session), reverse=True)
    kept = request.GET.get("kept", "")
    return {
        "school_id": school_id,
        "lines": lines[:SHOWN],
        "shown": SHOWN,
        "states": {
            state: sum(one.state == state for one in lines)
            for state in ("same", "explained", "open")
        },
        "ours": latest[:10],
        "live": f"{kept} figures kept." if kept.isdigit() else "",
    }


def _read(file: Any) -> tuple[list[Theirs], list[str]]:
    if file is None:
        return [], ["Choose a file first."]
    return read_theirs(file.read(MAX_BYTES + 1))
