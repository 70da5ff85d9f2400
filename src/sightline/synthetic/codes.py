"""Which attendance code an absence gets: the national shares, and what makes each code likely."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Plan, Random
from sightline.synthetic.school import School
from sightline.synthetic.terms import SchoolYear

__all__ = ["ABSENT", "CODES", "CODE_NUMBER", "NOT_POSSIBLE", "Spells", "choose"]

Floats = NDArray[np.float64]
ABSENT = ("I", "O", "M", "C", "G", "C2", "U", "N", "S", "R", "J1", "C1", "T", "E")
CODES = ("", "-", "/", "\\", "L", "K", "V", "P", "W", "B", "D", "Y2", "Y7", *ABSENT)
"""Codes by number, as held in the arrays of marks."""
CODE_NUMBER = {code: number for number, code in enumerate(CODES)}
NOT_POSSIBLE = ("D", "Y2", "Y7")
# Eid al-Fitr and Eid al-Adha 2026, Diwali 2025.
FEASTS = ("2025-10-20", "2025-10-21", "2026-03-20", "2026-05-27")
EXAMS = ("2026-05-11", "2026-06-24")


class Spells:
    """The spells of absence that were chosen: one row a spell, in the order they start."""

    def __init__(self, absent: NDArray[np.bool_], spell: Ints) -> None:
        """`absent` and `spell` are pupils by sessions; sessions of a spell share a number."""
        self.pupil_of, self.session_of = np.nonzero(absent)
        numbers = spell[self.pupil_of, self.session_of]
        starts = np.flatnonzero(np.diff(numbers, prepend=-1) != 0)
        self.of = np.cumsum(np.diff(numbers, prepend=-1) != 0) - 1
        self.pupil = self.pupil_of[starts]
        self.start = self.session_of[starts]
        self.length = np.diff(np.append(starts, len(numbers)))

    def __len__(self) -> int:
        return len(self.pupil)


def choose(school: School, spells: Spells, missed: Floats, late: Floats) -> Ints:
    """Code number of each absent session. `missed`: rate of absence by pupil; `late`: how prone
    to lateness. What makes a code likely is assumed; how often it occurs overall is national."""
    random = school.plan.random("codes")
    liking = _liking(random, school, spells, missed, late)
    frequency = national.codes(school.plan.phase)
    target = np.array([frequency.get(code, 0.0) for code in ABSENT])
    target[ABSENT.index("E")] = 0
    target /= target.sum()
    base = target.copy()
    for _ in range(12):
        odds = liking * base
        odds /= odds.sum(1, keepdims=True)
        now = (odds * spells.length[:, None]).sum(0) / max(spells.length.sum(), 1)
        base *= np.where(now > 0, target / np.maximum(now, 1e-9), 1)
    drawn = (odds.cumsum(1) < random.random(len(spells))[:, None]).sum(1)
    numbers = np.array([CODE_NUMBER[code] for code in ABSENT])
    chosen: Ints = numbers[np.minimum(drawn, len(ABSENT) - 2)][spells.of]
    return chosen


def _liking(random: Random, school: School, spells: Spells, missed: Floats, late: Floats) -> Floats:
    """Spells by codes: how well each code fits."""
    roll, year, length, start = school.roll, school.year, spells.length, spells.start
    day, pupil = start // 2, spells.pupil
    rate, single = missed[pupil], length == 1
    # Truancy and part-time timetables stay with the same pupils.
    own = random.gamma(1.2, 1, len(roll))[pupil] + 0.05
    part_time = (random.random(len(roll)) < 0.35)[pupil] & (rate > 0.2)
    exams = (roll.year[pupil] == 11) & _between(year, *EXAMS)[day]
    feast = np.isin(year.dates, np.array(FEASTS, "datetime64[D]"))[day]
    oldest = roll.year[pupil] >= roll.year.max()
    illness = _illness(school.plan, year)[day]
    likes = {
        "I": (1.0 + 0.6 * (length >= 4)) * np.where(rate > 0.3, 0.5, 1) * illness,
        "O": own * (0.3 + 6 * rate) * (1 + roll.fsm[pupil]),
        "M": np.where(single, 6.0, np.where(length == 2, 0.6, 0.02)),
        "C": np.where(length <= 4, 1.0, 0.3),
        "G": np.where(_near_break(year)[day] & (length >= 2), 10.0, 0.25) * (1 + (length >= 6)),
        "C2": np.where(part_time, 6.0, 0.01),
        "U": np.where(single & (start % 2 == 0), 5 * late[pupil] + 0.01, 0),
        "N": np.where(length <= 2, 1.0, 0.2),
        "S": np.where(exams, 20.0, 0),
        "R": np.where(feast, 1 + 6 * roll.eal[pupil], 0),
        "J1": np.where(single & oldest, 1.0, 0),
        "C1": np.where(length <= 2, 0.1, 0.02),
        "T": np.where(length > 4, 1.0, 0.01),
        "E": np.zeros(len(spells)),
    }
    # Illness is always possible, so that every spell can be given a code.
    return np.stack([likes[code] + (1e-12 if code == "I" else 0) for code in ABSENT], axis=1)


def _illness(plan: Plan, year: SchoolYear) -> Floats:
    """By open day: illness as a share of absence, relative to the year."""
    rows = national.season(plan.phase)
    ends = np.array([row.to_on for row in rows], dtype="datetime64[D]")
    share = np.array([row.illness / row.absence for row in rows])
    by_day = share[np.minimum(np.searchsorted(ends, year.dates), len(rows) - 1)]
    found: Floats = by_day / by_day.mean()
    return found


def _near_break(year: SchoolYear) -> NDArray[np.bool_]:
    """The last five open days before a break and the first two after it."""
    first = np.flatnonzero(year.after_break)
    near = np.zeros(len(year.dates), dtype=bool)
    for day in [*first[1:].tolist(), len(near)]:
        near[max(day - 5, 0) : day + 2] = True
    return near


def _between(year: SchoolYear, first: str, last: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (year.dates >= np.datetime64(first)) & (
        year.dates <= np.datetime64(last)
    )
    return found
