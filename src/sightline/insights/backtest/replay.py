"""Run one signal once a week through the past; who would have been listed at any threshold.

The product's own signals run in one pass over all weeks, since a test proves of each that nothing
dated after a day changes its result of that day; a few weeks are checked again at every backtest. A
school's own signal runs week by week on nothing but what was there, and is held against one pass
over everything: where they differ, it looks ahead and is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sightline.insights.backtest.passes import Passes, Progress
from sightline.insights.backtest.results import ABSENT, CLEAR, FLAG, TableEngine, ask_weeks
from sightline.insights.backtest.threshold import Flags, Floats, beyond, lenient
from sightline.signals import Signal, Values
from sightline.signals.lock import read_lock

__all__ = ["Progress", "Replay", "TableEngine", "Thresholds", "ask_weeks", "is_proved", "replay"]

Thresholds = Sequence[float] | Callable[[Floats], Sequence[float]]
"""Values to try, or a choice of them from the values of those the most lenient one lists."""


@dataclass(frozen=True)
class Replay:
    """One signal over pupils (rows) and weeks (columns).

    `asked`: on roll in a week the school was open. `told`: there was enough to go on. `value`: the
    signal's value where told. `listed_at[threshold]`: who would have been listed.
    """

    refs: tuple[str, ...]
    school_of: NDArray[np.int32]  # index into `schools`
    schools: tuple[str, ...]
    weeks: tuple[date, ...]
    asked: Flags
    told: Flags
    value: Floats
    listed_at: Mapping[float, Flags]
    later_known: int  # pupil-weeks judged as known then, as their rows have changed since
    as_they_stand: int  # pupil-weeks of which nothing says what was known then


def is_proved(signal: Signal) -> bool:
    """Whether this is a signal of the product, unchanged, and so covered by the product's tests."""
    locked = read_lock().signals.get(signal.name)
    return locked is not None and locked.sql == signal.sql_hash


def replay(
    engine: TableEngine,
    library: Mapping[str, Signal],
    name: str,
    values: Values,
    thresholds: Thresholds,
    weeks: Sequence[date],
    *,
    progress: Progress = lambda stage, done, of: None,
) -> Replay:
    """Run a signal over `asked_week` (see `ask_weeks`).

    Raises `bad_signal` for a signal that looks ahead.
    """
    signal, proved = library[name], is_proved(library[name])
    tried = () if callable(thresholds) else tuple(thresholds)
    passes = Passes(engine, library, name, values, weeks, lenient(signal, tried), progress)
    found = passes.over_everything()
    passes.hold_against_the_past(found, every_week=not proved)
    late = passes.judge_as_known_then(found)
    meets = found.outcome == FLAG
    chosen = thresholds(np.where(meets, found.value, np.nan)) if callable(thresholds) else tried
    if proved:
        listed = {one: meets & beyond(signal, found.value, one) for one in chosen}
    else:
        listed = passes.week_by_week(chosen)
    told, asked = found.outcome >= CLEAR, found.outcome != ABSENT
    who = passes.grid.pupils()
    return Replay(*who, tuple(weeks), asked, told, found.value, listed, late, passes.undated())
