"""The small drawing beside a pupil: one figure per school week, and the pupil's own usual range."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sightline.sheets import WeekFigures

__all__ = ["MIN_USUAL_WEEKS", "Series", "series_of", "spark"]

MIN_USUAL_WEEKS = 6
"""Fewer weeks than this say nothing about what is usual."""
WEEK = timedelta(days=7)
Measure = Callable[[WeekFigures], float | None]


@dataclass(frozen=True)
class Series:
    """What is counted each week. `kind` is the theme, which decides how it is drawn."""

    kind: str
    unit: str  # % or nothing
    title: str  # begins the text alternative and the caption
    noun: str
    measure: Measure


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _open(count: Callable[[WeekFigures], int]) -> Measure:
    """A count of a week in which the pupil could have had one; None in a holiday."""
    return lambda week: float(count(week)) if week.on_roll_days else None


ATTENDANCE = Series(
    "attendance",
    "%",
    "Attendance by week",
    "attendance",
    lambda week: _percent(week.attended, week.possible),
)
CONCERNS = Series(
    "behaviour", "", "Behaviour concerns by week", "concerns", _open(lambda week: week.concerns)
)
SERIES: Mapping[str, Series] = {
    "attendance_momentum": ATTENDANCE,
    "persistent_lateness": Series(
        "punctuality", "", "Late arrivals by week", "late", _open(lambda week: week.late)
    ),
    "behaviour_rate": CONCERNS,
    "behaviour_recency": CONCERNS,
    "missing_work": Series(
        "work",
        "%",
        "Work handed in by week",
        "work handed in",
        lambda week: _percent(week.work_due - week.work_missing, week.work_due),
    ),
    "disengagement": Series(
        "engagement",
        "",
        "Lessons out of class by week",
        "lessons out",
        _open(lambda week: week.out_of_lessons),
    ),
    "engagement_vs_peers": Series(
        "engagement", "", "Use of the learning platform by week", "use", lambda week: week.use
    ),
}


def series_of(signals: Sequence[str]) -> Series:
    """The series of the first signal that has weekly figures; attendance where none has."""
    return next((SERIES[one] for one in signals if one in SERIES), ATTENDANCE)


def spark(
    signals: Sequence[str], weeks: Sequence[WeekFigures], since: date | None
) -> dict[str, Any]:
    """The drawing as plain values, for the strongest signal first in `signals`.

    `since` is the first day of the flag's window: what is usual comes from the weeks before it.
    """
    series = series_of(signals)
    values = [series.measure(week) for week in weeks]
    before = [
        value
        for week, value in zip(weeks, values, strict=True)
        if value is not None and (since is None or week.monday < since)
    ]
    last = next((value for value in reversed(values) if value is not None), None)
    return {
        "kind": series.kind,
        "title": series.title,
        **_with_gaps(weeks, values),
        "usual": _usual(before),
        "end": "" if last is None else _number(series, last),
        "caption": series.noun
        if last is None
        else f"{series.noun}, last week {_number(series, last)}",
        "text": _text(series, weeks, values),
    }


def _caption(series: Series, last: float | None) -> str:
    return series.noun if last is None else f"{series.noun}, last week {_number(series, last)}"


def _with_gaps(weeks: Sequence[WeekFigures], values: Sequence[float | None]) -> dict[str, Any]:
    """The values with an empty place for each holiday, and the months that begin in them."""
    shown: list[float | None] = []
    labels: list[list[Any]] = []
    month, monday = "", None
    for week, value in zip(weeks, values, strict=True):
        if monday is not None and week.monday - monday > WEEK:
            shown.append(None)
        if f"{week.monday:%b}" != month:
            month = f"{week.monday:%b}"
            labels.append([len(shown), month])
        shown.append(value)
        monday = week.monday
    return {"values": shown, "labels": labels}


def _usual(values: Sequence[float]) -> list[float] | None:
    """The range of four weeks in five: the highest and the lowest tenth are left out."""
    if len(values) < MIN_USUAL_WEEKS:
        return None
    ordered = sorted(values)
    out = len(ordered) // 10
    return [ordered[out], ordered[len(ordered) - 1 - out]]


def _text(series: Series, weeks: Sequence[WeekFigures], values: Sequence[float | None]) -> str:
    """The same for somebody who does not see the drawing: the range, then the last three weeks."""
    known = [(week, value) for week, value in zip(weeks, values, strict=True) if value is not None]
    if not known:
        return f"{series.title}: nothing recorded"
    first = known[0][0].monday
    low, high = min(value for _, value in known), max(value for _, value in known)
    lately = ", ".join(_number(series, value) for _, value in known[-3:])
    return (
        f"{series.title} since {first.day} {first:%b}: from {_number(series, low)} to"
        f" {_number(series, high)}; in the last weeks {lately}"
    )


def _number(series: Series, value: float) -> str:
    return f"{value:.0f}{series.unit}"
