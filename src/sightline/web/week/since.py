"""Since a list was recorded: how old the figures are, and who meets a threshold only now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from sightline.governance.queries import objected
from sightline.sheets import SchoolFacts
from sightline.signals.weekly import Entry
from sightline.triage.lists import make_list
from sightline.triage.queries import ListToday, before_list, decisions_state
from sightline.web.clock import now
from sightline.web.dates import moment
from sightline.web.groups import Group

__all__ = ["Fresh", "freshness_of", "newcomers", "state_of"]

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Fresh:
    """The line about the data: from when it is and when the figures followed it.

    `age` is for the script, in seconds; None where it would be no use to count on from it.
    """

    data: str
    updated: str
    age: int | None


def freshness_of(facts: SchoolFacts) -> Fresh:
    """How old what the page shows is."""
    # In the demo the pages' clock is on another day than the machine's; either may have made them.
    ages = [(at - facts.built_at).total_seconds() for at in (now(), timezone.now())]
    age = min((one for one in ages if 0 <= one < DAY), default=None)
    return Fresh(
        f"Data from {_when(facts.recorded_at)}",
        f"updated {_when(facts.built_at)}",
        None if age is None else int(age),
    )


def _when(at: datetime) -> str:
    """10:42; of another day, Fri 6 Mar, 18:00."""
    local = timezone.localtime(at)
    today = local.date() in (now().date(), timezone.localdate())
    return f"{local:%H:%M}" if today else moment(local)


def newcomers(group: Group, listed: ListToday, on: date) -> Sequence[Entry]:
    """Who would be on the list by today's figures and met no threshold when it was recorded."""
    meeting = listed.meeting
    facts = group.sheets.group(group.year_group)
    if facts.snapshot == meeting.snapshot or meeting.finished_at is not None:
        return ()
    weekly = make_list(
        facts,
        before_list(group.school_id, group.year_group, meeting.week),
        on=on,
        objections=objected(group.school_id, on),
        order=settings.SITE.keys.order,
        capacity=len(facts.flags),
    )
    known = {one.pupil_ref for one in meeting.listings.all()}
    known |= {one.pupil_ref for one in meeting.set_aside.all()}
    return [one for one in weekly.entries if one.pupil_ref not in known]


def state_of(group: Group, meeting: Any) -> str:
    """Differs when the figures or the decisions do: all that a poll needs to know."""
    facts = group.sheets.facts
    decided = decisions_state(meeting)
    return f"{facts.snapshot}-{facts.built_at.timestamp():.0f}-{decided}"
