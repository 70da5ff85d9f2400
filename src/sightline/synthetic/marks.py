"""The attendance register: which sessions are missed, late or elsewhere, and their codes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.absence import sessions_missed
from sightline.synthetic.codes import CODE_NUMBER, NOT_POSSIBLE, Spells, choose
from sightline.synthetic.elsewhere import send_elsewhere
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Random
from sightline.synthetic.roll import on_roll
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects
from sightline.synthetic.suspension import suspend
from sightline.synthetic.terms import SchoolYear

__all__ = ["Marks", "mark"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
# Assumptions: one day in two starts a new spell, one afternoon in 7 differs from its morning.
NEW_SPELL, SPLIT_DAY, MISSING, FIRST_N = 0.5, 0.15, 0.0012, 0.06
# Multi-day spells blur the week, so the weekday factors are sharpened before they are used.
SHARPEN_WEEKDAY, SHARPEN_SEASON, AFTERNOON = 1.9, 1.3, 1.3


@dataclass
class Marks:
    """Pupils by sessions (AM and PM of each open day). `codes` are numbers in CODES, -1 where the
    pupil is not on roll; `minutes` late, 0 for none; `first_n` was N at first."""

    codes: NDArray[np.int8]
    minutes: NDArray[np.int16]
    first_n: Flags

    def is_any(self, *codes: str) -> Flags:
        """Where the mark is one of these codes."""
        found: Flags = np.isin(self.codes, np.array([CODE_NUMBER[c] for c in codes], np.int8))
        return found

    def missed(self) -> Flags:
        """Where the pupil was absent, late after the register closed included."""
        found: Flags = self.codes >= CODE_NUMBER["I"]
        return found

    def rate(self) -> Floats:
        """Absence of each pupil over the year, 0 to 1."""
        possible = (self.codes >= 2) & ~self.is_any(*NOT_POSSIBLE)
        found: Floats = self.missed().sum(1) / np.maximum(possible.sum(1), 1)
        return found


def mark(school: School, band: Ints, effects: Effects, given: dict[int, NDArray[np.int8]]) -> Marks:
    """The whole year's register; `given` holds the rows of pupils whose year is written out."""
    random = school.plan.random("marks")
    here = np.repeat(on_roll(school.roll, school.year), 2, axis=1)
    present = np.where(np.arange(here.shape[1]) % 2 == 0, CODE_NUMBER["/"], CODE_NUMBER["\\"])
    codes = np.where(here, present, -1).astype(np.int8)
    late = random.gamma(0.55, 1, len(school.roll))
    _set_not_possible(random, codes)
    _set_absent(random, school, band, effects, late, codes)
    send_elsewhere(random, school, codes)
    _late(random, school, late, effects.late, codes)
    for pupil, row in given.items():
        codes[pupil] = np.where(here[pupil], row, -1)
    unsure = np.isin(codes, [CODE_NUMBER[code] for code in "IOMG"])
    unsure[list(given)] = False
    first_n = unsure & (random.random(codes.shape) < FIRST_N)
    return Marks(codes, _minutes(random, codes), first_n)


def _set_absent(
    random: Random,
    school: School,
    band: Ints,
    effects: Effects,
    late: Floats,
    codes: NDArray[np.int8],
) -> None:
    """As many sessions as the pupil's band asks for, suspensions among them."""
    possible = (codes >= CODE_NUMBER["/"]) & (codes <= CODE_NUMBER["B"])
    count = sessions_missed(random, band, possible.sum(1))
    suspended = suspend(school, count, possible, effects)
    weight = _weights(school, effects.absence)
    absent, spell = _choose_sessions(random, school.year, weight, possible, count, suspended)
    ordinary = absent & ~suspended
    rate = count / np.maximum(possible.sum(1), 1)
    codes[ordinary] = choose(school, Spells(ordinary, spell), rate, late)
    codes[absent & suspended] = CODE_NUMBER["E"]


