"""One figure told twice, of the days since and of those before: the sentences of a story."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sightline.kit import plural
from sightline.sheets import figures
from sightline.sheets.figures import NONE, Share, Span, day_words, percent
from sightline.sheets.spans import Spans
from sightline.sheets.types import PupilSheet

__all__ = ["Telling", "attended", "logged", "tell"]


@dataclass(frozen=True)
class Telling:
    """A figure of the days since, and the same of those before (empty where there are too few)."""

    what: str
    before: str = ""


def tell(sheet: PupilSheet, spans: Spans, signal: str) -> Telling | None:
    """The figure a signal is about. None for a school's own signal, or without any exposure."""
    return MEASURES[signal](sheet, spans) if signal in MEASURES else None


def attended(sheet: PupilSheet, spans: Spans) -> Telling | None:
    """Sessions attended, where nothing calls for counting those missed."""
    now, then = _both(figures.sessions, sheet, spans)
    if not now.of:
        return None
    what = f"Attended {now.count} of {plural(now.of, 'session')} {spans.words} ({percent(now)})."
    return Telling(what, _share_before(then))


def logged(sheet: PupilSheet, span: Span, when: str) -> str:
    """Concerns and praise in the same breath."""
    praise = sum(one.kind == "praise" and span.holds(one.on) for one in sheet.behaviour)
    concerns = _counted(len(figures.concerns(sheet, span)), "concern")
    return f"{concerns} and {_counted(praise, 'praise').lower()} logged {when}."


def _missed(sheet: PupilSheet, spans: Spans) -> Telling | None:
    now, then = _both(figures.sessions, sheet, spans)
    if not now.of:
        return None
    what = f"Missed {now.of - now.count} of {plural(now.of, 'session')} {spans.words}"
    before = f"Before that, {then.of - then.count} of {then.of} ({percent(then)} attended)."
    return Telling(f"{what} ({percent(now)} attended).", before if then.of else "")


def _lateness(sheet: PupilSheet, spans: Spans) -> Telling | None:
    now, then = _both(figures.arrivals, sheet, spans)
    if not now.of:
        return None
    of = plural(now.of, "session")
    what = f"Arrived late for {now.count} of {of} {spans.words} ({percent(now)})."
    return Telling(what, _share_before(then))


def _work(sheet: PupilSheet, spans: Spans) -> Telling | None:
    now, then = _both(figures.work, sheet, spans)
    if not now.of:
        return None
    pieces = plural(now.of, "piece of work", "pieces of work")
    what = f"Not handed in: {now.count} of {pieces} due {spans.words} ({percent(now)})."
    return Telling(what, _share_before(then))


def _concerns(sheet: PupilSheet, spans: Spans) -> Telling | None:
    count, time = len(figures.concerns(sheet, spans.since)), figures.hours(sheet, spans.since)
    what = f"{_counted(count, 'concern')} logged{_in_hours(time)} {spans.words}"
    rate = f" ({figures.number(25 * count / time, 1)} for every 25 hours)" if time else ""
    earlier = len(figures.concerns(sheet, spans.before)) if spans.before else 0
    return Telling(f"{what}{rate}.", _count_before(sheet, spans, earlier))


def _lessons(sheet: PupilSheet, spans: Spans) -> Telling | None:
    count, time = figures.out_of_lessons(sheet, spans.since), figures.hours(sheet, spans.since)
    what = f"Out of class for {plural(count, 'lesson')}{_in_hours(time)} {spans.words}."
    earlier = figures.out_of_lessons(sheet, spans.before) if spans.before else 0
    return Telling(what, _count_before(sheet, spans, earlier))


def _progress(sheet: PupilSheet, spans: Spans) -> Telling | None:
    gaps = figures.latest_gaps(sheet.results, date.min, spans.since.last)
    if not gaps:
        return None
    latest = max(day for day, _ in gaps.values())
    earlier = figures.latest_gaps(sheet.results, date.min, latest - timedelta(1))
    what = (
        f"The latest results in {plural(len(gaps), 'subject')}, up to {day_words(latest)}, "
        f"are {figures.gap_words(gaps)}."
    )
    results = f"results in {plural(len(earlier), 'subject')} were {figures.gap_words(earlier)}"
    return Telling(what, f"Before that day, {results}." if earlier else "")


def _use(sheet: PupilSheet, spans: Spans) -> Telling | None:
    now = figures.number(figures.use(sheet, spans.since), 1)
    what = f"Use of the learning platform came to {now} {spans.words}."
    if spans.before is None:
        return Telling(what)
    return Telling(what, f"Before that, {figures.number(figures.use(sheet, spans.before), 1)}.")


def _support(sheet: PupilSheet, spans: Spans) -> Telling | None:
    day = spans.since.last
    now = [one for one in sheet.supports if one.ended_on is None or one.ended_on >= day]
    due = sum(one.review_on <= day for one in now)
    if not now:
        return None
    return Telling(f"Past the review date: {due} of {plural(len(now), 'support')} in place.")


MEASURES: Mapping[str, Callable[[PupilSheet, Spans], Telling | None]] = {
    "attendance_momentum": _missed,
    "persistent_lateness": _lateness,
    "behaviour_rate": _concerns,
    "behaviour_recency": _concerns,
    "disengagement": _lessons,
    "missing_work": _work,
    "progress_variance": _progress,
    "engagement_vs_peers": _use,
    "support_without_change": _support,
}


def _both(
    figure: Callable[[PupilSheet, Span], Share], sheet: PupilSheet, spans: Spans
) -> tuple[Share, Share]:
    return figure(sheet, spans.since), figure(sheet, spans.before) if spans.before else NONE


def _share_before(then: Share) -> str:
    return f"Before that, {then.count} of {then.of} ({percent(then)})." if then.of else ""


def _count_before(sheet: PupilSheet, spans: Spans, count: int) -> str:
    if spans.before is None:
        return ""
    return f"Before that, {count or 'none'}{_in_hours(figures.hours(sheet, spans.before))}."


def _in_hours(time: float) -> str:
    return f" in {plural(round(time), 'hour')} of lessons" if time else ""


def _counted(count: int, one: str) -> str:
    return plural(count, one) if count else f"No {one}s"
