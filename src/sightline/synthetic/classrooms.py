"""Stories about classes and rooms rather than pupils: a weekday, a new teacher, a room."""

import numpy as np

from sightline.synthetic.planter import Planter
from sightline.synthetic.stories import Pattern
from sightline.synthetic.timetable import Change

__all__ = ["plant_in_classrooms"]


def plant_in_classrooms(planter: Planter) -> None:
    """One story of each kind, where the school is large enough for it."""
    _weekday_in_room(planter)
    _staffing_change(planter)
    _room(planter)


def _classes_of_size(planter: Planter, least: int) -> list[int]:
    """Classes with enough members, in the order of a seeded shuffle."""
    members = np.bincount(
        planter.table.class_at[1][planter.table.class_at[1] >= 0].ravel(),
        minlength=len(planter.table.subjects),
    )
    lessons = np.array([len(slots) for slots in planter.table.slots])
    big = np.flatnonzero((members >= least * lessons) & (lessons > 1))
    return [int(c) for c in planter.random.permutation(big)]


def _replace_teacher(planter: Planter, which: int, day: int) -> None:
    """A new colleague, who has no other class, takes this one."""
    table = planter.table
    table.teacher_subject.append(table.teacher_subject[table.teacher[which]])
    table.changes[which] = Change(planter.year.open[day].on, len(table.teacher_subject) - 1)


def _members(planter: Planter, which: int) -> list[int]:
    slot = planter.table.slots[which][0]
    found = np.flatnonzero(planter.table.class_at[1][:, slot] == which)
    return [int(p) for p in found if p not in planter.keep_out]


def _weekday_in_room(planter: Planter) -> None:
    """After a staffing change some pupils of one class are in trouble on one weekday only."""
    for which in _classes_of_size(planter, 8):
        days = {slot // 5 for slot in planter.table.slots[which]}
        # A primary week has no cycle: one lesson a week is enough there.
        both = sorted(d for d in range(5) if d in days and (d + 5 in days or planter.table.weekly))
        able = [p for p in _members(planter, which) if p in planter.free and planter.band[p] < 2]
        if not both or len(able) < 4 or which in planter.table.changes:
            continue
        weekday = int(planter.random.choice(both))
        day = int(planter.random.integers(50, 120))
        who = [int(p) for p in planter.random.permutation(able)[:4]]
        planter.free -= set(who)
        _replace_teacher(planter, which, day)
        planter.effects.patterns += [Pattern(p, which, weekday, day, 0.75, 2) for p in who]
        planter.tell(
            "weekday_in_room",
            who,
            day,
            "another teacher takes the class",
            "behaviour",
            weekday=weekday + 1,
            room=planter.table.room(which),
            class_id=which,
            signal="behaviour_rate",
        )
        return


def _staffing_change(planter: Planter) -> None:
    """After a staffing change the whole class records more concerns."""
    for which in _classes_of_size(planter, 12):
        if which in planter.table.changes:
            continue
        day = int(planter.random.integers(50, 130))
        _replace_teacher(planter, which, day)
        planter.effects.patterns += [
            Pattern(p, which, None, day, 0.05, 1) for p in _members(planter, which)
        ]
        planter.tell(
            "class_after_staffing_change",
            _members(planter, which),
            day,
            "another teacher takes the class",
            "behaviour",
            class_id=which,
        )
        return


def _room(planter: Planter) -> None:
    """One room where everybody's lessons go worse all year."""
    if len(planter.table.rooms) < 3:
        return
    room = str(planter.random.choice(planter.table.rooms))
    planter.effects.room_factor[room] = 4.0
    planter.tell("room_effect", [], 0, "something about the room", "behaviour", room=room)
