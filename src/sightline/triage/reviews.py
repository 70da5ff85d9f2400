"""Reviewing a support: when, in which words, and whether the figures can be compared at all.

Pure: dates, levels and sheets in, words out. Nothing here reads a table or a clock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from sightline.kit import plural
from sightline.sheets.types import Mark
from sightline.triage.aims import Aim
from sightline.triage.rules import day_words

__all__ = [
    "OUTCOMES",
    "days_since",
    "not_a_fair_test",
    "verdict",
]

OUTCOMES = {
    "keep": "Keep it going as it is",
    "change": "Change something",
    "end": "End it",
}
NEAR_DAYS = 10
"""Two starts within so many school days cannot be told apart, and fewer days say nothing yet."""
LONG_ABSENCE_DAYS = 5


def days_since(started_on: date, as_of: date, days: Sequence[date]) -> int:
    """How many school days there have been from the start up to a day, both included."""
    return max(0, bisect_right(days, as_of) - bisect_left(days, started_on))


def not_a_fair_test(
    started_on: date,
    as_of: date,
    days: Sequence[date],
    *,
    supports: Iterable[tuple[str, date]] = (),
    events: Iterable[tuple[str, date]] = (),
    marks: Sequence[Mark] = (),
) -> list[str]:
    """Sentences why before and since cannot be compared; none when nothing speaks against it.

    `supports` and `events` are names and first days of what else began; `days` the open dates in
    order; `marks` the pupil's register.
    """
    said = [
        f"{name} began on {day_words(on)}, close to this start, so the figures cannot tell the "
        "two apart."
        for name, on in supports
        if on <= as_of and _apart(started_on, on, days) <= NEAR_DAYS
    ]
    said += [
        f"“{title}” began on {day_words(on)}, close to this start, so the figures may speak of "
        "that."
        for title, on in events
        if on <= as_of and _apart(started_on, on, days) <= NEAR_DAYS
    ]
    first, length = _longest_absence(_around(marks, started_on, as_of, days))
    if first and length >= LONG_ABSENCE_DAYS:
        away = plural(length, "school day")
        said.append(
            f"There were {away} away in a row from {day_words(first)}, so the two windows are not "
            "alike."
        )
    return said


def _longest_absence(marks: Sequence[Mark]) -> tuple[date | None, int]:
    """The first day and the length of the longest run of days on which no session was attended."""
    by_day: dict[date, bool] = {}
    for mark in marks:
        away = mark.category in ("authorised_absence", "unauthorised_absence")
        by_day[mark.on] = by_day.get(mark.on, True) and away
    best: tuple[date | None, int] = (None, 0)
    first, length = None, 0
    for on in sorted(by_day):
        if by_day[on]:
            first, length = (first or on), length + 1
            best = max(best, (first, length), key=lambda run: run[1])
        else:
            first, length = None, 0
    return best


def verdict(
    aim: Aim, *, start: float | None, success: float | None, level: float | None, days: int
) -> str:
    """Whether what was fixed at the start has been reached, in one sentence."""
    if days < NEAR_DAYS:
        count = plural(days, "school day")
        return f"Too early to say: {count} since the start, and {NEAR_DAYS} are needed."
    if level is None:
        return "There is too little data now to say whether this has helped."
    if aim.met(success, level):
        return f"What was hoped for has been reached: {aim.shown(level)} now."
    hoped = f" Hoped for: {aim.shown(success)}." if success is not None else ""
    moved = aim.moved(start, level)
    if moved == "better":
        return f"Nearer to what was hoped for than at the start: {aim.shown(level)} now.{hoped}"
    if moved == "worse":
        return f"Further from what was hoped for than at the start: {aim.shown(level)} now.{hoped}"
    if moved == "same":
        return f"No clear change since the start: {aim.shown(level)} now.{hoped}"
    return f"{aim.shown(level).capitalize()} now; the level at the start is not known.{hoped}"


def _apart(one: date, other: date, days: Sequence[date]) -> int:
    early, late = sorted((one, other))
    return bisect_left(days, late) - bisect_left(days, early)


def _around(
    marks: Sequence[Mark], started_on: date, as_of: date, days: Sequence[date]
) -> list[Mark]:
    """The marks of both windows: since the start, and as long before it."""
    start = bisect_left(days, started_on)
    length = days_since(started_on, as_of, days)
    first = days[max(0, start - length)] if length else started_on
    return [mark for mark in marks if first <= mark.on <= as_of]
