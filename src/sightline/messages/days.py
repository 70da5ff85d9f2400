"""School days, for reminders that count them; weekdays where a school's calendar is not held."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from sightline.sheets import open_sheets

__all__ = ["local", "school_days"]


def local(at: datetime) -> datetime:
    """A moment on the school's clock."""
    return timezone.localtime(at)


def school_days(school_id: str, first: date, last: date) -> list[date]:
    """The days on which a school is open, both ends included."""
    sheets = open_sheets(settings.SITE, school_id)
    if sheets is not None:
        return sorted(sheets.school_days(first, last))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]
