"""What happened while somebody has the list open: colleagues' decisions, and other figures.

Decisions are told by number on the list, never by name. Of the pupils whose figures are no longer
those the page shows, what the page shows of them is made anew; only that is a look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from sightline.triage.queries import Row
from sightline.web.groups import Group
from sightline.web.week.figures_now import figures_mark, rows_now
from sightline.web.week.open_pupil import Open, opened
from sightline.web.week.pupils import Pupil, listed_pupils

__all__ = ["Replaced", "Update", "Updates", "replaced_figures", "updates_of"]

MOST_ASKED = 1000  # letters of the page's own account of what it shows


@dataclass(frozen=True)
class Update:
    """One decision by somebody else."""

    listing: int
    position: int
    by: str
    at: str


@dataclass(frozen=True)
class Updates:
    """Where the meeting stands."""

    done: int
    total: int
    by_others: Sequence[Update]


def updates_of(rows: Sequence[Row], me: int) -> Updates:
    """The state of a list, with the decisions of everybody but the one who asks."""
    decided = [one for one in rows if one.decision]
    return Updates(
        len(decided),
        len(rows),
        [
            Update(
                one.listing.pk,
                one.listing.position,
                one.decision.decided_by.name,
                f"{timezone.localtime(one.decision.decided_at):%H:%M}",
            )
            for one in decided
            if one.decision and one.decision.decided_by_id != me
        ],
    )


@dataclass(frozen=True)
class Replaced:
    """The pupils whose figures are others now; `now` is among them if it is the open one."""

    rows: Sequence[Pupil] = ()
    now: Open | None = None


def replaced_figures(request: HttpRequest, group: Group, rows: Sequence[Row]) -> Replaced:
    """Those of the pupils on somebody's page whose figures it shows as they were.

    The page says what it shows: `shown=12:0a1b2c,13:...` by number of listing, and which is open.
    """
    shown = _shown(request.GET.get("shown", "")[:MOST_ASKED])
    visit = request.visit  # type: ignore[attr-defined]
    asked = [row for row in rows if row.listing.pk in shown]
    changed = {
        row.listing.pk
        for row in rows_now(group, asked, visit.viewer.on)
        if shown[row.listing.pk] != _mark(group, row)
    }
    people = listed_pupils(request, group, [one for one in asked if one.listing.pk in changed])
    current = next((one for one in people if str(one.pk) == request.GET.get("open", "")), None)
    return Replaced(
        [one for one in people if one is not current],
        opened(request, group, current, None, voice=False) if current else None,
    )


def _mark(group: Group, row: Row) -> str:
    place = group.sheets.place(row.listing.pupil_ref)
    return figures_mark(row.entry, place.registration_group if place else "")


def _shown(text: str) -> dict[int, str]:
    pairs = (one.partition(":") for one in text.split(","))
    return {int(pk): mark for pk, _, mark in pairs if pk.isdecimal()}
