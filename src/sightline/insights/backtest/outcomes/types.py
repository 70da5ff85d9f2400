"""The shape of what is known about pupils after a list, and days as numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.replay import TableEngine
from sightline.signals.run import render

__all__ = ["Asked", "Followed", "day_numbers", "read_sql"]

FOLDER = Path(__file__).parent
Flags = NDArray[np.bool_]
Days = NDArray[np.int64]
FAR = 10**6  # a day no data reaches


@dataclass(frozen=True)
class Asked:
    """Pupils, the weeks asked about and how far to look on; days count from `first_day`."""

    pupils: int
    weeks: tuple[date, ...]
    within: int

    @property
    def first_day(self) -> date:
        """Far enough back for a whole stretch before the first week, and 20 school days more."""
        return self.weeks[0] - timedelta(days=2 * self.within + 70)

    @property
    def last_day(self) -> date:
        return self.weeks[-1] + timedelta(days=self.within)

    @property
    def at(self) -> Days:
        """The weeks as day numbers."""
        return np.array([(week - self.first_day).days for week in self.weeks], np.int64)


@dataclass(frozen=True)
class Followed:
    """An outcome over pupils (rows) and weeks (columns).

    `already`: in it on the day of the list. `known`: can be followed to the end. `after`: it came
    within the days asked about; only where `known` and not `already`. `onsets`: pupil and day
    number of each beginning, by pupil and day.
    """

    already: Flags
    known: Flags
    after: Flags
    onset_pupil: Days
    onset_day: Days


def read_sql(engine: TableEngine, name: str, asked: Asked) -> dict[str, Any]:
    """The columns of a query of this folder as arrays; dates are dates."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    bounds = {"first_day": asked.first_day, "last_day": asked.last_day}
    found = engine.sql(render(text, bounds))
    return {one: found[one].to_numpy(zero_copy_only=False) for one in found.column_names}


def day_numbers(dates: NDArray[Any], asked: Asked, none: int = FAR) -> Days:
    """Dates as days since `first_day`; `none` where there is no date."""
    days = dates.astype("datetime64[D]")
    first = np.datetime64(asked.first_day, "D")
    numbers = (days - first).astype("timedelta64[D]").astype(np.int64)
    return np.where(np.isnat(days), none, numbers)
