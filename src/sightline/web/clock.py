"""The one clock of the pages. In the demo it stays on the day the made-up school's data is for."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

__all__ = ["now", "today"]


def now() -> datetime:
    """This moment, aware, in the school's time zone."""
    moment = timezone.localtime(timezone.now())
    if settings.DATA_DAY:
        day = date.fromisoformat(settings.DATA_DAY)
        return moment.replace(year=day.year, month=day.month, day=day.day)
    return moment


def today() -> date:
    """The school's date."""
    return now().date()
