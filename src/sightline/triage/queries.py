"""What others may ask of the meetings: lists, decisions in force, counts. Nothing here writes."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from sightline.access import read_matrix
from sightline.governance.queries import objected
from sightline.people.models import Grant, User
from sightline.signals.weekly import Decision as Decided
from sightline.signals.weekly import Shown
from sightline.triage.lists import Before, without_themes
from sightline.triage.models import Decision, Draft, Event, Listing, Meeting, SetAside

__all__ = [
    "Colleague",
    "ListToday",
    "Row",
    "before_list",
    "colleagues",
    "counts_by_signal",
    "decisions_for_list",
    "decisions_of_pupil",
    "decisions_state",
    "draft_of",
    "in_force",
    "joined_since",
    "lens_of_term",
    "listing_of",
    "meeting_of",
    "meeting_rows",
    "recap",
    "threshold_change_waiting",
    "undecided",
    "week_of",
]

MEMORY = timedelta(days=400)
"""Older decisions no longer set anybody aside: a date may be chosen at most a year ahead."""
ASKED = (
    "head_of_year",
    "senco",
    "attendance_officer",
    "tutor",
    "class_teacher",
    "senior_leader",
)
"""Roles whose holders can be asked to do something for a pupil."""


@dataclass(frozen=True)
class Row:
    """A listed pupil as it may be shown today: the entry without what was objected to."""

    listing: Listing
    entry: dict[str, Any]
    decision: Decision | None


class ListToday:
    """A meeting's recorded list as it may be shown on a day. Each part is asked for once."""

    def __init__(self, meeting: Meeting, on: date) -> None:
        self.meeting, self.on = meeting, on

    @cached_property
    def rows(self) -> list[Row]:
        """The listed pupils in order, without anything objected to since the list was made."""
        decided = in_force(self.meeting)
        found = []
        for listing in self.meeting.listings.order_by("position"):
            themes = self._objections.get(listing.pupil_ref)
            entry = listing.entry if themes is None else without_themes(listing.entry, themes)
            if entry is not None:
                found.append(Row(listing, entry, decided.get(listing.pk)))
        return found

    @cached_property
    def set_aside(self) -> list[SetAside]:
        """Those who met a threshold and are not listed; objections honoured since."""
        rows = self.meeting.set_aside.order_by("pk")
        return [one for one in rows if one.pupil_ref not in self._objections]

    @cached_property
    def _objections(self) -> dict[str, frozenset[str]]:
        return objected(self.meeting.school_id, self.on)


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be asked to do something for a pupil, with their role in short."""

    user: User
    role: str
    scope: str
    value: str


def week_of(on: date) -> date:
    """The Monday of a date's week."""
    return on - timedelta(days=on.weekday())


def meeting_of(school_id: str, year_group: int, on: date) -> Meeting | None:
    """The list recorded for the week of a date."""
    return Meeting.objects.filter(
        school_id=school_id, year_group=year_group, week=week_of(on)
    ).first()


def before_list(school_id: str, year_group: int, on: date) -> Before:
    """What the list of a date's week follows from."""
    last = (
        Meeting.objects.filter(school_id=school_id, year_group=year_group, week__lt=week_of(on))
        .order_by("-week")
        .first()
    )
    decisions = decisions_for_list(school_id, on)
    if last is None:
        return Before(decisions)
    listed = {one.pupil_ref: one.entry for one in last.listings.all()}
    flagged = {
        (ref, flag["signal"])
        for ref, entry in listed.items()
        for flag in entry["flags"] + entry["more_flags"]
    }
    flagged |= {(one.pupil_ref, name) for one in last.set_aside.all() for name in one.signals}
    shown = Shown(timezone.localdate(last.opened_at), frozenset(listed))
    return Before(decisions, shown, flagged)


def decisions_for_list(school_id: str, on: date) -> list[Decided]:
    """A school's decisions in force up to a date, earliest first, as the weekly list needs them."""
    rows = (
        _standing()
        .filter(school_id=school_id, decided_at__gte=_midnight(on - MEMORY))
        .order_by("decided_at", "pk")
        .values_list("pupil_ref", "decided_at", "kind", "until", "themes")
    )
    return [
        Decided(ref, timezone.localdate(at), kind, until, frozenset(themes))
        for ref, at, kind, until, themes in rows
        if timezone.localdate(at) <= on
    ]


def in_force(meeting: Meeting) -> dict[int, Decision]:
    """The decision in force of each decided listing of a meeting, by the listing's id."""
    rows = _standing().filter(listing__meeting=meeting).select_related("decided_by", "owner")
    return {one.listing_id: one for one in rows}


def meeting_rows(meeting: Meeting, on: date) -> list[Row]:
    """The listed pupils in order, as they may be shown on a day."""
    return ListToday(meeting, on).rows


