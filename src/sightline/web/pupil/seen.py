"""How much of one pupil this viewer sees, area by area; what is shown is recorded as seen."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from sightline.access import LEVELS, PupilPlace, Reason, why_may_see
from sightline.sheets import PupilSheet
from sightline.web.door import Visit, school_sheets
from sightline.web.week.explained import AREA_OF_THEME

__all__ = ["AREAS", "Seen", "place_of", "seen_by"]

AREAS = (
    "page",
    "attendance",
    "behaviour",
    "attainment",
    "work",
    "notes",
    "voice",
    "needs",
    "support",
    "strategies",
    "week",
    "lookers",
)


@dataclass(frozen=True)
class Seen:
    """Why, for each area; an area without a reason is not shown at all."""

    visit: Visit
    place: PupilPlace
    reasons: dict[str, Reason]

    def figures(self, area: str) -> bool:
        """May figures and sentences of an area be shown? If so, they are recorded as seen."""
        return self._saw(area, "indicator")

    def events(self, area: str) -> bool:
        """May the events themselves be shown?"""
        return self._saw(area, "event")

    def theme(self, theme: str) -> bool:
        """May a sentence about a signal of this theme be shown? Unknown themes need them all."""
        wanted = [AREA_OF_THEME[theme]] if theme in AREA_OF_THEME else list(AREA_OF_THEME.values())
        return all(self.level(area) for area in wanted) and all(map(self.figures, wanted))

    def level(self, area: str) -> str:
        """indicator or event; empty when the area is not shown."""
        reason = self.reasons.get(area)
        return reason.level if reason else ""

    def _saw(self, area: str, least: str) -> bool:
        reason = self.reasons.get(area)
        if reason is None or LEVELS.index(reason.level) < LEVELS.index(least):
            return False
        self.visit.saw(
            area,
            school_id=self.place.school_id,
            subject=self.place.pupil_ref,
            why=reason.words,
        )
        return True


def place_of(request: HttpRequest, sheet: PupilSheet) -> PupilPlace:
    """Where a pupil whose sheet was found is today; 404 when gone since."""
    place = school_sheets(request, sheet.school_id).place(sheet.pupil_ref)
    if place is None:
        raise Http404
    return place


def seen_by(request: HttpRequest, sheet: PupilSheet) -> Seen:
    """What the viewer of this request sees of a pupil."""
    place = place_of(request, sheet)
    visit: Visit = request.visit  # type: ignore[attr-defined]
    found = {area: why_may_see(visit.viewer, place, area) for area in AREAS}
    return Seen(visit, place, {area: reason for area, reason in found.items() if reason})
