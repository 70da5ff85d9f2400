"""Every signal's SQL gives the rows of an independent, plain reading of the rules."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.engine import Engine
from sightline.signals import Values, make_scope, read_library, run, values_of
from tests.support import curated, plain_signals, random_schools
from tests.support.side_by_side import side_by_side

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
COLUMNS = ["outcome", "value", "level", "numerator", "denominator", "window_from", "window_to"]


def by_sql(
    tables: curated.Rows, dates: list[date], pack: str, values: Values = VALUES
) -> dict[Any, dict[str, Any]]:
    names = [name for name, signal in LIBRARY.items() if pack in signal.packs]
    with Engine(threads=1) as engine:
        curated.register(engine, tables)
        make_scope(engine, dates)
        run(engine, LIBRARY, names, values)
        rows = engine.rows("SELECT * FROM result")
    keyed = {(row["signal"], row["pupil_ref"], row["as_of"]): row for row in rows}
    assert len(keyed) == len(rows)
    return keyed


def by_hand(
    tables: curated.Rows, dates: list[date], pack: str, thresholds: Values | None = None
) -> dict[Any, dict[str, Any]]:
    name = {"school": "school", "he": "higher_education"}[pack]
    rows = [
        row
        for day in dates
        for row in plain_signals.evaluate(tables, day, pack=name, thresholds=thresholds)
    ]
    return {(row["signal"], row["pupil_id"], row["as_of"]): row for row in rows}


def assert_same(found: dict[Any, dict[str, Any]], told: dict[Any, dict[str, Any]]) -> None:
    assert found.keys() == told.keys()
    for key, row in told.items():
        for column in [*COLUMNS, "reason"]:
            mine, theirs = found[key][column], row[column]
            if isinstance(theirs, float) or isinstance(mine, float):
                theirs = pytest.approx(theirs, abs=1e-9) if theirs is not None else None
            assert mine == theirs, (key, column, mine, row[column], row)


@pytest.mark.parametrize("pack", ["school", "he"])
@settings(max_examples=15)
@given(seeds=st.lists(st.integers(0, 10**9), min_size=1, max_size=6, unique=True))
def test_row_for_row(pack: str, seeds: list[int]) -> None:
    """On the date of each school; a failure is brought back to one school and one date."""
    tables, dates = side_by_side(seeds)
    assert_same(by_sql(tables, dates, pack), by_hand(tables, dates, pack))


@settings(max_examples=12)
@given(seed=st.integers(0, 10**9))
def test_many_dates_in_one_pass_equal_each_date_alone(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    dates = [as_of - timedelta(days=7 * week) for week in range(4)]
    for pack in ("school", "he"):
        assert_same(by_sql(tables, dates, pack), by_hand(tables, dates, pack))


@settings(max_examples=12)
@given(seed=st.integers(0, 10**9))
def test_changed_thresholds_and_windows(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    given_values = random_schools.random_thresholds(seed)
    names = {
        f"support_without_change.meaningful_change.{name}": f"{name}.meaningful_change"
        for name in LIBRARY
    }
    values = {**VALUES, **{names.get(name, name): one for name, one in given_values.items()}}
    found = by_sql(tables, [as_of], "school", values)
    assert_same(found, by_hand(tables, [as_of], "school", given_values))
