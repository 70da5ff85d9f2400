"""Finding a pupil by name, or going through a tutor group: only pupils whose page may be opened."""

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest

from sightline.access import PupilPlace, why_may_see
from sightline.sheets import SchoolSheets
from sightline.web.door import school_names, school_sheets, schools_of
from sightline.web.names import names_for

__all__ = ["MOST", "Found", "Groups", "find_by_name", "groups_for", "in_group"]

MOST = 20
"""Pupils shown for one search; each is a look that is recorded."""


@dataclass(frozen=True)
class Found:
    """A pupil whose page the viewer may open."""

    ref: str
    name: str
    group: str


@dataclass(frozen=True)
class Groups:
    """The tutor groups of one year of a school, with how many pupils the viewer may see."""

    title: str
    year: int | None
    school_id: str
    groups: tuple[tuple[str, int], ...]


def groups_for(request: HttpRequest) -> list[Groups]:
    """The tutor groups with pupils whose page this viewer may open. No pupil is shown."""
    found = []
    names = school_names()
    for sheets in _schools(request):
        counts: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for place in _open_to(request, sheets):
            counts[place.year_group][place.registration_group] += 1
        for year, groups in sorted(counts.items(), key=lambda one: one[0] or 0):
            school = f"{names[sheets.school_id]}, " if len(names) > 1 else ""
            title = f"{school}Year {year}" if year is not None else f"{school}no year group"
            found.append(Groups(title, year, sheets.school_id, tuple(sorted(groups.items()))))
    return found


def in_group(request: HttpRequest, school_id: str, group: str) -> list[Found]:
    """The pupils of a tutor group, by name; every one shown is recorded."""
    sheets = next((one for one in _schools(request) if one.school_id == school_id), None)
    if sheets is None:
        return []
    places = [one for one in _open_to(request, sheets) if one.registration_group == group]
    return _named(request, sheets, places)


def find_by_name(request: HttpRequest, typed: str) -> tuple[list[Found], int]:
    """Pupils each of whose typed words begins a part of their name, and how many there are."""
    words = typed.casefold().split()
    if not words:
        return [], 0
    found: list[Found] = []
    count = 0
    for sheets in _schools(request):
        places = _open_to(request, sheets)
        names = names_for(request).pupil_names(
            sheets.school_id, [place.pupil_ref for place in places]
        )
        fits = [one for one in places if _fits(words, str(names[one.pupil_ref]))]
        count += len(fits)
        fits.sort(key=lambda one: (str(names[one.pupil_ref]), one.pupil_ref))
        found += _named(request, sheets, fits[: MOST - len(found)])
    return found, count


def _fits(words: list[str], name: str) -> bool:
    parts = name.casefold().replace("-", " ").split()
    return all(any(part.startswith(word) for part in parts) for word in words)


def _schools(request: HttpRequest) -> list[SchoolSheets]:
    visit = request.visit  # type: ignore[attr-defined]
    return [school_sheets(request, school_id) for school_id in schools_of(visit.viewer)]


def _open_to(request: HttpRequest, sheets: SchoolSheets) -> list[PupilPlace]:
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    return [place for place in sheets.places() if why_may_see(viewer, place, "page")]


def _named(request: HttpRequest, sheets: SchoolSheets, places: list[PupilPlace]) -> list[Found]:
    visit = request.visit  # type: ignore[attr-defined]
    refs = [place.pupil_ref for place in places]
    names = names_for(request).pupil_names(sheets.school_id, refs)
    found = []
    for place in places:
        reason = why_may_see(visit.viewer, place, "page")
        if reason:
            ref, school_id = place.pupil_ref, sheets.school_id
            visit.saw("page", school_id=school_id, subject=ref, why=reason.words)
            found.append(Found(ref, str(names[ref]), place.registration_group))
    return sorted(found, key=lambda one: (one.name.rsplit(" ", 1)[-1], one.name, one.ref))
