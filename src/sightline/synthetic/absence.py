"""How much of the year each pupil misses: quotas over the national absence bands.

Bands are the Department for Education's of 2022/23, the last year published by band. Drawing
every pupil alone would leave a school of 1,000 two or three points away from England by chance;
quotas over year group, free meals and SEN keep each margin within a point.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Plan, Random
from sightline.synthetic.roll import Roll

__all__ = ["band_of", "bands", "sessions_missed"]

Floats = NDArray[np.float64]
NEEDS = ("Y_Y", "Y_N", "N_Y", "N_N")
COUNT = len(national.BANDS)


def bands(plan: Plan, roll: Roll, fixed: dict[int, int]) -> Ints:
    """Absence band of every pupil; `fixed` holds the bands of pupils whose year is given."""
    random = plan.random("bands")
    cell = _cells(roll, plan)
    first_year = 0 if plan.primary else 7
    joint = _joint(plan.phase)
    taken = np.zeros((len(joint), COUNT))
    for pupil, given_band in fixed.items():
        taken[cell[pupil], given_band] += 1
    size = np.bincount(cell, minlength=len(joint)).astype(float)
    quota = _improved(
        _rounded(joint * size[:, None], taken, size), taken, size, _margins(plan.phase, first_year)
    )
    band = np.empty(len(roll), dtype=np.int64)
    for which in np.unique(cell):
        free = np.array([p for p in np.flatnonzero(cell == which) if p not in fixed], np.int64)
        given = np.repeat(np.arange(COUNT), quota[which].astype(int))
        band[random.permutation(free)] = given[: len(free)]
    for pupil, given_band in fixed.items():
        band[pupil] = given_band
    return band


def sessions_missed(random: Random, band: Ints, possible: Ints) -> Ints:
    """Sessions each pupil misses: a rate within the band, then the nearest whole number that is
    still within it."""
    rate = np.empty(len(band))
    for which in np.unique(band):
        members = random.permutation(np.flatnonzero(band == which))
        place = (np.arange(len(members)) + 0.5) / len(members)
        low, high = national.EDGES[which], min(national.EDGES[which + 1], 0.97)
        # Pupils crowd towards the lower edge of a band, most of all in the widest one.
        rate[members] = low + (high - low) * place ** (
            1.0 if which == 0 else 2.0 if which == COUNT - 1 else 1.2
        )
    low, high = national.EDGES[band] * possible, national.EDGES[band + 1] * possible
    wanted = np.round(rate * possible)
    return np.clip(wanted, np.ceil(low - 1e-9), np.maximum(np.ceil(high - 1e-9) - 1, 0)).astype(
        np.int64
    )


def band_of(missed: int, possible: int) -> int:
    """The band of a whole record."""
    return int(np.searchsorted(national.EDGES, missed / max(possible, 1) + 1e-12, "right") - 1)


def _cells(roll: Roll, plan: Plan) -> Ints:
    need = np.where(roll.fsm, np.where(roll.any_sen, 0, 1), np.where(roll.any_sen, 2, 3))
    return (roll.year - (0 if plan.primary else 7)) * 4 + need


def _years(phase: str) -> range:
    return range(7) if phase == "primary" else range(7, 12)


@cache
def _joint(phase: str) -> Floats:
    """Share of bands in each cell of year, free meals and SEN: the published table by free meals
    and SEN, raked until the published tables by year and by each need hold too."""
    share = national.shares(phase)
    weight = np.array([share[need] for _ in _years(phase) for need in NEEDS])
    joint = np.array(
        [national.bands(phase, "fsm_sen", need) for _ in _years(phase) for need in NEEDS]
    )
    for _ in range(60):
        for cells, target in _margins(phase, _years(phase)[0]):
            now = (joint[cells] * weight[cells, None]).sum(0) / weight[cells].sum()
            joint[cells] *= target / np.maximum(now, 1e-12)
        joint /= joint.sum(1, keepdims=True)
    return joint


@cache
def _margins(phase: str, first_year: int) -> list[tuple[Ints, Floats]]:
    """(cells, national bands) of every table that the school has to agree with."""
    years, cells = len(_years(phase)), np.arange(4 * len(_years(phase)))
    need = cells % 4
    found = [
        (cells[cells // 4 == y], national.bands(phase, "yr", str(max(first_year + y, 1))))
        for y in range(years)
    ]
    found += [
        (cells[need // 2 == (0 if value == "Y" else 1)], national.bands(phase, "fsm", value))
        for value in "YN"
    ]
    found += [
        (cells[need % 2 == (0 if value == "Y" else 1)], national.bands(phase, "sen", value))
        for value in "YN"
    ]
    return [*found, (cells, national.bands(phase, "all", "all"))]


def _rounded(expected: Floats, taken: Floats, size: Floats) -> Floats:
    """Whole pupils: the expected number rounded down, then the largest remainders."""
    left = np.maximum(expected - taken, 0)
    free = size - taken.sum(1)
    left *= (free / np.maximum(left.sum(1), 1e-12))[:, None]
    whole = np.floor(left)
    for cell, missing in enumerate((free - whole.sum(1)).round().astype(int)):
        order = np.argsort(whole[cell] - left[cell], kind="stable")
        whole[cell, order[:missing]] += 1
    return whole


def _improved(
    quota: Floats, taken: Floats, size: Floats, margins: list[tuple[Ints, Floats]]
) -> Floats:
    """Moves one pupil at a time to another band while that brings the margins nearer England's
    (sum of squared differences of shares falls)."""
    share = np.zeros((len(margins), len(size)))
    for row, (cells, _) in enumerate(margins):
        share[row, cells] = 1 / max(size[cells].sum(), 1)
    target = np.array([bands_ for _, bands_ in margins]) * (share @ size)[:, None].round()
    own = (share**2).sum(0)
    for _ in range(400):
        slope = share.T @ (share @ (quota + taken) - target)
        give = np.where(quota > 0, slope, -np.inf)
        gain = slope.min(1) - give.max(1) + own
        cell = int(gain.argmin())
        if not gain[cell] < -1e-12:
            break
        quota[cell, give[cell].argmax()] -= 1
        quota[cell, slope[cell].argmin()] += 1
    return quota
