"""Who has a page open in an emergency, who may review it, and what waits for review."""

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from sightline.access import read_matrix
from sightline.people.models import EmergencyAccess, Grant, User

__all__ = ["emergency_of", "may_review", "open_emergencies", "reviewers", "reviews_waiting"]

ALONE = timedelta(days=3)  # so long only the person told is asked to review


def open_emergencies(user: User, at: datetime) -> list[EmergencyAccess]:
    """The pages a person has open now, those that end first first."""
    held = EmergencyAccess.objects.filter(user=user, started_at__lte=at, ends_at__gt=at)
    return list(held.order_by("ends_at"))


def reviewers(school_id: str, at: datetime, *, but: User | None = None) -> list[User]:
    """Everybody who may review emergency access at a school, by name."""
    held = _held("emergency_review", at.date()).filter(Q(scope="trust") | Q(school_id=school_id))
    found = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return [user for user in found.order_by("name") if but is None or user.pk != but.pk]


def may_review(user: User, access: EmergencyAccess, at: datetime) -> bool:
    """Whether this person may review this access: never their own."""
    return user in reviewers(access.school_id, at) and user.pk != access.user_id


def reviews_waiting(user: User, at: datetime) -> list[EmergencyAccess]:
    """What a person is asked to review: where they were told, and after three days all there is."""
    waiting = EmergencyAccess.objects.filter(reviewed_at__isnull=True).exclude(user=user)
    asked = waiting.filter(Q(told=user) | Q(started_at__lte=at - ALONE))
    asked = asked.select_related("user", "told").order_by("started_at")
    return [one for one in asked if may_review(user, one, at)]


def _held(deed: str, on: date) -> QuerySet[Grant]:
    roles = [name for name in read_matrix().roles if read_matrix().does(name, deed)]
    return Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on), role__in=roles, from_on__lte=on
    )


def emergency_of(pk: int) -> EmergencyAccess | None:
    """One emergency access by its number."""
    return EmergencyAccess.objects.filter(pk=pk).first()
