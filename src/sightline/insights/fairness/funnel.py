"""The funnel: how far each pupil came, and in which week each stage was reached first.

A pupil counts once in a stage, however many weeks they were in it: new names, not pupil-weeks. The
stages hold each other: whoever was listed had met a threshold, and whoever met one could be told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.insights.fairness.recorded import Recorded
from sightline.signals.run import SqlEngine, render

__all__ = ["NEVER", "STAGES", "Facts", "Funnel", "facts_of", "funnel_of"]

Weeks = NDArray[np.int64]
HERE = Path(__file__).parent
NEVER = np.iinfo(np.int64).max
STAGES = (
    "on_roll",
    "evaluated",
    "flagged",
    "listed",
    "decided",
    "acted_on",
    "reviewed",
    "improved",
)
FROM_SIGNALS = 3  # stages that need nobody to have recorded anything
PRESENT = 0.95  # of the marks there should be: below it a pupil's marks are said to be missing


@dataclass(frozen=True, eq=False)
class Facts:
    """What the signals said of each pupil, pupils in one order everywhere.

    `pupils` are rows of the table; `flagged` has, for each signal, the week each pupil was first
    flagged (a place in `dates`, NEVER for never). `marks_missing` is None where nothing is marked.
    `lost` says who withdrew or failed, where that is known of everybody.
    `entries` has a column for each who logs: about whom they wrote an entry of concern.
    """

    dates: tuple[date, ...]
    pupils: Sequence[Mapping[str, Any]] = field(repr=False)
    here_from: Weeks = field(repr=False)
    here_to: Weeks = field(repr=False)
    told: Weeks = field(repr=False)
    flagged: Mapping[str, Weeks] = field(repr=False)
    marks_missing: NDArray[np.bool_] | None = field(default=None, repr=False)
    lost: NDArray[np.bool_] | None = field(default=None, repr=False)
    entries: NDArray[np.bool_] | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Funnel:
    """The week in which each pupil first reached each stage: (pupils, stages), NEVER for never.

    `stages` end with flagged where nothing was recorded by people. `school` numbers the schools.
    """

    facts: Facts
    stages: tuple[str, ...]
    first: Weeks = field(repr=False)
    school: NDArray[np.int64] = field(repr=False)

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Whether each pupil reached each stage: (pupils, stages)."""
        mask: NDArray[np.bool_] = self.first != NEVER
        return mask


def facts_of(engine: SqlEngine, dates: Sequence[date]) -> Facts:
    """Read the relation `result` of signals run on these dates; the engine holds the snapshot."""
    days = tuple(sorted(set(dates)))
    engine.create("first_time", _sql("first_times.sql"))
    pupils = engine.rows(_sql("pupils.sql"))
    rows = engine.rows("SELECT * FROM first_time")
    place = {row["pupil_ref"]: at for at, row in enumerate(pupils)}
    at = np.array([place[row["pupil_ref"]] for row in rows], dtype=np.int64)
    week = {day: number for number, day in enumerate(days)}

    def first(column: str, rows: Sequence[Mapping[str, Any]], at: Weeks) -> Weeks:
        found = np.full(len(pupils), NEVER)
        np.minimum.at(found, at, [NEVER if r[column] is None else week[r[column]] for r in rows])
        return found

    here_to = np.full(len(pupils), -1)
    np.maximum.at(here_to, at, [week[row["here_to"]] for row in rows])
    flagged = {}
    for signal in sorted({row["signal"] for row in rows}):
        own = [number for number, row in enumerate(rows) if row["signal"] == signal]
        flagged[signal] = first("flagged_on", [rows[n] for n in own], at[own])
    return Facts(
        days,
        pupils,
        first("here_from", rows, at),
        here_to,
        first("told_on", rows, at),
        flagged,
        _marks_missing(engine, days, place),
        _lost(pupils),
        _entries(engine, days, place),
    )


def _marks_missing(
    engine: SqlEngine, days: Sequence[date], place: Mapping[str, int]
) -> NDArray[np.bool_] | None:
    if not days:
        return None
    rows = engine.rows(_sql("marks.sql", since=days[0].replace(day=1), until=days[-1]))
    if not rows:
        return None
    missing = np.zeros(len(place), dtype=bool)
    for row in rows:
        missing[place[row["pupil_ref"]]] = row["present"] < PRESENT * row["expected"]
    return missing


def _lost(pupils: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_] | None:
    """Who withdrew or failed in the end; None until that is known of every pupil."""
    results = [row["final_result"] for row in pupils]
    if not results or None in results:
        return None
    return np.array([result in ("withdrawn", "fail") for result in results])


def _entries(
    engine: SqlEngine, days: Sequence[date], place: Mapping[str, int]
) -> NDArray[np.bool_] | None:
    """Who wrote about whom: (pupils, staff), without anybody's id; None where nobody did."""
    if not days:
        return None
    rows = engine.rows(_sql("entries.sql", since=days[0].replace(day=1), until=days[-1]))
    staff = sorted({(row["school_id"], row["staff_id"]) for row in rows})
    number = {one: at for at, one in enumerate(staff)}
    found = np.zeros((len(place), len(staff)), dtype=bool)
    for row in rows:
        found[place[row["pupil_ref"]], number[row["school_id"], row["staff_id"]]] = True
    return found if rows else None


def _sql(name: str, **values: date) -> str:
    return render((HERE / name).read_text(encoding="utf-8"), values)


def funnel_of(facts: Facts, recorded: Sequence[Recorded] | None = None) -> Funnel:
    """Join what the signals said with what people recorded; without records, three stages.

    Who was listed met a threshold on that day, even if later data say otherwise: an earlier stage
    is reached at the latest when a later one is.
    """
    flagged = np.minimum.reduce([*facts.flagged.values(), np.full(len(facts.pupils), NEVER)])
    columns = [facts.here_from, facts.told, flagged]
    if recorded is not None:
        columns += _recorded(facts, recorded)
    first = np.stack(columns, axis=1)
    # From the last stage back: nobody reaches one before those that hold it.
    first = np.minimum.accumulate(first[:, ::-1], axis=1)[:, ::-1]
    schools = sorted({row["school_id"] for row in facts.pupils})
    number = {name: at for at, name in enumerate(schools)}
    school = np.array([number[row["school_id"]] for row in facts.pupils], dtype=np.int64)
    return Funnel(facts, STAGES[: len(columns)], first, school)


def _recorded(facts: Facts, recorded: Sequence[Recorded]) -> list[Weeks]:
    """The weeks of the stages people recorded; a stage counts only on top of the one before."""
    place = {row["pupil_ref"]: at for at, row in enumerate(facts.pupils)}
    found = np.full((len(STAGES) - FROM_SIGNALS, len(facts.pupils)), NEVER)
    for one in recorded:
        at = place.get(one.pupil_ref)
        if at is None:  # objected since, or on roll on none of the days
            continue
        steps = (one.listed_on, one.decided_on, one.acted_on, one.reviewed_on, one.improved_on)
        for stage, day in enumerate(steps):
            if day is None:
                break
            found[stage, at] = min(found[stage, at], _week(facts.dates, day))
    return list(found)


def _week(dates: Sequence[date], day: date) -> int:
    """The first week that ends on the day or later; the last for what is dated after it."""
    return int(min(np.searchsorted(np.array(dates), day), len(dates) - 1))  # type: ignore[call-overload]
