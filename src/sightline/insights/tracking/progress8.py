"""Progress 8 style figures: Attainment 8 against that of pupils with the same Key Stage 2 results.

A pupil's figure is (Attainment 8 - expected) / 10. Expected is the national average of 2024 by the
average of reading and mathematics at Key Stage 2, in 34 groups (`expected_2024.csv`; Department for
Education, Key Stage 4 performance 2024, revised). A school's is the mean of its pupils', with
1.96 * sd / sqrt(n) either way; sd is the national one of pupils' figures in 2024, 1.41628 (the
Department's ready reckoner for 2024), as in the official tables. Two things differ from those: the
grades are the school's latest, and very low figures are not raised to a floor.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sightline.insights.chance import Interval

__all__ = ["NO_TESTS", "Progress8", "expected_attainment_8", "leaving_year", "progress_8"]

HERE = Path(__file__).parent
SD, Z = 1.41628, 1.96
FEWEST = 10
NO_TESTS = {2024: 2020, 2025: 2021}
"""School years (by the autumn they begin) whose leavers sat no Key Stage 2 tests, and the summer
in which they would have."""


@dataclass(frozen=True)
class Progress8:
    """The mean of `pupils` of `of`, in grades a slot; None with the reason in `why`."""

    mean: float | None
    interval: Interval | None
    pupils: int
    of: int
    why: str = ""


@cache
def expected() -> Sequence[tuple[float, float, float]]:
    """From, to (both included), Attainment 8: by Key Stage 2 average, the lowest first."""
    with (HERE / "expected_2024.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("ks2_from", "ks2_to", "attainment_8")
    return [(float(row[names[0]]), float(row[names[1]]), float(row[names[2]])) for row in rows]


def expected_attainment_8(reading: float, mathematics: float) -> float | None:
    """The national Attainment 8 of 2024 for these scaled scores; None outside 59 to 120."""
    average = round((reading + mathematics) + 1e-9) / 2
    return next((points for low, high, points in expected() if low <= average <= high), None)


def leaving_year(year_group: int, school_year: int) -> int:
    """The school year in which pupils now in a year group end Key Stage 4, by its autumn."""
    return school_year + 11 - year_group


def progress_8(
    attained: Mapping[str, float],
    ks2: Mapping[str, tuple[float, float]],
    year_group: int,
    school_year: int,
) -> Progress8:
    """The figure of a cohort: Attainment 8 and (reading, mathematics) at Key Stage 2 by pupil."""
    year = leaving_year(year_group, school_year)
    if year in NO_TESTS:
        why = (
            f"No Progress 8 for this cohort: there were no Key Stage 2 tests in {NO_TESTS[year]}, "
            f"so none is published for those who leave in {year + 1}."
        )
        return Progress8(None, None, 0, len(attained), why)
    found = []
    for ref in sorted(attained.keys() & ks2.keys()):
        points = expected_attainment_8(*ks2[ref])
        if points is not None:
            found.append((attained[ref] - points) / 10)
    if len(found) < FEWEST:
        why = (
            "No Progress 8 for this cohort: scaled scores in reading and mathematics at Key Stage "
            f"2 are held for fewer than {FEWEST} of its pupils."
        )
        return Progress8(None, None, 0, len(attained), why)
    mean, half = math.fsum(found) / len(found), Z * SD / math.sqrt(len(found))
    return Progress8(mean, Interval(mean - half, mean + half), len(found), len(attained))
