"""The whole page of a meeting: its sentences, its pupils, and what stands beside them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from sightline.access import may, why_may_see
from sightline.kit import sentence_list
from sightline.people.identity import Name
from sightline.triage.chance import GroupShare, group_shares
from sightline.triage.pace import minutes_left
from sightline.triage.queries import ListToday, lens_of_term
from sightline.triage.support_queries import reviews_due
from sightline.web.dates import full_day
from sightline.web.groups import Group
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.week.decide_form import Form, form_for
from sightline.web.week.open_pupil import Open, opened
from sightline.web.week.pupils import Pupil
from sightline.web.week.since import Fresh, freshness_of, newcomers, state_of

__all__ = ["Funnel", "Page", "ReviewDue", "choose_open", "week_page"]

WORDS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
)


@dataclass(frozen=True)
class Funnel:
    """How many there are on the way to the list; the numbers add up."""

    on_roll: int
    met: int
    shown: int
    others_first: int
    in_hand: int
    not_now: int
    objected: int
    could_not_tell: int
    gone: int
    tie: bool

    @property
    def not_repeated(self) -> int:
        return self.others_first + self.in_hand + self.not_now

    @property
    def reasons(self) -> str:
        """Why those who met a threshold are not on the list."""
        found = [
            (self.in_hand, "already in hand"),
            (self.not_now, "not a concern for now"),
            (self.others_first, "because others changed more"),
        ]
        told = [(count, words) for count, words in found if count]
        if len(told) == 1:
            return f" {told[0][1]}"
        return ": " + sentence_list([f"{count} {words}" for count, words in told])


@dataclass(frozen=True)
class ReviewDue:
    """A support to look at today."""

    name: Name
    support: str
    owner: str
    url: str
    late: bool


@dataclass(frozen=True)
class Page:
    """What week.html is given."""

    group: Group
    meeting: Any
    day: str
    title: str
    funnel: Funnel
    current: Open | None
    waiting: Sequence[Pupil]
    decided: Sequence[Pupil]
    total: int
    done: int
    pace: int | None
    shares: Sequence[GroupShare]
    reviews: Sequence[ReviewDue]
    may_decide: bool
    may_finish: bool
    may_show_more: bool
    finished: datetime | None
    finished_by: str
    fresh: Fresh
    newcomers: int
    state: str

    @property
    def progress(self) -> str:
        return f"{self.done} of {self.total} decided"

    @property
    def next_name(self) -> str:
        return str(self.current.pupil.name) if self.current else ""

    @property
    def stands_out(self) -> GroupShare | None:
        """The share to mention on a phone before the list: the one furthest from the year's."""
        return min(self.shares, key=lambda one: one.chance, default=None)


def choose_open(people: Sequence[Pupil], wanted: int | None) -> Pupil | None:
    """The pupil asked for, else the next to be talked about; those put off come last."""
    asked = next((one for one in people if one.pk == wanted), None)
    left = [one for one in people if one.decided is None]
    left.sort(key=lambda one: one.row.listing.come_back)
    return asked or next(iter(left), None)


def week_page(
    request: HttpRequest,
    group: Group,
    listed: ListToday,
    people: Sequence[Pupil],
    current: Pupil | None,
    form: Form | None = None,
) -> Page:
    """The page of a list for `people`, those on it whom the viewer may see.

    `form` is one with mistakes or a conflict, to be shown again.
    """
    scope: dict[str, Any] = {"school_id": group.school_id, "year_group": group.year_group}
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    may_decide = bool(may(viewer, "decide", **scope))
    if current and may_decide and form is None:
        form = form_for(request, group, current)
    left = [one for one in people if one.decided is None and one is not current]
    left.sort(key=lambda one: one.row.listing.come_back)
    decided = sorted((one for one in people if one.decided), key=_decided_at, reverse=True)
    meeting, finished = listed.meeting, listed.meeting.finished_at
    return Page(
        group=group,
        meeting=meeting,
        day=full_day(viewer.on),
        title=_title(len(people)),
        funnel=_funnel(listed, people),
        current=opened(request, group, current, form if may_decide else None) if current else None,
        waiting=left,
        decided=[one for one in decided if one is not current],
        total=len(people),
        done=len(decided),
        pace=_pace(people),
        shares=_shares(group, meeting, viewer, scope),
        reviews=_reviews(request, group, viewer.on),
        may_decide=may_decide,
        may_finish=bool(may(viewer, "finish", **scope)) and finished is None,
        may_show_more=may_decide and finished is None,
        finished=timezone.localtime(finished) if finished else None,
        finished_by=meeting.finished_by.name if finished else "",
        fresh=freshness_of(group.sheets.facts),
        newcomers=len(newcomers(group, listed, viewer.on)),
        state=state_of(group, meeting),
    )


def _title(count: int) -> str:
    if not count:
        return "nobody new this week"
    return f"{WORDS[count]} pupil{'' if count == 1 else 's'} to talk about"


def _pace(people: Sequence[Pupil]) -> int | None:
    times = [_decided_at(one) for one in people if one.decided]
    return minutes_left(times, len(people) - len(times))


def _decided_at(one: Pupil) -> datetime:
    """When a decided pupil was decided on."""
    at: datetime = one.row.decision.decided_at  # type: ignore[union-attr]
    return at


def _funnel(listed: ListToday, people: Sequence[Pupil]) -> Funnel:
    """The recorded numbers, less what was objected to since."""
    counts: Mapping[str, Any] = listed.meeting.counts
    rows, aside = listed.rows, listed.set_aside
    why = Counter(one.reason for one in aside)
    met = len(rows) + len(aside)
    return Funnel(
        on_roll=counts["on_roll"],
        met=met,
        shown=len(people),
        others_first=why["others_first"],
        in_hand=why["in_hand"],
        not_now=why["not_now"],
        objected=counts["objected"] + counts["met_threshold"] - met,
        could_not_tell=counts["could_not_tell"],
        gone=len(rows) - len(people),
        tie=counts["tie_at_the_cut"],
    )


def _shares(group: Group, meeting: Any, viewer: Any, scope: dict[str, Any]) -> list[GroupShare]:
    """Shares of the list, for those who may see needs of this group."""
    if not may(viewer, "needs", **scope):
        return []
    return group_shares(
        meeting.counts["lens"], lens_of_term(meeting, _term_start(group, meeting.week))
    )


def _term_start(group: Group, week: date) -> date:
    """The first day of the term (autumn, spring or summer) that a week is in."""
    days = group.sheets.facts.days
    terms = {day: told[1].split(" ")[0] for day, told in days.items() if told[1]}
    ahead = [terms[day] for day in sorted(terms) if day >= week]
    return min((day for day, term in terms.items() if ahead and term == ahead[0]), default=week)


def _reviews(request: HttpRequest, group: Group, on: date) -> list[ReviewDue]:
    """The supports of this group to be looked at, where the viewer may see them."""
    visit = request.visit  # type: ignore[attr-defined]
    allowed = []
    for one in reviews_due(group.school_id, on, year_group=group.year_group):
        place = group.sheets.place(one.pupil_ref)
        reason = why_may_see(visit.viewer, place, "support") if place else None
        if reason:
            visit.saw("support", school_id=group.school_id, subject=one.pupil_ref, why=reason.words)
            allowed.append(one)
    names = names_for(request).pupil_names(group.school_id, [one.pupil_ref for one in allowed])
    return [
        ReviewDue(
            names[one.pupil_ref],
            one.name,
            one.owner.name,
            address("support", one.pk),
            one.review_on < on,
        )
        for one in allowed
    ]
