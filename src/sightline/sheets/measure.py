"""Did it help? The same measure before a support began and since, over equally many school days.

Two figures side by side and no verdict: other things change at the same time, and `not_fair` says
which. Under 10 school days it is too early to say anything.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sightline.kit import plural
from sightline.sheets.aims import MEASURES, Measure, Told
from sightline.sheets.figures import Span, day_words
from sightline.sheets.types import PupilSheet

__all__ = ["FEWEST", "MEASURES", "Comparison", "before_and_since"]

FEWEST = 10  # school days, below which it is too early
NOTHING: Told = (None, "nothing to compare with")
CLOSE = 10  # school days around the start within which another change spoils the comparison


@dataclass(frozen=True)
class Comparison:
    """One measure in two spans of `days` school days each; `better` is None when neither is.

    `too_early`: fewer than 10 school days since. `before` is None where the days before are fewer
    than 10, or hold nothing to count. `words` is the sentence that names both.
    """

    aim_signal: str
    measure: str
    unit: str
    days: int
    since_span: Span
    before_span: Span | None
    before: float | None
    since: float | None
    before_words: str
    since_words: str
    too_early: bool
    better: bool | None
    words: str
    not_fair: str


def before_and_since(
    sheet: PupilSheet,
    aim_signal: str,
    started_on: date,
    as_of: date,
    days: Sequence[date],
    changes: Sequence[tuple[date, str]] = (),
) -> Comparison | None:
    """Compare as many school days before the start as there have been since.

    `days` are the school's open days in order; `changes` what else began, and when, in words for
    the middle of a sentence ("the radio aid fault"). None for an aim without a measure.
    """
    measure = MEASURES.get(aim_signal)
    if measure is None:
        return None
    mine = [day for day in days if sheet.enrolled_on <= day <= as_of]
    since, before, too_early = _spans(mine, started_on, as_of)
    now = measure.figure(sheet, since)
    then = measure.figure(sheet, before) if before else NOTHING
    return Comparison(
        aim_signal=aim_signal,
        measure=measure.title,
        unit=measure.unit,
        days=since.days,
        since_span=since,
        before_span=before,
        before=then[0],
        since=now[0],
        before_words=then[1],
        since_words=now[1],
        too_early=too_early,
        better=None if too_early else _better(measure, then[0], now[0]),
        words=_words(since, before, then, now, too_early=too_early),
        not_fair=_not_fair(changes, started_on, mine),
    )


def _spans(mine: Sequence[date], started_on: date, as_of: date) -> tuple[Span, Span | None, bool]:
    """The days since, as many before where there are enough, and whether it is too early."""
    start = bisect_left(mine, started_on)
    since, before = mine[start:], mine[:start]
    too_early = len(since) < FEWEST
    if not too_early and len(before) >= FEWEST:
        since = since[-len(before) :]  # equal spans: the latest days, and those before
    enough = not too_early and len(before) >= len(since)
    earlier = before[-len(since) :] if enough else []
    return (
        _span(since, started_on, as_of),
        _span(earlier, started_on, started_on - timedelta(1)) if enough else None,
        too_early,
    )


def _span(days: Sequence[date], first: date, last: date) -> Span:
    """From the first of some days to the end of the span; `first` where there is no day."""
    return Span(days[0] if days else first, last, len(days))


def _better(measure: Measure, then: float | None, now: float | None) -> bool | None:
    if then is None or now is None or abs(now - then) < 1e-9:
        return None
    return (now > then) == measure.higher_is_better


def _words(since: Span, before: Span | None, then: Told, now: Told, *, too_early: bool) -> str:
    days = plural(since.days, "school day")
    if too_early:
        return f"Too early to say: {days} since the start, and {FEWEST} are needed."
    if before is None:
        return f"In the {days} since {day_words(since.first)}: {now[1]}. Nothing to compare with."
    return (
        f"In the {days} from {day_words(before.first)}: {then[1]}. "
        f"In the {days} from {day_words(since.first)}: {now[1]}."
    )


def _not_fair(changes: Sequence[tuple[date, str]], started_on: date, mine: Sequence[date]) -> str:
    """What else began close to the start, if anything."""
    near = [
        (gap, what)
        for day, what in sorted(changes)
        if (gap := bisect_left(mine, day) - bisect_left(mine, started_on))
        in range(-CLOSE, CLOSE + 1)
    ]
    if not near:
        return ""
    gap, what = min(near, key=lambda one: abs(one[0]))
    when = "on the same day"
    if gap:
        when = f"{plural(abs(gap), 'school day')} {'earlier' if gap < 0 else 'later'}"
    return f"{what[:1].upper()}{what[1:]} began {when}, so this is not a fair test."
