"""A backtest from the question to the answer: replay, follow, count, judge, propose."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sightline.engine.text import literals
from sightline.insights.backtest.figures import Figures, figures_at
from sightline.insights.backtest.groups import group_tables
from sightline.insights.backtest.judge import (
    Periods,
    Proposal,
    periods,
    proposed,
    what_is_missing,
)
from sightline.insights.backtest.outcomes import Asked, follow, supported
from sightline.insights.backtest.question import Question
from sightline.insights.backtest.replay import Progress, Replay, TableEngine, ask_weeks, replay
from sightline.insights.backtest.threshold import Floats, grid_of
from sightline.insights.disclosure import Table
from sightline.kit import SightlineError
from sightline.signals import Signal, Values

__all__ = ["Backtest", "backtest"]


@dataclass(frozen=True)
class Backtest:
    """The answer. `rows` and `missing` go with `question.thresholds`, ascending.

    `missing[n]` is empty where row n can be judged. `earlier` are the rows of the years chosen on,
    the same as `rows` where there is one year only.
    """

    question: Question
    rows: tuple[Figures, ...]
    earlier: tuple[Figures, ...]
    missing: tuple[str, ...]
    proposal: Proposal
    capacity: int
    lists: int
    chosen_on: tuple[int, ...]
    reported: int
    pupils: int
    pupil_weeks: int
    cannot_tell: int
    later_known: int
    as_they_stand: int
    groups: tuple[Table, ...]
    group_thresholds: tuple[float, ...]


def backtest(
    engine: TableEngine,
    library: Mapping[str, Signal],
    values: Values,
    question: Question,
    *,
    grid: bool,
    capacity: int,
    left_out: Collection[str] = (),
    acted: Iterable[tuple[str, date]] = (),
    progress: Progress = lambda stage, done, of: None,
) -> Backtest:
    """Answer a question from the whole tables (see `as_known`).

    `grid` tries about 20 thresholds in place of the question's. `capacity` is how many pupils one
    list holds; a school has one for each year group. `left_out` are pupils who object; `acted` is
    what meetings decided to act on. Raises `no_data` where nobody was on roll, `bad_signal` for a
    signal that looks ahead.
    """
    ask_weeks(engine, question.weeks, question.schools, left_out)
    told = replay(
        engine,
        library,
        question.signal,
        values,
        _tried(library[question.signal], question, grid),
        question.weeks,
        progress=progress,
    )
    if not len(told.refs):
        what = "no pupil was on roll in a week with a school day between these dates"
        raise SightlineError("no_data", "--from", what, "Choose dates that the data cover.")
    asked = Asked(len(told.refs), told.weeks, question.within)
    progress("what came after", 0, 0)
    followed = follow(engine, question.outcome, asked, acted)
    helped = supported(engine, asked)
    when = periods(told, _open_days(engine, question.schools))
    tried = tuple(sorted(told.listed_at))
    progress("counting, with intervals", 0, 0)
    rows = figures_at(told, followed, helped, asked, tried, when.report)
    earlier = rows
    if when.apart:
        earlier = figures_at(told, followed, helped, asked, tried, when.choose, draws=0)
    lists = _lists(engine)
    proposal = proposed(earlier, question.today, capacity * lists)
    wanted = _apart(told, question.today, proposal, when)
    return Backtest(
        question=question,
        rows=tuple(rows),
        earlier=tuple(earlier),
        missing=tuple(what_is_missing(row, when.full_years) for row in rows),
        proposal=proposal,
        capacity=capacity * lists,
        lists=lists,
        chosen_on=when.chosen_on,
        reported=when.reported,
        pupils=len(told.refs),
        pupil_weeks=int(told.asked.sum()),
        cannot_tell=int((told.asked & ~told.told).sum()),
        later_known=told.later_known,
        as_they_stand=told.as_they_stand,
        groups=tuple(group_tables(engine, told, when.report, wanted, question.signal)),
        group_thresholds=tuple(wanted),
    )


def _tried(
    signal: Signal, question: Question, grid: bool
) -> Sequence[float] | Callable[[Floats], Sequence[float]]:
    if not grid:
        return question.thresholds
    return lambda values: grid_of(signal, values, question.today)


def _open_days(engine: TableEngine, schools: Sequence[str]) -> dict[str, list[date]]:
    """The open days of each school, ascending."""
    rows = engine.rows(
        "SELECT school_id, list(date ORDER BY date) AS days FROM whole_school_day "
        f"WHERE kind = 'open' AND school_id IN {literals(schools)} GROUP BY school_id"
    )
    return {row["school_id"]: row["days"] for row in rows}


def _lists(engine: TableEngine) -> int:
    """How many lists a school has a week: one for each year group; the mean over the schools."""
    rows = engine.rows(
        "SELECT count(DISTINCT coalesce(pupil.year_group, -1)) AS n FROM asked_pupil AS p "
        "INNER JOIN whole_pupil AS pupil ON p.pupil_ref = pupil.pupil_ref GROUP BY p.school_id"
    )
    return max(1, round(float(np.mean([row["n"] for row in rows]))))


def _apart(told: Replay, today: float, proposal: Proposal, when: Periods) -> list[float]:
    """Today's threshold and the proposed, from the one that lists more."""
    found = {today} | ({proposal.threshold} if proposal.threshold is not None else set())
    kept = [one for one in found if one in told.listed_at]
    return sorted(kept, key=lambda one: -int((told.listed_at[one] & when.report).sum()))
