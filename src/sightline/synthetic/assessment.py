"""Results at three points of the year: what prior attainment leads one to expect, and what came."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.curriculum import GRADE_SUBJECT
from sightline.synthetic.lines import Ints
from sightline.synthetic.marks import Marks
from sightline.synthetic.membership import Memberships
from sightline.synthetic.school import School

__all__ = ["POINTS", "SCALES", "Results", "assess"]

Floats = NDArray[np.float64]
Gaps = dict[tuple[int, str, int], float | None]
POINTS = (("Autumn", "2025-12-05"), ("Spring", "2026-02-27"), ("Summer", "2026-05-20"))
SCALES = ("gcse_9_1", "scaled_score", "step")
PRIMARY_SUBJECTS = ("English", "Mathematics", "Reading")
# Working grade as a share of the GCSE grade to expect in the end; an assumption.
STAGE = {7: 0.50, 8: 0.62, 9: 0.74, 10: 0.86, 11: 0.96}
# Grades lost for each percentage point of absence beyond six: absence and attainment go
# together; the size is an assumption. So are the spreads of pupils, subjects and points.
PENALTY, FREE_ABSENCE = 0.025, 6
PUPIL_SPREAD, SUBJECT_SPREAD, POINT_SPREAD, LIFT = 0.42, 0.5, 0.3, 0.12
NOT_SAT = 0.03


@dataclass
class Results:
    """One row a result; `subject` numbers the school's subjects, `scale` those of SCALES."""

    pupil: Ints
    subject: Ints
    point: Ints
    scale: Ints
    value: Floats
    expected: Floats


def assess(
    school: School, members: Memberships, marks: Marks, subjects: list[str], given: Gaps
) -> Results:
    """Results of every subject that is assessed. `given` sets the gap of (pupil, subject, point)
    for the pupils it names; None, or no entry for such a pupil, is no result."""
    random = school.plan.random("assessment")
    of_class = np.array([subjects.index(subject) for subject in school.table.subjects])
    general = PUPIL_SPREAD * random.standard_normal(len(school.roll)) + LIFT
    general -= PENALTY * np.clip(100 * marks.rate() - FREE_ABSENCE, -FREE_ABSENCE, 40)
    special = SUBJECT_SPREAD * random.standard_normal(len(members.pupil))
    assessed = [subjects.index(subject) for subject in _assessed(school, subjects)]
    able = np.isin(of_class[members.which], assessed)
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    for point, (_, on) in enumerate(POINTS):
        day = school.year.on_or_after(date.fromisoformat(on))
        sits = able & (members.first <= day) & (day <= members.last)
        sits &= random.random(len(sits)) > NOT_SAT
        chance = POINT_SPREAD * random.standard_normal(len(sits))
        gap = (general[members.pupil] + special + chance)[sits]
        subject = of_class[members.which[sits]]
        parts.append((members.pupil[sits], subject, np.full(len(gap), point), gap))
    pupil, subject, points, gaps = (np.concatenate(same) for same in zip(*parts, strict=True))
    results = (_primary if school.plan.primary else _secondary)(
        school, subjects, pupil, subject, points, gaps
    )
    return _with_given(results, subjects, given)


def _assessed(school: School, subjects: list[str]) -> list[str]:
    if school.plan.primary:
        return [subject for subject in PRIMARY_SUBJECTS if subject in subjects]
    return [s for s in subjects if s in GRADE_SUBJECT and s != "Physical education"]


def _primary(
    school: School, subjects: list[str], pupil: Ints, subject: Ints, point: Ints, gap: Floats
) -> Results:
    """Steps up to Year 2, scaled scores from Year 3."""
    year = school.roll.year[pupil]
    young = year <= 2
    expected = np.where(young, 3.0 * year + point + 1, np.round(school.roll.ks2[pupil]))
    value = np.where(young, np.round(expected + gap), np.round(expected + 6 * gap))
    value = np.where(young, np.maximum(value, 0), np.clip(value, 80, 120))
    return Results(pupil, subject, point, np.where(young, 2, 1), value, expected)


def _secondary(
    school: School, subjects: list[str], pupil: Ints, subject: Ints, point: Ints, gap: Floats
) -> Results:
    year, ks2 = school.roll.year[pupil], school.roll.ks2[pupil]
    expected = np.zeros(len(pupil))
    for number, name in enumerate(subjects):
        if name in GRADE_SUBJECT:
            own = subject == number
            expected[own] = np.interp(ks2[own], *national.grades(GRADE_SUBJECT[name]))
    stage = np.array([STAGE.get(group, 1.0) for group in range(12)])[year] + 0.03 * (point - 1)
    expected = np.round(expected * stage, 1)
    # Teachers write 5-, 5 and 5+: thirds of a grade, kept to one decimal.
    value = np.round(np.clip(np.round(3 * (expected + gap)) / 3, 0, 9), 1)
    return Results(pupil, subject, point, np.zeros(len(pupil), np.int64), value, expected)


def _with_given(results: Results, subjects: list[str], given: Gaps) -> Results:
    keep = np.ones(len(results.pupil), dtype=bool)
    named = sorted({key[0] for key in given})
    for row in np.flatnonzero(np.isin(results.pupil, named)).tolist():
        subject = subjects[results.subject[row]]
        gap = given.get((int(results.pupil[row]), subject, int(results.point[row])))
        if gap is None:
            keep[row] = False
        else:
            # Room above and below, so that no gap is cut off at the ends of the scale.
            results.expected[row] = min(max(results.expected[row], 3.0), 7.0)
            results.value[row] = round(float(results.expected[row]) + gap, 1)
    return Results(*(column[keep] for column in vars(results).values()))
