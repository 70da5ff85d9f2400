"""Results as relations of the engine: who is on roll, and what each came to at each point.

In: the tables `pupil`, `school`, `class`, `class_member`, `support` and `assessment` of an opened
snapshot. No clock: `as_of` is the date asked about.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from sightline.engine import literal
from sightline.engine.text import literals
from sightline.signals.run import SqlEngine, render

__all__ = [
    "Measure",
    "Point",
    "Subject",
    "make_results",
    "points_of",
    "subjects_of",
]

HERE = Path(__file__).parent
Measure = Literal["on_course", "passing", "none"]
FEWEST_AT_A_POINT = 10


@dataclass(frozen=True)
class Point:
    """An assessment point: its name, the school year it is in (0 in higher education), its day.

    The day is that of most results; `results` counts those with a value.
    """

    name: str
    year: int
    on: date
    results: int

    @property
    def key(self) -> tuple[str, int]:
        return self.name, self.year


@dataclass(frozen=True)
class Subject:
    """A subject with results: what is asked of it, its scales and the year groups that have any.

    `measure` is `on_course` where the school set what it expected, `passing` where results are
    percentages of a course of higher education, and `none` where there is nothing to compare with.
    """

    name: str
    measure: Measure
    scales: tuple[str, ...]
    years: tuple[int, ...]


def make_results(
    engine: SqlEngine,
    school: str,
    as_of: date,
    *,
    left_out: Collection[str] = (),
    supported: Collection[str] = (),
) -> None:
    """Make `progress_pupil` and `progress_result` for one school on a date.

    `left_out` are refs of pupils who are not counted, such as those who objected; `supported` those
    with a support that the table `support` does not know, as it was started here.
    """
    given = pa.array(sorted(supported), pa.string())
    engine.register("progress_supported", pa.table({"pupil_ref": given}))
    asked = {"school": school, "as_of": as_of}
    pupils = render((HERE / "pupils.sql").read_text(encoding="utf-8"), asked)
    engine.create(
        "progress_pupil",
        f"SELECT * FROM ({pupils}) WHERE pupil_ref NOT IN {literals(sorted(left_out))}"
        if left_out
        else pupils,
    )
    results = (HERE / "results.sql").read_text(encoding="utf-8")
    engine.create("progress_result", render(results, asked))


def subjects_of(engine: SqlEngine) -> list[Subject]:
    """The subjects with any result, by name."""
    rows = engine.rows(
        "SELECT result.subject, result.scale, pupil.year_group, pupil.phase, "
        "count(result.gap) AS compared FROM progress_result AS result "
        "INNER JOIN progress_pupil AS pupil ON result.pupil_ref = pupil.pupil_ref "
        "WHERE result.value IS NOT NULL GROUP BY 1, 2, 3, 4"
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["subject"]].append(row)
    return [subject_from(name, found[name]) for name in sorted(found)]


def subject_from(name: str, rows: list[dict[str, Any]]) -> Subject:
    """One subject out of its rows by scale and year group."""
    scales = tuple(sorted({row["scale"] for row in rows}))
    years = tuple(sorted({row["year_group"] for row in rows if row["year_group"] is not None}))
    if any(row["compared"] for row in rows):
        return Subject(name, "on_course", scales, years)
    higher = any(row["phase"] == "he" for row in rows)
    return Subject(name, "passing" if higher and "percent" in scales else "none", scales, years)


def points_of(engine: SqlEngine, subject: str, year_group: int | None = None) -> list[Point]:
    """The points at which a subject has at least ten results, the earliest first.

    Fewer are still coming in, or are too few to say anything about a group.
    """
    year = f" AND pupil.year_group = {year_group}" if year_group is not None else ""
    rows = engine.rows(
        "SELECT result.point, result.point_year, result.date, count(*) AS results "
        "FROM progress_result AS result "
        "INNER JOIN progress_pupil AS pupil ON result.pupil_ref = pupil.pupil_ref "
        f"WHERE result.subject = {literal(subject)} AND result.value IS NOT NULL{year} "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    days: dict[tuple[str, int], dict[date, int]] = defaultdict(dict)
    for row in rows:
        days[row["point"], int(row["point_year"])][row["date"]] = row["results"]
    found = [
        Point(name, year, max(of, key=lambda day: (of[day], day)), sum(of.values()))
        for (name, year), of in days.items()
    ]
    enough = [one for one in found if one.results >= FEWEST_AT_A_POINT]
    return sorted(enough, key=lambda one: (one.on, one.name))
