"""Break-glass: open one pupil's page for an hour, and review what colleagues opened."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.access import may, why_may_see
from sightline.governance.actions.emergency import end_early, open_page, review
from sightline.governance.emergencies import (
    emergency_of,
    open_emergencies,
    reviewers,
    reviews_waiting,
)
from sightline.people.queries import user_of
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.door import page
from sightline.web.forms.mistakes import mistakes
from sightline.web.names import names_for

__all__ = ["emergency", "emergency_reviews"]

MOST = 8  # pupils one search may show
SHORTEST = 2  # letters to look for


@page("emergency")
def emergency(request: HttpRequest) -> HttpResponse:
    """Find a pupil by name, say why, say who is told."""
    if request.method != "POST":
        return _page(request, {}, [])
    typed = {name: request.POST.get(name, "") for name in ("school_id", "name", "reason", "told")}
    school_id = typed["school_id"]
    if school_id not in _schools(request):
        raise Http404
    try:
        if "end" in request.POST:
            return _end(request)
        if "pupil" in request.POST:
            return _open(request, school_id, typed)
    except ValidationError as error:
        return _page(request, typed, mistakes(error))
    return _page(request, typed, [])


def _open(request: HttpRequest, school_id: str, typed: Mapping[str, str]) -> HttpResponse:
    ref, told = request.POST["pupil"], typed["told"]
    sheets = open_sheets(settings.SITE, school_id)
    if sheets is None or sheets.place(ref) is None:
        raise Http404
    open_page(
        **request.visit.by(),  # type: ignore[attr-defined]
        school_id=school_id,
        pupil_ref=ref,
        reason=typed["reason"],
        told=user_of(int(told)) if told.isdigit() else None,
    )
    return HttpResponseRedirect(reverse("pupil", args=[ref]), status=303)


def _end(request: HttpRequest) -> HttpResponse:
    pk = request.POST["end"]
    access = emergency_of(int(pk)) if pk.isdigit() else None
    if access is None or access.user_id != request.user.pk:
        raise Http404
    end_early(**request.visit.by(), access=access)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("emergency"), status=303)


def _page(
    request: HttpRequest, typed: Mapping[str, str], errors: list[tuple[str, str]]
) -> HttpResponse:
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    schools = _schools(request)
    school_id = typed.get("school_id") or next(iter(schools), "")
    context = {
        "typed": typed,
        "errors": errors,
        "wrong": dict(errors),
        "schools": schools,
        "school_id": school_id,
        "found": _found(request, school_id, typed["name"]) if typed.get("name") else None,
        "chosen": request.POST.get("pupil", ""),
        "colleagues": reviewers(school_id, viewer.at, but=request.user),
        "open": open_emergencies(request.user, viewer.at),
        "reviews": len(reviews_waiting(request.user, viewer.at)),
    }
    return render(
        request, "sightline/people/emergency.html", context, status=422 if errors else 200
    )


def _found(request: HttpRequest, school_id: str, name: str) -> list[dict[str, Any]]:
    """The pupils of a school whose names begin with what was typed; each look is recorded."""
    words = name.casefold().split()
    sheets = open_sheets(settings.SITE, school_id)
    if sheets is None or len("".join(words)) < SHORTEST:
        return []
    places = {one.pupil_ref: one for one in sheets.places()}
    names = names_for(request).pupil_names(school_id, places)
    hits = sorted((str(one), ref) for ref, one in names.items() if _begins(str(one), words))[:MOST]
    for _, ref in hits:
        why = "Looked for a pupil to open in an emergency"
        request.visit.saw("page", school_id=school_id, subject=ref, why=why)  # type: ignore[attr-defined]
    return [{"ref": ref, "name": told, "place": places[ref]} for told, ref in hits]


def _begins(name: str, words: list[str]) -> bool:
    parts = name.casefold().split()
    return all(any(part.startswith(word) for part in parts) for word in words)


def _schools(request: HttpRequest) -> dict[str, str]:
    """The schools in which the viewer may do this."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found = sheet_schools(settings.SITE)
    return {one: name for one, name in found.items() if may(viewer, "emergency", school_id=one)}


@page("emergency_review")
def emergency_reviews(request: HttpRequest) -> HttpResponse:
    """What colleagues opened in an emergency, and whether it was justified."""
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        pk = request.POST.get("access", "")
        access = emergency_of(int(pk)) if pk.isdigit() else None
        if access is None or access not in _waiting(request):
            raise Http404
        outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
        try:
            review(**request.visit.by(), access=access, outcome=outcome, note=note)  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("emergency_reviews"), status=303)
        except ValidationError as error:
            errors = [(f"{field}_{pk}", told) for field, told in mistakes(error)]
    context = {"rows": _shown(request), "errors": errors, "typed": request.POST}
    return render(
        request, "sightline/people/emergency_reviews.html", context, status=422 if errors else 200
    )


def _waiting(request: HttpRequest) -> list[Any]:
    return reviews_waiting(request.user, request.visit.viewer.at)  # type: ignore[attr-defined]


def _shown(request: HttpRequest) -> list[dict[str, Any]]:
    """Each with the pupil's name where the reviewer may see it, else the year group."""
    visit, rows = request.visit, []  # type: ignore[attr-defined]
    for access in _waiting(request):
        sheets = open_sheets(settings.SITE, access.school_id)
        place = sheets.place(access.pupil_ref) if sheets else None
        reason = why_may_see(visit.viewer, place, "page") if place else None
        name = ""
        if reason:
            names = names_for(request).pupil_names(access.school_id, [access.pupil_ref])
            name = str(names[access.pupil_ref])
        why = reason.words if reason else "Reviewed emergency access"
        visit.saw("page", school_id=access.school_id, subject=access.pupil_ref, why=why)
        rows.append({"access": access, "name": name, "place": place})
    return rows
