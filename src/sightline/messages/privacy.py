"""What this room holds: mails without names, calendar feeds, numbers of printed copies."""

from datetime import datetime, timedelta
from typing import Any

from sightline.messages.models import CalendarDay, Message
from sightline.people.personal_data import Holds, described, erased, exported

__all__ = ["HOLDS", "describe", "erase", "export", "purge"]

HOLDS: Holds = {}  # nothing here names a pupil
MESSAGES = timedelta(days=90)
CALENDAR = timedelta(days=365)


def describe() -> list[dict[str, Any]]:
    return described("outbox")


def export(pupil_ref: str) -> dict[str, list[dict[str, Any]]]:
    return exported(HOLDS, pupil_ref)


def erase(pupil_ref: str) -> dict[str, int]:
    return erased(HOLDS, pupil_ref)


def purge(at: datetime) -> dict[str, int]:
    """Remove mails older than 90 days and calendar days of more than a year ago."""
    mails, _ = Message.objects.filter(made_at__lt=at - MESSAGES).delete()
    days, _ = CalendarDay.objects.filter(on__lt=(at - CALENDAR).date()).delete()
    return {"message": mails, "calendarday": days}
