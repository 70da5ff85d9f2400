"""Gives every member of the cast a place on the demo school's roll and writes out their year."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.absence import band_of
from sightline.synthetic.assessment import POINTS
from sightline.synthetic.care import Note, Support
from sightline.synthetic.cast import CAST, DEMO_AS_OF, TABLE_OF_SIGNAL, Member
from sightline.synthetic.codes import ABSENT, CODE_NUMBER
from sightline.synthetic.given import Given
from sightline.synthetic.incidents import SESSION_OF_PERIOD, Events, lesson_at
from sightline.synthetic.plan import Plan
from sightline.synthetic.roll import YEAR_11_LEAVES, Roll, on_roll
from sightline.synthetic.school import School
from sightline.synthetic.stories import Story
from sightline.synthetic.terms import FIRST_DAY, SchoolYear
from sightline.synthetic.timetable import Change, Timetable

__all__ = ["place_cast", "write_out"]

TUESDAY = 1
TUESDAY_SEVERITY = (3, 4)


def place_cast(roll: Roll) -> dict[int, Member]:
    """Who plays whom: each member takes the place of a pupil of the same year, free meals and SEN,
    so that the school's shares stay what they were. Changes the roll."""
    chosen: dict[int, Member] = {}
    for member in CAST:
        able = np.flatnonzero(
            (roll.year == member.year)
            & (roll.fsm == member.disadvantaged)
            & (roll.any_sen == (member.sen != "N"))
        )
        pupil = next(int(p) for p in able if int(p) not in chosen)
        chosen[pupil] = member
        roll.given[pupil], roll.family[pupil] = member.given, member.family
        roll.sex[pupil], roll.sen[pupil] = member.sex, member.sen
        roll.ks2[pupil], roll.prior[pupil] = 106.0, "middle"
        entry = np.datetime64(FIRST_DAY.replace(year=FIRST_DAY.year - (member.year - 7)))
        roll.enrolled[pupil] = np.datetime64(member.enrolled) if member.enrolled else entry
        roll.left[pupil] = YEAR_11_LEAVES if member.year == 11 else np.datetime64("NaT")
    return chosen


def write_out(school: School, chosen: dict[int, Member]) -> Given:
    """The cast's marks, events, results, homework, supports, notes and stories."""
    plan, roll, year, table = school.plan, school.roll, school.year, school.table
    given = Given()
    today = year.on_or_after(DEMO_AS_OF)
    here = np.repeat(on_roll(roll, year), 2, axis=1)
    for pupil, member in chosen.items():
        row = _codes(member, today, len(year.dates), here[pupil])
        given.codes[pupil] = row
        known = row[here[pupil]]
        possible = int((known != CODE_NUMBER["D"]).sum())
        given.band[pupil] = band_of(int((known >= CODE_NUMBER["I"]).sum()), possible)
        given.events[pupil] = _events(member, pupil, today, year, table, here[pupil])
        given.truant[pupil] = [(today - ago, period - 1) for ago, period in member.truant]
        _results(given, member, pupil, table)
        given.work[pupil] = (today, *(member.work or (0, 12)))
        given.share[pupil] = member.share
        _words(given, member, pupil)
        given.stories.append(_story(plan, roll, member, pupil, table))
    return given


def _codes(member: Member, today: int, days: int, here: NDArray[np.bool_]) -> NDArray[np.int8]:
    row = np.tile(np.array([2, 3], np.int8), days)
    for ago, sessions, code in member.absent:
        first = 2 * (today - ago)
        row[first : first + sessions] = CODE_NUMBER[code]
    for agos, code in ((member.late, "L"), (member.late_closed, "U")):
        row[[2 * (today - ago) for ago in agos]] = CODE_NUMBER[code]
    if member.tenth is not None:
        _reach_a_tenth(row, member.tenth, today)
    return row