def _set_not_possible(random: Random, codes: NDArray[np.int8]) -> None:
    """A few marks are missing, a few pupils are also at another school, a few could not travel."""
    codes[(codes >= 0) & (random.random(codes.shape) < MISSING)] = 0
    codes[(codes == 0) & (random.random(codes.shape) < 0.3)] = 1
    for pupil in random.permutation(len(codes))[: len(codes) // 400]:
        start = int(random.integers(0, codes.shape[1] - 60)) // 2 * 2
        part = codes[pupil, start : start + int(random.integers(4, 30)) * 2]
        part[part >= 2] = CODE_NUMBER["D"]
    snow = int(random.integers(170, 200)) // 2 * 2
    stuck = random.random(len(codes)) < 0.03
    part = codes[stuck, snow : snow + 2]
    codes[stuck, snow : snow + 2] = np.where(part >= 2, CODE_NUMBER["Y2"], part)


def _weights(school: School, shape: Floats) -> Floats:
    """Pupils by sessions: how likely each session is to be missed, relative to the others."""
    year = school.year
    weekday, _ = national.weekdays(school.plan.phase)
    rows = national.season(school.plan.phase)
    ends = np.array([row.to_on for row in rows], dtype="datetime64[D]")
    level = np.array([row.absence for row in rows])
    level = (level / level.mean())[np.minimum(np.searchsorted(ends, year.dates), len(rows) - 1)]
    day = (weekday**SHARPEN_WEEKDAY)[year.weekday] * level**SHARPEN_SEASON
    by_session = np.repeat(day, 2)
    by_session[1::2] *= np.where(year.weekday == 4, AFTERNOON * 1.25, AFTERNOON)
    found: Floats = np.repeat(shape, 2, axis=1) * by_session
    return found


def _choose_sessions(
    random: Random, year: SchoolYear, weight: Floats, possible: Flags, count: Ints, forced: Flags
) -> tuple[Flags, Ints]:
    """Absent sessions and the spell each session belongs to.

    The year is cut into spells; each spell draws an exponential divided by its weight, and a
    pupil misses the spells with the smallest draws until the pupil's number is reached: sampling
    without replacement in proportion to weight, exact in number and clustered in time."""
    shape = weight.shape
    starts = random.random(shape) < np.tile([NEW_SPELL, SPLIT_DAY], shape[1] // 2)
    starts[:, 0::2] |= year.after_break
    starts[:, 0] = True
    spell = np.cumsum(starts.ravel()).reshape(shape) - 1
    first = np.flatnonzero(starts.ravel())
    mean = np.add.reduceat(weight.ravel(), first) / np.diff(np.append(first, weight.size))
    key = (random.exponential(1, len(first)) / mean)[spell]
    key = np.where(possible, np.where(forced, -1.0, key), np.inf)
    order = np.argsort(key, axis=1, kind="stable")
    rank = np.empty(shape, dtype=np.int64)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(shape[1]), shape), axis=1)
    return (rank < count[:, None]) & possible, spell


def _late(
    random: Random, school: School, prone: Floats, shape: Floats, codes: NDArray[np.int8]
) -> None:
    """L, spread over pupils very unevenly; mostly mornings; fewer on Fridays, as nationally."""
    _, weekday = national.weekdays(school.plan.phase)
    by_session = np.repeat(weekday[school.year.weekday], 2)
    by_session[1::2] *= 0.15
    chance = prone[:, None] * by_session * np.repeat(shape, 2, axis=1)
    there = (codes == 2) | (codes == 3)
    wanted = (
        national.codes(school.plan.phase)["L"]
        / 10_000
        * ((codes >= 2) & (codes != CODE_NUMBER["D"])).sum()
    )
    for _ in range(4):
        total = np.minimum(chance, 0.7)[there].sum()
        chance *= wanted / max(total, 1e-9)
    codes[there & (random.random(codes.shape) < np.minimum(chance, 0.7))] = CODE_NUMBER["L"]


def _minutes(random: Random, codes: NDArray[np.int8]) -> NDArray[np.int16]:
    minutes = np.zeros(codes.shape, dtype=np.int16)
    late, closed = codes == CODE_NUMBER["L"], codes == CODE_NUMBER["U"]
    minutes[late] = np.minimum(1 + random.exponential(8, late.sum()), 29)
    minutes[closed] = np.minimum(31 + random.exponential(30, closed.sum()), 150)
    return minutes
