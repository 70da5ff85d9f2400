"""What the page of a backtest was asked, as typed; what it offers to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.insights.backtest import LONGEST, OUTCOMES
from sightline.pipeline.evidence.backtest import Ask

__all__ = ["OUTCOME_WORDS", "Asked", "asked_from", "offered"]

OUTCOME_WORDS = {
    "persistent_absence": "persistent absence: a tenth or more of sessions missed",
    "attendance_falls": "attendance falls another 5 points",
    "suspension": "a suspension (code E)",
    "below_expected": "results fall a step or more below what was expected",
    "withdrawn_or_failed": "withdrawn or failed",
    "acted_on": "something was done: a support started, or a meeting acted",
}
USUAL = 42  # days: half a term


@dataclass(frozen=True)
class Asked:
    """The form as it is shown; `wrong` holds a sentence for each field that cannot be used."""

    school: str
    outcome: str
    within: str
    first: str
    last: str
    wrong: Mapping[str, str]
    ask: Ask | None


def offered(phase: str) -> list[tuple[str, str]]:
    """The outcomes that have a meaning at a school of this phase, in words."""
    return [
        (name, OUTCOME_WORDS[name])
        for name in OUTCOMES
        if name != "withdrawn_or_failed" or phase == "he"
    ]


def asked_from(
    typed: Mapping[str, str],
    signal: str,
    schools: Sequence[str],
    days: tuple[date, date],
    choices: Sequence[tuple[str, str]],
) -> Asked:
    """What was typed, checked; the whole past and half a term where nothing was.

    `ask` is None until somebody asks, and where something is wrong.
    """
    school = typed.get("school") or schools[0]
    outcome = typed.get("outcome") or choices[0][0]
    within = typed.get("within", "").strip() or str(USUAL)
    first, last = (
        typed.get(name, "").strip() or day.isoformat()
        for name, day in zip(("from", "to"), days, strict=True)
    )
    wrong = {}
    if outcome not in dict(choices):
        wrong["outcome"] = "Choose what to look for."
    if not within.isdecimal() or not 1 <= int(within) <= LONGEST:
        wrong["within"] = f"Write a number of days from 1 to {LONGEST}; 42 is six weeks."
    dates = {name: _day(text) for name, text in (("from", first), ("to", last))}
    wrong |= {
        name: "Write the date as year-month-day, for example 2026-03-06."
        for name, day in dates.items()
        if day is None
    }
    start, end = dates["from"], dates["to"]
    if start and end and start > end:
        wrong["to"] = "The last week must not be before the first."
    ask = None
    if "outcome" in typed and not wrong and start and end:
        ask = Ask(signal, outcome, int(within), start, end, True, school)
    return Asked(school, outcome, within, first, last, wrong, ask)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
