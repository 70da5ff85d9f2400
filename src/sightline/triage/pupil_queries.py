"""What a pupil's page asks of the meetings: this week's place on the list, and what was decided."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from sightline.triage.models import Decision, Listing

__all__ = ["listing_this_week", "standing_decisions"]


def listing_this_week(pupil_ref: str, on: date) -> Listing | None:
    """The pupil's place on the list of the week of a date, while its meeting is not finished."""
    week = on - timedelta(days=on.weekday())
    found = Listing.objects.filter(
        pupil_ref=pupil_ref, meeting__week=week, meeting__finished_at__isnull=True
    )
    return found.select_related("meeting").first()


def standing_decisions(pupil_ref: str, since: date) -> list[Decision]:
    """What was decided about a pupil since a day and not undone, latest first."""
    first = timezone.make_aware(datetime.combine(since, time.min))
    found = Decision.objects.filter(
        pupil_ref=pupil_ref, undone_at__isnull=True, decided_at__gte=first
    )
    return list(found.select_related("decided_by", "owner").order_by("-decided_at", "-pk"))
