"""The teacher's pages: the next lesson, a class, a tutor group. What helps, never why noticed."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sightline.access import why_may_see
from sightline.sheets import SchoolSheets
from sightline.triage.actions.notes import strategy_feedback
from sightline.triage.classroom import said_today
from sightline.triage.support_queries import note_of
from sightline.web.door import page
from sightline.web.homes.classroom import (
    note_looks,
    place_of,
    seen,
    sheets_with,
    teaching,
    with_sen,
    words_of,
)
from sightline.web.homes.lesson import ClassWords, Coming, around, coming, five, lesson_at
from sightline.web.homes.school import home_page
from sightline.web.names import names_for

__all__ = ["class_page", "helped", "lesson", "my_classes", "tutor_group"]


@page("strategies")
def lesson(request: HttpRequest) -> HttpResponse:
    """The next lesson by the timetable, or the one the address names."""
    sheets, staff_id = teaching(request), request.visit.user.staff_id
    now = _asked(request, sheets, staff_id) if sheets and staff_id else None
    if sheets is None or now is None:
        tutors = [one for one in request.visit.viewer.roles() if one.scope == "tutor_group"]
        if tutors and not request.visit.viewer.taught:
            return redirect("tutor_group", group=tutors[0].value)
        return render(request, "sightline/lesson/none.html", home_page(request, "lesson"))
    places = seen(request, sheets.places(class_id=now.slot.class_id))
    words = words_of(request, places)
    names = names_for(request).pupil_names(sheets.facts.school_id, words)
    seats = five(names, words, with_sen(sheets, places, words))
    note_looks(request, places, [one.pupil_ref for one in seats], words)
    lines = [line.note for seat in seats for line in seat.lines]
    context = {
        "now": now,
        "today": now.on == request.visit.viewer.on,
        "links": around(sheets, staff_id, now),
        "seats": seats,
        "count": len(places),
        "said": said_today(request.visit.user, now.slot.class_id, lines, request.visit.viewer.on),
    }
    return render(request, "sightline/lesson/lesson.html", home_page(request, "lesson") | context)


@page("note_write")
@require_POST
def helped(request: HttpRequest) -> HttpResponse:
    """One tap after a lesson: this line helped, or it did not."""
    class_id, pk = request.POST.get("class_id", ""), request.POST.get("line", "")
    note = note_of(int(pk)) if pk.isdigit() else None
    place = place_of(request, note.pupil_ref) if note else None
    viewer = request.visit.viewer
    if place is None or class_id not in place.class_ids & viewer.taught.keys():
        raise Http404
    if why_may_see(viewer, place, "strategies") is None:
        raise Http404
    with suppress(ValidationError):  # taken away meanwhile: the page shows what is there now
        strategy_feedback(
            **request.visit.by(),
            strategy=note,
            class_id=class_id,
            helped=request.POST.get("helped") == "yes",
        )
    back = reverse("lesson")
    if day := _day(request.POST.get("on", "")):
        period = request.POST.get("period", "")
        back += f"?on={day}&period={period}" if period.isalnum() else ""
    return HttpResponseRedirect(back, status=303)


@page("strategies")
def my_classes(request: HttpRequest) -> HttpResponse:
    """The classes and the tutor group of the person asking."""
    viewer = request.visit.viewer
    context = home_page(request, "lesson") | {
        "classes": sorted(viewer.taught.items(), key=lambda one: one[1]),
        "groups": sorted(
            {one.value for one in viewer.roles() if one.scope == "tutor_group" and one.value}
        ),
    }
    return render(request, "sightline/lesson/classes.html", context)


@page("strategies")
def class_page(request: HttpRequest, class_id: str) -> HttpResponse:
    """Everybody in a class, with what helps and the pupil's own words."""
    sheets = sheets_with(request, class_id=class_id)
    return _group_page(request, sheets, sheets.class_name(class_id), class_id=class_id)


@page("strategies")
def tutor_group(request: HttpRequest, group: str) -> HttpResponse:
    """Everybody in a tutor group, with what helps and the pupil's own words."""
    sheets = sheets_with(request, registration_group=group)
    return _group_page(request, sheets, f"Tutor group {group}", registration_group=group)


def _group_page(
    request: HttpRequest, sheets: SchoolSheets, title: str, **which: Any
) -> HttpResponse:
    places = seen(request, sheets.places(**which))
    if not places:
        raise Http404
    words = words_of(request, places)
    names = names_for(request).pupil_names(sheets.facts.school_id, places)
    note_looks(request, places, places, words)
    viewer = request.visit.viewer
    pupils = [
        {
            "ref": ref,
            "name": names[ref],
            "words": words.get(ref, ClassWords()),
            "opens": why_may_see(viewer, places[ref], "page") is not None,
        }
        for ref in sorted(places, key=lambda ref: (names[ref].family, names[ref].given))
    ]
    context = {"title": title, "pupils": pupils}
    return render(request, "sightline/lesson/group.html", home_page(request, "lesson") | context)


def _asked(request: HttpRequest, sheets: SchoolSheets, staff_id: str) -> Coming | None:
    day = _day(request.GET.get("on", ""))
    if day is None:
        return coming(sheets, staff_id, request.visit.viewer.at)
    found = lesson_at(sheets, staff_id, day, request.GET.get("period", ""))
    if found is None:
        raise Http404
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
