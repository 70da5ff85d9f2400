"""Steps, bands and where a pupil stands: the same in Python and in the SQL of the figures."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.curated import register

from sightline.engine import Engine
from sightline.insights.tracking import band_of, gap_of, make_results, state_of
from sightline.insights.tracking.scales import BANDS, STEP, passes


@pytest.mark.parametrize(
    ("value", "band"),
    [(99, "WTS"), (99.5, "WTS"), (100, "EXS"), (109, "EXS"), (109.5, "EXS"), (110, "GDS")],
)
def test_the_expected_standard_begins_at_100_and_greater_depth_at_110(
    value: float, band: str
) -> None:
    assert band_of(value, "scaled_score") == band


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "U"), (0.3, "U"), (0.7, "1"), (4.7, "5"), (5, "5"), (5.3, "5"), (9, "9"), (9.3, "9")],
)
def test_a_plus_or_minus_counts_as_its_grade(value: float, band: str) -> None:
    assert band_of(value, "gcse_9_1") == band


def test_forty_per_cent_is_a_pass() -> None:
    assert [passes(one, "percent") for one in (39.9, 40.0, None)] == [False, True, None]
    assert passes(6, "gcse_9_1") is None


@pytest.mark.parametrize(
    ("scale", "value", "expected", "state"),
    [
        ("gcse_9_1", 5, 5, "on_course"),
        ("gcse_9_1", 6, 5, "on_course"),
        ("gcse_9_1", 4.7, 5, "just_under"),
        ("gcse_9_1", 4, 5, "below"),
        ("scaled_score", 96, 100, "just_under"),
        ("scaled_score", 95, 100, "below"),
        ("percent", 51, 60, "just_under"),
        ("percent", 50, 60, "below"),
        ("step", 3, None, "cannot_tell"),
        ("step", None, 3, "cannot_tell"),
    ],
)
def test_below_is_by_one_step_of_the_scale_or_more(
    scale: str, value: float | None, expected: float | None, state: str
) -> None:
    assert state_of(value, expected, scale) == state


def test_decimal_fractions_do_not_make_a_pupil_fall_short() -> None:
    assert state_of(0.1 + 0.2, 0.3, "step") == "on_course"
    assert state_of(1.1 - 1, 1.1, "step") == "below"


result = st.one_of(st.none(), st.integers(0, 1200).map(lambda one: one / 10))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEP)), result, result), min_size=1, max_size=30))
def test_sql_and_python_agree_on_every_result(rows: list[tuple[str, float, float]]) -> None:
    tables = {
        "school": [{"school_id": "S1", "name": "One", "phase": "secondary"}],
        "pupil": [
            {"pupil_id": f"P{at}", "school_id": "S1", "enrolled_on": date(2024, 9, 1)}
            for at in range(len(rows))
        ],
        "assessment": [
            {"result_id": f"R{at}", "pupil_id": f"P{at}", "subject": "Art", "point": "Spring",
             "date": date(2026, 2, 1), "scale": scale, "value": value, "expected": expected}
            for at, (scale, value, expected) in enumerate(rows)
        ],
    }  # fmt: skip
    with Engine(threads=1) as engine:
        register(engine, tables)
        make_results(engine, "S1", date(2026, 3, 1))
        found = {row["pupil_ref"]: row for row in engine.rows("SELECT * FROM progress_result")}
    for at, (scale, value, expected) in enumerate(rows):
        row = found[f"P{at}"]
        assert row["state"] == state_of(value, expected, scale)
        assert row["gap"] == pytest.approx(gap_of(value, expected, scale))
        assert row["band"] == (None if value is None else band_of(value, scale))
        assert bool(row["passed"]) == bool(passes(value, scale))
        assert value is None or scale == "step" or row["band"] in BANDS[scale]
