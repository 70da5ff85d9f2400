"""The sentences of each sheet: its lens and its story, less what was objected to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sightline.sheets import figures
from sightline.sheets.calendar import Calendar
from sightline.sheets.changes import change_sentences
from sightline.sheets.lens import (
    DAYS,
    MIN_ALL,
    Around,
    Cluster,
    absence_cluster,
    concern_clusters,
    lessons_of,
)
from sightline.sheets.source import Source
from sightline.sheets.spans import spans_for
from sightline.sheets.story import make_story
from sightline.sheets.timetable import Timetable, TimetableRow
from sightline.sheets.types import Lens, PupilSheet

__all__ = ["worded"]


@dataclass(frozen=True)
class _School:
    """What the sentences of every pupil have in common."""

    source: Source
    calendar: Calendar
    timetable: Timetable
    rows: Mapping[str, list[TimetableRow]]
    days: tuple[date, ...]
    cycle_weeks: Mapping[date, str]

    @property
    def span(self) -> figures.Span:
        first = self.days[0] if self.days else self.source.as_of
        return figures.Span(first, self.source.as_of, len(self.days))


def worded(
    source: Source,
    calendar: Calendar,
    timetable: Timetable,
    sheets: Mapping[str, PupilSheet],
) -> dict[str, PupilSheet]:
    """The sheets with their sentences; none for a pupil about whom everything is objected to."""
    days = calendar.last(DAYS)
    weeks = {day: calendar.days[day][2] for day in days}
    school = _School(source, calendar, timetable, timetable.by_class(), days, weeks)
    return {
        ref: sheet if source.nothing_wanted(ref) else _worded(school, sheet)
        for ref, sheet in sheets.items()
    }


def _worded(school: _School, sheet: PupilSheet) -> PupilSheet:
    clusters = _clusters(school, sheet)
    spans = spans_for(sheet, school.calendar.opened, sheet.as_of)
    story = make_story(
        sheet,
        spans,
        clusters,
        allowed=lambda theme: school.source.wanted(sheet.pupil_ref, theme),
    )
    return replace(sheet, lens=_lens(school, sheet, clusters), story=story)


def _clusters(school: _School, sheet: PupilSheet) -> list[Cluster]:
    found: list[Cluster] = []
    ref, span = sheet.pupil_ref, school.span
    if school.source.wanted(ref, "behaviour") and len(figures.concerns(sheet, span)) >= MIN_ALL:
        lessons = school.timetable.lessons(ref, sheet.marks, school.cycle_weeks, school.rows)
        names = {lesson.class_id: school.timetable.name(lesson.class_id) for lesson in lessons}
        found += concern_clusters(sheet, Around(span, lessons, names))
    if school.source.wanted(ref, "attendance"):
        absence = absence_cluster(sheet, span)
        found += [absence] if absence else []
    return found


def _lens(school: _School, sheet: PupilSheet, clusters: list[Cluster]) -> Lens:
    behaviour = school.source.wanted(sheet.pupil_ref, "behaviour")
    ids = lessons_of(sheet, school.span) if behaviour else ()
    if not clusters and not ids:
        return Lens((), ())
    classes = {one: school.timetable.classes.get(one, ("", "")) for one in ids}
    changes = change_sentences(
        sheet, school.timetable.events, classes, school.calendar.opened, school.span
    )
    names = tuple(school.timetable.name(one) for one in ids)
    return Lens((*(one.sentence for one in clusters), *changes), names)
