"""Objections and opt-outs: the list, and recording or ending one for a pupil."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sightline.governance.actions.objections import KINDS, end_objection, record_objection
from sightline.governance.answer_queries import (
    objection_of,
    objections_of,
    objections_of_pupil,
)
from sightline.sheets import PupilSheet
from sightline.web.clock import today
from sightline.web.deeds import deed_or_404
from sightline.web.door import page
from sightline.web.forms.objection import read_objection, theme_choices
from sightline.web.names import names_for
from sightline.web.record.reach import label_of, place_in, schools_with, show_names

__all__ = ["objection_new", "objections"]


@page("object")
def objections(request: HttpRequest) -> HttpResponse:
    """Everyone who has objected, and those whose objection has ended."""
    visit = request.visit  # type: ignore[attr-defined]
    schools = schools_with(visit.viewer, "object")
    held = {"now": objections_of(schools), "ended": objections_of(schools, ended=True)}
    places = {
        one.pupil_ref: place_in([one.school_id], one.pupil_ref)
        for rows in held.values()
        for one in rows
    }
    names = show_names(request, (one for one in places.values() if one), "record")
    context: dict[str, Any] = {
        name: [
            (one, names.get(one.pupil_ref, "Name not held"), label_of(places[one.pupil_ref]))
            for one in rows
        ]
        for name, rows in held.items()
    }
    context |= {"kinds": KINDS, "themes": dict(theme_choices()), "today": today()}
    return render(request, "sightline/record/objections.html", context)


@page("object")
def objection_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Record that a pupil or family objects, or end an objection that is recorded."""
    sheet, _ = deed_or_404(request, ref, "object", "record")
    if request.method != "POST":
        return render(request, "sightline/record/objection.html", _context(request, sheet, {}))
    try:
        with transaction.atomic():
            _do(request, sheet)
    except ValidationError as error:
        wrong = (
            {name: some[0] for name, some in error.message_dict.items()}
            if hasattr(error, "error_dict")
            else {"": error.messages[0]}
        )
        context = _context(request, sheet, wrong)
        return render(request, "sightline/record/objection.html", context, status=422)
    return redirect("objections")


def _do(request: HttpRequest, sheet: PupilSheet) -> None:
    by = request.visit.by()  # type: ignore[attr-defined]
    if pk := request.POST.get("end", ""):
        one = objection_of(int(pk), sheet.pupil_ref) if pk.isdecimal() and len(pk) < 19 else None
        if one is None:
            raise Http404
        end_objection(**by, objection=one)
        return
    values = read_objection(request.POST, today())
    record_objection(**by, school_id=sheet.school_id, pupil_ref=sheet.pupil_ref, **values)


def _context(request: HttpRequest, sheet: PupilSheet, wrong: dict[str, str]) -> dict[str, Any]:
    ref = sheet.pupil_ref
    return {
        "name": names_for(request).pupil_names(sheet.school_id, [ref])[ref],
        "label": label_of(place_in([sheet.school_id], ref)),
        "in_force": objections_of_pupil(ref),
        "kinds": KINDS,
        "themes": theme_choices(),
        "theme_words": dict(theme_choices()),
        "chosen": request.POST.getlist("themes"),
        "typed": request.POST,
        "wrong": wrong,
        "errors": [(_field(name), sentence) for name, sentence in wrong.items()],
        "today": today(),
    }


def _field(name: str) -> str:
    boxes = {"from_on": "id_from_on_day", "to_on": "id_to_on_day", "kind": "id_kind_objection"}
    return boxes.get(name, f"id_{name}" if name else "")
