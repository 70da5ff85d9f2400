"""The sentences of a backtest, each number from the row it is about."""

from sightline.insights.backtest.figures import Figures
from sightline.insights.backtest.question import OUTCOMES
from sightline.kit import plural

__all__ = ["CAVEATS", "in_words", "span_words"]

FEW = 5  # of fewer, a share is told of every ten

CAVEATS = (
    "Pupils who were listed were often helped, and help that worked looks here like a list that "
    "was wrong: the share that follows is biased down by every success.",
    "What is recorded is not the whole truth: an absence nobody marked and a worry nobody wrote "
    "down are not in it.",
    "This says which threshold would have listed whom in the past. It says nothing about any one "
    "pupil now.",
)


def span_words(days: int) -> str:
    """`six weeks` for 42 days; days where they make no whole weeks."""
    numbers = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    if days % 7 or days == 0:
        return plural(days, "day")
    weeks = days // 7
    told = numbers[weeks - 1] if weeks <= len(numbers) else str(weeks)
    return f"{told} week{'' if weeks == 1 else 's'}"


def in_words(row: Figures, outcome: str, within: int, person: str = "pupil") -> str:
    """What this threshold would have done, in one sentence; shares as pupils of a week's list."""
    after, state = OUTCOMES[outcome]
    if not row.listed_pupil_weeks:
        return "This rule would have listed nobody."
    start = f"This rule would have listed {_rounded(row.listed_per_week, person)} a week"
    already = round(row.already_in_harm / max(row.weeks, 1))
    others = round(row.listed_per_week) - already
    if already:
        start += f", {already:,} of them {state}"
    if row.precision is None or row.base_rate is None:
        who = "nobody else" if already else "nobody"
        return f"{start}; {who} could be followed, so nothing more can be told."
    of = others if others >= FEW else 10
    who = "of the others, " if already else ""
    if others < FEW:
        who = "of every 10 others, " if already else "of every 10, "
    share = _of(row.precision, of) + (f" of {of:,}" if others >= FEW else "")
    told = f"{who}{share} ({_ends(row, of)}) {after} within {span_words(within)}"
    return f"{start}; {told} against {_of(row.base_rate, of)} at random; {_warning(row)}."


def _ends(row: Figures, of: int) -> str:
    if row.precision_low is None or row.precision_high is None:
        return "too few pupils for an interval"
    return f"95% interval {_of(row.precision_low, of)} to {_of(row.precision_high, of)}"


def _of(share: float, whole: int) -> str:
    return f"{round(share * whole):,}"


def _warning(row: Figures) -> str:
    if row.lead_days_median is None:
        return "it came before none"
    days = row.lead_days_median
    if days >= 14:
        return f"median warning {plural(round(days / 7), 'week')}"
    return f"median warning {plural(round(days), 'day')}"


def _rounded(listed: float, person: str) -> str:
    if 0 < listed < 1:
        return f"less than one {person}"
    return plural(round(listed), person)
