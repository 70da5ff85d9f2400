"""What gives rise to a mail: each cause with a key that is the same however often it is found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import Q

from sightline.governance.models import Complaint
from sightline.messages.data_faults import refused_tables, stale_attendance
from sightline.messages.days import local, school_days
from sightline.messages.models import Message
from sightline.messages.viewers import people_who
from sightline.people.models import EmergencyAccess, User
from sightline.triage.models import Decision, Meeting, Support

__all__ = ["Cause", "causes_at", "digest_week"]

MORNING = time(7)
RECENT = timedelta(days=3)
"""A finished meeting or an emergency older than this is no longer news."""
OVERDUE_AFTER = 5  # school days
LONG_AGO = timedelta(days=45)  # a review as late as this is for the meeting, not for mail
WARN_BEFORE = timedelta(days=7)  # before a complaint's acknowledgement is due


@dataclass(frozen=True)
class Cause:
    """Somebody is to hear of something, until a moment after which it is of no use to them."""

    key: str
    kind: str
    to: int
    until: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False  # ahead of all others, and again until it has gone


def causes_at(at: datetime) -> Iterator[Cause]:
    """Every cause that holds at a moment, those already mailed included."""
    return chain(
        _emergencies(at), _recaps(at), _reviews(at), _complaints(at), _data(at), _digests(at)
    )


def digest_week(at: datetime, choice: str) -> date | None:
    """The Monday whose digest is to go out now to those who chose `sunday` or `monday`."""
    now = local(at)
    if choice == "sunday" and now.weekday() == 6 and now.time() >= time(18):
        return now.date() + timedelta(days=1)
    morning = now.weekday() == 0 and now.time() >= MORNING
    return now.date() if morning and choice in ("sunday", "monday") else None


def _emergencies(at: datetime) -> Iterator[Cause]:
    for one in EmergencyAccess.objects.filter(started_at__gt=at - RECENT, started_at__lte=at):
        key, until = f"emergency:{one.pk}", one.started_at + RECENT
        yield Cause(key, "emergency", one.told_id, until, {"emergency": one.pk}, urgent=True)


def _recaps(at: datetime) -> Iterator[Cause]:
    finished = Meeting.objects.filter(finished_at__gt=at - RECENT, finished_at__lte=at)
    actions = Decision.objects.filter(
        listing__meeting__in=finished, kind="act", undone_at__isnull=True, owner__isnull=False
    )
    pairs = actions.values_list("listing__meeting_id", "owner_id").distinct().order_by()
    for meeting, owner in pairs:
        key = f"recap:{meeting}:{owner}"
        yield Cause(key, "recap", owner, at + RECENT, {"meeting": meeting})


def _reviews(at: datetime) -> Iterator[Cause]:
    now = local(at)
    if now.time() < MORNING:
        return
    open_ones = Support.objects.filter(ended_on__isnull=True, review_on__lte=now.date())
    recent = open_ones.filter(review_on__gt=now.date() - LONG_AGO)
    found = recent.values_list("owner_id", "school_id", "review_on").distinct().order_by()
    for owner, school_id, review_on in found:
        days = len(school_days(school_id, review_on, now.date())) - 1
        kind = "review_due" if days < OVERDUE_AFTER else "review_late"
        detail = {"school": school_id, "on": review_on.isoformat()}
        key = f"{kind}:{owner}:{school_id}:{review_on}"
        yield Cause(key, kind, owner, at + RECENT, detail)


def _complaints(at: datetime) -> Iterator[Cause]:
    today = local(at).date()
    waiting = Complaint.objects.filter(closed_at__isnull=True, acknowledged_at__isnull=True)
    near = waiting.filter(acknowledge_by__lte=today + WARN_BEFORE).exclude(kind="wrong_data")
    reports = waiting.filter(kind="wrong_data")
    for one in near:
        for user in people_who("complaint_handle", at, one.school_id):
            late = "late" if one.acknowledge_by < today else "due"
            key = f"complaint_{late}:{one.pk}:{user.pk}"
            yield Cause(key, "complaint", user.pk, at + WARN_BEFORE, {"complaint": one.pk})
    for one in reports:
        for user in people_who("answer_wrong", at, one.school_id):
            key = f"wrong_data:{one.pk}:{user.pk}"
            yield Cause(key, "wrong_data", user.pk, at + WARN_BEFORE, {"complaint": one.pk})


def _data(at: datetime) -> Iterator[Cause]:
    refused, stale = refused_tables(settings.SITE), stale_attendance(settings.SITE, local(at))
    if refused:
        for user in people_who("answer_wrong", at):
            if set(refused.tables) <= _told_of(user.pk, at):
                continue
            detail = {"snapshot": refused.snapshot, "tables": refused.tables}
            key = f"refused:{user.pk}:{refused.snapshot}"
            yield Cause(key, "refused", user.pk, at + WARN_BEFORE, detail)
    for school_id, last in stale.items():
        for user in people_who("answer_wrong", at, school_id):
            detail = {"school": school_id, "last": last.isoformat()}
            yield Cause(
                f"stale:{user.pk}:{school_id}:{last}", "stale", user.pk, at + RECENT, detail
            )


def _told_of(user: int, at: datetime) -> set[str]:
    """The tables whose refused rows somebody heard of in the last four weeks."""
    since = at - timedelta(days=28)
    told = Message.objects.filter(kind="refused", to=user, made_at__gt=since)
    return {table for detail in told.values_list("detail", flat=True) for table in detail["tables"]}


def _digests(at: datetime) -> Iterator[Cause]:
    for choice in ("sunday", "monday"):
        monday = digest_week(at, choice)
        if monday is None:
            continue
        until = datetime.combine(monday + timedelta(days=1), time(0), local(at).tzinfo)
        today = local(at).date()
        in_force = Q(grants__to_on__isnull=True) | Q(grants__to_on__gte=today)
        people = User.objects.filter(in_force, is_active=True, digest_at=choice)
        for pk in people.values_list("pk", flat=True).distinct().order_by():
            detail = {"monday": monday.isoformat()}
            yield Cause(f"digest:{pk}:{monday}", "digest", pk, until, detail)
