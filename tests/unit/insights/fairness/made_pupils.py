"""Made-up pupils, who of them was flagged and to whom something happened later. Seeded."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEEDS", "made_pupils", "pupil"]

SEEDS = (1, 2, 3, 4, 5, 6)
COLUMNS = (
    "sex",
    "sen_status",
    "eal",
    "disadvantaged",
    "prior_attainment",
    "year_group",
    "registration_group",
    "disabled",
    "deprivation_decile",
    "age_band",
    "final_result",
)


def pupil(number: int, school: str = "S1", **known: Any) -> dict[str, Any]:
    """A row of the table with nothing recorded but what is given."""
    empty = dict.fromkeys(COLUMNS)
    return {"pupil_ref": f"p{number:05d}", "school_id": school} | empty | known


def made_pupils(
    seed: int, count: int = 400
) -> tuple[list[dict[str, Any]], NDArray[np.int64], NDArray[np.int64]]:
    """Pupils, 1 for each who was flagged, 1 for each who was harmed later."""
    rng = np.random.default_rng(seed)
    pupils = [
        pupil(
            n,
            sen_status=str(rng.choice(["N", "K"], p=[0.85, 0.15])),
            eal=[True, False, None][rng.choice(3, p=[0.25, 0.7, 0.05])],
            prior_attainment=str(rng.choice(["low", "middle", "high"], p=[0.3, 0.45, 0.25])),
        )
        for n in range(count)
    ]
    more = np.array([0.1 * (one["sen_status"] == "K") for one in pupils])
    harmed = (rng.random(count) < 0.2 + more).astype(np.int64)
    flagged = (rng.random(count) < 0.15 + 0.3 * harmed).astype(np.int64)
    return pupils, flagged, harmed
