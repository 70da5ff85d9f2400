"""How the work goes: listed, decided, reviewed on time, ended. Patterns of process, never a person.

In: what people recorded. Out: counts by term and year group, with their ranges. Nothing here is
about one pupil or one member of staff.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Q
from django.utils import timezone

from sightline.triage.models import Listing, Meeting, Support
from sightline.triage.queries import week_of
from sightline.triage.shares import Share, typical_days

__all__ = ["GRACE", "Process", "Step", "by_part", "steps_of", "summed"]

GRACE = timedelta(days=7)
"""A review is on time when it is made within a week of its date."""
SEALED = ("name", "success_words", "decision__action", "decision__note")  # not opened: not needed


class Step(NamedTuple):
    """One thing that was to happen (`kind`), in which week and year group, and whether it did.

    `listed` with `done`: a listing that was decided, after `days`; `met`: the others who met a
    threshold that week; `due`: a review whose date (and a week) has passed, done in time or not;
    `tried`: a support that was started, done when it has ended.
    """

    kind: str
    on: date
    year_group: int | None
    done: bool
    days: int | None = None
    many: int = 1


@dataclass(frozen=True)
class Process:
    """The figures of one part: a term, a year group or a school."""

    name: str
    lists: int
    listed: int
    met: int
    decided: Share
    on_time: Share
    ended: Share
    days: str


def steps_of(
    school_id: str, *, since: date, on: date, year_of: Callable[[str], int | None]
) -> list[Step]:
    """Everything of a school since a date. `year_of` tells a pupil's year group today."""
    return [
        *_listed(school_id, since, on),
        *_met(school_id, since, on),
        *_supports(school_id, since, on, year_of),
    ]


def by_part(steps: Iterable[Step], part: Callable[[Step], str]) -> list[Process]:
    """The figures of each part, in the order in which parts first occur; '' is left out."""
    parts: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if name := part(step):
            parts[name].append(step)
    return [summed(name, found) for name, found in parts.items()]


def summed(name: str, steps: Sequence[Step]) -> Process:
    """The figures of some steps taken together."""
    listed = [one for one in steps if one.kind == "listed"]
    due = [one for one in steps if one.kind == "due"]
    tried = [one for one in steps if one.kind == "tried"]
    return Process(
        name,
        lists=sum(one.kind == "met" for one in steps),
        listed=len(listed),
        met=sum(one.many for one in steps if one.kind == "met"),
        decided=Share(sum(one.done for one in listed), len(listed)),
        on_time=Share(sum(one.done for one in due), len(due)),
        ended=Share(sum(one.done for one in tried), len(tried)),
        days=typical_days([one.days for one in listed if one.days is not None]),
    )


def _listed(school_id: str, since: date, on: date) -> list[Step]:
    """Each listing of a finished meeting or of an earlier week, so that nobody is hurried."""
    standing = Q(decisions__undone_at__isnull=True)
    rows = (
        Listing.objects.filter(meeting__school_id=school_id, meeting__week__gte=since)
        .filter(Q(meeting__week__lt=week_of(on)) | Q(meeting__finished_at__isnull=False))
        .annotate(decided_at=Max("decisions__decided_at", filter=standing))
        .order_by("meeting__week", "pk")
        .values_list("meeting__week", "meeting__year_group", "meeting__opened_at", "decided_at")
    )
    return [
        Step("listed", week, year, decided_at is not None, _days(opened_at, decided_at))
        for week, year, opened_at, decided_at in rows
    ]


def _days(opened_at: datetime, decided_at: datetime | None) -> int | None:
    if decided_at is None:
        return None
    return (timezone.localdate(decided_at) - timezone.localdate(opened_at)).days


def _met(school_id: str, since: date, on: date) -> list[Step]:
    rows = Meeting.objects.filter(school_id=school_id, week__gte=since)
    rows = rows.filter(Q(week__lt=week_of(on)) | Q(finished_at__isnull=False))
    rows = rows.annotate(shown=Count("listings")).order_by("week", "year_group")
    return [
        Step("met", one.week, one.year_group, True, many=one.counts.get("met_threshold", one.shown))
        for one in rows
    ]


def _supports(
    school_id: str, since: date, on: date, year_of: Callable[[str], int | None]
) -> list[Step]:
    rows = Support.objects.filter(school_id=school_id, started_on__gte=since)
    rows = rows.select_related("decision").prefetch_related("reviews")
    steps = []
    for row in rows.defer(*SEALED).order_by("started_on", "pk"):
        year = year_of(row.pupil_ref)
        steps.append(Step("tried", row.started_on, year, row.ended_on is not None))
        reviews = sorted(row.reviews.all(), key=lambda one: (one.reviewed_at, one.pk))
        made = [(timezone.localdate(one.reviewed_at), one.next_review_on) for one in reviews]
        first = row.decision.until if row.decision else None if made else row.review_on
        for due, done in _reviews_due(first, row.ended_on, made, on):
            steps.append(Step("due", due, year, done))
    return steps


def _reviews_due(
    first: date | None,
    ended_on: date | None,
    made: Sequence[tuple[date, date | None]],
    on: date,
) -> list[tuple[date, bool]]:
    """Each review date that has come, and whether a review was made by a week after it.

    `first` is the date set at the start, where it is known; each review (made on, next date) set
    the one after it. A review whose date is not known is not judged.
    """
    dates = [first, *(following for _, following in made)]
    found = [
        (due, reviewed_on <= due + GRACE)
        for due, (reviewed_on, _) in zip(dates, made, strict=False)
        if due
    ]
    waiting = dates[-1]
    if waiting and ended_on is None and waiting + GRACE < on:
        found.append((waiting, False))
    return found
