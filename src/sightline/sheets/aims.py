"""What each signal is about, as one figure of a span of days: what a support aims to move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sightline.kit import plural
from sightline.sheets import figures
from sightline.sheets.figures import Span, number, percent
from sightline.sheets.types import PupilSheet

__all__ = ["MEASURES", "Measure", "Told"]

Told = tuple[float | None, str]
"""A figure and its words; None where there is nothing to work it out from."""


@dataclass(frozen=True)
class Measure:
    """What a signal is about, as a figure of a span of days."""

    title: str
    unit: str
    higher_is_better: bool
    figure: Callable[[PupilSheet, Span], Told]


def _attendance(sheet: PupilSheet, span: Span) -> Told:
    share = figures.sessions(sheet, span)
    if share.part is None:
        return None, "no session"
    return 100 * share.part, f"{percent(share)} of {plural(share.of, 'session')} attended"


def _lateness(sheet: PupilSheet, span: Span) -> Told:
    share = figures.arrivals(sheet, span)
    return (
        (None, "no session")
        if not share.of
        else (
            float(share.count),
            f"late for {share.count} of {plural(share.of, 'session')}",
        )
    )


def _severity(sheet: PupilSheet, span: Span) -> Told:
    found, time = figures.concerns(sheet, span), figures.hours(sheet, span)
    count = plural(len(found), "concern") if found else "no concerns"
    if not time:
        return float(len(found)), count
    rate = 25 * sum(one.severity or 0 for one in found) / time
    hours = plural(round(time), "hour")
    return rate, f"{count} in {hours} of lessons ({number(rate, 1)} for every 25 by severity)"


def _concerns(sheet: PupilSheet, span: Span) -> Told:
    found = len(figures.concerns(sheet, span))
    return float(found), plural(found, "concern") if found else "no concerns"


def _work(sheet: PupilSheet, span: Span) -> Told:
    share = figures.work(sheet, span)
    if share.part is None:
        return None, "no work due"
    pieces = plural(share.of, "piece", "pieces")
    return share.part, f"{share.count} of {pieces} of work due not handed in ({percent(share)})"


def _lessons(sheet: PupilSheet, span: Span) -> Told:
    count = figures.out_of_lessons(sheet, span)
    return float(count), f"{plural(count, 'lesson') if count else 'no lessons'} out of class"


def _use(sheet: PupilSheet, span: Span) -> Told:
    total = figures.use(sheet, span)
    return total, f"use of the learning platform {number(total, 1)}"


def _results(sheet: PupilSheet, span: Span) -> Told:
    gaps = figures.latest_gaps(sheet.results, span.first, span.last)
    mean = figures.mean_gap(gaps)
    if mean is None:
        return None, "no results"
    return mean, f"results in {plural(len(gaps), 'subject')} {figures.gap_words(gaps)}"


MEASURES: Mapping[str, Measure] = {
    "attendance_momentum": Measure("Sessions attended", "%", True, _attendance),
    "persistent_lateness": Measure("Late arrivals", "sessions", False, _lateness),
    "behaviour_rate": Measure("Concerns by severity", "per 25 hours", False, _severity),
    "behaviour_recency": Measure("Concerns", "concerns", False, _concerns),
    "missing_work": Measure("Work not handed in", "share of work due", False, _work),
    "disengagement": Measure("Lessons out of class", "lessons", False, _lessons),
    "engagement_vs_peers": Measure("Use of the learning platform", "in all", True, _use),
    "progress_variance": Measure("Results against expected", "steps", True, _results),
}
