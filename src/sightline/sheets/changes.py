"""What changed at the school around a pupil's lessons: sentences with counts, never staff."""

from collections.abc import Mapping, Sequence
from datetime import date

from sightline.kit import plural
from sightline.sheets.figures import Span, day_words
from sightline.sheets.types import PupilSheet, SchoolEvent

__all__ = ["change_sentences"]

TOUCHING = ("staffing", "timetable", "building", "curriculum")
FEWEST = 5  # school days since a change from which counts are compared


def change_sentences(
    sheet: PupilSheet,
    events: Sequence[SchoolEvent],
    classes: Mapping[str, tuple[str, str]],
    opened: Sequence[date],
    span: Span,
) -> tuple[str, ...]:
    """Events still going on in the span that touch some of the pupil's classes.

    `classes` are those that matter here: id -> subject and name.
    """
    found = []
    for event in events:
        going_on = event.from_on <= span.last and (event.to_on is None or event.to_on >= span.first)
        if going_on and event.kind in TOUCHING:
            touched = _touched(sheet, event, classes)
            if touched is not None:
                found.append(_sentence(sheet, event, touched, classes, opened, span))
    return tuple(found)


def _touched(
    sheet: PupilSheet, event: SchoolEvent, classes: Mapping[str, tuple[str, str]]
) -> str | None:
    """The class an event touches; empty for the whole school or year; None for neither."""
    if event.year_group not in (None, sheet.year_group):
        return None
    if event.class_id:
        return event.class_id if event.class_id in classes else None
    if event.subject:
        same = [one for one, (subject, _) in classes.items() if subject == event.subject]
        return same[0] if same else None
    return None if event.kind == "staffing" else ""


def _sentence(
    sheet: PupilSheet,
    event: SchoolEvent,
    touched: str,
    classes: Mapping[str, tuple[str, str]],
    opened: Sequence[date],
    span: Span,
) -> str:
    when = f"from {day_words(event.from_on)}"
    if event.to_on is not None:
        when += f" to {day_words(event.to_on)}"
    if not touched:
        about = "The timetable changed" if event.kind == "timetable" else event.title
        return f"{about} {when}."
    subject, name = classes[touched]
    lesson = name or subject
    about = {
        "staffing": f"A different teacher took {lesson} {when}",
        "timetable": f"The timetable of {lesson} changed {when}",
        "building": f"Building work touched {lesson} {when}",
    }.get(event.kind, f"The course of {lesson} changed {when}")
    return about + _counts(sheet, event, touched, opened, span)


def _counts(
    sheet: PupilSheet, event: SchoolEvent, class_id: str, opened: Sequence[date], span: Span
) -> str:
    """Concerns in that class since and before, over equally many school days."""
    since = [day for day in opened if event.from_on <= day <= span.last]
    before = [day for day in opened if day < event.from_on]
    days = min(len(since), len(before))
    if days < FEWEST:
        return "."
    after = _logged(sheet, class_id, since[0], since[days - 1])
    earlier = _logged(sheet, class_id, before[-days], before[-1])
    whole = "since" if days == len(since) else "that followed"
    return (
        f": {plural(after, 'concern')} there in the {plural(days, 'school day')} {whole}, "
        f"{earlier or 'none'} in as many before."
    )


def _logged(sheet: PupilSheet, class_id: str, first: date, last: date) -> int:
    return sum(
        one.kind == "concern" and one.class_id == class_id and first <= one.on <= last
        for one in sheet.behaviour
    )
