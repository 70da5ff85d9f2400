"""Which subject of which school and year an address asks for, if the viewer may see it."""

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.pipeline.evidence.progress import overview
from sightline.sheets import SchoolSheets
from sightline.web.evidence.progress import slug_of
from sightline.web.evidence.progress_reach import (
    reach_of,
    school_or_404,
    sees_groups,
    supported,
)

__all__ = ["asked_subject"]


def asked_subject(
    request: HttpRequest, school: str, slug: str
) -> tuple[SchoolSheets, str, int | None]:
    """The school's sheets, the subject's name and the year group asked for.

    Without a year it is all of them, or the first the viewer leads. 404 for what the viewer may
    not see, which answers as what is not there.
    """
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    sheets = school_or_404(request, school)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() else None
    if asked and year not in sheets.facts.year_groups:
        raise Http404
    reach = next((one for one in reach_of(viewer) if one.school_id == school), None)
    if reach is None:
        raise Http404
    if (
        year is None
        and not sees_groups(viewer, school)
        and slug not in map(slug_of, reach.subjects)
    ):
        year = reach.years[0] if reach.years else None
    told = overview(
        settings.SITE, school, viewer.on, year_group=year, supported=supported(viewer, school)
    )
    names = [one["subject"] for one in told["subjects"] if slug_of(one["subject"]) == slug]
    if not names or not sees_groups(viewer, school, year, names[0]):
        raise Http404
    return sheets, names[0], year
