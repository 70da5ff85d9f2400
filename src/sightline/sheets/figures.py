"""Counts over a span of days, out of one sheet: what sentences and comparisons are made of."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.sheets.types import BehaviourRow, PupilSheet, ResultRow

__all__ = [
    "ABSENT",
    "ATTENDED",
    "NONE",
    "STEPS",
    "Share",
    "Span",
    "arrivals",
    "concerns",
    "day_words",
    "gap_words",
    "hours",
    "latest_gaps",
    "mean_gap",
    "number",
    "out_of_lessons",
    "percent",
    "sessions",
    "span_of",
    "use",
    "work",
]

ABSENT = ("authorised_absence", "unauthorised_absence")
ATTENDED = ("present", "approved_educational_activity")
STEPS = {"scaled_score": 5.0, "percent": 10.0}  # of a scale, in one step; the others count in ones


@dataclass(frozen=True)
class Span:
    """A stretch of the calendar, both ends included, and the school days in it."""

    first: date
    last: date
    days: int

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def part(self) -> float | None:
        """The share, from 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None


NONE = Share(0, 0)


def span_of(opened: Sequence[date], first: date, last: date) -> Span:
    """The span between two dates, with the open days counted (`opened` is in order)."""
    days = bisect_right(opened, last) - bisect_left(opened, first)
    return Span(first, last, max(days, 0))


def sessions(sheet: PupilSheet, span: Span) -> Share:
    """Sessions attended of those possible."""
    found = [mark.category for mark in sheet.marks if span.holds(mark.on)]
    return Share(
        sum(one in ATTENDED for one in found), sum(one in ATTENDED + ABSENT for one in found)
    )


def arrivals(sheet: PupilSheet, span: Span) -> Share:
    """Sessions the pupil was late to, of those the pupil came to."""
    found = [mark for mark in sheet.marks if span.holds(mark.on)]
    late = sum(mark.late for mark in found)
    return Share(late, sum(mark.category in ATTENDED or mark.late for mark in found))


def hours(sheet: PupilSheet, span: Span) -> float:
    """Hours of timetabled lessons that the pupil was in school for."""
    return sum(minutes for day, minutes in sheet.minutes if span.holds(day)) / 60


def concerns(sheet: PupilSheet, span: Span) -> list[BehaviourRow]:
    """The concerns logged in the span."""
    return [one for one in sheet.behaviour if one.kind == "concern" and span.holds(one.on)]


def work(sheet: PupilSheet, span: Span) -> Share:
    """Pieces of work missing, of those due and not excused."""
    found = [(due, missing) for day, due, missing in sheet.work if span.holds(day)]
    return Share(sum(missing for _, missing in found), sum(due for due, _ in found))


def out_of_lessons(sheet: PupilSheet, span: Span) -> int:
    """Lessons the pupil was removed from, or did not go to while in school."""
    return sum(span.holds(day) for day, *_ in sheet.out_of_lessons)


def use(sheet: PupilSheet, span: Span) -> float:
    """Use of the learning platform, in the unit of the school's system."""
    return sum(quantity for day, quantity in sheet.use if span.holds(day))


def latest_gaps(
    results: Iterable[ResultRow], first: date, last: date
) -> dict[str, tuple[date, float]]:
    """Each subject's latest result: its day, and how far from what was expected, in steps."""
    found = {}
    for one in sorted(results, key=lambda row: row.on):
        if one.value is not None and one.expected is not None and first <= one.on <= last:
            found[one.subject] = one.on, (one.value - one.expected) / STEPS.get(one.scale, 1.0)
    return found


def mean_gap(gaps: Mapping[str, tuple[date, float]]) -> float | None:
    """The mean over the subjects; None of none."""
    return sum(gap for _, gap in gaps.values()) / len(gaps) if gaps else None


def gap_words(gaps: Mapping[str, tuple[date, float]]) -> str:
    """The mean in words."""
    mean = mean_gap(gaps) or 0.0
    if abs(mean) < 0.005:
        return "as expected on average"
    side = "below" if mean < 0 else "above"
    return f"{abs(mean):.2f} steps {side} what was expected on average"


def number(value: float, places: int) -> str:
    """A number as people write it: 3, 2.5, 1,250."""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Share) -> str:
    """The share as people write it: 95%, 86.8%."""
    part = share.part
    return "" if part is None else number(100 * part, 1) + "%"


def day_words(day: date) -> str:
    """A date as the pages write it: Mon 7 Dec."""
    return f"{day:%a} {day.day} {day:%b}"
