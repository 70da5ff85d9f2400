"""Over which schools somebody holds an area or a deed, and the pupils found in them."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from sightline.access import PupilPlace, Viewer, may, why_may_see
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.names import names_for

__all__ = ["asked_schools", "label_of", "place_in", "schools_with", "show_names"]


def schools_with(viewer: Viewer, needs: str) -> list[str]:
    """The schools in which the viewer may see an area or do a deed."""
    return [one for one in sheet_schools(settings.SITE) if may(viewer, needs, school_id=one)]


def asked_schools(viewer: Viewer, needs: str) -> list[str] | None:
    """The schools to ask the record for; None, everything, for somebody of the whole trust."""
    people = [viewer] if viewer.within is None else [viewer, viewer.within]
    held = [may(one, needs) for one in people]
    if all(one is not None and one.scope == "trust" for one in held):
        return None
    return schools_with(viewer, needs)


def place_in(schools: Iterable[str], pupil_ref: str) -> PupilPlace | None:
    """Where a pupil is, if on the roll of one of these schools."""
    for school_id in schools:
        sheets = open_sheets(settings.SITE, school_id)
        place = sheets.place(pupil_ref) if sheets else None
        if place is not None:
            return place
    return None


def show_names(request: HttpRequest, places: Iterable[PupilPlace], area: str) -> dict[str, str]:
    """Names of the pupils that this area shows the viewer, each look noted; by reference."""
    visit = request.visit  # type: ignore[attr-defined]
    allowed: dict[str, list[str]] = {}
    for place in places:
        reason = why_may_see(visit.viewer, place, area)
        if reason is not None:
            ref, school_id = place.pupil_ref, place.school_id
            visit.saw(area, school_id=school_id, subject=ref, why=reason.words)
            allowed.setdefault(school_id, []).append(ref)
    names = names_for(request)
    return {
        ref: str(name)
        for school_id, refs in allowed.items()
        for ref, name in names.pupil_names(school_id, refs).items()
    }


def label_of(place: PupilPlace | None) -> str:
    """Year and tutor group, as lists show them beside a name."""
    if place is None:
        return "no longer on the roll"
    year = f"Year {place.year_group}" if place.year_group is not None else "no year group"
    return f"{year}, {place.registration_group}" if place.registration_group else year
