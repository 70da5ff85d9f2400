"""Those who met a threshold and are not on the list, by reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from sightline.access import why_may_see
from sightline.people.identity import Name
from sightline.triage.lists import title_of
from sightline.triage.queries import ListToday, joined_since
from sightline.web.groups import Group
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.week.since import newcomers

__all__ = ["Aside", "AsidePart", "aside_groups"]

PARTS = (
    ("in_hand", "Already in hand", "A plan is in date. They come back on its review date."),
    ("not_now", "Not a concern now", "Decided lately. They come back on the date chosen."),
    (
        "others_first",
        "Others come first",
        "They met a threshold, and others on the list changed more, or in more ways.",
    ),
    (
        "since",
        "Since the list was made",
        "They meet a threshold by the figures that came later. The list stays as it was made.",
    ),
)


@dataclass(frozen=True)
class Aside:
    """A pupil who is not on the list; `until` where a decision says so."""

    ref: str
    name: Name
    url: str
    tag: str
    until: date | None
    signals: Sequence[str]


@dataclass(frozen=True)
class AsidePart:
    """All those with the same reason."""

    key: str
    title: str
    words: str
    people: Sequence[Aside]


def aside_groups(request: HttpRequest, group: Group, listed: ListToday) -> list[AsidePart]:
    """Those not listed whom the viewer may see, in the order of the list; each look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    allowed = []
    for row in [*listed.set_aside, *_since(group, listed, visit.viewer.on)]:
        place = group.sheets.place(row.pupil_ref)
        reason = why_may_see(visit.viewer, place, "week") if place else None
        if place and reason:
            visit.saw("week", school_id=group.school_id, subject=row.pupil_ref, why=reason.words)
            allowed.append((row, place))
    refs = [row.pupil_ref for row, _ in allowed]
    names = names_for(request).pupil_names(group.school_id, refs)
    by_reason: dict[str, list[Aside]] = {key: [] for key, _, _ in PARTS}
    for row, place in allowed:
        by_reason[row.reason].append(
            Aside(
                row.pupil_ref,
                names[row.pupil_ref],
                address("pupil", row.pupil_ref),
                place.registration_group,
                row.until,
                [title_of(one) for one in row.signals],
            )
        )
    return [
        AsidePart(key, title, words, by_reason[key])
        for key, title, words in PARTS
        if by_reason[key]
    ]


def _since(group: Group, listed: ListToday, on: date) -> list[Any]:
    """Who meets a threshold only since the list was made, as if set aside (nothing is stored)."""
    return [
        joined_since(listed.meeting, one.pupil_ref, [flag.signal for flag in one.flags])
        for one in newcomers(group, listed, on)
    ]
