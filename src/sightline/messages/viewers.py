"""Who may hear of something: the same access rules as on screen, asked when a mail is sent."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from sightline.access import Viewer, may, read_matrix
from sightline.governance.queries import viewer_of
from sightline.people.models import User
from sightline.sheets import open_sheets, sheet_schools

__all__ = ["people_who", "viewer_at"]


def viewer_at(user: User, at: datetime) -> Viewer:
    """A person's access as it is at a moment."""
    return viewer_of(user, at=at, taught=_taught, school_names=sheet_schools(settings.SITE))


def people_who(deed: str, at: datetime, school_id: str | None = None) -> Iterator[User]:
    """The people who may do a deed, in a school if one is given."""
    roles = [role for role in read_matrix().roles if read_matrix().does(role, deed)]
    in_force = Q(grants__to_on__isnull=True) | Q(grants__to_on__gte=at.date())
    holders = User.objects.filter(
        in_force, is_active=True, grants__role__in=roles, grants__from_on__lte=at.date()
    )
    for user in holders.distinct().order_by("pk"):
        if may(viewer_at(user, at), deed, school_id=school_id):
            yield user


def _taught(staff_id: str, school_id: str, on: date) -> dict[str, str]:
    sheets = open_sheets(settings.SITE, school_id)
    return dict(sheets.taught_by(staff_id, on)) if sheets else {}
