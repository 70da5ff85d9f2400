"""New thresholds count from the next preparation on: say so to the worker, who prepares."""

from datetime import datetime

from django.db import transaction

from sightline.people.models import User
from sightline.triage.models import Event

__all__ = ["pages_prepared", "thresholds_changed"]


@transaction.atomic
def thresholds_changed(*, by: User, at: datetime, change: int) -> None:
    """Leave an event for the worker; `change` is the confirmed proposal."""
    Event.objects.create(kind="thresholds_changed", school_id="", about=change, by=by, at=at)


@transaction.atomic
def pages_prepared(*, at: datetime, up_to: int) -> None:
    """The pages follow every change announced up to this event."""
    waiting = Event.objects.filter(kind="thresholds_changed", handled_at__isnull=True)
    waiting.filter(pk__lte=up_to).update(handled_at=at)
