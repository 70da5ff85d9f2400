"""The runs of one signal that make a replay: over everything, on the past alone, as known then."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from sightline.engine import literal
from sightline.insights.backtest.as_known import (
    copy_of,
    show_as_known,
    show_copies,
    show_dated,
    show_whole,
)
from sightline.insights.backtest.late import amended_tables, as_they_stand, find_late, read_by
from sightline.insights.backtest.results import ABSENT, FLAG, Grid, Results, TableEngine
from sightline.insights.backtest.threshold import Flags, with_threshold
from sightline.kit import SightlineError
from sightline.signals import Signal, Values, run

__all__ = ["Passes", "Progress"]

Progress = Callable[[str, int, int], None]
"""Told where the work is: the stage in words, how many are done, of how many or 0."""
APART = re.compile(r"\b(?:whole|past|copied)_\w+|\bquery(?:_table)?(?=\s*\()", re.IGNORECASE)


class Passes:
    """One signal at its most lenient threshold, over `asked_week`.

    Raises `bad_signal` where the signal asks for the whole past by its name: no cutting off would
    show that it looks ahead.
    """

    def __init__(
        self,
        engine: TableEngine,
        library: Mapping[str, Signal],
        name: str,
        values: Values,
        weeks: Sequence[date],
        least: float,
        progress: Progress,
    ) -> None:
        self.engine, self.library, self.signal = engine, library, library[name]
        self.values, self.weeks, self.progress = values, list(weeks), progress
        only_plain_names(self.signal)
        self.loose = with_threshold(self.signal, values, least)
        self.grid = Grid(engine, len(weeks))
        self.tables, self.amended = read_by(self.signal), amended_tables(engine)

    def over_everything(self) -> Results:
        """All weeks in one pass over the whole past."""
        self.progress("all weeks in one pass", 0, 0)
        show_whole(self.engine)
        self._run("TRUE")
        return self.grid.read()

    def hold_against_the_past(self, found: Results, *, every_week: bool) -> None:
        """Refuse the signal where taking away what came later changes what it says of a day.

        Asked of every week, or of the first, the middle and the last.
        """
        for number in range(len(self.weeks)) if every_week else few_weeks(found):
            self.progress("looking for what was not known yet", number, len(self.weeks))
            show_dated(self.engine, self.weeks[number])
            self._run(f"as_of = {literal(self.weeks[number])}")
            hold_against(self.signal, self.weeks[number], found, self.grid.read(), number)

    def judge_as_known_then(self, found: Results) -> int:
        """Put in the results of pupils and weeks whose rows have come or changed since; how many.

        The pupil's own rows in one pass over copies; a school's calendar and classes week by week.
        """
        own, shared = find_late(self.engine, self.tables, self.amended)
        if own:
            self.progress("weeks as known then", 0, 0)
            show_copies(self.engine, "late_week", {*self.tables, "pupil"}, self.amended)
            copies = f"SELECT {copy_of('l')} AS pupil_ref, school_id, as_of FROM late_week AS l"
            self.engine.create("scope", copies)
            run(self.engine, self.library, [self.signal.name], self.loose)
            self.grid.put(found)
        for day in self._late_days() if shared else ():
            self.progress("weeks as known then", self.weeks.index(day), len(self.weeks))
            show_as_known(self.engine, day, self.amended)
            late = f"SELECT pupil_ref FROM late_school_week WHERE as_of = {literal(day)}"
            self._run(f"as_of = {literal(day)} AND pupil_ref IN ({late})")
            self.grid.put(found)
        return own + shared

    def week_by_week(self, thresholds: Sequence[float]) -> dict[float, Flags]:
        """Who is listed at each threshold, by running the signal with it on what was known then."""
        listed: dict[float, Flags] = {one: np.zeros(self.grid.shape, bool) for one in thresholds}
        for number, day in enumerate(self.weeks):
            self.progress("a school's own signal, week by week", number, len(self.weeks))
            show_as_known(self.engine, day, self.amended)
            for one in thresholds:
                values = with_threshold(self.signal, self.values, one)
                self._run(f"as_of = {literal(day)}", values)
                listed[one][:, number] = self.grid.read().outcome[:, number] == FLAG
        return listed

    def undated(self) -> int:
        """How many pupil-weeks rest on rows as they stand now."""
        return as_they_stand(self.engine, self.tables)

    def _run(self, where: str, values: Values | None = None) -> None:
        asked = f"SELECT pupil_ref, school_id, as_of FROM asked_week WHERE {where}"
        self.engine.create("scope", asked)
        run(self.engine, self.library, [self.signal.name], values or self.loose)

    def _late_days(self) -> list[date]:
        rows = self.engine.rows("SELECT DISTINCT as_of FROM late_school_week ORDER BY as_of")
        return [row["as_of"] for row in rows]


def only_plain_names(signal: Signal) -> None:
    """Raise `bad_signal` where the rule names a relation that is no table of the dictionary."""
    found = APART.search(re.sub(r"--[^\n]*", "", signal.sql))
    if found:
        what = f"`{signal.name}` looks ahead: it reads `{found[0]}`, which is no table"
        remedy = "Let its SQL read the dictionary's tables only."
        raise SightlineError("bad_signal", str(signal.folder), what, remedy)


def few_weeks(found: Results) -> list[int]:
    """The first, the middle and the last week in which anybody was asked about."""
    held = np.flatnonzero((found.outcome != ABSENT).any(axis=0))
    return sorted({int(held[n]) for n in (0, len(held) // 2, -1)}) if len(held) else []


def hold_against(
    signal: Signal,
    day: date,
    whole: Results,
    then: Results,
    number: int,
) -> None:
    """Refuse a signal that says another thing of a day once later days are taken away."""
    same = (whole.outcome[:, number] == then.outcome[:, number]) & np.isclose(
        whole.value[:, number], then.value[:, number], rtol=1e-9, atol=1e-9, equal_nan=True
    )
    if not same.all():
        what = (
            f"`{signal.name}` looks ahead: for {int((~same).sum())} pupils its result of {day} "
            "changes when all that was dated later is taken away"
        )
        remedy = "Let its SQL read only what is dated on or before as_of."
        raise SightlineError("bad_signal", str(signal.folder), what, remedy)
