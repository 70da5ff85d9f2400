"""One past meeting of one year group, as its head of year would have held it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sightline.people.models import User
from sightline.project.demo.words import ACTIONS, AIMS, IN_HAND, NOT_NOW, NOTES, STORY_VOICE, VOICES
from sightline.sheets import GroupFacts, SchoolSheets
from sightline.triage.actions.decisions import come_back, decide
from sightline.triage.actions.meetings import finish, open_meeting, show_more
from sightline.triage.actions.notes import write_note
from sightline.triage.actions.supports import start_support
from sightline.triage.aims import aims_of
from sightline.triage.models import Decision, Listing, Meeting

__all__ = ["Monday", "hold_meeting", "school_day_after"]

KINDS = ("act", "act", "act", "in_hand", "not_now", "not_now")
REASONS = ("explained", "explained", "wrong_data", "already_better", "not_for_us")


@dataclass(frozen=True)
class Monday:
    """The meeting's day, the group's facts on the Friday before, and who works there."""

    on: date
    facts: GroupFacts
    levels: Mapping[tuple[str, str], float]  # of each pupil and signal on that Friday
    users: Mapping[str, list[User]]
    sheets: SchoolSheets
    draw: random.Random
    story: str  # the pupil of the cast whose Tuesdays the demo tells of
    last_but_one: bool

    @property
    def lead(self) -> User:
        """The head of this year group."""
        mine = f"head.of.year{self.facts.year_group}@"
        heads = self.users["head_of_year"]
        return next((one for one in heads if one.email.startswith(mine)), heads[0])

    def at(self, minutes: int) -> datetime:
        return datetime.combine(self.on, time(8, 40), UTC) + timedelta(minutes=minutes)


def hold_meeting(monday: Monday) -> None:
    """Open the list, decide on every pupil, finish."""
    meeting = open_meeting(by=monday.lead, at=monday.at(0), group=monday.facts)
    _bring_in(monday, meeting)
    minutes = 0
    for listing in meeting.listings.order_by("position"):
        minutes += monday.draw.choice((1, 2, 2, 3))
        _decide(monday, listing, monday.at(minutes))
    attended = [monday.lead, monday.users["senco"][0]]
    finish(by=monday.lead, at=monday.at(minutes + 1), meeting=meeting, attended=attended)


def _bring_in(monday: Monday, meeting: Meeting) -> None:
    """A fortnight before the demo's day the tutor asks about the pupil of the Tuesdays."""
    left_out = meeting.set_aside.filter(reason="others_first", pupil_ref=monday.story)
    if monday.last_but_one and left_out.exists():
        show_more(
            by=monday.lead,
            at=monday.at(0),
            meeting=meeting,
            reason="The tutor asked about Tuesdays",
            group=monday.facts,
            pupil_ref=monday.story,
        )


def _decide_story(monday: Monday, listing: Listing, at: datetime) -> None:
    """In hand until the demo's day, so that the review brings the pupil back on it."""
    decide(
        by=monday.lead,
        at=at,
        listing=listing,
        kind="in_hand",
        until=monday.on + timedelta(weeks=2),
        adjustments="unsure",
        note="The tutor watches Tuesdays for a fortnight and tells us what starts it.",
    )
    write_note(
        by=monday.users["senco"][0],
        at=at,
        school_id=monday.facts.school_id,
        pupil_ref=listing.pupil_ref,
        kind="voice",
        text=STORY_VOICE,
    )


def _decide(monday: Monday, listing: Listing, at: datetime) -> None:
    if listing.pupil_ref == monday.story:
        if monday.last_but_one:
            _decide_story(monday, listing, at)
        else:
            come_back(by=monday.lead, at=at, listing=listing)
        return
    draw, themes = monday.draw, sorted({flag["theme"] for flag in listing.entry["flags"]})
    kind, theme = draw.choice(KINDS), draw.choice(themes)
    needs = listing.pupil_ref in monday.facts.groups["sen"]
    reason = draw.choice(REASONS) if kind == "not_now" else ""
    fields = {
        "kind": kind,
        "reason": reason,
        "action": draw.choice(ACTIONS[theme]) if kind == "act" else "",
        "owner": _owner(monday) if kind == "act" else None,
        "until": school_day_after(monday.sheets, monday.on, draw.choice((5, 10, 10, 15))),
        "adjustments": draw.choice(("yes", "yes", "yes", "yes", "no", "unsure")) if needs else "",
        "note": _note(draw, kind, reason),
    }
    decision = decide(by=monday.lead, at=at, listing=listing, seen=None, **fields)
    if kind == "act" and theme in AIMS and draw.random() < 0.55:
        _support(monday, decision, theme, at)
    if draw.random() < 0.2:
        kind_of_note, texts = draw.choice((("note", NOTES), ("voice", VOICES)))
        write_note(
            by=monday.lead,
            at=at,
            school_id=monday.facts.school_id,
            pupil_ref=listing.pupil_ref,
            kind=kind_of_note,
            text=draw.choice(texts),
        )


def _note(draw: random.Random, kind: str, reason: str) -> str:
    if kind == "in_hand":
        return draw.choice(IN_HAND)
    return draw.choice(NOT_NOW[reason]) if reason else ""


def _owner(monday: Monday) -> User:
    posts = (monday.lead, monday.lead, monday.users["senco"][0], monday.users["tutor"][0])
    return monday.draw.choice(posts)


def _support(monday: Monday, decision: Decision, theme: str, at: datetime) -> None:
    signal, name, words = AIMS[theme]
    level = monday.levels.get((decision.pupil_ref, signal))
    start_support(
        by=monday.lead,
        at=at,
        school_id=monday.facts.school_id,
        pupil_ref=decision.pupil_ref,
        name=name,
        aim_signal=signal,
        start_level=level,
        success=aims_of({})[signal].suggested(level),
        success_words=words,
        owner=decision.owner,
        review_on=decision.until,
        decision=decision,
    )


def school_day_after(sheets: SchoolSheets, day: date, school_days: int) -> date:
    """The date so many school days later."""
    later = [one for one in sorted(sheets.facts.days) if one > day and _open(sheets, one)]
    return later[min(school_days, len(later)) - 1]


def _open(sheets: SchoolSheets, day: date) -> bool:
    return sheets.facts.days[day][0] == "open"
