"""What the warehouse says of one aim: who was noticed when, and the measure in any window.

The caller makes the days and the scope (`ask`), runs the aim's signal over it, and reads the
answers into arrays (`read`): one row a pupil, one column a numbered open day of the pupil's school.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from sightline.insights.impact.units import Bools, Floats, Ints
from sightline.signals import SqlEngine
from sightline.signals.run import render

__all__ = ["STEP", "Asked", "History", "TableEngine", "ask", "read"]

HERE = Path(__file__).parent
STEP = 10  # school days between two looks at everybody


class TableEngine(SqlEngine, Protocol):
    """An engine that also hands out whole tables."""

    def sql(self, query: str) -> pa.Table: ...


@dataclass(frozen=True)
class Asked:
    """One aim: its signal, and windows of how many school days. `by_marks` says that the measure is
    attendance in percent of possible sessions; otherwise it is the signal's own level."""

    signal: str
    window: int
    by_marks: bool
    until: date

    @property
    def gap(self) -> int:
        """School days between a row's day and the window after: marks are known of every day, a
        level only of every look, so there a support may begin until the next look."""
        return 0 if self.by_marks else STEP


@dataclass(frozen=True)
class History:
    """Arrays over pupils and numbered days (column 0 is before the first).

    `attended` and `possible` are sessions so far (with `by_marks`); `level` is the level on a day;
    `value` the signal's value where it flagged, else not a number. By school number: `stretch`,
    `term` and `year` of each day, `last` the number of the last. `terms` names the terms.
    """

    asked: Asked
    refs: list[str]
    school: Ints
    year_group: Ints
    disadvantaged: Ints
    sen: Ints
    attended: Ints
    possible: Ints
    level: Floats
    value: Floats
    stretch: Ints
    term: Ints
    year: Ints
    last: Ints
    terms: list[str]
    starts: list[dict[str, Any]]

    def measured(self, pupil: Ints, first: Ints, last: Ints) -> Floats:
        """The measure of each pupil over the days after `first` up to `last`.

        By marks: percent of possible sessions attended, where at least half a window's are known.
        Otherwise the level on the last day, of whatever window the signal itself has.
        """
        inside = (last >= 1) & (last <= self.last[self.school[pupil]])
        until, since = np.where(inside, last, 0), np.clip(first, 0, None)
        if not self.asked.by_marks:
            return np.where(inside, self.level[pupil, until], np.nan)
        since = np.minimum(since, until)
        possible = self.possible[pupil, until] - self.possible[pupil, since]
        attended = self.attended[pupil, until] - self.attended[pupil, since]
        enough = inside & (possible >= self.asked.window)
        return np.where(enough, 100.0 * attended / np.maximum(possible, 1), np.nan)

    def unbroken(self, pupil: Ints, first: Ints, last: Ints) -> Bools:
        """Whether no summer lies between two days, both among those with data."""
        school = self.school[pupil]
        inside = (first >= 1) & (last <= self.last[school])
        one = self.stretch[school, np.clip(first, 0, self.stretch.shape[1] - 1)]
        other = self.stretch[school, np.clip(last, 0, self.stretch.shape[1] - 1)]
        found: Bools = inside & (one == other)
        return found


def sql_of(name: str, **values: Any) -> str:
    """One of the files beside this module, with its values."""
    return render((HERE / f"{name}.sql").read_text(encoding="utf-8"), values)


def ask(engine: TableEngine, asked: Asked, schools: list[str] | None = None) -> None:
    """Make `impact_day`, `impact_start` and `scope` for an aim."""
    engine.create("impact_day", sql_of("impact_day", until=asked.until))
    engine.create("impact_start", sql_of("impact_start", signal=asked.signal, until=asked.until))
    query = sql_of("impact_asked", step=STEP)
    if schools is not None:
        engine.register("impact_school", pa.table({"school_id": schools}))
        query = (
            f"SELECT * FROM ({query}) AS asked "
            "WHERE school_id IN (SELECT school_id FROM impact_school)"
        )
    engine.create("scope", query)


def read(engine: TableEngine, asked: Asked) -> History:
    """The answers as arrays, once the signal has been run over `scope` into `result`."""
    engine.create("impact_pupil", sql_of("impact_pupil"))
    pupils = engine.sql("SELECT * FROM impact_pupil ORDER BY number")
    days = engine.sql("SELECT * FROM impact_day ORDER BY school_id, day_no")
    schools = sorted(set(days["school_id"].to_pylist()))
    place = {name: number for number, name in enumerate(schools)}
    shape = (len(schools), int(max(days["day_no"].to_pylist(), default=0)) + 1)
    number = np.array([place[name] for name in days["school_id"].to_pylist()], dtype=np.int64)
    day_no = column(days, "day_no")
    terms = sorted(set(days["term"].to_pylist()))
    term = np.array([terms.index(name) for name in days["term"].to_pylist()], dtype=np.int64)
    people = len(pupils)
    level, value = results(engine, asked, (people, shape[1]))
    attended, possible = marks(engine, asked, (people, shape[1]))
    return History(
        asked=asked,
        refs=pupils["pupil_ref"].to_pylist(),
        school=np.array([place[name] for name in pupils["school_id"].to_pylist()], dtype=np.int64),
        year_group=column(pupils, "year_group"),
        disadvantaged=column(pupils, "disadvantaged"),
        sen=column(pupils, "sen"),
        attended=attended,
        possible=possible,
        level=level,
        value=value,
        stretch=laid(shape, number, day_no, column(days, "stretch")),
        term=laid(shape, number, day_no, term),
        year=laid(shape, number, day_no, column(days, "year")),
        last=np.bincount(number, minlength=len(schools)),
        terms=terms,
        starts=engine.rows("SELECT * FROM impact_start ORDER BY started_on, pupil_ref, name"),
    )


def results(engine: TableEngine, asked: Asked, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """The level where it can be told, and the value where it flagged."""
    found = engine.sql(sql_of("impact_result", signal=asked.signal))
    at = (column(found, "number"), column(found, "day_no"))
    level = np.full(shape if not asked.by_marks else (0, 0), np.nan)
    value = np.full(shape, np.nan)
    if not asked.by_marks:
        level[at] = found["level"].to_numpy()
    flagged = found["flagged"].to_numpy(zero_copy_only=False).astype(bool)
    value[at[0][flagged], at[1][flagged]] = found["value"].to_numpy()[flagged]
    return level, value


def marks(engine: TableEngine, asked: Asked, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """Sessions attended and possible, added up over the days; empty without marks."""
    if not asked.by_marks:
        return np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64)
    found = engine.sql(sql_of("impact_mark"))
    at = (column(found, "number"), column(found, "day_no"))
    both = []
    for name in ("attended", "possible"):
        days = np.zeros(shape, np.int32)
        days[at] = column(found, name)
        both.append(days.cumsum(axis=1, dtype=np.int32))
    return both[0], both[1]


def laid(shape: tuple[int, int], row: Ints, at: Ints, values: Ints) -> Ints:
    """Values laid out over schools and days; -1 where there is none."""
    found = np.full(shape, -1, np.int64)
    found[row, at] = values
    return found


def column(table: pa.Table, name: str) -> Ints:
    found: Ints = table[name].to_numpy().astype(np.int64)
    return found
