"""Made-up school years: pupils, and the week in which each was first flagged. Seeded."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from tests.unit.insights.fairness.made_pupils import pupil

from sightline.insights.fairness import Facts, Recorded
from sightline.insights.fairness.funnel import NEVER

__all__ = ["WEEKS", "made_recorded", "made_year"]

WEEKS = 30
MONDAY = date(2025, 9, 5)


def made_year(
    seed: int, *, count: int = 300, send_odds: float = 1.0, share: float = 0.3, schools: int = 1
) -> Facts:
    """About a `share` of pupils is flagged some week; SEND pupils so many times as readily."""
    rng = np.random.default_rng(seed)
    pupils = [
        pupil(
            n,
            school=f"S{n * schools // count}",
            sen_status=str(rng.choice(["N", "K"], p=[0.8, 0.2])),
            eal=bool(rng.random() < 0.3),
            sex=str(rng.choice(["F", "M"])),
        )
        for n in range(count)
    ]
    weight = np.array([send_odds if one["sen_status"] == "K" else 1.0 for one in pupils])
    order = np.argsort(rng.exponential(size=count) / weight)
    flagged = np.full(count, NEVER)
    named = order[: int(share * count)]
    flagged[named] = np.sort(rng.integers(1, WEEKS, size=len(named)))
    dates = tuple(MONDAY + timedelta(weeks=week) for week in range(WEEKS))
    return Facts(
        dates,
        pupils,
        np.zeros(count, dtype=np.int64),
        np.full(count, WEEKS - 1),
        np.zeros(count, dtype=np.int64),
        {"attendance_momentum": flagged},
        rng.random(count) < 0.2,
    )


def made_recorded(facts: Facts, seed: int) -> list[Recorded]:
    """Of those flagged, three in four listed, and so on down the funnel."""
    rng = np.random.default_rng(seed)
    flagged = facts.flagged["attendance_momentum"]
    found = []
    for at in map(int, np.flatnonzero(flagged != NEVER)):
        on = facts.dates[int(flagged[at])]
        goes: NDArray[np.bool_] = np.logical_and.accumulate(
            rng.random(5) < [0.75, 0.9, 0.6, 0.7, 0.5]
        )
        days = [on + timedelta(7 * step) if there else None for step, there in enumerate(goes)]
        if days[0] is not None:
            row = facts.pupils[at]
            found.append(
                Recorded(
                    row["school_id"],
                    row["pupil_ref"],
                    days[0],
                    decided_on=days[1],
                    kind="act",
                    acted_on=days[2],
                    reviewed_on=days[3],
                    improved_on=days[4],
                )
            )
    return found