def undecided(meeting: Meeting, on: date) -> list[Listing]:
    """The listed pupils without a decision, objections apart."""
    return [one.listing for one in meeting_rows(meeting, on) if one.decision is None]


def listing_of(meeting: Meeting, pk: int, on: date) -> Row | None:
    """One listed pupil of a meeting, if it may still be shown."""
    return next((one for one in meeting_rows(meeting, on) if one.listing.pk == pk), None)


def lens_of_term(meeting: Meeting, since: date) -> list[dict[str, Any]]:
    """The shares of every list of the group since a date, this one included."""
    rows = Meeting.objects.filter(
        school_id=meeting.school_id,
        year_group=meeting.year_group,
        week__gte=since,
        week__lte=meeting.week,
    )
    return [one.get("lens", {}) for one in rows.order_by("week").values_list("counts", flat=True)]


def recap(meeting: Meeting) -> dict[User, list[Decision]]:
    """What each person is to do after a meeting, from the decisions to act."""
    found: dict[User, list[Decision]] = defaultdict(list)
    rows = _standing().filter(listing__meeting=meeting, kind="act").select_related("owner")
    for one in rows.order_by("until", "pk"):
        if one.owner:
            found[one.owner].append(one)
    return dict(found)


def decisions_of_pupil(pupil_ref: str) -> list[Decision]:
    """Every decision about a pupil, latest first, those undone or replaced included."""
    rows = Decision.objects.filter(pupil_ref=pupil_ref).select_related("decided_by", "owner")
    return list(rows.order_by("-decided_at", "-pk"))


def draft_of(listing: Listing, user: User) -> tuple[dict[str, str], datetime | None]:
    """What a person typed about a listed pupil and did not save, and when it was kept."""
    found = Draft.objects.filter(listing=listing, user=user).first()
    if found is None:
        return {}, None
    fields: dict[str, str] = json.loads(found.text or "{}")
    return fields, found.saved_at


def counts_by_signal(school_id: str, since: date) -> dict[str, dict[str, int]]:
    """For each signal, how the decisions about pupils it listed went."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = _standing().filter(school_id=school_id, decided_at__gte=_midnight(since))
    for one in rows.select_related("listing").only("kind", "reason", "listing__entry"):
        entry = one.listing.entry
        for flag in entry["flags"] + entry["more_flags"]:
            found[flag["signal"]][_counted_as(one)] += 1
    names = ("accepted", "in_hand", "not_a_concern", "wrong_data")
    return {signal: {name: counts[name] for name in names} for signal, counts in found.items()}


def colleagues(school_id: str, year_group: int, on: date) -> list[Colleague]:
    """Who can be asked to do something for a pupil of a year group, each once."""
    grants = (
        Grant.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=on),
            school_id=school_id,
            from_on__lte=on,
            role__in=ASKED,
            user__is_active=True,
        )
        .exclude(Q(scope="year") & ~Q(value=str(year_group)))
        .select_related("user")
        .only("role", "scope", "value", "user__name", "user__staff_id")
    )
    found: dict[int, Colleague] = {}
    for one in sorted(grants, key=lambda one: (ASKED.index(one.role), one.user.name)):
        title = read_matrix().roles[one.role]["title"].split(" or ")[0]
        found.setdefault(one.user_id, Colleague(one.user, title, one.scope, one.value))
    return list(found.values())


def _standing() -> QuerySet[Decision]:
    return Decision.objects.filter(undone_at__isnull=True)


def _counted_as(one: Decision) -> str:
    if one.kind == "not_now":
        return "wrong_data" if one.reason == "wrong_data" else "not_a_concern"
    return "accepted" if one.kind == "act" else "in_hand"


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, datetime.min.time()))


def threshold_change_waiting() -> int | None:
    """The latest announced change of a threshold that the pages do not follow yet."""
    waiting = Event.objects.filter(kind="thresholds_changed", handled_at__isnull=True)
    return waiting.order_by("pk").values_list("pk", flat=True).last()


def decisions_state(meeting: Meeting) -> str:
    """Differs when somebody has decided or undone something in the meeting."""
    told = Decision.objects.filter(listing__meeting=meeting).aggregate(
        latest=Max("pk"), undone=Max("undone_at")
    )
    undone = f"{told['undone']:%H%M%S%f}" if told["undone"] else ""
    return f"{told['latest'] or 0}-{undone}"


def joined_since(meeting: Meeting, pupil_ref: str, signals: list[str]) -> SetAside:
    """A pupil who meets a threshold only since the list was made, as if set aside; not stored."""
    return SetAside(meeting=meeting, pupil_ref=pupil_ref, reason="since", signals=signals)
