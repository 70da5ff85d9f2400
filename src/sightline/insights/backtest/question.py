"""What a backtest is asked: one signal, one outcome, a stretch of weeks and how far to look on."""

from dataclasses import dataclass
from datetime import date, timedelta

from sightline.kit import SightlineError, nearest, sentence_list

__all__ = [
    "OUTCOMES",
    "Question",
    "checked_outcome",
    "checked_span",
    "school_year",
    "weeks_between",
]

# What is looked for after a list, as the end of "... of the others", and how those in it already
# are called.
OUTCOMES = {
    "persistent_absence": ("were persistently absent", "persistently absent already"),
    "attendance_falls": ("saw attendance fall another 5 points", ""),
    "suspension": ("were suspended", "suspended already"),
    "below_expected": ("fell a step or more below what was expected", "that far below already"),
    "withdrawn_or_failed": ("withdrew or failed", "gone already"),
    "acted_on": ("had something done for them", "supported already"),
}
LONGEST = 400  # days that may be looked on


@dataclass(frozen=True)
class Question:
    """`weeks` are the dates asked about, seven days apart; `within` is in calendar days.

    `thresholds` are the values tried, `today` the one in force. `schools` may be several.
    `person` is what one of those asked about is called.
    """

    signal: str
    outcome: str
    within: int
    weeks: tuple[date, ...]
    schools: tuple[str, ...]
    thresholds: tuple[float, ...]
    today: float
    person: str = "pupil"


def checked_outcome(name: str) -> str:
    """The outcome's name. Raises `bad_argument` with the nearest there is."""
    if name in OUTCOMES:
        return name
    near = nearest(name, OUTCOMES)
    hint = f"; did you mean `{near}`?" if near else ""
    remedy = f"The outcomes are {sentence_list(list(OUTCOMES))}."
    raise SightlineError("bad_argument", "--outcome", f"`{name}` is not an outcome{hint}", remedy)


def checked_span(first: date, last: date, within: int) -> None:
    """Raise `bad_argument` where the dates or the days cannot be used."""
    if first > last:
        what = f"{first} is after {last}"
        raise SightlineError("bad_argument", "--from", what, "Give the earlier date first.")
    if not 1 <= within <= LONGEST:
        what = f"{within} is not between 1 and {LONGEST} days"
        raise SightlineError("bad_argument", "--within", what, "42 is six weeks.")


def weeks_between(first: date, last: date, data: tuple[date, date]) -> tuple[date, ...]:
    """Every seventh day from the first on, as far as there are data."""
    every = (first + timedelta(days=n) for n in range(0, (last - first).days + 1, 7))
    return tuple(day for day in every if data[0] <= day <= data[1])


def school_year(day: date) -> int:
    """The year in which a day's school year began; it begins on 1 August."""
    return day.year if day.month >= 8 else day.year - 1
