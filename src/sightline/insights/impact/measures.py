"""How each aim is measured and spoken of: windows, units, calipers.

Attendance is the percent of possible sessions in windows of 30 school days, about a half-term;
calipers are 3 points in the flag period, 5 in the earlier periods, and a threshold is judged within
6 points. Any other aim is its signal's own level, in windows as long as the signal's; there, what
3, 5 and 6 points are to the spread of attendance among pupils noticed (about 11 points) is taken of
that measure's own spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sightline.insights.impact.finding import Measure
from sightline.insights.impact.history import STEP
from sightline.insights.impact.matching import Calipers
from sightline.insights.impact.units import Units
from sightline.signals import Signal, Values

__all__ = ["BY_MARKS", "Words", "measure_for", "window_for", "words_for"]

BY_MARKS = "attendance_momentum"
HALF_TERM = 30
ATTENDANCE = (3.0, 5.0, 6.0)
SPREADS = (0.27, 0.45, 0.55)  # 3, 5 and 6 points over 11


@dataclass(frozen=True)
class Words:
    """`noun` begins a sentence; a level or difference is multiplied by `factor` to be shown, with
    `decimals`, in `unit`."""

    noun: str
    unit: str
    factor: float = 1.0
    decimals: int = 1

    def shown(self, value: float, *, sign: bool = False) -> str:
        """A number on the page's scale, with a proper minus."""
        text = f"{value * self.factor:{'+' if sign else ''}.{self.decimals}f}"
        if float(text) == 0:
            text = text.replace("-", "").replace("+", "")
        return text.replace("-", "\u2212")


WORDS: Mapping[str, Words] = {
    BY_MARKS: Words("Attendance", "points"),
    "persistent_lateness": Words("Late arrivals", "late arrivals"),
    "behaviour_rate": Words("Concerns in lessons", "severity points for 25 hours"),
    "behaviour_recency": Words("Concerns logged", "concerns"),
    "progress_variance": Words("Results against what was expected", "steps", decimals=2),
    "missing_work": Words("Work not handed in", "points", factor=100.0),
    "disengagement": Words("Lessons out of class", "lessons"),
    "engagement_vs_peers": Words("Use of the platform against others", "points", factor=100.0),
}


def words_for(signal: Signal) -> Words:
    """The words of an aim; a school's own signal is spoken of by its title."""
    return WORDS.get(
        signal.name, Words(f"The level of \u201c{signal.title}\u201d", "units", decimals=2)
    )


def window_for(signal: Signal, values: Values) -> int:
    """School days in a window: whole looks of ten days, so that windows end on them."""
    own = {one.name: one.unit for one in signal.parameters}
    if signal.name == BY_MARKS or "window_days" not in own:
        return HALF_TERM
    days = float(values[f"{signal.name}.window_days"])
    days = days if own["window_days"] == "school days" else days * 5 / 7
    return int(min(max(STEP, round(days / STEP) * STEP), HALF_TERM))


def measure_for(signal: Signal, values: Values, units: Units) -> Measure:
    """Which way is better, what counts as a change, and the calipers."""
    spread = 1.0
    sizes = ATTENDANCE
    if signal.name != BY_MARKS:
        told = units.flag[units.told]
        spread = float(np.std(told)) if len(told) else 1.0
        sizes = SPREADS
    flag, earlier, bandwidth = (max(size * spread, 1e-9) for size in sizes)
    return Measure(
        better=1 if signal.better == "higher" else -1,
        change=float(values[f"{signal.name}.meaningful_change"]),
        calipers=Calipers(flag, earlier),
        bandwidth=bandwidth,
    )
