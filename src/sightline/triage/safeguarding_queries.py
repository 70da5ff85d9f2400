"""Which safeguarding alerts wait for an answer, and who may give it."""

from datetime import date

from django.conf import settings
from django.db.models import Q

from sightline.people.models import User
from sightline.triage.models import Signpost

__all__ = ["is_safeguarding_lead", "may_answer", "open_alerts", "signpost_of"]


def is_safeguarding_lead(user: User) -> bool:
    """Whether this account has the address that the site names for its safeguarding lead."""
    address = settings.SITE.settings["dsl_mail"].strip().lower()
    return bool(address) and user.email.lower() == address


def may_answer(user: User, school_id: str, on: date) -> bool:
    """Whether this person may mark an alert of a school as answered."""
    return is_safeguarding_lead(user) or school_id in _led_by(user, on)


def open_alerts(user: User, on: date, school_id: str | None = None) -> list[Signpost]:
    """Urgent alerts that nobody has answered, for those who may; the oldest first."""
    found = Signpost.objects.filter(urgent=True, answered_at__isnull=True)
    if not is_safeguarding_lead(user):
        found = found.filter(school_id__in=_led_by(user, on))
    if school_id is not None:
        found = found.filter(school_id=school_id)
    return list(found.select_related("used_by").order_by("used_at", "pk"))


def signpost_of(pk: int) -> Signpost | None:
    """One use of the path."""
    found = Signpost.objects.select_related("used_by", "answered_by")
    return found.filter(pk=pk).first()


def _led_by(user: User, on: date) -> set[str]:
    held = user.grants.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on), role="senior_leader", from_on__lte=on
    )
    return set(held.values_list("school_id", flat=True))
