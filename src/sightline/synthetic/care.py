"""What adults do and write about pupils: supports and notes."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sightline.synthetic.marks import Marks
from sightline.synthetic.people import Staff
from sightline.synthetic.roll import on_roll
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects
from sightline.synthetic.terms import SchoolYear

__all__ = ["AIMS", "Note", "Support", "notes", "supports"]

AIMS = {
    "attendance_momentum": ("Attendance plan", "Breakfast club"),
    "persistent_lateness": ("Meet and greet", "Morning call"),
    "behaviour_rate": ("Report card", "Behaviour plan"),
    "behaviour_recency": ("Daily check-in", "Restorative meeting"),
    "progress_variance": ("Tutoring", "Reading group"),
    "missing_work": ("Homework club",),
    "disengagement": ("Mentoring", "Timetable adjustment"),
    "engagement_vs_peers": ("Study skills group",),
}
NOTES = {
    "Pastoral": (
        "Talked at lunch; enjoys the art room and asked to help there.",
        "Seems tired by Friday. Asked whether the library is open at lunch; it is.",
        "Says mornings are hard since the bus times changed.",
    ),
    "Parent contact": (
        "Rang home; mum will look at the planner with us every Monday.",
        'Dad says homework is done "but never packed". Agreed a checklist.',
        "Left a message; will try again tomorrow.",
    ),
    "SEN review": (
        "Coloured overlays help in English; share with all teachers.",
        "Front seat agreed in science, away from the door.",
    ),
    "Medical": ("New glasses expected next week.", "Inhaler is now kept in the office."),
    "Safeguarding": ("Recorded in the safeguarding system; ask the lead before acting.",),
}
ORDINARY_AIMS = tuple(aim for aim in AIMS if aim != "engagement_vs_peers")
RESTRICTED = ("Safeguarding", "Medical")
SUPPORTED = 0.05


@dataclass(frozen=True)
class Support:
    """A support. `start` is a position among the open days; dates may lie after the year."""

    pupil: int
    name: str
    aim: str
    started_on: date
    review_on: date
    ended_on: date | None
    staff: int


@dataclass(frozen=True)
class Note:
    """A note about a pupil."""

    pupil: int
    on: date
    category: str
    text: str
    restricted: bool


def supports(
    school: School, marks: Marks, effects: Effects, staff: Staff, keep_out: set[int]
) -> list[Support]:
    """The planted supports, and some for the one pupil in twenty who seems to need it most."""
    random, roll, year = school.plan.random("supports"), school.roll, school.year
    lead = staff.with_role("Pastoral lead")
    found = [
        _support(year, s.pupil, s.aim, s.start, s.review - s.start, None, lead)
        for s in effects.supports
    ]
    busy = keep_out | {s.pupil for s in effects.supports}
    need = marks.rate() + 0.05 * roll.any_sen + random.gamma(0.5, 0.1, len(roll))
    here = on_roll(roll, year)
    for pupil in np.argsort(-need)[: round(SUPPORTED * len(roll))].tolist():
        start = int(random.integers(5, len(year.dates) - 20))
        length = int(random.choice([20, 30, 40]))
        ends = start + length + 5 if random.random() < 0.4 else None
        aim = str(random.choice(ORDINARY_AIMS))
        # Not a teacher: some of them arrive later than the support begins.
        adult = int(random.integers(len(school.table.teacher_subject), len(staff.ids)))
        if pupil not in busy and here[pupil, start]:
            found.append(_support(year, pupil, aim, start, length, ends, adult))
    return sorted(found, key=lambda support: (support.started_on, support.pupil))


def _support(
    year: SchoolYear, pupil: int, aim: str, start: int, length: int, ends: int | None, staff: int
) -> Support:
    started = year.open[start].on
    # Six school weeks are about eight on the calendar.
    review = (
        year.open[start + length].on
        if start + length < len(year.open)
        else (started + timedelta(days=2 * length))
    )
    ended = year.open[ends].on if ends is not None and ends < len(year.open) else None
    words = AIMS[aim]
    return Support(pupil, words[start % len(words)], aim, started, review, ended, staff)


def notes(school: School, keep_out: set[int]) -> list[Note]:
    """About one note for every three pupils."""
    random, roll, year = school.plan.random("notes"), school.roll, school.year
    here = on_roll(roll, year)
    found = []
    for pupil in np.flatnonzero(random.random(len(roll)) < 0.33).tolist():
        day = int(random.integers(0, len(year.dates)))
        category = str(random.choice(list(NOTES), p=[0.4, 0.3, 0.15, 0.1, 0.05]))
        text = str(random.choice(NOTES[category]))
        if here[pupil, day] and pupil not in keep_out:
            found.append(Note(pupil, year.open[day].on, category, text, category in RESTRICTED))
    return sorted(found, key=lambda note: (note.on, note.pupil))
