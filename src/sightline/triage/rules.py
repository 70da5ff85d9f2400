"""The three decisions: what each needs, which dates are offered, and what is a mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = [
    "ADJUSTMENTS",
    "AWAY_SCHOOL_DAYS",
    "KINDS",
    "LATELY_SCHOOL_DAYS",
    "REASONS",
    "Kind",
    "Offer",
    "Proposal",
    "away_offers",
    "day_words",
    "mistakes",
    "review_offers",
]

LATELY_SCHOOL_DAYS = 15
AWAY_SCHOOL_DAYS = 20
REVIEW_WEEKS = (2, 1, 3, 4, 6)  # the first is offered first
AWAY_DAYS = (AWAY_SCHOOL_DAYS, 10, 40)
LONGEST = timedelta(days=370)
ACTION_LENGTH, NOTE_LENGTH = 200, 2000


@dataclass(frozen=True)
class Kind:
    """A decision in words, and the fields it cannot do without."""

    title: str
    hint: str
    verb: str  # how a decided row begins
    needs: tuple[str, ...]
    optional: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "act": Kind(
        "Act on this",
        "One action, one person, one date",
        "Acting",
        ("action", "owner", "until"),
        ("note",),
    ),
    "in_hand": Kind(
        "Already in hand",
        "A plan is running; say when it is looked at again",
        "Already in hand",
        ("until",),
        ("action", "owner", "note"),
    ),
    "not_now": Kind(
        "Not a concern now",
        "Say why, and for how long",
        "Not a concern now",
        ("reason", "note", "until"),
    ),
}
REASONS: Mapping[str, str] = {
    "explained": "Explained, such as an appointment or a family event",
    "wrong_data": "The data is wrong",
    "already_better": "Already better",
    "not_for_us": "Not for this meeting",
}
NO_NOTE_NEEDED = "already_better"  # the reason says it all
ADJUSTMENTS: Mapping[str, str] = {
    "yes": "Yes",
    "no": "No, fix this first",
    "unsure": "Not sure, find out",
}
MISSING: Mapping[str, str] = {
    "action": "Say what will be done: one action.",
    "owner": "Choose who will do it.",
    "until": "Choose a date.",
    "reason": "Choose a reason.",
    "note": "Say why, in your own words.",
}


@dataclass(frozen=True)
class Offer:
    """A date offered on a form, in words."""

    on: date
    words: str


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to decide, before it is checked."""

    kind: str
    reason: str = ""
    action: str = ""
    owner: int | None = None
    until: date | None = None
    adjustments: str = ""
    note: str = ""


def day_words(day: date) -> str:
    """`Mon 9 Mar`; nobody has to work out which of two numbers is the month."""
    return f"{day:%a} {day.day} {day:%b}"


def review_offers(today: date, open_days: Sequence[date]) -> list[Offer]:
    """Review dates some weeks ahead, on school days; two weeks comes first.

    `open_days` are the school's days after `today`, first to last. Where the date falls in a
    holiday the first day back is offered, once.
    """
    found: list[Offer] = []
    for weeks in REVIEW_WEEKS:
        wanted = today + timedelta(weeks=weeks)
        day = next((one for one in open_days if one >= wanted), None)
        if day is None or any(one.on == day for one in found):
            continue
        near = day - wanted < timedelta(days=4)
        unit = "week" if weeks == 1 else "weeks"
        words = f"In {weeks} {unit}" if near else "First day back"
        found.append(Offer(day, f"{words}, {day_words(day)}"))
    return found


def away_offers(open_days: Sequence[date]) -> list[Offer]:
    """Until when a pupil stays off the list: 20 school days on, unless another is chosen."""
    return [
        Offer(open_days[days - 1], f"{day_words(open_days[days - 1])}, {days} school days")
        for days in AWAY_DAYS
        if len(open_days) >= days
    ]


def mistakes(one: Proposal, today: date) -> dict[str, str]:
    """Each field that is missing or cannot be right, with a sentence; empty when all is well."""
    kind = KINDS.get(one.kind)
    if kind is None:
        return {"kind": "Choose one of the three decisions."}
    needs = [name for name in kind.needs if not (name == "note" and one.reason == NO_NOTE_NEEDED)]
    found = {name: MISSING[name] for name in needs if not getattr(one, name)}
    if one.kind == "not_now" and one.reason and one.reason not in REASONS:
        found["reason"] = MISSING["reason"]
    if one.adjustments and one.adjustments not in ADJUSTMENTS:
        found["adjustments"] = "Choose one of the answers, or none."
    return found | _wrong_date(one.until, today) | _too_long(one)


def _wrong_date(until: date | None, today: date) -> dict[str, str]:
    if until is None:
        return {}
    if until <= today:
        return {"until": "Choose a date after today."}
    if until - today > LONGEST:
        return {"until": "Choose a date within a year."}
    return {}


def _too_long(one: Proposal) -> dict[str, str]:
    found = {}
    if len(one.action) > ACTION_LENGTH:
        found["action"] = f"Keep the action under {ACTION_LENGTH} characters."
    if len(one.note) > NOTE_LENGTH:
        found["note"] = f"Keep the note under {NOTE_LENGTH:,} characters."
    return found
