"""The decision form: exactly one pupil, exactly one answer to each question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from sightline.triage.rules import Offer, away_offers, day_words, review_offers

__all__ = ["FIELDS", "Calendar", "answers", "date_chosen", "seen_of", "typed"]

FIELDS = (
    "kind",
    "adjustments",
    "action",
    "owner",
    "review",
    "reason",
    "away",
    "day",
    "month",
    "year",
    "note",
)
PICK = "pick"


@dataclass(frozen=True)
class Calendar:
    """The school's days after today, and the dates offered from them."""

    today: date
    open_days: Sequence[date]

    @cached_property
    def reviews(self) -> list[Offer]:
        return review_offers(self.today, self.open_days)

    @cached_property
    def away(self) -> list[Offer]:
        return away_offers(self.open_days)

    def why_not(self, day: date) -> str:
        """Why a date cannot be chosen; empty when it can. Beyond the calendar weekdays will do."""
        known_to = self.open_days[-1] if self.open_days else self.today
        if day <= self.today or day in self.open_days or (day > known_to and day.weekday() < 5):
            return ""
        later = next((one for one in self.open_days if one > day), None)
        hint = f" The next is {day_words(later)}." if later else ""
        return f"{day_words(day)} is not a school day.{hint}"


def typed(post: QueryDict) -> dict[str, str]:
    """What was typed. Raises SuspiciousOperation where one form speaks of more than one thing."""
    for name in (*FIELDS, "seen"):
        if len(post.getlist(name)) > 1:
            raise SuspiciousOperation("one decision, for one pupil, at a time")
    return {name: post.get(name, "").strip() for name in FIELDS}


def seen_of(post: QueryDict) -> int | None:
    """The decision that was in force when the form was shown."""
    found = post.get("seen", "")
    return int(found) if found.isdecimal() else None


def date_chosen(fields: Mapping[str, str], calendar: Calendar) -> tuple[date | None, str]:
    """The date of the decision's kind, or None and why it cannot be used."""
    chosen = fields["away" if fields["kind"] == "not_now" else "review"]
    try:
        day = _picked(fields) if chosen == PICK else date.fromisoformat(chosen)
    except ValueError:
        return None, "" if chosen == "" else "Type a date as day, month and year: 23 3 2026."
    wrong = calendar.why_not(day)
    return (None, wrong) if wrong else (day, "")


def answers(
    fields: Mapping[str, str], calendar: Calendar, owners: Collection[int]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The arguments of a decision (its owner as a number), and the mistakes found so far."""
    until, wrong = date_chosen(fields, calendar)
    owner = int(fields["owner"]) if fields["owner"].isdecimal() else None
    mistakes = {"until": wrong} if wrong else {}
    if owner is not None and owner not in owners:
        owner, mistakes["owner"] = None, "Choose somebody from the list."
    names = ("kind", "reason", "action", "adjustments", "note")
    given: dict[str, Any] = {name: fields[name] for name in names}
    return given | {"until": until, "owner": owner}, mistakes


def _picked(fields: Mapping[str, str]) -> date:
    return date(int(fields["year"]), int(fields["month"]), int(fields["day"]))
