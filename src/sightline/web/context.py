"""What every template knows: who is signed in, the school, the six menu items, how old data is."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest

from sightline.access import Viewer, may
from sightline.governance.queries import viewer_of
from sightline.people.queries import user_of
from sightline.sheets import open_sheets, sheet_schools
from sightline.triage.safeguarding_queries import is_safeguarding_lead, open_alerts
from sightline.web.clock import now
from sightline.web.freshness import freshness
from sightline.web.menu import address, find_address, menu_of, week_address

if TYPE_CHECKING:
    from sightline.people.models import User

__all__ = ["around"]


def around(request: HttpRequest) -> dict[str, Any]:
    """Names for base.html. Nothing about anybody for a visitor who has not signed in."""
    known: dict[str, Any] = {
        "demo": settings.DEMO,
        "school_name": "Sightline",
        "home_url": address("home") or "/",
        "dsl_name": settings.SITE.settings["dsl_name"],
        "shortcuts": True,
    }
    user = getattr(request, "user", AnonymousUser())
    try:
        if user.is_authenticated:
            known |= _signed_in(request, user)
    except DatabaseError:  # the page that says so must still be shown
        pass
    return known


def _signed_in(request: HttpRequest, user: "User") -> dict[str, Any]:
    visit = getattr(request, "visit", None)
    viewer = visit.viewer if visit else _viewer(user)
    schools = sheet_schools(settings.SITE)
    school_id = user.school_id or (next(iter(schools)) if len(schools) == 1 else "")
    sheets = open_sheets(settings.SITE, school_id) if school_id else None
    moment = now()
    return {
        "user_name": user.name,
        "school_name": schools.get(school_id, "Sightline"),
        "reading": user.reading,
        "shortcuts": user.shortcuts,
        "menu": menu_of(viewer, request.path),
        "week_url": week_address(viewer),
        "find_url": find_address(viewer),
        "me_url": address("me"),
        "stay_url": address("stay"),
        "view_as_url": address("view_as") if may(viewer, "view_as") or viewer.within else "",
        "view_as": _colleague(viewer),
        "emergencies": _emergencies(viewer),
        "alerts": _alerts(viewer, user),
        "access_url": address("access_matrix"),
        "safeguarding_url": address("safeguarding"),
        "freshness": freshness(sheets.facts, moment) if sheets else "",
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "printed_at": moment,
    }


def _viewer(user: "User") -> Viewer:
    """On a page without a rule of its own, such as a change of password: roles, no classes."""
    return viewer_of(user, at=now(), taught=lambda *_: {}, school_names={})


def _colleague(viewer: Viewer) -> str:
    colleague = user_of(viewer.within.user_id) if viewer.within else None
    return colleague.name if colleague else ""


def _alerts(viewer: Viewer, user: "User") -> list[Any]:
    """Urgent safeguarding alerts without an answer, wherever those are who may answer them."""
    leads = any(one.role == "senior_leader" for one in viewer.roles())
    return open_alerts(user, viewer.on) if leads or is_safeguarding_lead(user) else []


def _emergencies(viewer: Viewer) -> list[dict[str, Any]]:
    """Each emergency access that is open: until when, and the page it opens."""
    return [
        {"until": until, "url": address("pupil", ref)} for ref, until in viewer.emergencies.items()
    ]
