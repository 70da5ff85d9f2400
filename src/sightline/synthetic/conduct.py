"""Behaviour: concerns and praise, very unevenly spread over pupils, rooms, periods and staff."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.codes import CODE_NUMBER
from sightline.synthetic.incidents import SESSION_OF_PERIOD, Events, lesson_at
from sightline.synthetic.lines import Ints
from sightline.synthetic.marks import Marks
from sightline.synthetic.plan import Random
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects, Pattern

__all__ = ["behave"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Assumptions: events per pupil and year; tension rises through the day.
CONCERNS_A_YEAR = {"primary": 1.5, "secondary": 6.0}
PRAISE_A_YEAR = {"primary": 6.0, "secondary": 10.0}
PERIOD_FACTOR = np.array([0.7, 0.9, 1.0, 1.1, 1.5])
SEVERITY = (0.44, 0.31, 0.17, 0.06, 0.02)
AT_BREAKS, CANDIDATES = 0.15, 5


def behave(school: School, marks: Marks, effects: Effects, given: dict[int, Events]) -> Events:
    """The year's events; `given` replaces those of some pupils (the cast)."""
    random = school.plan.random("behaviour")
    there = (marks.codes >= 0) & (marks.codes <= CODE_NUMBER["L"])
    parts = [
        _concerns(random, school, there),
        _praise(random, school, there),
        _in_rooms(random, school, there, effects),
        _in_patterns(random, school, there, effects),
        _before_suspensions(random, school, marks, there),
    ]
    every = Events.joined(parts)
    keep = ~np.isin(every.pupil, np.array(sorted(given), dtype=np.int64))
    return Events.joined([every.where(keep), *given.values()])


def _concerns(random: Random, school: School, there: Flags) -> Events:
    roll = school.roll
    male = np.array([sex == "M" for sex in roll.sex], dtype=bool)
    by_year = np.interp(roll.year, [0, 6, 7, 9, 11], [1, 1, 0.8, 1.25, 0.9])
    rate = by_year * (1 + 0.4 * male) * (1 + 0.6 * roll.fsm) * (1 + 0.6 * roll.any_sen)
    # Schools differ in how much they write down.
    level = CONCERNS_A_YEAR[school.plan.phase] * float(random.lognormal(0, 0.2))
    count = random.poisson(rate / rate.mean() * level * random.gamma(0.4, 1 / 0.4, len(roll)))
    habits = random.lognormal(0, 0.5, len(school.table.teacher_subject))
    pupil = np.repeat(np.arange(len(roll)), count)
    events = _placed(random, school, there, pupil, habits, PERIOD_FACTOR)
    events.severity = _severities(random, len(events))
    out = random.random(len(events)) < AT_BREAKS
    events.which, events.period = np.where(out, -1, events.which), np.where(out, -1, events.period)
    return events


def _severities(random: Random, count: int) -> Ints:
    found: Ints = 1 + (np.cumsum(SEVERITY)[:4] < random.random(count)[:, None]).sum(1)
    return found


def _praise(random: Random, school: School, there: Flags) -> Events:
    mean = PRAISE_A_YEAR[school.plan.phase]
    count = random.poisson(mean * random.gamma(1.5, 1 / 1.5, len(school.roll)))
    habits = random.lognormal(0, 0.5, len(school.table.teacher_subject))
    return _placed(
        random, school, there, np.repeat(np.arange(len(count)), count), habits, np.ones(5)
    )


def _placed(
    random: Random, school: School, there: Flags, pupil: Ints, habits: Floats, tension: Floats
) -> Events:
    """A lesson for every event: some candidates are drawn and one is kept in proportion to the
    period and the teacher's habits. Events without an attended candidate are dropped."""
    shape = (len(pupil), CANDIDATES)
    day = random.integers(0, len(school.year.dates), shape)
    period = random.integers(0, 5, shape)
    which = lesson_at(school.year, school.table, pupil[:, None], day, period)
    weight = habits[np.array(school.table.teacher)[which]] * tension[period]
    attended = there[pupil[:, None], 2 * day + SESSION_OF_PERIOD[period]] & (which >= 0)
    total = np.where(attended, weight, 0).cumsum(1)
    kept = np.flatnonzero(total[:, -1] > 0)
    drawn = random.random(len(kept)) * total[kept, -1]
    at = np.minimum((total[kept] <= drawn[:, None]).sum(1), CANDIDATES - 1)
    return _events(random, school, pupil[kept], day[kept, at], period[kept, at], 0)


def _events(
    random: Random, school: School, pupil: Ints, day: Ints, period: Ints, severity: int
) -> Events:
    """Events in lessons."""
    which = lesson_at(school.year, school.table, pupil, day, period)
    words = random.integers(0, 60, len(pupil))
    level = np.full(len(pupil), severity)
    return Events(pupil, day, SESSION_OF_PERIOD[period], period, which, level, words)


def _in_rooms(random: Random, school: School, there: Flags, effects: Effects) -> Events:
    """More concerns in some rooms, whoever is taught there: a multiple of the usual number."""
    usual = CONCERNS_A_YEAR[school.plan.phase] / 50
    none = np.empty(0, np.int64)
    parts = [_events(random, school, none, none, none, 1)]
    for room, multiple in effects.room_factor.items():
        taught = [c for c in range(len(school.table.subjects)) if school.table.room(c) == room]
        pupil, slot = np.nonzero(np.isin(school.table.class_at[1], taught))
        extra = np.repeat(np.arange(len(pupil)), random.poisson(usual * (multiple - 1), len(pupil)))
        pupil, slot = pupil[extra], slot[extra]
        # The slot's own days: every tenth or so.
        turns = [np.flatnonzero(school.year.first_slot == first) for first in range(0, 50, 5)]
        day = np.array([random.choice(turns[s // 5]) for s in slot.tolist()], dtype=np.int64)
        events = _events(random, school, pupil, day, slot % 5, 1)
        events.severity = _severities(random, len(events))
        parts.append(events.where(there[pupil, 2 * day + events.session]))
    return Events.joined(parts)


def _in_patterns(random: Random, school: School, there: Flags, effects: Effects) -> Events:
    """The planted patterns, lesson by lesson of a class."""
    rows = [
        (pattern.pupil, day, int(SESSION_OF_PERIOD[period]), period, pattern.which,
         pattern.severity, int(random.integers(0, 60)))
        for pattern in effects.patterns
        for day, period in _lessons(school, pattern)
        if there[pattern.pupil, 2 * day + SESSION_OF_PERIOD[period]]
        and random.random() < pattern.chance
    ]  # fmt: skip
    return Events(*np.array(rows, dtype=np.int64).reshape(-1, 7).T)


def _lessons(school: School, pattern: Pattern) -> list[tuple[int, int]]:
    """(day, period) of the lessons a pattern is about."""
    slots = set(school.table.slots[pattern.which])
    repeats = 25 if school.table.weekly else 50
    return [
        (day, period)
        for day in range(pattern.from_day, len(school.year.dates))
        if pattern.weekday in (None, school.year.weekday[day])
        for period in range(5)
        if int(school.year.first_slot[day]) % repeats + period in slots
    ]


def _before_suspensions(random: Random, school: School, marks: Marks, there: Flags) -> Events:
    """A serious concern on the day before each suspension."""
    out = marks.is_any("E")[:, 0::2]
    pupil, day = np.nonzero(out[:, 1:] & ~out[:, :-1])
    events = _events(random, school, pupil, day, random.integers(0, 5, len(pupil)), 5)
    return events.where(there[pupil, 2 * day + events.session] & (events.which >= 0))
