"""Which school a page of a whole school is about, and the tabs to a person's other first pages."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.access import may
from sightline.sheets import sheet_schools
from sightline.web.door import schools_of
from sightline.web.homes.roles import homes_of

__all__ = ["chosen_school", "home_page", "schools_for"]


def schools_for(request: HttpRequest, area: str) -> list[tuple[str, str]]:
    """The schools, with names, in which the viewer sees an area over any scope."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    names = sheet_schools(settings.SITE)
    return [
        (one, names[one])
        for one in schools_of(viewer)
        if one in names and may(viewer, area, school_id=one)
    ]


def chosen_school(request: HttpRequest, area: str) -> str:
    """The school the address asks for, or the first; empty before the first load."""
    found = [one for one, _ in schools_for(request, area)]
    asked = request.GET.get("school") or request.POST.get("school")
    if asked and asked not in found:
        raise Http404
    return asked or (found[0] if found else "")


def home_page(request: HttpRequest, name: str) -> dict[str, Any]:
    """What every first page knows: the person's others, when there are several."""
    homes = homes_of(request.visit.viewer)  # type: ignore[attr-defined]
    return {"homes": homes if len(homes) > 1 else [], "here": name}
