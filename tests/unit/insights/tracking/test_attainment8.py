"""Attainment 8 by worked examples, and Progress 8 style figures or why there are none."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.insights.tracking.test_group_figures import opened

from sightline.insights import tracking
from sightline.insights.tracking import attainment_8, key_stage_4, progress_8, unrecognised
from sightline.insights.tracking.attainment8 import slots
from sightline.insights.tracking.progress8 import expected_attainment_8, leaving_year

BOTH = {"English language": 5, "English literature": 6}


def test_ten_slots_of_grade_five_are_fifty_points() -> None:
    grades = dict.fromkeys(
        ("English language", "English literature", "Mathematics", "Biology", "Chemistry",
         "French", "History", "Art", "Music"), 5
    )  # fmt: skip
    found = attainment_8(grades)
    assert (found.english, found.mathematics, found.ebacc, found.open) == (10, 10, 15, 15)
    assert (found.points, found.filled) == (50, 10)


def test_the_better_english_counts_twice_where_both_are_taken_and_the_other_may_be_open() -> None:
    found = attainment_8(BOTH)
    assert (found.english, found.open, found.filled) == (12, 5, 3)


def test_one_english_alone_counts_once() -> None:
    assert attainment_8({"English literature": 6}).points == 6
    assert attainment_8({"English language": 6}).filled == 1


def test_a_school_that_keeps_one_result_for_english_is_taken_to_enter_both() -> None:
    found = attainment_8({"English": 6})
    assert (found.english, found.open, found.filled) == (12, 0, 2)


def test_combined_science_is_two_grades() -> None:
    found = attainment_8({"Combined science": 4})
    assert (found.ebacc, found.open, found.filled) == (8, 0, 2)
    # With two better ones one of its grades stays in the third slot, the other goes to the open.
    found = attainment_8({"Science": 4, "History": 7, "French": 6})
    assert (found.ebacc, found.open) == (17, 4)


def test_fewer_than_eight_subjects_leave_slots_at_nought() -> None:
    found = attainment_8({"English": 4, "Mathematics": 3, "Science": 3.5, "Art": 6})
    assert (found.english, found.mathematics, found.ebacc, found.open) == (8, 6, 7, 6)
    assert (found.points, found.filled) == (27, 7)


def test_more_subjects_than_slots_count_the_best() -> None:
    grades = {**BOTH, "Maths": 7, "Science": 5, "History": 8, "Geography": 4, "French": 6,
              "Music": 9, "RE": 2}  # fmt: skip
    found = attainment_8(grades)
    assert found.ebacc == 8 + 6 + 5
    assert found.open == 9 + 5 + 5  # music, the other science grade, English language
    assert found.points == 12 + 14 + 19 + 19


def test_a_subject_nobody_has_given_a_slot_is_named_and_not_counted() -> None:
    grades = {"English": 5, "Tutor time": 9}
    assert attainment_8(grades).points == 10
    assert unrecognised(grades) == ["Tutor time"]


def test_every_known_subject_has_a_known_slot() -> None:
    assert set(slots().values()) == {
        "english", "english_language", "english_literature", "mathematics", "combined", "ebacc",
        "open",
    }  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(slots())), st.floats(0, 9), max_size=14))
def test_it_lies_between_nought_and_ninety_and_never_falls_with_a_better_grade(
    grades: dict[str, float],
) -> None:
    found = attainment_8(grades)
    assert 0 <= found.points <= 90 + 1e-9
    assert 0 <= found.filled <= 10
    for subject in grades:
        better = attainment_8({**grades, subject: min(grades[subject] + 1, 9)})
        assert better.points >= found.points - 1e-9


@pytest.mark.parametrize(
    ("reading", "maths", "points"),
    [(59, 59, 15.96), (82, 82, 15.96), (82, 83, 16.63), (100, 100, 35.46), (105, 104, 45.12),
     (120, 120, 82.03), (120, 121, None), (50, 50, None)],
)  # fmt: skip
def test_expected_attainment_is_that_of_the_same_key_stage_2_average(
    reading: float, maths: float, points: float | None
) -> None:
    assert expected_attainment_8(reading, maths) == points


def test_the_expected_values_leave_no_half_point_out() -> None:
    path = Path(tracking.__file__).parent / "expected_2024.csv"
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 34
    for below, above in pairwise(rows):
        assert float(above["ks2_from"]) - float(below["ks2_to"]) == 0.5
        assert float(above["attainment_8"]) > float(below["attainment_8"])


def test_the_mean_has_the_interval_of_the_national_spread() -> None:
    attained = {f"p{at}": 45.46 for at in range(100)}
    found = progress_8(attained, dict.fromkeys(attained, (100.0, 100.0)), 10, 2025)
    assert found.mean == pytest.approx(1.0)
    assert found.interval is not None
    assert found.interval.width == pytest.approx(2 * 1.96 * 1.41628 / 10)
    assert (found.pupils, found.of) == (100, 100)


@pytest.mark.parametrize(("year_group", "school_year", "left"), [(11, 2024, 2025), (11, 2025, 2026),
                                                                (10, 2024, 2026)])  # fmt: skip
def test_cohorts_without_key_stage_2_tests_have_no_progress_8(
    year_group: int, school_year: int, left: int
) -> None:
    attained = {f"p{at}": 45.0 for at in range(100)}
    found = progress_8(attained, dict.fromkeys(attained, (100.0, 100.0)), year_group, school_year)
    assert found.mean is None
    assert "no Key Stage 2 tests" in found.why
    assert str(left) in found.why
    assert leaving_year(year_group, school_year) == left - 1


def test_without_key_stage_2_results_there_is_none_either() -> None:
    attained = {f"p{at}": 45.0 for at in range(100)}
    few = {f"p{at}": (100.0, 100.0) for at in range(9)}
    assert "fewer than 10" in progress_8(attained, few, 10, 2025).why


def test_a_cohorts_figures_come_from_results_and_key_stage_2_of_before_it_joined() -> None:
    pupils = [{"pupil_id": f"P{at}", "year_group": 10} for at in range(12)]
    ks2 = [
        {"pupil_id": one["pupil_id"], "subject": subject, "point": "KS2", "scale": "scaled_score",
         "date": date(2022, 5, 12), "value": 100, "expected": None}
        for one in pupils for subject in ("Reading", "Maths")
    ]  # fmt: skip
    grades = [
        {"pupil_id": one["pupil_id"], "subject": subject, "point": "Spring",
         "date": date(2026, 2, 27), "value": value, "expected": 5}
        for one in pupils
        for subject, value in (("English", 5), ("Mathematics", 4), ("Juggling", 9))
    ]  # fmt: skip
    with opened(pupils, [*ks2, *grades]) as engine:
        (found,) = key_stage_4(engine, date(2026, 3, 9))
    assert (found.year_group, found.pupils, found.mean, found.expected) == (10, 12, 18, 20)
    assert found.progress.mean == pytest.approx((18 - 35.46) / 10)
    assert found.unrecognised == ["Juggling"]


def test_fewer_than_ten_pupils_have_no_mean() -> None:
    pupils = [{"pupil_id": f"P{at}", "year_group": 11} for at in range(9)]
    grades = [
        {"pupil_id": one["pupil_id"], "subject": "English", "point": "Spring",
         "date": date(2026, 2, 27), "value": 5, "expected": 5}
        for one in pupils
    ]  # fmt: skip
    with opened(pupils, grades) as engine:
        (found,) = key_stage_4(engine, date(2026, 3, 9))
    assert (found.mean, found.interval) == (None, None)
