"""A count of pupils out of others, and an interval: the two values that pass between modules."""

from dataclasses import dataclass

__all__ = ["Count", "Interval"]


@dataclass(frozen=True)
class Count:
    """`found` of `of` pupils, for example 4 flagged of 30 on roll."""

    found: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.found <= self.of:
            raise ValueError(f"{self.found} of {self.of} is no count")

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where there is nobody to count."""
        return self.found / self.of if self.of else None

    def __str__(self) -> str:
        """In words: "none of 12", "all 12", "4 of 30"."""
        if self.of == 0:
            return "nobody"
        if self.found == 0:
            return f"none of {self.of}"
        return f"all {self.of}" if self.found == self.of else f"{self.found} of {self.of}"


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both included, in the unit of what was asked (share, points, ratio)."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    @property
    def width(self) -> float:
        return self.high - self.low
