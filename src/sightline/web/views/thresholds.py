"""The signals as cards: question, rule, parameters, who changed what; and proposing a change."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sightline.access import may
from sightline.governance.actions.thresholds import propose, settle
from sightline.governance.answer_queries import threshold_change
from sightline.triage.actions.thresholds import thresholds_changed
from sightline.web.door import page, school_names
from sightline.web.forms.complaint import errors_of
from sightline.web.record.cards import card_of, cards, effect_rows, proposal_from, waiting
from sightline.web.record.reach import schools_with

__all__ = ["threshold", "threshold_settle", "thresholds"]


@page("thresholds", pupils=False)
def thresholds(request: HttpRequest) -> HttpResponse:
    """Every signal with its question and rule, and the proposals that wait."""
    context = {"cards": cards(), "waiting": waiting(), **_deeds(request)}
    return render(request, "sightline/thresholds/list.html", context)


@page("thresholds", pupils=False)
def threshold(request: HttpRequest, signal: str) -> HttpResponse:
    """One signal; posted once it shows what a change would do, posted again it proposes it."""
    card = card_of(signal)
    deeds = _deeds(request)
    context: dict[str, Any] = {"card": card, "typed": request.POST or request.GET, **deeds}
    if request.method != "POST":
        return render(request, "sightline/thresholds/card.html", context)
    if not deeds["may_propose"]:
        raise Http404
    try:
        with transaction.atomic():
            proposal = proposal_from(signal, request.POST, request.visit)  # type: ignore[attr-defined]
            if request.POST.get("step") == "propose":
                propose(
                    **request.visit.by(),  # type: ignore[attr-defined]
                    name=proposal.name,
                    value=proposal.value,
                    reason=proposal.reason,
                    effect=proposal.effect,
                )
                return redirect(f"{reverse('threshold', args=[signal])}?proposed=1")
    except ValidationError as error:
        wrong = errors_of(error)
        context |= {"wrong": wrong, "errors": [(f"id_{one}", told) for one, told in wrong.items()]}
        return render(request, "sightline/thresholds/card.html", context, status=422)
    context |= {"proposal": proposal, "effect": effect_rows(proposal.effect)}
    return render(request, "sightline/thresholds/card.html", context)


@page("threshold_confirm", pupils=False)
def threshold_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or decline a colleague's proposal."""
    change = threshold_change(pk)
    if change is None or request.method != "POST" or not _deeds(request)["may_confirm"]:
        raise Http404
    signal = change.name.partition(".")[0]
    try:
        agree = {"confirm": True, "decline": False}[request.POST.get("answer", "")]
        with transaction.atomic():
            by = request.visit.by()  # type: ignore[attr-defined]
            if agree:
                thresholds_changed(**by, change=change.pk)
            settle(**by, change=change, agree=agree)  # last: it writes the site's file
    except KeyError:
        raise Http404 from None
    except ValidationError as error:
        context = {"card": card_of(signal), "errors": [("", error.messages[0])], **_deeds(request)}
        return render(request, "sightline/thresholds/card.html", context, status=422)
    return redirect(f"{reverse('threshold', args=[signal])}?settled=1")


def _deeds(request: HttpRequest) -> dict[str, Any]:
    """What this person may do here. Thresholds hold for the whole site, so must who confirms."""
    visit = request.visit  # type: ignore[attr-defined]
    everywhere = schools_with(visit.viewer, "threshold_confirm") == list(school_names())
    return {
        "may_propose": may(visit.viewer, "threshold_propose") is not None,
        "may_confirm": everywhere and may(visit.viewer, "threshold_confirm") is not None,
        "me": visit.user.pk,
        "proposed": "proposed" in request.GET,
        "settled": "settled" in request.GET,
    }
