"""The pupils of one school: who they are, which form they are in and when they are on roll."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import names, national
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Plan, Random
from sightline.synthetic.terms import FIRST_DAY, SchoolYear
from sightline.synthetic.upn import upns

__all__ = ["YEAR_11_LEAVES", "Roll", "enrol", "on_roll"]

Flags = NDArray[np.bool_]
Dates = NDArray[np.datetime64]
FORM_LETTERS = "THBRSWNEKLMPVXYZ"
YEAR_11_LEAVES = np.datetime64(date(2026, 6, 26))
# Shares of joiners and leavers during the year are assumptions.
JOIN_SHARE, LEAVE_SHARE, EARLIER_JOIN_SHARE = 0.012, 0.012, 0.08
FORM_SIZE = {"primary": 30, "secondary": 26}


@dataclass
class Roll:
    """One row a pupil; arrays are aligned. `left` is NaT for pupils who stay."""

    ids: list[str]
    given: list[str]
    family: list[str]
    upns: list[str]
    born: Dates
    year: Ints
    form: Ints
    sex: list[str]
    fsm: Flags
    sen: list[str]
    eal: Flags
    ks2: NDArray[np.float64]
    prior: list[str]
    enrolled: Dates
    left: Dates

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def any_sen(self) -> Flags:
        """SEN support or an education, health and care plan."""
        return np.array([status != "N" for status in self.sen], dtype=bool)

    def group(self, pupil: int) -> str:
        """Registration group, such as 9T."""
        letter, more = self.form[pupil] % len(FORM_LETTERS), self.form[pupil] // len(FORM_LETTERS)
        return f"{self.year[pupil] or 'R'}{FORM_LETTERS[letter]}{more + 1 if more else ''}"


def on_roll(roll: Roll, year: SchoolYear) -> Flags:
    """Pupils by open days."""
    stays = np.isnat(roll.left)[:, None] | (year.dates[None, :] <= roll.left[:, None])
    return (year.dates[None, :] >= roll.enrolled[:, None]) & stays


def enrol(plan: Plan, year: SchoolYear) -> Roll:
    """The pupils: year groups of equal size, free meals and SEN in the national shares."""
    random = plan.random("roll")
    years = range(7) if plan.primary else range(7, 12)
    sizes = [len(part) for part in np.array_split(np.arange(plan.pupils), len(years))]
    year_of = np.repeat(np.array(list(years), dtype=np.int64), sizes)
    needs = _needs(random, plan, sizes)
    fsm = np.array([need[0] == "Y" for need in needs], dtype=bool)
    any_sen = np.array([need[2] == "Y" for need in needs], dtype=bool)
    male = random.random(plan.pupils) < np.where(any_sen, 0.67, 0.49)
    plans = np.where(random.random(plan.pupils) < 0.27, "E", "K")
    ks2 = _ks2(random, fsm, any_sen)
    enrolled, left = _stay(random, year_of, year, plan)
    return Roll(
        ids=_ids(random, plan),
        given=[str(random.choice(names.BOYS if boy else names.GIRLS)) for boy in male],
        family=[str(name) for name in random.choice(names.FAMILIES, plan.pupils)],
        upns=upns(plan.number, year_of, sizes),
        born=_births(random, year_of),
        year=year_of,
        form=_forms(random, sizes, FORM_SIZE[plan.phase]),
        sex=_sexes(random, male),
        fsm=fsm,
        sen=np.where(any_sen, plans, "N").tolist(),
        eal=random.random(plan.pupils) < (0.22 if plan.primary else 0.18),
        ks2=ks2,
        prior=_prior(random, ks2),
        enrolled=enrolled,
        left=left,
    )


def _sexes(random: Random, male: Flags) -> list[str]:
    """A few are not recorded."""
    known = random.random(len(male)) > 0.002
    return np.where(known, np.where(male, "M", "F"), "U").tolist()  # type: ignore[no-any-return]


def _needs(random: Random, plan: Plan, sizes: list[int]) -> list[str]:
    """`fsm_sen` of every pupil: quotas over the running total, so that the school's sum is right
    and every year is as near as whole pupils allow."""
    share = national.shares(plan.phase)
    given = dict.fromkeys(share, 0)
    needs: list[str] = []
    so_far = 0
    for size in sizes:
        so_far += size
        part: list[str] = []
        for need in ("Y_Y", "N_Y", "Y_N"):
            count = min(round(so_far * share[need]) - given[need], size - len(part))
            given[need] += count
            part += [need] * count
        part += ["N_N"] * (size - len(part))
        needs += [part[i] for i in random.permutation(size)]
    return needs


def _ks2(random: Random, fsm: Flags, sen: Flags) -> NDArray[np.float64]:
    """KS2 scaled score, mean about 104.5 and spread about 8. The differences by free meals and
    SEN are assumptions of the right order."""
    score = 106.3 + 7.2 * random.standard_normal(len(fsm)) - 4.0 * fsm - 6.0 * sen
    halves: NDArray[np.float64] = np.round(np.clip(score, 80, 120) * 2) / 2
    return halves


def _prior(random: Random, ks2: NDArray[np.float64]) -> list[str]:
    bands = np.where(ks2 < 100, "low", np.where(ks2 < 110, "middle", "high"))
    known = random.random(len(ks2)) > 0.03
    return np.where(known, bands, "").tolist()  # type: ignore[no-any-return]


def _stay(random: Random, year_of: Ints, year: SchoolYear, plan: Plan) -> tuple[Dates, Dates]:
    count, days = len(year_of), len(year.dates)
    entry = 0 if plan.primary else 7
    started = FIRST_DAY.year - (year_of - entry)
    late = random.random(count) < EARLIER_JOIN_SHARE
    started = np.where(
        late, started + random.integers(0, np.maximum(year_of - entry, 0) + 1), started
    )
    enrolled = np.array([f"{y}-09-01" for y in started], dtype="datetime64[D]")
    enrolled += np.where((started < FIRST_DAY.year), random.integers(1, 4, count), 0)
    chance = random.random(count)
    joins, leaves = chance < JOIN_SHARE, chance > 1 - LEAVE_SHARE
    enrolled[joins] = year.dates[random.integers(10, days - 30, joins.sum())]
    left = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    left[(year_of == 11)] = YEAR_11_LEAVES
    left[leaves] = year.dates[random.integers(20, days - 25, leaves.sum())]
    return enrolled, left


def _ids(random: Random, plan: Plan) -> list[str]:
    """Numbers without a meaning, so that an id does not tell year or need."""
    width = max(4, len(str(plan.pupils)))
    return [f"{plan.school_id}-P{n + 1:0{width}d}" for n in random.permutation(plan.pupils)]


def _births(random: Random, year_of: Ints) -> Dates:
    first = np.array([f"{FIRST_DAY.year - 5 - y}-09-01" for y in year_of], dtype="datetime64[D]")
    born: Dates = first + random.integers(0, 365, len(year_of)).astype("timedelta64[D]")
    return born


def _forms(random: Random, sizes: list[int], form_size: int) -> Ints:
    parts = [random.permutation(size) % max(1, -(-size // form_size)) for size in sizes]
    return np.concatenate(parts).astype(np.int64)
