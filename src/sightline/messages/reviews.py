"""A person's own review dates, counted under the access rules as they are now."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings

from sightline.access import Viewer, why_may_see
from sightline.messages.viewers import viewer_at
from sightline.people.models import User
from sightline.sheets import open_sheets
from sightline.triage.models import Decision, Support

__all__ = ["review_days", "reviews_waiting"]


def reviews_waiting(reader: User, school_id: str, on: date, at: datetime) -> int:
    """How many of somebody's reviews due on a day are still to be done, of pupils they may see."""
    found = Support.objects.filter(
        owner=reader, school_id=school_id, review_on=on, ended_on__isnull=True
    )
    viewer = viewer_at(reader, at)
    return sum(_may_see(viewer, one.school_id, one.pupil_ref) for one in found)


def review_days(reader: User, at: datetime) -> Counter[date]:
    """The days of somebody's own reviews: their supports, and actions that became no support."""
    supports = Support.objects.filter(owner=reader, ended_on__isnull=True)
    actions = Decision.objects.filter(
        owner=reader, kind="act", undone_at__isnull=True, supports__isnull=True
    )
    rows = supports.values_list("school_id", "pupil_ref", "review_on")
    return _seen(viewer_at(reader, at), [*rows, *actions.values_list(*ACTION_COLUMNS)])


ACTION_COLUMNS = ("school_id", "pupil_ref", "until")


def _seen(viewer: Viewer, rows: Iterable[tuple[str, str, date]]) -> Counter[date]:
    return Counter(on for school_id, ref, on in rows if _may_see(viewer, school_id, ref))


def _may_see(viewer: Viewer, school_id: str, pupil_ref: str) -> bool:
    sheets = open_sheets(settings.SITE, school_id)
    place = sheets.place(pupil_ref) if sheets else None
    return place is not None and why_may_see(viewer, place, "support") is not None
