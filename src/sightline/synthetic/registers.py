"""Lesson registers that agree with the session marks."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.codes import CODE_NUMBER
from sightline.synthetic.incidents import SESSION_OF_PERIOD, Events
from sightline.synthetic.marks import Marks
from sightline.synthetic.plan import Plan

__all__ = ["LESSON_MARKS", "take_registers"]

LESSON_MARKS = ("", "present", "late", "absent", "removed", "truant")
PRESENT, LATE, ABSENT, REMOVED, TRUANT = range(1, 6)
# Assumptions: late to a lesson although in school; sent out after a serious concern.
LATE_TO_LESSON, SENT_OUT, TRUANCY = 0.012, 0.35, 0.0022


def take_registers(
    plan: Plan, marks: Marks, events: Events, given_truant: dict[int, list[tuple[int, int]]]
) -> NDArray[np.int8]:
    """Open days by pupils by periods: numbers in LESSON_MARKS, 0 where no register holds the
    pupil (not on roll, on a visit, at another school). `given_truant`: (day, period) of pupils
    whose truancy is written out."""
    random = plan.random("registers")
    codes = marks.codes
    kind = np.zeros(codes.shape, dtype=np.int8)
    kind[(codes >= 0) & (codes <= CODE_NUMBER["L"])] = PRESENT
    kind[codes >= CODE_NUMBER["I"]] = ABSENT
    pupils, days = codes.shape[0], codes.shape[1] // 2
    by_day = kind.reshape(pupils, days, 2).transpose(1, 0, 2)
    found = np.ascontiguousarray(by_day[:, :, SESSION_OF_PERIOD])
    there = found == PRESENT
    draw = random.random(found.shape, dtype=np.float32)
    found[there & (draw < LATE_TO_LESSON)] = LATE
    prone = np.asarray(random.gamma(0.12, TRUANCY / 0.12, pupils), np.float32)
    prone[list(given_truant)] = 0
    found[there & (draw > 1 - np.minimum(prone, 0.2)[None, :, None])] = TRUANT
    _late_to_school(codes, found)
    sent = (events.severity >= 3) & (events.period >= 0)
    sent &= random.random(len(events)) < SENT_OUT
    sent &= ~np.isin(events.pupil, np.array(sorted(given_truant), dtype=np.int64))
    found[events.day[sent], events.pupil[sent], events.period[sent]] = REMOVED
    for pupil, lessons in given_truant.items():
        for day, period in lessons:
            found[day, pupil, period] = TRUANT
    return found


def _late_to_school(codes: NDArray[np.int8], found: NDArray[np.int8]) -> None:
    """L makes the session's first lesson late; after the register closed the first is missed and
    the rest are attended."""
    for half, first, periods in ((0, 0, 3), (1, 3, 2)):
        session = codes[:, half::2].T
        late = session == CODE_NUMBER["L"]
        found[:, :, first][late] = LATE
        closed = session == CODE_NUMBER["U"]
        for period in range(first + 1, first + periods):
            found[:, :, period][closed] = LATE if period == first + 1 else PRESENT
