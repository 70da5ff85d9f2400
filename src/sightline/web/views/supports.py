"""What is being tried: the list, starting a support, and its review page."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.sheets import PupilSheet
from sightline.triage.actions.supports import review_support, start_support
from sightline.triage.aims import aims_of
from sightline.triage.support_queries import (
    current_supports,
    decision_to_act_on,
    owners,
    support_of,
)
from sightline.web.deeds import deed_or_404, why_may_do
from sightline.web.door import page, pupil_or_404, school_sheets, schools_of
from sightline.web.forms.support import done_or_wrong, read_review, read_start
from sightline.web.support_cards import card_of, current_level
from sightline.web.support_list import TABS, lines_for
from sightline.web.support_pages import review_context, start_context

__all__ = ["support", "support_new", "supports"]

NEW, REVIEW = "sightline/support/new.html", "sightline/support/review.html"


@page("support")
def supports(request: HttpRequest) -> HttpResponse:
    """What is being tried for the pupils this person may see: due, mine, by pupil, or ended."""
    visit = request.visit  # type: ignore[attr-defined]
    tab = request.GET.get("show", "due")
    if tab not in TABS:
        raise Http404
    schools = list(schools_of(visit.viewer))
    found = current_supports(schools, on=visit.viewer.on, ended=tab == "ended")
    lines = sorted(lines_for(request, found, tab), key=lambda line: line.sort_key(tab))
    groups = [list(some) for _, some in groupby(lines, key=lambda line: line.place.pupil_ref)]
    context = {"tab": tab, "tabs": TABS, "lines": lines, "groups": groups}
    return render(request, "sightline/support/list.html", context)


@page("support_change")
def support_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Start a support: what, aiming at what, what success looks like, who, and until when."""
    sheet, _ = deed_or_404(request, ref, "support_change", "support")
    decision = _decision(request, ref)
    if request.method != "POST":
        first = {"name": decision.action[:100], "owner": str(decision.owner_id)} if decision else {}
        return render(request, NEW, start_context(request, sheet, first, {}, decision))
    try:
        started = _start(request, sheet, decision)
    except ValidationError as error:
        wrong = {name: some[0] for name, some in error.message_dict.items()}
        context = start_context(request, sheet, request.POST, wrong, decision)
        return render(request, NEW, context, status=422)
    return HttpResponseRedirect(reverse("support", args=[started.pk]), status=303)


@page("support")
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """One support: what was hoped for, before and since on the same measure, and its review."""
    found = support_of(pk)
    if found is None:
        raise Http404
    sheet, reason = pupil_or_404(request, found.pupil_ref, "support")
    allowed = {"may_review": _may_review(request, sheet), "detail": reason.level == "event"}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if not allowed["may_review"]:
            raise Http404
        try:
            _review(request, sheet, found)
            return HttpResponseRedirect(reverse("support", args=[pk]), status=303)
        except ValidationError as error:
            wrong = {name: some[0] for name, some in error.message_dict.items()}
    context = review_context(request, found, sheet, request.POST, wrong) | allowed
    return render(request, REVIEW, context, status=422 if wrong else 200)


def _start(request: HttpRequest, sheet: PupilSheet, decision: Any) -> Any:
    visit = request.visit  # type: ignore[attr-defined]
    people = {one.pk: one for one in owners(sheet.school_id, visit.viewer.on)}
    aims = aims_of(settings.SITE.thresholds(), settings.SITE.settings["pack"])
    levels = {signal: current_level(sheet, signal) for signal in aims}
    return done_or_wrong(
        read_start(request.POST, aims, levels, people),
        start_support,
        **visit.by(),
        school_id=sheet.school_id,
        pupil_ref=sheet.pupil_ref,
        decision=decision,
    )


def _review(request: HttpRequest, sheet: PupilSheet, support: Any) -> None:
    """Record the review with the figures as they stand now."""
    card = card_of(support, school_sheets(request, sheet.school_id), sheet)
    done_or_wrong(
        read_review(request.POST),
        review_support,
        **request.visit.by(),  # type: ignore[attr-defined]
        support=support,
        before=card.before,
        since=card.since,
    )


def _may_review(request: HttpRequest, sheet: PupilSheet) -> bool:
    place = school_sheets(request, sheet.school_id).place(sheet.pupil_ref)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    return place is not None and why_may_do(viewer, place, "support_change", "support") is not None


def _decision(request: HttpRequest, ref: str) -> Any:
    """The decision this support follows from, if the address or the form names one."""
    typed = request.POST.get("decision") or request.GET.get("decision") or ""
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    found = decision_to_act_on(number, ref)
    if found is None:
        raise Http404
    return found
