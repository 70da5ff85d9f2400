"""One pass over all weeks and every threshold says what running the signal again would say."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import curated, random_schools
from tests.support.past import register_past

from sightline.engine import Engine
from sightline.insights.backtest.as_known import (
    DATED,
    ENDS,
    UNDATED,
    show_dated,
    show_whole,
    tables,
)
from sightline.insights.backtest.late import read_by
from sightline.insights.backtest.replay import ask_weeks, is_proved, replay
from sightline.insights.backtest.threshold import grid_of, parameter_of, with_threshold
from sightline.signals import make_scope, read_library, run, values_of

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
ROW = "outcome, reason, round(value, 9) AS value, numerator, denominator, window_from, days"


def undated(tables_: curated.Rows) -> curated.Rows:
    """The rows without the moment they were recorded, so that all count as known at once."""
    return {
        name: [{**row, "recorded_at": None} if "recorded_at" in row else row for row in rows]
        for name, rows in tables_.items()
    }


@pytest.mark.parametrize("name", LIBRARY)
@settings(max_examples=2)
@given(seed=st.integers(0, 10**9))
def test_listed_at_any_threshold_equals_running_the_signal_with_it(name: str, seed: int) -> None:
    rows, as_of = random_schools.random_school(seed)
    rng, one = Random(seed), parameter_of(LIBRARY[name])
    low, high = float(one.minimum or 0), float(one.maximum or 0)
    whole = isinstance(one.default, int)
    tried = {float(one.default), low, high, *(rng.uniform(low, high) for _ in range(2))}
    thresholds = tuple(sorted({float(round(t)) if whole else t for t in tried}))
    weeks = [as_of - timedelta(days=7 * n) for n in (1, 0)]
    schools = sorted({row["school_id"] for row in rows["school"]})
    with Engine(threads=1) as engine:
        register_past(engine, undated(rows))
        ask_weeks(engine, weeks, schools)
        told = replay(engine, LIBRARY, name, VALUES, thresholds, weeks)
        show_whole(engine)
        for threshold in thresholds:
            make_scope(engine, weeks, schools=schools)
            run(engine, LIBRARY, [name], with_threshold(LIBRARY[name], VALUES, threshold))
            again = {
                (row["pupil_ref"], row["as_of"])
                for row in engine.rows("SELECT pupil_ref, as_of FROM result WHERE outcome = 'flag'")
            }
            pupil, week = np.nonzero(told.listed_at[threshold])
            mine = {(told.refs[p], weeks[w]) for p, w in zip(pupil, week, strict=True)}
            asked = {(told.refs[p], weeks[w]) for p, w in zip(*np.nonzero(told.asked), strict=True)}
            assert mine == again & asked


@settings(max_examples=4)
@given(seed=st.integers(0, 10**9))
def test_no_signal_of_the_product_changes_when_all_that_came_later_is_taken_away(seed: int) -> None:
    """What lets the product's signals run in one pass over the whole past."""
    rows, last = random_schools.random_school(seed)
    as_of = last - timedelta(days=7 * Random(seed).randint(0, 4))
    with Engine(threads=1) as engine:
        register_past(engine, rows)
        found = []
        for shown in ("whole", "dated"):
            if shown == "whole":
                show_whole(engine)
            else:
                show_dated(engine, as_of)
            make_scope(engine, [as_of])
            run(engine, LIBRARY, list(LIBRARY), VALUES)
            query = f"SELECT pupil_ref, signal, {ROW} FROM result ORDER BY pupil_ref, signal"
            found.append(engine.rows(query))
    assert found[0] == found[1]


def test_every_signal_of_the_library_is_proved_and_reads_tables_with_a_day() -> None:
    for name, signal in LIBRARY.items():
        assert is_proved(signal), name
        assert {"pupil", "school_day"} <= set(read_by(signal)), name


def test_every_table_and_every_end_is_cut_off_at_the_day() -> None:
    for name, table in tables().items():
        days = {column.name for column in table.columns if column.type == "date"}
        assert name in UNDATED or DATED[name] in days
        ends = {"left_on", "to_on", "ended_on"} & days
        assert ends == ({ENDS[name]} if name in ENDS else set()), name


def test_the_grid_holds_about_twenty_thresholds_and_todays() -> None:
    for signal in LIBRARY.values():
        today = float(parameter_of(signal).default)
        values = np.linspace(0, 3 * today, 500)
        grid = grid_of(signal, values, today)
        one = parameter_of(signal)
        assert today in grid
        assert 3 <= len(grid) <= 21
        assert all(float(one.minimum or 0) <= value <= float(one.maximum or 0) for value in grid)
