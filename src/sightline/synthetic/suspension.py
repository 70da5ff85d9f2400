"""Suspensions: who, when and for how long, in the national proportions."""

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Plan
from sightline.synthetic.roll import Roll
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects

__all__ = ["suspend"]

SESSIONS = 380


def suspend(
    school: School, missed: Ints, possible: NDArray[np.bool_], effects: Effects
) -> NDArray[np.bool_]:
    """Pupils by sessions under suspension, within each pupil's number of sessions missed."""
    plan, roll, year = school.plan, school.roll, school.year
    random = plan.random("suspensions")
    suspended = np.zeros(possible.shape, dtype=bool)
    sessions = national.codes(plan.phase)["E"] / 10_000 * SESSIONS * len(roll)
    lengths = national.suspensions(plan.phase, "pct_of_suspensions_lasting_days")
    times = national.suspensions(plan.phase, "pct_of_suspended_pupils")
    odds = _odds(plan, roll) * random.gamma(0.6, 1, len(roll)) * (missed >= 4)
    odds[(effects.absence != 1).any(1)] = 0
    order = np.argsort(-odds)[: int((odds > 0).sum())]
    for pupil in order.tolist():
        if suspended.sum() >= sessions:
            break
        for _ in range(int(_draw(random.random(), times))):
            days = min(int(_draw(random.random(), lengths)), int(missed[pupil]) // 2)
            day = int(random.integers(5, len(year.dates) - 6))
            block = slice(2 * day, 2 * (day + days))
            whole = possible[pupil, block].all() and not suspended[pupil, block].any()
            if whole and suspended[pupil].sum() + 2 * days <= missed[pupil]:
                suspended[pupil, block] = True
    return suspended


def _odds(plan: Plan, roll: Roll) -> NDArray[np.float64]:
    relative = national.suspensions(plan.phase, "relative_rate")
    male = np.array([sex == "M" for sex in roll.sex], dtype=bool)
    by_year = np.array([relative.get(f"year_{group}", 1.0) for group in roll.year.tolist()])
    found: NDArray[np.float64] = (
        np.where(male, relative["male"], 1)
        * np.where(roll.fsm, relative["fsm"], 1)
        * np.where(roll.any_sen, relative["sen"], 1)
        * by_year
    )
    return found


def _draw(chance: float, table: dict[str, float]) -> str:
    """The key at this point of the cumulated shares."""
    left = chance * sum(table.values())
    for key, share in table.items():
        left -= share
        if left < 0:
            return key
    return key
