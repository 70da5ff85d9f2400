"""The end of a meeting: who was there, what is still open, and who does what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from sightline.access import why_may_see
from sightline.people.identity import Name
from sightline.triage.queries import colleagues, meeting_of, meeting_rows, recap
from sightline.web.dates import short_day
from sightline.web.groups import Group
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.week.pupils import Pupil, listed_pupils

__all__ = [
    "Action",
    "FinishPage",
    "Person",
    "finish_page",
    "gone_from",
    "meeting_or_404",
    "recap_people",
    "recap_text",
]


@dataclass(frozen=True)
class Person:
    """Somebody who may have been at the meeting."""

    pk: int
    name: str
    role: str
    ticked: bool


@dataclass(frozen=True)
class FinishPage:
    """What finish.html is given."""

    group: Group
    meeting: Any
    people: Sequence[Person]
    waiting: Sequence[Pupil]  # neither decided nor put off: they hold the meeting open
    put_off: Sequence[Pupil]
    decided: int
    actions: int


@dataclass(frozen=True)
class Action:
    """One line of a recap. `name` is the pupil's, for those who may see it."""

    words: str
    name: Name
    url: str


def meeting_or_404(request: HttpRequest, group: Group) -> Any:
    """This week's meeting of a group, once its list has been opened."""
    today = request.visit.viewer.on  # type: ignore[attr-defined]
    found = meeting_of(group.school_id, group.year_group, today)
    if found is None:
        raise Http404
    return found


def gone_from(group: Group, meeting: Any) -> set[str]:
    """Listed pupils who have left the group since: nothing is left to decide about them."""
    here = {place.pupil_ref for place in group.sheets.places(year_group=group.year_group)}
    return {one.pupil_ref for one in meeting.listings.all()} - here


def finish_page(
    request: HttpRequest, group: Group, meeting: Any, ticked: Collection[int] | None = None
) -> FinishPage:
    """The page before the last click. `ticked` are the people chosen on a form that was refused."""
    visit = request.visit  # type: ignore[attr-defined]
    rows = meeting_rows(meeting, visit.viewer.on)
    left = listed_pupils(request, group, [row for row in rows if row.decision is None])
    decided = [row.decision for row in rows if row.decision]
    chosen = {one.decided_by_id for one in decided} if ticked is None else set(ticked)
    return FinishPage(
        group=group,
        meeting=meeting,
        people=_people(group, visit, chosen),
        waiting=[one for one in left if not one.row.listing.come_back],
        put_off=[one for one in left if one.row.listing.come_back],
        decided=len(decided),
        actions=sum(one.kind == "act" for one in decided),
    )


def _people(group: Group, visit: Any, chosen: Collection[int]) -> list[Person]:
    """Who may see the group's list or tutors one of its forms; not who is signed in."""
    forms = {place.registration_group for place in group.sheets.places(group.year_group)}
    found = [
        Person(one.user.pk, one.user.name, one.role, one.user.pk in chosen)
        for one in colleagues(group.school_id, group.year_group, visit.viewer.on)
        if one.scope in ("year", "school") or (one.scope == "tutor_group" and one.value in forms)
    ]
    return [one for one in found if one.pk != visit.user.pk]


def recap_people(
    request: HttpRequest, group: Group, meeting: Any
) -> Mapping[str, Sequence[Action]]:
    """What each person took on, for the pupils the viewer may see here; every look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    allowed = []
    for owner, decisions in recap(meeting).items():
        for one in decisions:
            place = group.sheets.place(one.pupil_ref)
            reason = why_may_see(visit.viewer, place, "week") if place else None
            if reason and reason.level == "event":
                school, ref = group.school_id, one.pupil_ref
                visit.saw("week", school_id=school, subject=ref, why=reason.words)
                allowed.append((owner.name, one))
    refs = [one.pupil_ref for _, one in allowed]
    names = names_for(request).pupil_names(group.school_id, refs)
    found: dict[str, list[Action]] = {}
    for owner_name, one in allowed:
        words = f"{_begin_small(one.action)} by {short_day(one.until)}"
        action = Action(words, names[one.pupil_ref], address("pupil", one.pupil_ref))
        found.setdefault(owner_name, []).append(action)
    return found


def recap_text(people: Mapping[str, Sequence[Action]]) -> str:
    """The same as sentences to copy: "Mrs Bell will get the radio aid working by Mon 23 Mar."."""
    lines = [
        f"{person} will {action.words}." for person, actions in people.items() for action in actions
    ]
    return "\n".join(lines)


def _begin_small(words: str) -> str:
    """An action as it continues "Mrs Bell will ..."; a word in capitals stays as it is."""
    words = words.strip().rstrip(".")
    first = words.split(" ", 1)[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]
