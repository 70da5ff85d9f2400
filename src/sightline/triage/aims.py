"""What a support can aim at: each signal with a level, in plain words and on the school's scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sightline.signals import read_library, values_of

__all__ = ["AIMS", "Aim", "Said", "aims_of"]

WITHIN = 1e-9  # two levels this near are equal, as in the signals


@dataclass(frozen=True)
class Said:
    """The words of an aim, and its scale: `factor` turns a level into the number shown."""

    goal: str
    measure: str
    unit: str
    level: str
    factor: float = 1.0
    lowest: float = 0.0
    highest: float | None = None
    decimals: int = 0


AIMS: Mapping[str, Said] = {
    "attendance_momentum": Said(
        "Come to school more",
        "sessions attended, of all possible over the last {window_days} school days",
        "%",
        "{:.1f}% of sessions attended",
        highest=100.0,
        decimals=1,
    ),
    "persistent_lateness": Said(
        "Arrive on time",
        "late arrivals over the last {window_days} school days",
        "late arrivals",
        "{:.0f} late {arrivals}",
    ),
    "behaviour_rate": Said(
        "Fewer or lighter concerns in lessons",
        "concerns by severity for 25 hours of lessons, over the last {window_days} school days",
        "points for 25 hours",
        "{:.1f} points for 25 hours of lessons",
        decimals=1,
    ),
    "behaviour_recency": Said(
        "Fewer concerns",
        "concerns logged over the last {window_days} school days",
        "concerns",
        "{:.0f} {concerns}",
    ),
    "progress_variance": Said(
        "Results nearer to what was expected",
        "latest results against expected, on average over subjects",
        "steps",
        "{:+.1f} steps from expected",
        lowest=-20.0,
        highest=20.0,
        decimals=1,
    ),
    "missing_work": Said(
        "Hand in more work",
        "work not handed in, of all due over the last {window_days} school days",
        "%",
        "{:.0f}% of work not handed in",
        factor=100.0,
        highest=1.0,
    ),
    "disengagement": Said(
        "Be in lessons",
        "lessons out of class over the last {window_days} school days",
        "lessons",
        "{:.0f} {lessons} out of class",
    ),
    "engagement_vs_peers": Said(
        "Use the learning platform more",
        "use of the learning platform against others in the class, over {window_days} days",
        "%",
        "{:.0f}% of what others use",
        factor=100.0,
    ),
}
PLURALS = {"arrivals": "arrival", "concerns": "concern", "lessons": "lesson"}


@dataclass(frozen=True)
class Aim:
    """One thing to move: which way is better, and how much counts as a change.

    Levels are the signal's own (a share is 0 to 1); only `shown`, `typed` and `read` know how they
    are written on a page.
    """

    signal: str
    theme: str
    goal: str
    measure: str
    unit: str
    higher_is_better: bool
    change: float
    said: Said

    def shown(self, level: float | None) -> str:
        """A level in words; what is missing is said too."""
        if level is None:
            return "too little to tell"
        number = level * self.said.factor
        words = {many: one if round(number) == 1 else many for many, one in PLURALS.items()}
        return self.said.level.format(number, **words).replace("-", "\u2212")

    def typed(self, level: float | None) -> str:
        """A level as the number to stand in a form's box."""
        if level is None:
            return ""
        return f"{level * self.said.factor:.{self.said.decimals}f}"

    def read(self, text: str) -> float:
        """The level for the number somebody typed. Raises ValueError with the sentence to show."""
        try:
            level = float(text.strip().rstrip("%").strip()) / self.said.factor
        except ValueError:
            raise ValueError("Write the hoped-for level as a number.") from None
        low, high = self.said.lowest, self.said.highest
        if not low <= level <= (high if high is not None else 1e6):
            most = f" to {high * self.said.factor:g}" if high is not None else " or more"
            raise ValueError(f"The hoped-for level must be {low * self.said.factor:g}{most}.")
        return level

    def suggested(self, start: float | None) -> float | None:
        """A meaningful change better than the start, no further than the scale goes.

        None where the start cannot be told, or is at the end of the scale already.
        """
        if start is None:
            return None
        level = start + self.change if self.higher_is_better else start - self.change
        level = max(level, self.said.lowest)
        level = level if self.said.highest is None else min(level, self.said.highest)
        return level if self.better(start, level) else None

    def better(self, start: float, hoped: float) -> bool:
        """Whether a level lies on the better side of another."""
        return hoped > start + WITHIN if self.higher_is_better else hoped < start - WITHIN

    def met(self, success: float | None, level: float | None) -> bool | None:
        """Whether the level has reached what was hoped for; None when it cannot be told."""
        if success is None or level is None:
            return None
        if self.higher_is_better:
            return level >= success - WITHIN
        return level <= success + WITHIN

    def moved(self, start: float | None, level: float | None) -> str:
        """`better`, `worse` or `same` by a meaningful change, or `cannot_tell`."""
        if start is None or level is None:
            return "cannot_tell"
        change = (level - start) * (1 if self.higher_is_better else -1)
        if change >= self.change - WITHIN:
            return "better"
        return "worse" if change <= -self.change + WITHIN else "same"


def aims_of(changed: Mapping[str, Any], pack: str | None = None) -> dict[str, Aim]:
    """Every aim, or those of a pack, with the thresholds in force (`changed`: thresholds.yml)."""
    library = read_library()
    ours = {name: value for name, value in changed.items() if name.split(".")[0] in library}
    values = values_of(library, ours, "thresholds.yml")
    found = {}
    for name, said in AIMS.items():
        signal = library[name]
        if pack is not None and pack not in signal.packs:
            continue
        days = values.get(f"{name}.window_days", "")
        found[name] = Aim(
            signal=name,
            theme=signal.theme,
            goal=said.goal,
            measure=said.measure.format(window_days=days),
            unit=said.unit,
            higher_is_better=signal.better == "higher",
            change=float(values[f"{name}.meaningful_change"]),
            said=said,
        )
    return found
