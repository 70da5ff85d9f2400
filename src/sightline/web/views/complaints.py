"""Complaints, requests to correct, and colleagues' reports that something is wrong."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sightline.access import may
from sightline.governance.actions.complaints import (
    KINDS,
    OUTCOMES,
    acknowledge,
    close,
    receive,
)
from sightline.governance.answer_queries import complaints_of, matter_of, reports_about
from sightline.governance.rules.clocks import ICO
from sightline.web.clock import today
from sightline.web.deeds import deed_or_404
from sightline.web.door import page
from sightline.web.forms.complaint import errors_of, read_complaint
from sightline.web.names import names_for
from sightline.web.record.matters import matter_or_404, named, reach_of, signal_titles

__all__ = ["complaint", "complaints", "report_wrong"]


@page()
def complaints(request: HttpRequest) -> HttpResponse:
    """What is open, most urgent first, and a form for the data protection officer to add one."""
    reach = reach_of(request)
    if request.method == "POST" and not reach.handles:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = receive(
                **request.visit.by(),  # type: ignore[attr-defined]
                **read_complaint(request.POST, reach.handles),
            )
            return redirect("complaint", pk=made.pk)
        except ValidationError as error:
            wrong = errors_of(error)
    day = today()
    rows = {
        name: [
            matter_of(one, day)
            for schools, only in reach.parts()
            for one in complaints_of(schools, only_wrong_data=only, closed=name == "closed")
        ]
        for name in ("open", "closed")
    }
    rows["closed"] = rows["closed"][:50]
    context: dict[str, Any] = {
        name: named(request, matters, reach) for name, matters in rows.items()
    }
    context |= {
        "reach": reach,
        "tabs": may(request.visit.viewer, "record") is not None,  # type: ignore[attr-defined]
        "kinds": [(key, KINDS[key]) for key in ("complaint", "correction")],
        "signals": signal_titles(),
        "typed": request.POST,
        "wrong": wrong,
        "errors": [(f"id_{name}", sentence) for name, sentence in wrong.items()],
    }
    return render(
        request, "sightline/record/complaints.html", context, status=422 if wrong else 200
    )


@page()
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter: what it says, its clock, and the two steps: acknowledge, answer."""
    reach = reach_of(request)
    held = matter_or_404(reach, pk)
    by = request.visit.by()  # type: ignore[attr-defined]
    wrong: dict[str, str] = {}
    if request.method == "POST":
        outcome, answer = request.POST.get("outcome", ""), request.POST.get("answer", "")
        try:
            if request.POST.get("step") == "acknowledge":
                acknowledge(**by, complaint=held)
            else:
                close(**by, complaint=held, outcome=outcome, answer=answer)
            return redirect(reverse("complaint", args=[pk]))
        except ValidationError as error:
            wrong = errors_of(error)
    shown = named(request, [matter_of(held, today())], reach)[0]
    context = {
        "one": shown,
        "outcomes": OUTCOMES[held.kind].items(),
        "signals": signal_titles(),
        "ico": ICO,
        "typed": request.POST,
        "wrong": wrong,
        "errors": [(f"id_{name}" if name else "", told) for name, told in wrong.items()],
    }
    return render(request, "sightline/record/complaint.html", context, status=422 if wrong else 200)


@page("report_wrong")
def report_wrong(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that something about a pupil is wrong; the data manager answers."""
    sheet = _reported(request, ref)
    signal = request.POST.get("signal") or request.GET.get("signal") or ""
    titles = signal_titles()
    signal = signal if signal in titles else ""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            receive(
                **request.visit.by(),  # type: ignore[attr-defined]
                school_id=sheet.school_id,
                pupil_ref=ref,
                kind="wrong_data",
                signal=signal,
                text=request.POST.get("text", ""),
            )
            return redirect(f"{reverse('report_wrong', args=[ref])}?sent=1")
        except ValidationError as error:
            wrong = errors_of(error)
    context = {
        "ref": ref,
        "name": names_for(request).pupil_names(sheet.school_id, [ref])[ref],
        "signal": signal,
        "signals": titles,
        "sentence": _sentence(sheet, signal),
        "reports": reports_about(ref),
        "sent": "sent" in request.GET,
        "typed": request.POST,
        "wrong": wrong,
        "errors": [(f"id_{name}", sentence) for name, sentence in wrong.items()],
    }
    return render(request, "sightline/wrong/report.html", context, status=422 if wrong else 200)


def _reported(request: HttpRequest, ref: str) -> Any:
    for area in ("page", "strategies"):
        try:
            return deed_or_404(request, ref, "report_wrong", area)[0]
        except Http404:
            continue
    raise Http404


def _sentence(sheet: Any, signal: str) -> str:
    """The sentence the report is about, for those who came from it."""
    return next((one["because"] for one in sheet.signals if signal and one["signal"] == signal), "")
