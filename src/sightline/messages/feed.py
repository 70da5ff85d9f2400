"""Calendar files: a person's review days, all-day, with a count and a link, and no name."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from sightline.messages.days import local
from sightline.messages.links import host, link
from sightline.messages.models import CalendarDay, CalendarFeed
from sightline.messages.reviews import review_days
from sightline.people.models import User

__all__ = ["KEEP_DAYS", "days_now", "feed_bytes", "feeds_of", "review_bytes"]

KEEP_DAYS = timedelta(days=30)  # how long past days stay in the feed


def feeds_of(user: User) -> list[CalendarFeed]:
    """A person's calendar addresses in use, the latest first."""
    return list(CalendarFeed.objects.filter(user=user, revoked_at=None).order_by("-made_at"))


def days_now(user: User, at: datetime) -> Counter[date]:
    """The review days that a feed shows from a moment on."""
    start = local(at).date() - KEEP_DAYS
    return Counter({on: n for on, n in review_days(user, at).items() if on >= start})


def feed_bytes(days: Iterable[CalendarDay]) -> bytes:
    """A person's feed."""
    calendar = _calendar()
    for day in days:
        calendar.add_component(_event(f"day-{day.user_id}-{day.on:%Y%m%d}", day, link("supports")))
    return calendar.to_ical()


def review_bytes(pk: int, on: date, made_at: datetime) -> bytes:
    """One support's next review, for a calendar that is not subscribed to the feed."""
    calendar = _calendar()
    day = CalendarDay(on=on, count=1, sequence=0, changed_at=made_at)
    calendar.add_component(_event(f"support-{pk}-{on:%Y%m%d}", day, link("support", pk=pk)))
    return calendar.to_ical()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Sightline//Review days//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", "Sightline reviews")
    calendar.add("x-wr-calname", "Sightline reviews")
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    return calendar


def _event(name: str, day: CalendarDay, url: str) -> Event:
    event = Event()
    event.add("uid", f"{name}-{settings.SITE.keys.fingerprint}@{host().rsplit(':', 1)[0]}")
    event.add("dtstamp", day.changed_at)
    event.add("last-modified", day.changed_at)
    event.add("sequence", day.sequence)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", f"Pupil review ({day.count})" if day.count else "Pupil review")
    event.add("description", f"Sign in to see it: {url}")
    event.add("url", url)
    event.add("status", "CONFIRMED" if day.count else "CANCELLED")
    event.add("transp", "TRANSPARENT")  # the day is not taken
    event.add("class", "PRIVATE")
    return event
