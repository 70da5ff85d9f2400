"""One school's facts, everything at once, before they become CSV."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import names
from sightline.synthetic.absence import bands
from sightline.synthetic.assessment import Results, assess
from sightline.synthetic.care import Note, Support, notes, supports
from sightline.synthetic.casting import place_cast, write_out
from sightline.synthetic.conduct import behave
from sightline.synthetic.given import Given
from sightline.synthetic.happenings import SchoolEvent, school_events
from sightline.synthetic.homework import Homework, set_work
from sightline.synthetic.incidents import Events
from sightline.synthetic.marks import Marks, mark
from sightline.synthetic.membership import Memberships, memberships
from sightline.synthetic.people import Staff, hire
from sightline.synthetic.plan import Plan
from sightline.synthetic.planting import plant
from sightline.synthetic.platform import Usage, usage
from sightline.synthetic.registers import take_registers
from sightline.synthetic.roll import enrol
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects, Story, class_ids, with_class_ids
from sightline.synthetic.terms import INSET, OTHER_INSET, SchoolYear, school_year
from sightline.synthetic.weaving import build

__all__ = ["Facts", "make"]


@dataclass
class Facts:
    """Everything about one school and its year."""

    school: School
    name: str
    class_ids: list[str]
    subjects: list[str]
    staff: Staff
    members: Memberships
    marks: Marks
    events: Events
    lessons: NDArray[np.int8]
    results: Results
    homework: Homework
    usage: Usage
    supports: list[Support]
    notes: list[Note]
    school_events: list[SchoolEvent]
    stories: list[Story]

    def seen(self, day: date) -> bool:
        """Whether the day has come by `until`."""
        return self.school.plan.until is None or day <= self.school.plan.until

    def known(self, day: date | None) -> date | None:
        """A date of ending, or None while nobody could know it yet."""
        return day if day and self.seen(day) else None

    @property
    def days_seen(self) -> int:
        """How many open days have come by `until`."""
        until, dates = self.school.plan.until, self.school.year.dates
        if until is None:
            return len(dates)
        return int(np.searchsorted(dates, np.datetime64(until), "right"))


def make(plan: Plan) -> Facts:
    """The whole year of one school; `plan.until` is applied when it is written."""
    year = _year(plan)
    roll = enrol(plan, year)
    chosen = place_cast(roll) if plan.is_demo else {}
    school = School(plan, year, roll, build(plan, roll))
    given = write_out(school, chosen)
    band = bands(plan, roll, given.band)
    effects = plant(school, band, set(chosen))
    marks = mark(school, band, effects, given.codes)
    return _happened(school, given, effects, marks)


def _happened(school: School, given: Given, effects: Effects, marks: Marks) -> Facts:
    """What follows from who was there."""
    table, cast = school.table, set(given.codes)
    subjects, ids = sorted(set(table.subjects)), class_ids(school.plan, table)
    members = memberships(school.roll, school.year, table)
    staff = hire(school.plan, table)
    events = behave(school, marks, effects, given.events)
    return Facts(
        school,
        _name(school.plan),
        ids,
        subjects,
        staff,
        members,
        marks,
        events,
        lessons=take_registers(school.plan, marks, events, given.truant),
        results=assess(school, members, marks, subjects, given.gaps),
        homework=set_work(school, members, marks, effects, given.work),
        usage=usage(school, members, given.share),
        supports=given.supports + supports(school, marks, effects, staff, cast),
        notes=given.notes + notes(school, cast),
        school_events=school_events(school),
        stories=[with_class_ids(s, ids) for s in given.stories + effects.stories],
    )


def _year(plan: Plan) -> SchoolYear:
    """Schools share the terms; most move one or two INSET days, some lose a day to snow."""
    if plan.is_demo:
        return school_year()
    random = plan.random("year")
    inset = list(INSET)
    for place in random.permutation(len(INSET))[: int(random.integers(0, 3))].tolist():
        inset[place] = OTHER_INSET[place]
    closed = date(2026, 1, 21) if random.random() < 0.15 else None
    return school_year(tuple(inset), closed)


def _name(plan: Plan) -> str:
    if plan.is_demo:
        return "Northfield School"
    kind = (
        ("Primary School", "Church of England Primary", "Academy")
        if plan.primary
        else ("Academy", "School", "High School", "Community College")
    )
    random = plan.random("name")
    return f"{random.choice(names.PLACES)} {random.choice(kind)}"
