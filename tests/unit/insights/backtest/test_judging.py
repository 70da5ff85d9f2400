"""What is said of a row: when it cannot be judged, which threshold is proposed, the sentence."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.insights.backtest.figures import Figures, _ends
from sightline.insights.backtest.judge import proposed, what_is_missing, years_at
from sightline.insights.backtest.outcomes.spells import begins, merged
from sightline.insights.backtest.words import in_words, span_words

ROW = Figures(
    threshold=4.0,
    weeks=39,
    listed_pupil_weeks=546,
    listed_pupils=120,
    listed_per_week=14.0,
    listed_per_week_median=14.0,
    listed_per_week_95th=20.0,
    listed_per_list=14.0,
    new_names_per_week=3.0,
    judged_pupil_weeks=500,
    judged_pupils=110,
    followed_by_outcome=321,
    precision=9 / 14,
    precision_low=7 / 14,
    precision_high=11 / 14,
    base_rate=3 / 14,
    onsets=60,
    found=30,
    recall=0.5,
    recall_low=0.4,
    recall_high=0.6,
    lead_days_median=35.0,
    lead_days_lower=14.0,
    lead_days_upper=40.0,
    already_in_harm=0,
    cannot_be_followed=46,
    already_supported=12,
)


def test_the_sentence_a_head_reads() -> None:
    assert in_words(ROW, "persistent_absence", 42) == (
        "This rule would have listed 14 pupils a week; 9 of 14 (95% interval 7 to 11) were "
        "persistently absent within six weeks against 3 at random; median warning 5 weeks."
    )


def test_those_in_it_already_are_told_apart() -> None:
    row = replace(ROW, already_in_harm=4 * 39)
    assert in_words(row, "suspension", 10, "student") == (
        "This rule would have listed 14 students a week, 4 of them suspended already; of the "
        "others, 6 of 10 (95% interval 5 to 8) were suspended within 10 days against 2 at "
        "random; median warning 5 weeks."
    )


def test_a_short_list_is_told_of_every_ten() -> None:
    row = replace(ROW, listed_per_week=2.0, lead_days_median=None, precision_low=None)
    assert in_words(row, "attendance_falls", 42) == (
        "This rule would have listed 2 pupils a week; of every 10, 6 (too few pupils for an "
        "interval) saw attendance fall another 5 points within six weeks against 2 at random; "
        "it came before none."
    )


def test_where_nobody_can_be_followed_nothing_more_is_said() -> None:
    row = replace(ROW, precision=None, base_rate=None)
    assert in_words(row, "suspension", 42).endswith(
        "nobody could be followed, so nothing more can be told."
    )


def test_a_rule_that_lists_nobody_says_so() -> None:
    row = replace(ROW, listed_pupil_weeks=0, listed_per_week=0.0, precision=None)
    assert in_words(row, "suspension", 42) == "This rule would have listed nobody."


@pytest.mark.parametrize(
    ("days", "words"), [(42, "six weeks"), (7, "one week"), (10, "10 days"), (84, "12 weeks")]
)
def test_days_in_words(days: int, words: str) -> None:
    assert span_words(days) == words


def test_enough_history_is_judged() -> None:
    assert what_is_missing(ROW, 2) == ""


@pytest.mark.parametrize(
    ("change", "years", "said"),
    [
        ({}, 1, "1 of 2 full school years"),
        ({"onsets": 29}, 2, "29 of 30 onsets"),
        ({"judged_pupil_weeks": 99}, 2, "99 of 100 listed pupil-weeks"),
        ({"judged_pupils": 39}, 2, "39 of 40 such pupils"),
    ],
)
def test_too_little_history_says_what_is_missing(
    change: dict[str, int], years: int, said: str
) -> None:
    told = what_is_missing(replace(ROW, **change), years)
    assert told.startswith("This cannot be judged from this history: it has ")
    assert said in told


def test_the_list_that_fits_and_comes_before_most_is_proposed() -> None:
    rows = [
        replace(ROW, threshold=2.0, listed_per_list=30.0, found=50),
        replace(ROW, threshold=3.0, listed_per_list=10.0, found=40),
        replace(ROW, threshold=5.0, listed_per_list=6.0, found=20),
    ]
    assert proposed(rows, 5.0, 10).threshold == 3.0
    assert proposed(rows, 5.0, 5).threshold is None


def test_of_two_that_come_before_as_many_the_smaller_change_is_proposed() -> None:
    rows = [replace(ROW, threshold=one, listed_per_list=5.0) for one in (2.0, 4.0, 7.0)]
    assert proposed(rows, 5.0, 10).threshold == 4.0


def test_a_course_from_february_to_october_is_one_year_and_a_summer_parts_two() -> None:
    course = [date(2013, 2, 4) + timedelta(days=n) for n in range(240)]
    weeks = [date(2013, 2, 8) + timedelta(days=7 * n) for n in range(30)]
    assert set(years_at(weeks, course).tolist()) == {2012}
    school = [
        day
        for start in (date(2024, 9, 2), date(2025, 9, 1))
        for day in (start + timedelta(days=n) for n in range(322))
    ]
    told = years_at([date(2024, 9, 6), date(2025, 7, 18), date(2025, 9, 5)], school)
    assert told.tolist() == [2024, 2024, 2025]


def test_at_none_and_all_the_interval_is_exact_for_so_many_pupils() -> None:
    low, high = _ends(0.0, 10, 0.0, 0.0)
    assert (low, high) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert _ends(0.5, 10, float("nan"), 0.6) == (None, None)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 9))
def test_a_spell_begins_once_until_the_state_has_been_left_for_so_long(
    state: list[bool], apart: int
) -> None:
    _, days = begins(np.array([state]), apart)
    plain = [n for n, on in enumerate(state) if on and not any(state[max(n - apart, 0) : n])]
    assert days.tolist() == plain


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 6)), max_size=12))
def test_merged_spells_cover_the_same_days_and_keep_apart(
    given_spells: list[tuple[int, int, int]],
) -> None:
    columns = np.array([(p, a, a + n) for p, a, n in given_spells], np.int64).reshape(-1, 3)
    found = merged(*columns.T)
    days = {(p, d) for p, a, n in given_spells for d in range(a, a + n + 1)}
    spells = list(zip(found.pupil.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
    assert {(p, d) for p, a, b in spells for d in range(a, b + 1)} == days
    assert all((p, b + 1) not in days and (p, a - 1) not in days for p, a, b in spells)
    assert spells == sorted(spells)
