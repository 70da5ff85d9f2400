"""The safeguarding path: who to tell, and one button that calls them. Nothing is stored here."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.messages.actions.alerts import alert_safeguarding
from sightline.triage.actions.safeguarding import answer, use_path
from sightline.triage.safeguarding_queries import may_answer, signpost_of
from sightline.web.door import page, schools_of

__all__ = ["safeguarding"]

WAYS = ("told", "alert", "answered")


@page("", pupils=False)
def safeguarding(request: HttpRequest) -> HttpResponse:
    """Who to contact. Records that the path was used: never about whom, never what."""
    if request.method == "POST":
        return _act(request)
    known = settings.SITE.settings
    context = {
        "name": known["dsl_name"],
        "phone": known["dsl_phone"],
        "mail": known["dsl_mail"],
        "crisis_words": known["crisis_words"],
        "used": _mine(request),
        "wrong": "",
    }
    return render(request, "sightline/safeguarding/path.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    way = request.POST.get("way", "")
    if way not in WAYS:
        raise Http404
    if way == "answered":
        return _answered(request)
    urgent = way == "alert"
    signpost = use_path(**visit.by(), school_id=_school(request), urgent=urgent)
    if urgent and signpost.alerted_at is None:
        alert_safeguarding(signpost)  # at once, while this page waits; the next says if it went
    done = f"{reverse('safeguarding')}?used={signpost.pk}"
    return HttpResponseRedirect(done, status=303)


def _answered(request: HttpRequest) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    found = signpost_of(_number(request.POST.get("signpost", "")))
    if found is None or not may_answer(visit.user, found.school_id, visit.viewer.on):
        raise Http404
    try:
        answer(**visit.by(), signpost=found)
    except ValidationError:
        raise Http404 from None
    return HttpResponseRedirect(reverse("safeguarding"), status=303)


def _mine(request: HttpRequest) -> Any:
    """What this person's own press of a button led to, from the address after it."""
    visit = request.visit  # type: ignore[attr-defined]
    found = signpost_of(_number(request.GET.get("used", "")))
    return found if found and found.used_by_id == visit.user.pk else None


def _school(request: HttpRequest) -> str:
    visit = request.visit  # type: ignore[attr-defined]
    return visit.user.school_id or next(iter(schools_of(visit.viewer)), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
