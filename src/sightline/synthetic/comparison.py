"""Made-up schools beside England: is what was made like what was published?

Absence bands are compared with 2022/23, the last year published by band, and are meant to agree
within 1.5 points in a school of 1,000. The mix of codes is compared with 2025/26: a code of
absence as a share of all absence, because total absence was higher in 2022/23.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic import national
from sightline.synthetic.codes import ABSENT
from sightline.synthetic.tally import DAYS, Tally, pupils_of, tally
from sightline.synthetic.terms import FIRST_DAY

__all__ = ["BAND_TOLERANCE", "Comparison", "compare", "comparison_table"]

BAND_TOLERANCE = 1.5
"""Percentage points, for each absence band of a school of 1,000 pupils over a whole year."""
PRESENT_CODES = ("L", "V", "P", "W", "B", "K")
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """One figure: `made` beside `national` (None where nothing is published), both in `unit`.

    `tolerance` is set where the figure is meant to agree."""

    measure: str
    group: str
    item: str
    made: float
    national: float | None
    unit: str
    tolerance: float | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether it lies within its tolerance; None where none is set."""
        if self.tolerance is None or self.national is None:
            return None
        return abs(self.made - self.national) <= self.tolerance


def compare(folder: Path) -> list[Comparison]:
    """Every comparison for the schools in a folder that `write_schools` or `write_demo` wrote."""
    found: list[Comparison] = []
    for phase in ("primary", "secondary"):
        pupils = pupils_of(folder, phase)
        if pupils:
            counts = tally(folder, pupils)
            found += _bands(phase, pupils, counts)
            found += _codes(phase, counts)
            found += _weekdays(phase, counts)
            found += _season(phase, counts)
            found += _lateness(phase, counts)
            found += _suspensions(phase, counts)
    return found


def comparison_table(found: list[Comparison]) -> str:
    """The comparisons as plain text, one a line."""
    rows = [("measure", "group", "item", "made", "England", "unit", "")]
    rows += [
        (c.measure, c.group, c.item, f"{c.made:.2f}",
         "-" if c.national is None else f"{c.national:.2f}", c.unit,
         {None: "", True: "agrees", False: "OUTSIDE"}[c.agrees])
        for c in found
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(7)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in (3, 4) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _groups(phase: str, pupils: list[dict[str, str]]) -> Iterator[tuple[str, str, str, Flags]]:
    """(name, national dimension, value, pupils)."""
    everyone = np.ones(len(pupils), dtype=bool)
    year = np.array([int(pupil["year_group"]) for pupil in pupils])
    poor = np.array([pupil["disadvantaged"] == "true" for pupil in pupils])
    need = np.array([pupil["sen_status"] != "N" for pupil in pupils])
    yield f"{phase}, all", "all", "all", everyone
    for group in sorted(set(year.tolist()) - {0}):
        yield f"Year {group}", "yr", str(group), year == group
    yield "disadvantaged", "fsm", "Y", poor
    yield "not disadvantaged", "fsm", "N", ~poor
    yield "SEN", "sen", "Y", need
    yield "no SEN", "sen", "N", ~need


def _bands(phase: str, pupils: list[dict[str, str]], counts: Tally) -> Iterator[Comparison]:
    possible = counts.possible()
    rate = counts.absent() / np.maximum(possible, 1)
    band = np.searchsorted(national.EDGES, rate + 1e-12, "right") - 1
    for name, dimension, value, members in _groups(phase, pupils):
        members = members & (possible > 0)
        share = np.bincount(band[members], minlength=len(national.BANDS)) / max(members.sum(), 1)
        published = national.bands(phase, dimension, value)
        for item, made, figure in zip(national.BANDS, share, published, strict=True):
            yield Comparison("absence band", name, item, float(100 * made), float(100 * figure),
                             "% of pupils", BAND_TOLERANCE)  # fmt: skip


def _codes(phase: str, counts: Tally) -> Iterator[Comparison]:
    frequency = national.codes(phase)
    missed = sum(frequency.get(code, 0) for code in ABSENT)
    for code in ABSENT:
        made = counts.of(code).sum() / max(counts.absent().sum(), 1)
        figure = 100 * frequency.get(code, 0) / missed
        yield Comparison("absence code", phase, code, float(100 * made), figure, "% of absence")
    for code in PRESENT_CODES:
        made = counts.of(code).sum() / max(counts.possible().sum(), 1)
        yield Comparison("present code", phase, code, float(10_000 * made), frequency.get(code),
                         "in 10,000")  # fmt: skip


def _weekdays(phase: str, counts: Tally) -> Iterator[Comparison]:
    weekday = (np.arange(DAYS) + FIRST_DAY.weekday()) % 7
    absence, late = national.weekdays(phase)
    for measure, figures, codes in (("weekday", absence, ()), ("late by weekday", late, "LU")):
        made = np.array([counts.daily_rate(weekday == day, *codes) for day in range(5)])
        made /= max(made.mean(), 1e-9)
        for item, one, figure in zip(national.WEEKDAYS, made, figures, strict=True):
            yield Comparison(measure, phase, item, float(one), float(figure), "of the mean day")


def _season(phase: str, counts: Tally) -> Iterator[Comparison]:
    """The year relative to its own mean; periods that hold no marks are left out."""
    day, since = np.arange(DAYS), date(1970, 1, 1)
    rows = []
    for row in national.season(phase):
        days = (day > (since - FIRST_DAY).days) & (day <= (row.to_on - FIRST_DAY).days)
        if counts.by_day[days].sum():
            rows.append((str(row.to_on), counts.daily_rate(days), row.absence))
        since = row.to_on
    made = np.array([row[1] for row in rows])
    figures = np.array([row[2] for row in rows])
    for (item, _, _), one, figure in zip(rows, made / made.mean(), figures / figures.mean(),
                                         strict=True):  # fmt: skip
        yield Comparison("season, up to", phase, item, float(one), float(figure), "of the mean")


def _lateness(phase: str, counts: Tally) -> Iterator[Comparison]:
    lates, possible = counts.of("L", "U"), max(counts.possible().sum(), 1)
    frequency = national.codes(phase)
    yield Comparison("lateness", phase, "sessions late", float(100 * lates.sum() / possible),
                     (frequency["L"] + frequency["U"]) / 100, "%")  # fmt: skip
    spread = lates.var() / max(lates.mean(), 1e-9)
    yield Comparison("lateness", phase, "variance / mean over pupils", float(spread), None, "")


def _suspensions(phase: str, counts: Tally) -> Iterator[Comparison]:
    times = counts.suspensions
    yield Comparison("suspension", phase, "sessions coded E",
                     float(10_000 * counts.of("E").sum() / max(counts.possible().sum(), 1)),
                     national.codes(phase).get("E"), "in 10,000")  # fmt: skip
    total = national.suspensions(phase, "suspensions_per_100_pupils_2023_24")["all"]
    yield Comparison("suspension", "England: all phases", "suspensions",
                     float(100 * times.mean()), total, "per 100 pupils")  # fmt: skip
    once = national.suspensions(phase, "pct_of_suspended_pupils")
    suspended = max((times > 0).sum(), 1)
    for often in ("1", "2", "3"):
        yield Comparison("suspension", phase, f"suspended pupils: {often} times",
                         float(100 * (times == int(often)).sum() / suspended), once[often],
                         "% of suspended")  # fmt: skip
