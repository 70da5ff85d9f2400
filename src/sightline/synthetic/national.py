"""The national figures of `national/*.csv`, read once."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BANDS",
    "EDGES",
    "WEEKDAYS",
    "Season",
    "bands",
    "codes",
    "grades",
    "season",
    "shares",
    "suspensions",
    "weekdays",
]

EDGES = np.array([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 100]) / 100
"""Edges of the absence bands, as rates; a rate on an edge belongs to the band above."""
BANDS = (
    "0-5",
    "5-10",
    "10-15",
    "15-20",
    "20-25",
    "25-30",
    "30-35",
    "35-40",
    "40-45",
    "45-50",
    "50+",
)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Season:
    """Percentages of possible sessions, for the days up to `to_on` since the row before."""

    to_on: date
    absence: float
    illness: float
    holiday: float


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("sightline.synthetic").joinpath("national").joinpath(name).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def bands(phase: str, dimension: str, value: str) -> Floats:
    """Share of pupils in each absence band, 2022/23; dimension `all`, `yr`, `fsm`, `sen`,
    `fsm_sen`; values `all`, a year, `Y` or `N`, `Y_N`. The shares sum to 1."""
    for row in _rows("absence_bands.csv"):
        if (row["phase"], row["dimension"], row["value"]) == (phase, dimension, value):
            cells = [float(cell) for name, cell in row.items() if name[:4] == "pct_"]
            found: Floats = np.array(cells) / sum(cells)
            return found
    raise KeyError(f"{phase} {dimension} {value}")


def shares(phase: str) -> dict[str, float]:
    """Share of pupils by `fsm_sen` value (`Y_N`: eligible for free meals, no SEN), 2022/23."""
    rows = [
        r for r in _rows("absence_bands.csv") if (r["phase"], r["dimension"]) == (phase, "fsm_sen")
    ]
    total = sum(int(row["enrolments"]) for row in rows)
    return {row["value"]: int(row["enrolments"]) / total for row in rows}


def codes(phase: str) -> dict[str, float]:
    """Sessions with each attendance code in 10,000 possible, 2025/26."""
    return {
        row["code"]: float(row["per_10000_possible"])
        for row in _rows("code_frequencies.csv")
        if row["phase"] == phase
    }


def weekdays(phase: str) -> tuple[Floats, Floats]:
    """Absence and lateness by weekday, Monday first, relative to the week's mean."""
    rows = [row for row in _rows("weekdays.csv") if row["phase"] == phase]
    absence = np.array([float(row["absence_pct"]) for row in rows])
    late = np.array([float(row["late_pct"]) for row in rows])
    return absence / absence.mean(), late / late.mean()


def season(phase: str) -> list[Season]:
    """Absence through the year 2025/26."""
    return [
        Season(
            date.fromisoformat(row["to_on"]),
            float(row["absence_pct"]),
            float(row["illness_pct"]),
            float(row["holiday_pct"]),
        )
        for row in _rows("season.csv")
        if row["phase"] == phase
    ]


def suspensions(phase: str, measure: str) -> dict[str, float]:
    """The figures of one measure by group."""
    return {
        row["group"]: float(row["value"])
        for row in _rows("suspensions.csv")
        if row["measure"] == measure and row["phase"] in (phase, "all")
    }


@cache
def grades(subject: str) -> tuple[Floats, Floats]:
    """KS2 scaled score and the mean GCSE grade nationally: points to interpolate between."""
    rows = [row for row in _rows("grade_by_ks2.csv") if row["subject"] == subject]
    return (
        np.array([float(row["ks2_from"]) for row in rows]) + 1.5,
        np.array([float(row["mean_grade"]) for row in rows]),
    )
