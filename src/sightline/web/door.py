"""The only way into a page: who is asking, may they, and a record of all they saw.

Every view is declared with `page` (or `public`): which area or deed it needs. The view then asks
for pupils with `pupil_or_404`, which answers absent and forbidden alike, and notes each look. The
looks are written when the page is ready, in the same transaction; if that fails nothing is shown.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sightline.access import Reason, Viewer, may, why_may_see
from sightline.governance.queries import viewer_of
from sightline.people.models import User
from sightline.record.chain import Entry, record
from sightline.sheets import PupilSheet, SchoolSheets, open_sheets, sheet_schools
from sightline.web.clock import now
from sightline.web.second_factor import passed

__all__ = ["Rule", "Visit", "page", "public", "pupil_or_404", "school_sheets"]

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Rule:
    """What a view needs. `needs` is an area or a deed of access.yml; empty: any signed-in person.

    `pupils` says that the page shows pupils' data, which asks for a second factor.
    """

    needs: str
    pupils: bool
    public: bool = False


@dataclass
class Visit:
    """One request by one person: the viewer, and every look and change so far."""

    user: User
    viewer: Viewer
    acting_for: str = ""
    request_id: str = field(default_factory=lambda: uuid4().hex)
    looks: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def saw(self, area: str, *, school_id: str, subject: str, why: str, **detail: Any) -> None:
        """Note that this request showed one area about one subject; said twice, noted once."""
        entry = Entry("read", area, school_id, subject, why, detail)
        self.looks.setdefault((area, subject), entry)

    def by(self) -> dict[str, Any]:
        """Who does it and when: the keyword arguments every action takes."""
        return {"by": self.user, "at": self.viewer.at}


def public(view: View) -> View:
    """A page without pupil data that needs no sign-in."""
    view.rule = Rule("", pupils=False, public=True)  # type: ignore[attr-defined]
    return view


def page(needs: str = "", *, pupils: bool = True) -> Callable[[View], View]:
    """Declare a view's rule and hold every request to it. `request.visit` is then a Visit."""

    def declare(view: View) -> View:
        @wraps(view)
        def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if pupils and settings.MFA_REQUIRED and not _second_factor(request):
                return redirect("second_factor")
            try:
                with transaction.atomic():
                    return _visited(request, view, needs, args, kwargs)
            except (DatabaseError, RecordFailed) as error:
                from sightline.web.errors import not_recorded

                return not_recorded(request, error)

        held.rule = Rule(needs, pupils)  # type: ignore[attr-defined]
        return held

    return declare


class RecordFailed(Exception):
    """The record of a look could not be written."""


def _visited(request: HttpRequest, view: View, needs: str, args: Any, kwargs: Any) -> HttpResponse:
    request.visit = visit = _visit(request)  # type: ignore[attr-defined]
    if needs and not may(visit.viewer, needs):
        raise Http404
    if visit.acting_for and not _only_looks(request):
        raise Http404
    response = view(request, *args, **kwargs)
    if hasattr(response, "render"):
        response.render()
    if response.streaming:
        raise RecordFailed("a page with pupil data is written whole, never streamed")
    if visit.looks:
        record(
            list(visit.looks.values()),
            at=visit.viewer.at,
            actor=f"user {visit.user.pk}",
            acting_for=visit.acting_for,
            request=visit.request_id,
        )
    return response


def _only_looks(request: HttpRequest) -> bool:
    """Seeing a page as a colleague changes nothing, but for going back to one's own."""
    match = request.resolver_match
    return request.method in ("GET", "HEAD") or bool(match and match.url_name == "view_as")


def _visit(request: HttpRequest) -> Visit:
    moment = now()
    viewer = viewer_of(request.user, at=moment, taught=taught_by, school_names=school_names())
    chosen, acting_for = request.session.get("view_as"), ""
    colleague = chosen and User.objects.filter(pk=chosen, is_active=True).first()
    if colleague and may(viewer, "view_as"):
        theirs = viewer_of(colleague, at=moment, taught=taught_by, school_names=school_names())
        viewer = Viewer(**{**viewer.__dict__, "within": theirs})
        acting_for = f"user {colleague.pk}"
    return Visit(request.user, viewer, acting_for)


def _second_factor(request: HttpRequest) -> bool:
    """This session's, not the account's: the session may be older than the second factor."""
    return passed(request)


def taught_by(staff_id: str, school_id: str, on: Any) -> dict[str, str]:
    """The classes a member of staff teaches on a date, by the timetable: id -> name."""
    sheets = open_sheets(settings.SITE, school_id)
    return sheets.taught_by(staff_id, on) if sheets else {}


def school_names() -> dict[str, str]:
    return sheet_schools(settings.SITE)


def school_sheets(request: HttpRequest, school_id: str) -> SchoolSheets:
    """A school's sheets; 404 when it has none."""
    sheets = open_sheets(settings.SITE, school_id)
    if sheets is None:
        raise Http404
    return sheets


def pupil_or_404(
    request: HttpRequest, pupil_ref: str, area: str, *, at_least: str = "indicator"
) -> tuple[PupilSheet, Reason]:
    """A pupil's sheet and why this viewer may see it; the look is noted.

    Raises Http404 when there is no such pupil, or no reason, or less detail than `at_least`.
    """
    visit: Visit = request.visit  # type: ignore[attr-defined]
    for school_id in schools_of(visit.viewer):
        sheets = open_sheets(settings.SITE, school_id)
        place = sheets.place(pupil_ref) if sheets else None
        if sheets is None or place is None:
            continue
        reason = why_may_see(visit.viewer, place, area)
        if reason is None or (at_least == "event" and reason.level != "event"):
            raise Http404
        visit.saw(area, school_id=school_id, subject=pupil_ref, why=reason.words)
        return sheets.pupil(pupil_ref), reason
    raise Http404


def schools_of(viewer: Viewer) -> Collection[str]:
    """The schools in which the viewer holds any role today; all of them for a trust role."""
    held = viewer.roles()
    if any(one.scope == "trust" for one in held):
        return list(sheet_schools(settings.SITE))
    found = {one.school_id for one in held if one.school_id}
    return sorted(found | set(viewer.emergency_schools))
