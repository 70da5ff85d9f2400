"""Writing a note, taking one's own back within a day, and taking a line away from teachers."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.access import PupilPlace
from sightline.sheets import PupilSheet
from sightline.triage.actions.notes import (
    may_withdraw,
    retire_strategy,
    withdraw_note,
    write_note,
)
from sightline.triage.support_queries import note_of
from sightline.web.door import page, pupil_or_404, school_sheets
from sightline.web.note_pages import kinds_for, note_context

__all__ = ["note_new", "note_withdraw"]

AREAS = ("notes", "strategies", "support")
PAGE = "sightline/notes/new.html"


@page("note_write")
def note_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a note, a talk with home, a line for teachers, or the pupil's own words."""
    sheet, place = _pupil(request, ref)
    kinds = kinds_for(request.visit.viewer, place)  # type: ignore[attr-defined]
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    kind = asked or (kinds[0] if kinds else "")
    if kind not in kinds:
        raise Http404
    if request.method != "POST":
        return render(request, PAGE, note_context(request, sheet, place, kind, {}, {}))
    try:
        write_note(
            **request.visit.by(),  # type: ignore[attr-defined]
            school_id=sheet.school_id,
            pupil_ref=ref,
            kind=kind,
            text=request.POST.get("text", ""),
        )
    except ValidationError as error:
        wrong = {name: some[0] for name, some in error.message_dict.items()}
        context = note_context(request, sheet, place, kind, request.POST, wrong)
        return render(request, PAGE, context, status=422)
    back = f"{reverse('note_new', args=[ref])}?kind={kind}&saved={kind}"
    return HttpResponseRedirect(back, status=303)


@page("note_write")
def note_withdraw(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take back one's own note of today, or take a line away from teachers."""
    sheet, place = _pupil(request, ref)
    note = note_of(pk)
    visit = request.visit  # type: ignore[attr-defined]
    if request.method != "POST" or note is None or note.pupil_ref != sheet.pupil_ref:
        raise Http404
    mine = may_withdraw(note, visit.user, visit.viewer.at)
    if note.kind not in kinds_for(visit.viewer, place) or not (mine or note.kind == "strategy"):
        raise Http404
    try:
        (withdraw_note if mine else retire_strategy)(**visit.by(), note=note)
    except ValidationError as error:
        wrong = {name: some[0] for name, some in error.message_dict.items()}
        context = note_context(request, sheet, place, note.kind, {}, wrong)
        return render(request, PAGE, context, status=422)
    back = f"{reverse('note_new', args=[ref])}?kind={note.kind}"
    return HttpResponseRedirect(back, status=303)


def _pupil(request: HttpRequest, ref: str) -> tuple[PupilSheet, PupilPlace]:
    """The pupil by the first area that shows this person anything of them."""
    for area in AREAS:
        try:
            sheet, _ = pupil_or_404(request, ref, area)
        except Http404:
            continue
        place = school_sheets(request, sheet.school_id).place(ref)
        if place is not None:
            return sheet, place
    raise Http404
