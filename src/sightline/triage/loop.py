"""The loop from a flag to help: how long each step takes, and how much of what is flagged is
believed and leads to support in time. By half-term; never about one pupil or member of staff.

Trust is the share of decided listings that staff found credible: to act on, or in hand already.
Actionability is the share of decided listings after which a support began within ten school days
of the figures. A pupil was noticed again when a later list, within six weeks of the decision and
after it, holds one of the same signals.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from sightline.triage.models import Decision, Listing, Support
from sightline.triage.queries import week_of
from sightline.triage.shares import Share, typical_days

__all__ = ["IN_TIME", "Loop", "Noticed", "loop_by_part", "noticed_of"]

IN_TIME = 10  # school days
AGAIN = timedelta(days=42)


class Noticed(NamedTuple):
    """One decided listing: when its figures are of, days to the decision and to a support, whether
    staff believed it, whether help came in time, and whether the pupil was noticed again; None
    where the time for it has not passed, or nothing has begun."""

    on: date
    days_to_decision: int
    days_to_support: int | None
    credible: bool
    in_time: bool | None
    again: bool | None


@dataclass(frozen=True)
class Loop:
    """The figures of one part, such as a half-term."""

    name: str
    decided: int
    to_decision: str
    to_support: str
    trust: Share
    actionability: Share
    again: Share


def noticed_of(
    school_id: str, *, since: date, on: date, school_days: Sequence[date]
) -> list[Noticed]:
    """Every decided listing of a school's lists since a date, in the order of weeks.

    `school_days` are the school's open days, in order.
    """
    listings = list(
        Listing.objects.filter(meeting__school_id=school_id, meeting__week__gte=since)
        .filter(meeting__week__lte=week_of(on))
        .select_related("meeting")
        .order_by("meeting__week", "pk")
    )
    standing = Decision.objects.filter(
        listing__meeting__school_id=school_id,
        listing__meeting__week__gte=since,
        undone_at__isnull=True,
    )
    decisions = {one.listing_id: one for one in standing.defer("action", "note")}
    starts = starts_of(school_id, since)
    seen: dict[str, list[tuple[date, frozenset[str]]]] = defaultdict(list)
    for one in listings:
        seen[one.pupil_ref].append((one.meeting.as_of, signals_of(one)))
    return [
        noticed(one, decision, starts[one.pupil_ref], seen[one.pupil_ref], on, school_days)
        for one in listings
        if (decision := decisions.get(one.pk)) is not None
    ]


def starts_of(school_id: str, since: date) -> Mapping[str, list[date]]:
    """By pupil, the days on which supports began."""
    found: dict[str, list[date]] = defaultdict(list)
    rows = Support.objects.filter(school_id=school_id, started_on__gte=since)
    for ref, started in rows.order_by("started_on").values_list("pupil_ref", "started_on"):
        found[ref].append(started)
    return found


def signals_of(listing: Listing) -> frozenset[str]:
    entry = listing.entry
    return frozenset(flag["signal"] for flag in entry["flags"] + entry.get("more_flags", []))


def noticed(
    listing: Listing,
    decision: Decision,
    starts: Sequence[date],
    lists: Sequence[tuple[date, frozenset[str]]],
    on: date,
    school_days: Sequence[date],
) -> Noticed:
    """What became of one listing."""
    figures = listing.meeting.as_of
    decided = timezone.localdate(decision.decided_at)
    began = next((day for day in starts if day >= figures), None)
    passed = days_between(school_days, figures, on) >= IN_TIME
    soon = began is not None and days_between(school_days, figures, began) <= IN_TIME
    until = decided + AGAIN
    own = signals_of(listing)
    back = any(decided < day <= until and own & signals for day, signals in lists)
    return Noticed(
        on=figures,
        days_to_decision=(decided - figures).days,
        days_to_support=(began - figures).days if began and began <= on else None,
        credible=decision.kind in ("act", "in_hand"),
        in_time=soon if soon or passed else None,
        again=back if back or until < on else None,
    )


def days_between(school_days: Sequence[date], first: date, last: date) -> int:
    """School days after the first up to the last."""
    return bisect_right(school_days, last) - bisect_right(school_days, first)


def loop_by_part(steps: Iterable[Noticed], part: Callable[[Noticed], str]) -> list[Loop]:
    """The figures of each part, in the order in which parts first occur; '' is left out."""
    parts: dict[str, list[Noticed]] = defaultdict(list)
    for step in steps:
        if name := part(step):
            parts[name].append(step)
    return [loop_of(name, found) for name, found in parts.items()]


def loop_of(name: str, found: Sequence[Noticed]) -> Loop:
    in_time = [one.in_time for one in found if one.in_time is not None]
    again = [one.again for one in found if one.again is not None]
    return Loop(
        name,
        decided=len(found),
        to_decision=typical_days([one.days_to_decision for one in found]),
        to_support=typical_days(
            [one.days_to_support for one in found if one.days_to_support is not None]
        ),
        trust=Share(sum(one.credible for one in found), len(found)),
        actionability=Share(sum(in_time), len(in_time)),
        again=Share(sum(again), len(again)),
    )
