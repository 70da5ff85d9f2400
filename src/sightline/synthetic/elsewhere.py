"""Visits, sport, work experience and other places where a pupil counts as attending."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.codes import CODE_NUMBER
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Random
from sightline.synthetic.school import School

__all__ = ["send_elsewhere"]

WORK_EXPERIENCE = np.datetime64("2026-06-29")
# Code, share of a year group that goes, sessions it takes (one is an afternoon): assumptions.
OUTINGS = (("V", 0.4, 2), ("B", 0.12, 2), ("P", 0.08, 1))


def send_elsewhere(random: Random, school: School, codes: NDArray[np.int8]) -> None:
    """Changes attended sessions until each code is as frequent as nationally."""
    frequency = national.codes(school.plan.phase)
    sessions, year_of = (codes >= 0).sum(), school.roll.year
    pupils = len(year_of)
    if not school.plan.primary:
        away = np.flatnonzero((year_of == 10) & (random.random(pupils) < 0.7))
        first = 2 * int(np.searchsorted(school.year.dates, WORK_EXPERIENCE))
        _send(codes, "W", away, first, first + 10)
    # Pupils placed by the local authority are away all year; most of their sessions are attended.
    placed = int(random.poisson(frequency["K"] / 10_000 / 0.85 * pupils))
    _send(codes, "K", random.permutation(pupils)[:placed], 0, codes.shape[1])
    for code, share, length in OUTINGS:
        left = frequency[code] / 10_000 * sessions
        while left > max(pupils * 0.01, 1):
            group = int(random.choice(np.unique(year_of)))
            able = np.flatnonzero((year_of == group) & (random.random(pupils) < share))
            first = int(random.integers(0, codes.shape[1] // 2)) * 2 + 2 - length
            left -= max(_send(codes, code, able, first, first + length), 1)


def _send(codes: NDArray[np.int8], code: str, pupils: Ints, first: int, last: int) -> int:
    """Marks the sessions these pupils attend; returns how many."""
    part = codes[pupils, first:last]
    there = (part == CODE_NUMBER["/"]) | (part == CODE_NUMBER["\\"])
    codes[pupils, first:last] = np.where(there, CODE_NUMBER[code], part)
    return int(there.sum())
