"""What the templates of the support pages are given."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from sightline.access import may
from sightline.sheets import PupilSheet
from sightline.triage.reviews import OUTCOMES
from sightline.triage.rules import Offer, review_offers
from sightline.triage.support_queries import owners, supports_of
from sightline.web.door import school_sheets
from sightline.web.evidence.helped_asked import tried_before
from sightline.web.forms.support import errors_of
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.support_cards import aim_choices, card_of, from_the_school

__all__ = ["review_context", "start_context"]


def start_context(
    request: HttpRequest,
    sheet: PupilSheet,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    decision: Any,
) -> dict[str, Any]:
    """The form that starts a support, with what was typed and what is wrong with it."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    return {
        "typed": typed,
        "wrong": wrong,
        "errors": errors_of(_at_its_box(wrong, typed.get("aim_signal", ""))),
        "name": _name(request, sheet),
        "sheet": sheet,
        "aims": aim_choices(sheet, typed, wrong),
        "owners": owners(sheet.school_id, viewer.on),
        "offers": _offers(request, sheet),
        "decision": decision,
        "tried_before": tried_before(viewer, sheet),
        "pupil_url": address("pupil", sheet.pupil_ref) if may(viewer, "page") else "",
    }


def review_context(
    request: HttpRequest,
    support: Any,
    sheet: PupilSheet,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> dict[str, Any]:
    """The page of one support, with the form of its review."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    ours = supports_of(sheet.pupil_ref)
    this = next(one for one in ours if one.pk == support.pk)
    ended = bool(this.ended_on and this.ended_on <= viewer.on)
    return {
        "card": card_of(this, school_sheets(request, sheet.school_id), sheet, ours),
        "reviews": sorted(this.reviews.all(), key=lambda one: one.pk),
        "ended": ended,
        "due": not ended and this.review_on <= viewer.on,
        "pupil_url": address("pupil", sheet.pupil_ref) if may(viewer, "page") else "",
        "typed": typed,
        "wrong": wrong,
        "errors": errors_of(wrong),
        "outcomes": OUTCOMES,
        "offers": _offers(request, sheet),
        "name": _name(request, sheet),
        "sheet": sheet,
        "calendar_url": address("review_ics", this.pk),
        "others": [one for one in ours if one.pk != this.pk],
        "theirs": from_the_school(sheet),
    }


def _at_its_box(wrong: Mapping[str, str], aim_signal: str) -> dict[str, str]:
    """The hoped-for level has a box below each aim; the mistake belongs to the chosen one's."""
    box = f"success_{aim_signal}" if aim_signal else "success_words"
    return {box if name == "success" else name: sentence for name, sentence in wrong.items()}


def _offers(request: HttpRequest, sheet: PupilSheet) -> list[Offer]:
    today = request.visit.viewer.on  # type: ignore[attr-defined]
    facts = school_sheets(request, sheet.school_id).facts
    days = [day for day, kind in sorted(facts.days.items()) if kind[0] == "open" and day > today]
    return sorted(review_offers(today, days), key=lambda offer: offer.on)


def _name(request: HttpRequest, sheet: PupilSheet) -> Any:
    names = names_for(request).pupil_names(sheet.school_id, [sheet.pupil_ref])
    return names[sheet.pupil_ref]