def _reach_a_tenth(row: NDArray[np.int8], below: int, today: int) -> None:
    """Adds absent autumn days until absences so far are `below` short of a tenth of the possible;
    the first days are at another school if that is needed to make ten divide the possible."""
    so_far = row[: 2 * (today + 1)]
    so_far[: len(so_far) % 10] = CODE_NUMBER["D"]
    possible = len(so_far) - len(so_far) % 10
    wanted = possible // 10 - below - int(np.isin(so_far, _ABSENT).sum())
    places = [2 * day + half for day in range(12, 80, 5) for half in (0, 1)]
    so_far[places[:wanted]] = CODE_NUMBER["I"]


_ABSENT = [CODE_NUMBER[code] for code in ABSENT]


def _events(
    member: Member,
    pupil: int,
    today: int,
    year: SchoolYear,
    table: Timetable,
    here: NDArray[np.bool_],
) -> Events:
    rows = [(today - ago, period - 1, severity) for ago, period, severity in member.concerns]
    # One praise a fortnight by default, on days the pupil was there.
    rows += [(day, day % 5, 0) for day in range(4, len(year.dates), 11)]
    rows += [(today - 2 * n, n % 5, 0) for n in range(member.praise)]
    if member.tuesdays:
        rows += _tuesdays(pupil, year, table)
    rows = [row for row in rows if here[2 * row[0]]]
    day, period, severity = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    who = np.full(len(rows), pupil)
    return Events(
        who,
        day,
        SESSION_OF_PERIOD[period],
        period,
        lesson_at(year, table, who, day, period),
        severity,
        day % 60,
    )


def _tuesdays(pupil: int, year: SchoolYear, table: Timetable) -> list[tuple[int, int, int]]:
    """A concern in every Tuesday lesson of one class since another teacher took it in January."""
    mine = table.class_at[1][pupil]
    which = next(
        int(c)
        for c in np.unique(mine)
        if sum(slot // 5 == TUESDAY for slot in table.slots[c]) == 1
        and sum(slot // 5 == TUESDAY + 5 for slot in table.slots[c]) == 1
    )
    since = year.on_or_after(next(m.since for m in CAST if m.tuesdays))
    table.teacher_subject.append(table.subjects[which])
    table.changes[which] = Change(year.open[since].on, len(table.teacher_subject) - 1)
    lessons = {slot // 5: slot % 5 for slot in table.slots[which]}
    days = [d for d in range(since, len(year.dates)) if year.weekday[d] == TUESDAY]
    return [
        (d, lessons[int(year.first_slot[d]) // 5], TUESDAY_SEVERITY[n % 2])
        for n, d in enumerate(days)
    ]


def _results(given: Given, member: Member, pupil: int, table: Timetable) -> None:
    """Without gaps of their own: a little above at every point; with: only those, from spring."""
    own = dict(member.gaps)
    for subject in set(table.subjects):
        for point in range(len(POINTS)):
            usual = 0.3 if not own else 0.0
            if own and subject not in own:
                given.gaps[pupil, subject, point] = None
            else:
                given.gaps[pupil, subject, point] = usual if point == 0 else own.get(subject, 0.3)


def _words(given: Given, member: Member, pupil: int) -> None:
    if member.support:
        name, aim, started, review = member.support
        given.supports.append(Support(pupil, name, aim, started, review, None, 0))
    if member.note:
        given.notes.append(Note(pupil, member.since, "SEN review", member.note, False))


def _story(plan: Plan, roll: Roll, member: Member, pupil: int, table: Timetable) -> Story:
    detail = {"signal": member.signal, "outcome": member.outcome, "as_of": str(DEMO_AS_OF)}
    place: dict[str, object] = {}
    if member.tuesdays:
        which = next(iter(table.changes))
        place = {"class_id": which, "room": table.room(which), "weekday": TUESDAY + 1}
    return Story(
        "cast",
        [roll.ids[pupil]],
        plan.school_id,
        str(member.since),
        member.shows,
        TABLE_OF_SIGNAL[member.signal],
        {**detail, **place},
    )
