"""The four scales of results: a step, the bands a distribution counts, and where a pupil stands.

A gap is counted in steps of the scale: one grade of GCSE, 5 points of a scaled score, 10 per cent,
one step of a school's own steps; the same steps as the signal `progress_variance`. Scaled scores at
the end of Key Stage 2: 100 is the expected standard, 110 the higher one (Standards and Testing
Agency, scaled scores at Key Stage 2); in schools' words WTS, EXS and GDS.
"""

from collections.abc import Sequence
from typing import Literal

__all__ = [
    "BANDS",
    "PASS",
    "SAME",
    "STEP",
    "State",
    "band_of",
    "bands_found",
    "gap_of",
    "passes",
    "state_of",
]

State = Literal["on_course", "just_under", "below", "cannot_tell"]
STEP = {"gcse_9_1": 1.0, "scaled_score": 5.0, "percent": 10.0, "step": 1.0}
PASS = 40.0  # per cent: the pass mark of a module in higher education
SAME = 1e-9  # two results that differ by less are the same: the figures are decimal fractions
BANDS: dict[str, Sequence[str]] = {
    "gcse_9_1": ("U", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "scaled_score": ("WTS", "EXS", "GDS"),
    "percent": ("under 40", "40 to 49", "50 to 59", "60 to 69", "70 and over"),
}
"""The bands of a scale from the lowest up. A school's own steps are their own bands."""


def gap_of(value: float | None, expected: float | None, scale: str) -> float | None:
    """The result less what was expected, in steps of the scale; None where either is missing."""
    return None if value is None or expected is None else (value - expected) / STEP[scale]


def state_of(value: float | None, expected: float | None, scale: str) -> State:
    """On course: as expected or above. Below: by one step or more. Between them: just under."""
    gap = gap_of(value, expected, scale)
    if gap is None:
        return "cannot_tell"
    if gap >= -SAME:
        return "on_course"
    return "below" if gap <= -1 + SAME else "just_under"


def passes(value: float | None, scale: str) -> bool | None:
    """Whether a percentage is a pass; None for no result, and for another scale."""
    return None if value is None or scale != "percent" else value >= PASS - SAME


def band_of(value: float, scale: str) -> str:
    """The band of a result. A fine grade, such as 4.7 for 5-, counts as the nearest grade."""
    if scale == "scaled_score":
        return "WTS" if value < 100 - SAME else "EXS" if value < 110 - SAME else "GDS"
    if scale == "percent":
        at = next((n for n, top in enumerate((40, 50, 60, 70)) if value < top - SAME), 4)
        return BANDS["percent"][at]
    nearest = int(value + 0.5 + SAME)
    if scale == "gcse_9_1":
        return "U" if nearest < 1 else str(min(nearest, 9))
    return str(nearest)


def bands_found(scale: str, found: Sequence[str]) -> list[str]:
    """The bands of a scale in order, or of those found where a school's own steps are bands."""
    listed = BANDS.get(scale)
    return list(listed) if listed else sorted(set(found), key=int)
