"""Which lines of the staff table have an account."""

from sightline.people.models import User

__all__ = ["staff_with_account"]


def staff_with_account(school_id: str) -> frozenset[str]:
    """The ids of a school's staff who have an open account."""
    rows = User.objects.filter(school_id=school_id, is_active=True).exclude(staff_id="")
    return frozenset(rows.values_list("staff_id", flat=True))
