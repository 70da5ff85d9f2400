"""Whether this person may do something for one pupil: by a role that allows it and covers them."""

from dataclasses import replace

from django.http import Http404, HttpRequest

from sightline.access import PupilPlace, Reason, Viewer, why_may_see
from sightline.access.rules import read_matrix
from sightline.sheets import PupilSheet
from sightline.web.door import pupil_or_404, school_sheets

__all__ = ["deed_or_404", "why_may_do"]


def why_may_do(viewer: Viewer, place: PupilPlace, deed: str, area: str) -> Reason | None:
    """The reason from roles that allow the deed, if one of them shows this area about the pupil.

    Emergency access shows a page and allows no deed. With `within`, both people must be allowed.
    """
    return why_may_see(_only(viewer, deed), place, area)


def deed_or_404(
    request: HttpRequest, pupil_ref: str, deed: str, area: str
) -> tuple[PupilSheet, Reason]:
    """A pupil's sheet for somebody who may do this for them; the look is noted, as on any page."""
    sheet, _ = pupil_or_404(request, pupil_ref, area)
    place = school_sheets(request, sheet.school_id).place(pupil_ref)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    reason = why_may_do(viewer, place, deed, area) if place else None
    if reason is None:
        raise Http404
    return sheet, reason


def _only(viewer: Viewer, deed: str) -> Viewer:
    matrix = read_matrix()
    held = tuple(one for one in viewer.held if matrix.does(one.role, deed))
    within = _only(viewer.within, deed) if viewer.within else None
    return replace(viewer, held=held, within=within, emergencies={})
