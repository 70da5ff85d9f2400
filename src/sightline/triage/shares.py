"""A share with its range, and silence where the numbers are too small to speak."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

__all__ = ["FEWEST", "TOO_FEW", "Share", "typical_days"]

FEWEST = 10
"""Below this many, nothing is said: one pupil more or less would change it."""
TOO_FEW = "Too few to say"
Z = 1.959964  # 95%


@dataclass(frozen=True)
class Share:
    """`count` of `of`. The range is Wilson's, which holds for small numbers and near 0 and 1.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """

    count: int
    of: int

    @property
    def tells(self) -> bool:
        """Whether there are enough to say anything."""
        return self.of >= FEWEST

    @property
    def percent(self) -> int:
        """The share in whole percent; 0 of 0 is 0."""
        return round(100 * self.count / self.of) if self.of else 0

    @property
    def range(self) -> tuple[int, int]:
        """The lower and upper end in whole percent; 0 and 100 when there is nothing to go on."""
        if not self.of:
            return 0, 100
        rate, n = self.count / self.of, self.of
        middle = rate + Z * Z / (2 * n)
        spread = Z * sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n))
        low, high = ((middle + side * spread) / (1 + Z * Z / n) for side in (-1, 1))
        return max(0, round(100 * low)), min(100, round(100 * high))

    @property
    def width(self) -> int:
        """How wide the range is, in points: what a drawing needs."""
        low, high = self.range
        return high - low

    @property
    def mark(self) -> float:
        """Where the share itself is drawn, so that its line stays inside the drawing."""
        return min(self.percent, 98.4)

    def __str__(self) -> str:
        if not self.tells:
            return TOO_FEW
        low, high = self.range
        return f"{self.count} of {self.of} ({self.percent}%, likely {low} to {high}%)"


def typical_days(days: Sequence[int]) -> str:
    """The middle one of some lengths of time, in words."""
    if len(days) < FEWEST:
        return TOO_FEW
    middle = round(median(days))
    return "the same day" if middle == 0 else f"{middle} day{'' if middle == 1 else 's'}"
