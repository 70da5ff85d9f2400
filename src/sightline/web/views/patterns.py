"""Patterns of process for leaders: groups, with ranges; silence where numbers are small."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.access import may
from sightline.kit import SightlineError
from sightline.pipeline.register import register_of
from sightline.sheets import SchoolSheets, open_sheets, sheet_schools
from sightline.triage.lists import title_of
from sightline.triage.queries import counts_by_signal
from sightline.web.door import page, school_sheets
from sightline.web.homes.patterns import (
    WEEKDAYS,
    AbsenceRowOf,
    absence_of,
    patterns_of,
    signal_lines,
)
from sightline.web.homes.roles import level_in
from sightline.web.homes.school import home_page

__all__ = ["patterns"]


@page("process", pupils=False)
def patterns(request: HttpRequest) -> HttpResponse:
    """One school's patterns; or, for several schools, each as a small picture on one scale."""
    viewer = request.visit.viewer
    names = sheet_schools(settings.SITE)
    schools = [one for one in names if level_in(viewer, "process", one) != "none"]
    asked = request.GET.get("school", "")
    if asked and asked not in schools:
        raise Http404
    if asked or len(schools) == 1:
        return _school(request, school_sheets(request, asked or schools[0]), len(schools) > 1)
    by_name = sorted(schools, key=lambda one: names[one])
    found = [open_sheets(settings.SITE, one) for one in by_name]
    context = home_page(request, "patterns") | {
        "schools": [patterns_of(settings.SITE, one, viewer.on) for one in found if one],
    }
    return render(request, "sightline/patterns/trust.html", context)


def _school(request: HttpRequest, sheets: SchoolSheets, several: bool) -> HttpResponse:
    viewer, facts = request.visit.viewer, sheets.facts
    since = min(facts.days, default=viewer.on)
    context = home_page(request, "patterns") | {
        "found": patterns_of(settings.SITE, sheets, viewer.on),
        "signals": signal_lines(
            settings.SITE,
            f"{facts.school_id} from {since}",
            viewer.on,
            counts_by_signal(facts.school_id, since),
            title_of,
        ),
        "absence": _absence(sheets),
        "weekdays": WEEKDAYS,
        "since": since,
        "minimum": settings.SITE.settings["disclosure_minimum"],
        "several": several,
        "meetings": may(viewer, "week", school_id=facts.school_id),
    }
    return render(request, "sightline/patterns/school.html", context)


def _absence(sheets: SchoolSheets) -> list[AbsenceRowOf]:
    """By year group and weekday; none where the registers cannot be read."""
    facts = sheets.facts
    until = facts.fresh_to.get("attendance")
    if not until or not facts.days:
        return []
    try:
        since = min(facts.days)
        register = register_of(settings.SITE, facts.school_id, since, until)
        return absence_of(settings.SITE, f"{facts.school_id} from {since}", until, register)
    except SightlineError:
        return []
