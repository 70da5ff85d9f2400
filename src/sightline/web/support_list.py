"""The list of supports: one line each, for the pupils this person may see, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sightline.access import PupilPlace, why_may_see
from sightline.people.identity import Name
from sightline.triage.aims import aims_of
from sightline.web.door import school_sheets
from sightline.web.names import names_for

__all__ = ["TABS", "Line", "lines_for"]

TABS = {
    "due": "Due for review",
    "mine": "Mine",
    "pupils": "By pupil",
    "ended": "Ended",
}


@dataclass(frozen=True)
class Line:
    """A support with its pupil's name and place."""

    support: Any
    name: Name
    place: PupilPlace
    goal: str
    due: bool

    def sort_key(self, tab: str) -> tuple[Any, ...]:
        """By pupil, or the one waiting longest first."""
        by_name = (self.name.family.casefold(), self.name.given.casefold(), self.place.pupil_ref)
        if tab == "pupils":
            return (*by_name, self.support.review_on)
        return (self.support.ended_on or self.support.review_on, *by_name)


def lines_for(request: HttpRequest, supports: Iterable[Any], tab: str) -> list[Line]:
    """Those of a tab that this person may see; each look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    today, aims = visit.viewer.on, aims_of(settings.SITE.thresholds())
    allowed = [
        (one, place)
        for one in supports
        if _belongs(one, tab, today, visit.user.pk)
        and (place := _seen(request, one.school_id, one.pupil_ref))
    ]
    names: dict[str, Name] = {}
    for school_id in {place.school_id for _, place in allowed}:
        refs = {place.pupil_ref for _, place in allowed if place.school_id == school_id}
        names |= names_for(request).pupil_names(school_id, refs)
    return [
        Line(
            one,
            names[one.pupil_ref],
            place,
            aims[one.aim_signal].goal if one.aim_signal in aims else "",
            one.review_on <= today,
        )
        for one, place in allowed
    ]


def _belongs(one: Any, tab: str, today: date, user_id: int) -> bool:
    if tab == "due":
        return bool(one.review_on <= today)
    return bool(one.owner_id == user_id) if tab == "mine" else True


def _seen(request: HttpRequest, school_id: str, ref: str) -> PupilPlace | None:
    """The pupil's place if this person may see what is tried for them."""
    visit = request.visit  # type: ignore[attr-defined]
    place = school_sheets(request, school_id).place(ref)
    reason = why_may_see(visit.viewer, place, "support") if place else None
    if reason is None:
        return None
    visit.saw("support", school_id=school_id, subject=ref, why=reason.words)
    return place
