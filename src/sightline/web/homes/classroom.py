"""Pupils of a class for the person asking: who may be read about, what, and a record of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.access import PupilPlace, why_may_see
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.support_queries import strategies_of, voices_of
from sightline.web.door import schools_of
from sightline.web.homes.lesson import ClassWords, Line

__all__ = [
    "note_looks",
    "place_of",
    "seen",
    "sheets_with",
    "teaching",
    "with_sen",
    "words_of",
]


def teaching(request: HttpRequest) -> SchoolSheets | None:
    """The sheets of the school in which the person asking teaches."""
    viewer = request.visit.viewer
    held = next((one for one in viewer.roles() if one.scope == "taught"), None)
    school_id = held.school_id if held else request.visit.user.school_id
    return open_sheets(settings.SITE, school_id) if school_id else None


def seen(request: HttpRequest, places: Iterable[PupilPlace]) -> dict[str, PupilPlace]:
    """Those of some pupils whose strategies the viewer may see."""
    viewer = request.visit.viewer
    return {one.pupil_ref: one for one in places if why_may_see(viewer, one, "strategies")}


def words_of(request: HttpRequest, places: Mapping[str, PupilPlace]) -> dict[str, ClassWords]:
    """What may be read about each pupil; those about whom there is nothing are left out."""
    viewer = request.visit.viewer
    lines = strategies_of(places)
    heard = voices_of(ref for ref, one in places.items() if why_may_see(viewer, one, "voice"))
    return {
        ref: ClassWords(
            tuple(Line(one.pk, one.text) for one in lines.get(ref, ())),
            heard[ref].text if ref in heard else "",
        )
        for ref in lines.keys() | heard.keys()
    }


def note_looks(
    request: HttpRequest,
    places: Mapping[str, PupilPlace],
    refs: Iterable[str],
    words: Mapping[str, ClassWords],
) -> None:
    """Record a look at each pupil shown, and at the pupil's own words where they were."""
    visit = request.visit
    for ref in refs:
        place = places[ref]
        for area in ("strategies", *(["voice"] if ref in words and words[ref].voice else [])):
            reason = why_may_see(visit.viewer, place, area)
            if reason:
                visit.saw(area, school_id=place.school_id, subject=ref, why=reason.words)


def with_sen(
    sheets: SchoolSheets, places: Mapping[str, PupilPlace], refs: Iterable[str]
) -> set[str]:
    """Those with SEND adjustments, who come first. The page does not say who they are."""
    years = {places[ref].year_group for ref in refs}
    found: set[str] = set()
    for year in years:
        if year is not None:
            found |= sheets.group(year).groups.get("sen", frozenset())
    return found


def sheets_with(request: HttpRequest, **which: Any) -> SchoolSheets:
    """The sheets of the school in which there is such a class or group; 404 when there is none."""
    for school_id in schools_of(request.visit.viewer):
        sheets = open_sheets(settings.SITE, school_id)
        if sheets and seen(request, sheets.places(**which)):
            return sheets
    raise Http404


def place_of(request: HttpRequest, ref: str) -> PupilPlace | None:
    for school_id in schools_of(request.visit.viewer):
        sheets = open_sheets(settings.SITE, school_id)
        place = sheets.place(ref) if sheets else None
        if place:
            return place
    return None
