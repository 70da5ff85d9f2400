"""A signal tried on the past: the question, and the answer once it has been worked out."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.kit import SightlineError
from sightline.pipeline.evidence.backtest import Ask, data_days
from sightline.sheets import open_sheets
from sightline.triage.acts import acts
from sightline.web.clock import today
from sightline.web.door import page, school_names
from sightline.web.evidence.backtest import shown
from sightline.web.evidence.backtest_asked import asked_from, offered
from sightline.web.evidence.backtest_work import answer_or_begin
from sightline.web.record.cards import card_of
from sightline.web.record.reach import schools_with

__all__ = ["backtest"]

PAGE = "sightline/evidence/backtest.html"
LOOK_AGAIN = 3  # seconds until a page that waits asks again


@page("thresholds", pupils=False)
def backtest(request: HttpRequest, signal: str) -> HttpResponse:
    """What thresholds of one signal would have listed at one school, and what came after."""
    card = card_of(signal)
    schools = schools_with(request.visit.viewer, "thresholds")  # type: ignore[attr-defined]
    chosen = request.GET.get("school") or (schools[0] if schools else "")
    if chosen not in schools:
        raise Http404
    names = school_names()
    context: dict[str, Any] = {
        "card": card,
        "schools": [(one, names[one]) for one in schools],
        "school_word": names[chosen],
    }
    try:
        days = data_days(settings.SITE, chosen)
    except SightlineError:
        return render(request, PAGE, context | {"empty": True})
    sheets = open_sheets(settings.SITE, chosen)
    choices = offered(sheets.facts.phase if sheets else "")
    asked = asked_from(request.GET, signal, [chosen], days, choices)
    context |= {"asked": asked, "choices": choices, "days": days}
    if asked.wrong:
        context["errors"] = [(f"id_{name}", told) for name, told in asked.wrong.items()]
        return render(request, PAGE, context, status=422)
    if asked.ask is None:
        return render(request, PAGE, context)
    return _answered(request, context, asked.ask)


def _answered(request: HttpRequest, context: dict[str, Any], ask: Ask) -> HttpResponse:
    """The answer, or a page that looks again while it is being worked out."""
    acted = acts() if ask.outcome == "acted_on" else []
    try:
        answer = answer_or_begin(settings.SITE, ask, on=today(), acted=acted)
    except SightlineError as error:
        context["errors"] = [
            ("id_from", f"{error.what[:1].upper()}{error.what[1:]}. {error.remedy}")
        ]
        return render(request, PAGE, context, status=422)
    if answer is None:
        response = render(request, PAGE, context | {"working": True})
        response["Refresh"] = str(LOOK_AGAIN)
        return response
    parameter = context["card"].signal.threshold
    return render(request, PAGE, context | {"answer": answer, "shown": shown(answer, parameter)})
