"""Figures of progress in words: shares, differences in points, results in the scale's own unit."""

from dataclasses import dataclass
from typing import Any

from sightline.insights.tracking import Line

__all__ = ["ShareWords", "against", "change_words", "gap_words", "number", "result", "steps"]

STATES = {
    "on_course": "on course",
    "just_under": "just under",
    "below": "below by a step or more",
    "cannot_tell": "no expected result",
}
UNITS = {
    "gcse_9_1": ("grade", "grades"),
    "scaled_score": ("point", "points"),
    "percent": ("percentage point", "percentage points"),
    "step": ("step", "steps"),
}


@dataclass(frozen=True)
class ShareWords:
    """A released share with its interval, for words and for the bar beside them."""

    count: int | None
    of: int | None
    low: float | None
    high: float | None

    @property
    def tells(self) -> bool:
        return self.low is not None

    @property
    def percent(self) -> int:
        return round(100 * (self.count or 0) / self.of) if self.of else 0

    @property
    def range(self) -> tuple[int, int]:
        return round(100 * (self.low or 0)), round(100 * (self.high or 0))

    @property
    def width(self) -> int:
        low, high = self.range
        return high - low

    @property
    def mark(self) -> float:
        """Where the share is drawn, so that its line stays inside the drawing."""
        return min(self.percent, 98.4)

    def __str__(self) -> str:
        if not self.tells:
            return "not shown"
        return f"{self.percent}% ({self.range[0]} to {self.range[1]}%)"


def number(value: float | None) -> str:
    """One decimal at most; nothing for nothing."""
    if value is None:
        return ""
    told = f"{value:.1f}".removesuffix(".0")
    return "0" if told == "-0" else told.replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    told = number(value)
    return told if told == "0" or told[0] == "\N{MINUS SIGN}" else f"+{told}"


def against(row: dict[str, Any]) -> str:
    """A group's share less the rest's, in points with the interval; empty where not shown."""
    if row["difference"] is None or row["difference_low"] is None:
        return ""
    middle, low, high = (
        signed(round(100 * row[name]))
        for name in ("difference", "difference_low", "difference_high")
    )
    return f"{middle} ({low} to {high})"


def steps(row: dict[str, Any]) -> str:
    """The mean gap in steps, and the likely range of its difference to the rest's."""
    if row["mean_gap"] is None:
        return ""
    told = signed(row["mean_gap"])
    if row["gap_low"] is None:
        return told
    low, high = signed(row["gap_low"]), signed(row["gap_high"])
    return f"{told} ({low} to {high} beside the rest)"


def result(value: float | None, scale: str) -> str:
    """A result as the school writes it, with a per cent sign where it is one."""
    return number(value) + ("%" if value is not None and scale == "percent" else "")


def gap_words(line: Line) -> str:
    """Where a pupil stands: "on course, 1.3 grades above", "just under, 0.7 grades below"."""
    if line.passed is not None and line.expected is None:
        return "passed" if line.passed else "not passed yet"
    if line.expected is None:
        return STATES["cannot_tell"]
    away = line.value - line.expected
    told = STATES[line.state]
    if number(away) == "0":
        return f"{told}, as expected" if line.state == "on_course" else told
    return f"{told}, {amount(abs(away), line.scale)} {'above' if away > 0 else 'below'}"


def change_words(line: Line) -> str:
    """The change since the point before, and the one expected: "up 0.7 (expected up 0.3)"."""
    if line.change is None:
        return ""
    told = moved(line.change)
    return (
        f"{told} (expected {moved(line.expected_change)})"
        if line.expected_change is not None
        else told
    )


def moved(change: float | None) -> str:
    told = number(abs(change or 0))
    return "no change" if told == "0" else f"{'up' if (change or 0) > 0 else 'down'} {told}"


def amount(value: float, scale: str) -> str:
    """So many of the scale's unit: 1 grade, 0.7 grades, 6 points."""
    one, many = UNITS[scale]
    told = number(value)
    return f"{told} {one if told == '1' else many}"
