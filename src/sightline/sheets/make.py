"""Everything about a school, a group or a few pupils, made before any of it is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sightline.sheets.calendar import Calendar, read_calendar
from sightline.sheets.gather import MarkSpan, gather
from sightline.sheets.group import make_group
from sightline.sheets.noticed import Noticed, read_explanations, read_good, read_noticed
from sightline.sheets.register import Register
from sightline.sheets.relations import make_pupils
from sightline.sheets.source import Source
from sightline.sheets.timetable import Timetable, read_timetable
from sightline.sheets.types import GroupFacts, PupilSheet
from sightline.sheets.words import worded

__all__ = ["Made", "group_from_made", "make"]


@dataclass(frozen=True)
class Made:
    """Everything about a school, a group or some pupils before it is written."""

    calendar: Calendar
    register: Register
    timetable: Timetable
    noticed: Noticed
    explanations: Mapping[tuple[str, str], Mapping[str, Any]]
    sheets: Mapping[str, PupilSheet]


def make(
    source: Source,
    *,
    year_group: int | None = None,
    pupils: Collection[str] | None = None,
    span: MarkSpan | None = None,
    explained: bool = True,
) -> Made:
    """Make the sheets of all, of a year group, or of some `pupils`: the signals were run for them.

    `span` is the school's first and last day with a mark, needed for some pupils only.
    """
    calendar = read_calendar(source.engine, source.school_id, source.as_of)
    register = Register(calendar.opened)
    noticed = read_noticed(source)
    good = read_good(source, noticed.rows)
    explained = explained and year_group is None
    explanations = read_explanations(source, noticed) if explained else {}
    make_pupils(source, year_group=year_group, pupils=pupils)
    facts = gather(source, calendar, register, span)
    timetable = read_timetable(source, calendar.first, whole=pupils is None)
    with_signals = {
        ref: replace(sheet, signals=tuple(noticed.rows.get(ref, ())), good=good.get(ref, ()))
        for ref, sheet in facts.items()
    }
    sheets = worded(source, calendar, timetable, with_signals)
    return Made(calendar, register, timetable, noticed, explanations, sheets)


def group_from_made(source: Source, made: Made, year_group: int) -> GroupFacts:
    """One year group's facts, out of what was made."""
    return make_group(source, made.calendar, made.noticed, year_group, made.sheets)
