"""Private calendar addresses: making and revoking them, and reading one."""

import hashlib
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.messages.days import local
from sightline.messages.feed import KEEP_DAYS, days_now, feed_bytes
from sightline.messages.models import CalendarDay, CalendarFeed
from sightline.people.models import User
from sightline.record.chain import Entry, changed, record

__all__ = ["make_feed", "read_feed", "revoke_feed"]

MOST = 3  # calendars at once


@transaction.atomic
def make_feed(*, by: User, at: datetime) -> str:
    """A new address; its token is returned here and never again. Raises ValidationError."""
    if CalendarFeed.objects.filter(user=by, revoked_at=None).count() >= MOST:
        raise ValidationError({"feed": "You have three addresses. End one before making another."})
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, token_hash=_hash(token), made_at=at)
    _changed("make_calendar", feed, by, at)
    return token


@transaction.atomic
def revoke_feed(*, by: User, at: datetime, pk: int) -> bool:
    """End one of one's own addresses; False when there is none of that number."""
    feed = CalendarFeed.objects.filter(user=by, pk=pk, revoked_at=None).first()
    if feed is None:
        return False
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    _changed("end_calendar", feed, by, at)
    return True


@transaction.atomic
def read_feed(token: str, *, at: datetime) -> bytes | None:
    """The calendar at an address; None when it was never made, is revoked or its owner has left.

    A changed day is handed out with a higher sequence and one without reviews as cancelled. What is
    past stays as it was. The first reading of a day is recorded.
    """
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=_hash(token)).first()
    if feed is None or feed.revoked_at or not feed.user.is_active:
        return None
    today = local(at).date()
    days = _brought_up_to_date(feed.user, at)
    if feed.last_read_at is None or local(feed.last_read_at).date() != today:
        school = feed.user.school_id
        entry = Entry("read", "support", school, f"user {feed.user_id}", "Own calendar feed")
        record([entry], at=at, actor=f"calendar {feed.pk}")
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)
    return feed_bytes(days)


def _brought_up_to_date(user: User, at: datetime) -> list[CalendarDay]:
    today = local(at).date()
    # The row of the user is the lock: two readings at once count one change once.
    User.objects.select_for_update().get(pk=user.pk)
    counts = days_now(user, at)
    known = {
        day.on: day for day in CalendarDay.objects.filter(user=user, on__gte=today - KEEP_DAYS)
    }
    for on in sorted(counts.keys() | known.keys()):
        day, count = known.get(on), counts[on]
        if day is None:
            known[on] = CalendarDay.objects.create(user=user, on=on, count=count, changed_at=at)
        elif day.count != count and on > today:
            day.count, day.sequence, day.changed_at = count, day.sequence + 1, at
            day.save(update_fields=["count", "sequence", "changed_at"])
    return [known[on] for on in sorted(known)]


def _changed(action: str, feed: CalendarFeed, by: User, at: datetime) -> None:
    school = by.school_id
    changed(by=by, at=at, action=action, area="people", school_id=school, subject=f"feed {feed.pk}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
