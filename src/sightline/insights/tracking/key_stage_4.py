"""The Attainment 8 and Progress 8 style figures of Years 10 and 11, from the latest results."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scipy.special import stdtrit

from sightline.engine.text import literals
from sightline.insights.chance import Interval
from sightline.insights.tracking.attainment8 import attainment_8, unrecognised
from sightline.insights.tracking.progress8 import Progress8, progress_8
from sightline.signals.run import SqlEngine

__all__ = ["Cohort", "key_stage_4"]

YEARS = (10, 11)
FEWEST = 10


@dataclass(frozen=True)
class Cohort:
    """One year group: mean Attainment 8 of its pupils with a 95% interval (t), and Progress 8.

    `expected` is the same mean out of the results the school expected. `slots` is how many of the
    ten are filled on average; `unrecognised` the subjects that count in none. Figures are None
    for fewer than ten pupils.
    """

    year_group: int
    pupils: int
    mean: float | None
    interval: Interval | None
    expected: float | None
    slots: float | None
    progress: Progress8
    unrecognised: Sequence[str]


def key_stage_4(engine: SqlEngine, as_of: date) -> list[Cohort]:
    """The cohorts of Key Stage 4 with results on the scale 9 to 1. Needs `make_results`."""
    rows = engine.rows(
        "SELECT year_group, pupil_ref, subject, value, expected FROM ("
        "SELECT pupil.year_group, result.*, row_number() OVER (PARTITION BY result.pupil_ref, "
        "result.subject ORDER BY result.date DESC, result.point) AS place "
        "FROM progress_result AS result INNER JOIN progress_pupil AS pupil "
        "ON result.pupil_ref = pupil.pupil_ref WHERE result.scale = 'gcse_9_1' "
        "AND result.value IS NOT NULL AND pupil.phase <> 'he' "
        f"AND pupil.year_group IN {literals(YEARS)}) WHERE place = 1"
    )
    grades: dict[int, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    hoped: dict[int, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        year, ref = row["year_group"], row["pupil_ref"]
        grades[year][ref][row["subject"]] = row["value"]
        if row["expected"] is not None:
            hoped[year][ref][row["subject"]] = row["expected"]
    ks2, school_year = key_stage_2(engine), as_of.year - (as_of.month < 9)
    return [cohort(year, of, hoped[year], ks2, school_year) for year, of in sorted(grades.items())]


def cohort(
    year_group: int,
    grades: dict[str, dict[str, float]],
    hoped: dict[str, dict[str, float]],
    ks2: dict[str, tuple[float, float]],
    school_year: int,
) -> Cohort:
    """The figures of one year group, out of each pupil's grades by subject."""
    found = {ref: attainment_8(of) for ref, of in grades.items()}
    points = {ref: one.points for ref, one in found.items()}
    whole = [
        attainment_8(of).points for ref, of in hoped.items() if of.keys() == grades[ref].keys()
    ]
    enough, told = len(points) >= FEWEST, len(whole) >= FEWEST
    progress = progress_8(points, ks2, year_group, school_year)
    return Cohort(
        year_group,
        len(points),
        mean_of([*points.values()]) if enough else None,
        interval_of([*points.values()]) if enough else None,
        mean_of(whole) if told else None,
        mean_of([one.filled for one in found.values()]) if enough else None,
        progress,
        unrecognised(subject for of in grades.values() for subject in of),
    )


def mean_of(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def interval_of(values: Sequence[float]) -> Interval:
    """Student's t: the pupils of a cohort as a draw of those the school might have taught."""
    mean, count = mean_of(values), len(values)
    variance = math.fsum((one - mean) ** 2 for one in values) / (count - 1)
    half = float(stdtrit(count - 1, 0.975)) * math.sqrt(variance / count)
    return Interval(mean - half, mean + half)


def key_stage_2(engine: SqlEngine) -> dict[str, tuple[float, float]]:
    """Reading and mathematics at Key Stage 2, by pupil: scaled scores of a point so named.

    They were earned before the pupil joined, so the date of enrolment does not matter here.
    """
    rows = engine.rows(
        "SELECT assessment.pupil_ref, "
        "max(CASE WHEN lower(subject) LIKE '%reading%' THEN value END) AS reading, "
        "max(CASE WHEN lower(subject) LIKE 'math%' THEN value END) AS mathematics "
        "FROM assessment INNER JOIN progress_pupil "
        "ON assessment.pupil_ref = progress_pupil.pupil_ref WHERE scale = 'scaled_score' "
        "AND (lower(point) LIKE '%ks2%' OR lower(point) LIKE '%key stage 2%') GROUP BY 1"
    )
    return {
        row["pupil_ref"]: (row["reading"], row["mathematics"])
        for row in rows
        if row["reading"] is not None and row["mathematics"] is not None
    }
