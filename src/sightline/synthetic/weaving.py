"""Makes a timetable in which no teacher, no room and no pupil is in two places at once."""

from itertools import pairwise

import numpy as np

from sightline.synthetic.curriculum import (
    KEY_STAGE_3,
    KEY_STAGE_4,
    OPTIONS,
    PRIMARY,
    ROOM_LETTER,
    Subject,
)
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Plan, Random
from sightline.synthetic.roll import Roll
from sightline.synthetic.timetable import SLOTS, Timetable

__all__ = ["build"]

FULL_LOAD = 42
FORMS_IN_BAND = 4


def build(plan: Plan, roll: Roll) -> Timetable:
    """The timetable of the school."""
    random = plan.random("timetable")
    table = Timetable(weekly=plan.primary)
    table.class_at = np.full((2, len(roll), SLOTS), -1, dtype=np.int64)
    if plan.primary:
        _primary(random, table, roll)
    else:
        _secondary(random, table, roll)
        _staff(table)
        _move_sets(random, table)
    return table


def _primary(random: Random, table: Timetable, roll: Roll) -> None:
    """One teacher and one room a form, all subjects."""
    for pupils in _forms(roll):
        order = random.permutation(25).tolist()
        group, teacher, at = roll.group(int(pupils[0])), len(table.rooms), 0
        for subject in PRIMARY:
            slots = order[at : at + subject.lessons]
            at += subject.lessons
            table.add(
                subject.name, f"{group} {subject.name}", int(roll.year[pupils[0]]), slots, pupils
            )
            table.teacher.append(teacher)
        table.rooms.append(f"Room {teacher + 1}")
        table.teacher_subject.append("Class teacher")
    table.class_at[:, :, 25:] = table.class_at[:, :, :25]


def _secondary(random: Random, table: Timetable, roll: Roll) -> None:
    days, shift = random.permutation(10), random.integers(0, 5, 10)
    slot_of = [int(days[i % 10] * 5 + (i // 10 + shift[i % 10]) % 5) for i in range(SLOTS)]
    forms = _forms(roll)
    bands = [
        (year, same[start : start + FORMS_IN_BAND])
        for year in sorted(set(roll.year.tolist()))
        for same in [[form for form in forms if roll.year[form[0]] == year]]
        for start in range(0, len(same), FORMS_IN_BAND)
    ]
    for number, (year, band) in enumerate(bands):
        # Every band starts elsewhere in the same order, which spreads each subject's demand.
        first = SLOTS * number // len(bands)
        order = slot_of[first:] + slot_of[:first]
        _fill(random, table, roll, year, band, order, number % 2)


def _forms(roll: Roll) -> list[Ints]:
    keys = roll.year * 1000 + roll.form
    return [np.flatnonzero(keys == key) for key in np.unique(keys)]


def _fill(
    random: Random,
    table: Timetable,
    roll: Roll,
    year: int,
    band: list[Ints],
    order: list[int],
    half: int,
) -> None:
    """The lessons of half a year group."""
    subjects = KEY_STAGE_3 if year < 10 else KEY_STAGE_4
    at = 0
    for subject in (one for one in subjects if one.how != "form"):
        slots = order[at : at + subject.lessons]
        at += subject.lessons
        for place, pupils in enumerate(_divide(random, roll, subject, band)):
            name = subject.name
            if subject.how == "option":
                choice = OPTIONS[name]
                name = choice[(place + half) % len(choice)]
            label = (
                roll.group(int(band[place][0]))
                if subject.how == "block"
                else (f"{year}{'xy'[half]}{place + 1}")
            )
            table.add(name, f"{label} {name}", year, slots, pupils)
    _take_turns(table, roll, year, band, order[at:])


def _divide(random: Random, roll: Roll, subject: Subject, band: list[Ints]) -> list[Ints]:
    """Who is together: forms, sets by prior attainment, or a free choice."""
    if subject.how == "block":
        return band
    everyone = np.concatenate(band)
    if subject.how == "set":
        order = np.argsort(-roll.ks2[everyone] - random.normal(0, 3, len(everyone)))
    else:
        order = random.permutation(len(everyone))
    return [np.sort(part) for part in np.array_split(everyone[order], len(band)) if len(part)]


def _take_turns(
    table: Timetable, roll: Roll, year: int, band: list[Ints], slots: list[int]
) -> None:
    """Subjects taught by form: at any time the forms of a band are at different subjects."""
    taught = [s for s in (KEY_STAGE_3 if year < 10 else KEY_STAGE_4) if s.how == "form"]
    for place, pupils in enumerate(band):
        first = len(slots) * place // len(band)
        mine, at = slots[first:] + slots[:first], 0
        for subject in taught:
            name = f"{roll.group(int(pupils[0]))} {subject.name}"
            table.add(subject.name, name, year, mine[at : at + subject.lessons], pupils)
            at += subject.lessons


def _staff(table: Timetable) -> None:
    """The first teacher of the subject who is free then and not yet full; else a new one."""
    busy: list[set[int]] = []
    by_subject: dict[str, list[int]] = {}
    for subject, slots in zip(table.subjects, table.slots, strict=True):
        mine = by_subject.setdefault(subject, [])
        wanted = set(slots)
        for teacher in mine:
            if busy[teacher].isdisjoint(wanted) and len(busy[teacher]) + len(wanted) <= FULL_LOAD:
                break
        else:
            teacher = len(busy)
            busy.append(set())
            mine.append(teacher)
            table.teacher_subject.append(subject)
        busy[teacher] |= wanted
        table.teacher.append(teacher)
    _number_rooms(table)


def _number_rooms(table: Timetable) -> None:
    counts: dict[str, int] = {}
    for subject in table.teacher_subject:
        letter = ROOM_LETTER[subject]
        counts[letter] = counts.get(letter, 0) + 1
        table.rooms.append(f"{letter}{counts[letter]}")


def _move_sets(random: Random, table: Timetable) -> None:
    """In January a pupil in 25 changes places with one of the next mathematics set."""
    after = table.class_at[1]
    sets = [c for c, subject in enumerate(table.subjects) if subject == "Mathematics"]
    for upper, lower in pairwise(sets):
        if table.slots[upper] != table.slots[lower]:
            continue
        slots = np.array(table.slots[upper])
        down = np.flatnonzero(after[:, slots[0]] == upper)
        up = np.flatnonzero(after[:, slots[0]] == lower)
        if min(len(down), len(up)) < 8:
            continue
        after[random.choice(down), slots] = lower
        after[random.choice(up), slots] = upper
