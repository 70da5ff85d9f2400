"""A second engine gives the same rows: the same SQL, translated for Spark, equals DuckDB's.

What this protects is the way out: when one machine is outgrown, no rule has to be written again.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from sightline.engine import Engine
from sightline.signals import SqlEngine, Values, make_scope, read_library, run, values_of
from tests.support import curated, random_schools
from tests.support.side_by_side import side_by_side
from tests.support.spark_engine import SparkEngine, translated

pytestmark = [pytest.mark.spark, pytest.mark.slow]

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
PACKS = {
    pack: [name for name, signal in LIBRARY.items() if pack in signal.packs]
    for pack in ("school", "he")
}
# Together they give every outcome and every reason of every signal; a test below holds them to it.
SEEDS = (0, 2, 7, 12, 18, 31)
Rows = dict[tuple[str, str, date], dict[str, Any]]


def evaluated(
    engine: SqlEngine,
    tables: curated.Rows,
    dates: Sequence[date],
    names: Sequence[str],
    values: Values,
) -> Rows:
    for name, data in curated.arrow_tables(tables).items():
        engine.register(name, data)
    make_scope(engine, dates)
    run(engine, LIBRARY, names, values)
    rows = engine.rows("SELECT * FROM result")
    keyed = {(row["signal"], row["pupil_ref"], row["as_of"]): row for row in rows}
    assert len(keyed) == len(rows)
    return keyed


def on_duckdb(
    tables: curated.Rows, dates: Sequence[date], names: Sequence[str], values: Values = VALUES
) -> Rows:
    with Engine(threads=1) as engine:
        return evaluated(engine, tables, dates, names, values)


def assert_same_rows(spark: Rows, duckdb: Rows) -> None:
    assert spark.keys() == duckdb.keys()
    for key, expected in duckdb.items():
        found = spark[key]
        assert list(found) == list(expected)
        for column, value in expected.items():
            same = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
            assert found[column] == same, (key, column)
            assert type(found[column]) is type(value), (key, column)


@pytest.fixture
def spark_engine(spark: Any) -> SparkEngine:
    return SparkEngine(spark)


@pytest.mark.parametrize("pack", PACKS)
def test_both_engines_give_the_same_rows(spark_engine: SparkEngine, pack: str) -> None:
    tables, dates = side_by_side(SEEDS)
    expected = on_duckdb(tables, dates, PACKS[pack])
    assert_same_rows(evaluated(spark_engine, tables, dates, PACKS[pack], VALUES), expected)


def test_the_schools_compared_show_everything_a_signal_can_say() -> None:
    tables, dates = side_by_side(SEEDS)
    said = {
        (signal, row["reason"] or row["outcome"])
        for names in PACKS.values()
        for (signal, _, _), row in on_duckdb(tables, dates, names).items()
    }
    possible = {
        (name, word)
        for name, signal in LIBRARY.items()
        for word in ("flag", "clear", *signal.cannot_tell)
    }
    assert said == possible


def test_both_engines_agree_on_changed_thresholds(spark_engine: SparkEngine) -> None:
    changed = {
        "missing_work.key_subjects": ["Maths", "English", "Français"],
        "progress_variance.gap_steps": 0.5,
    }
    values = values_of(LIBRARY, changed, "test")
    names = ["missing_work", "progress_variance"]
    tables, as_of = random_schools.random_school(12)
    expected = on_duckdb(tables, [as_of], names, values)
    assert expected != on_duckdb(tables, [as_of], names)
    assert_same_rows(evaluated(spark_engine, tables, [as_of], names, values), expected)


def test_where_dialects_differ_the_translation_keeps_the_meaning(spark_engine: SparkEngine) -> None:
    query = (
        "SELECT isodow(DATE '2026-02-01') AS sunday, isodow(DATE '2026-02-02') AS monday,"
        " 1.0 * 2 / 3 AS share, date_diff('day', DATE '2026-02-01', DATE '2026-03-01') AS days,"
        " DATE '2026-03-01' - (14 - 1) AS before"
    )
    with Engine() as engine:
        expected = engine.rows(query)
    assert (
        spark_engine.rows(query)
        == expected
        == [{"sunday": 7, "monday": 1, "share": 2 / 3, "days": 28, "before": date(2026, 2, 16)}]
    )
    assert "CAST('1.0' AS DOUBLE)" in translated(query)
