"""How many pupils it would take."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.insights.chance import pupils_needed, score_ratio, smallest_ratio

SIZES = list(
    csv.DictReader((Path(__file__).parent / "statsmodels_sizes.csv").read_text().splitlines())
)
BASES = st.floats(0.02, 0.4)


def test_the_numbers_are_those_of_statsmodels() -> None:
    for row in SIZES:
        base, times, rest, theirs = (float(value) for value in row.values())
        assert pupils_needed(base, times, rest) == math.ceil(theirs)


@given(BASES, st.floats(1.1, 2.0), st.floats(0.5, 20))
def test_a_larger_ratio_or_a_larger_rest_needs_fewer(
    base: float, times: float, rest: float
) -> None:
    needed = pupils_needed(base, times, rest)
    assert needed is not None
    larger, more = pupils_needed(base, times * 1.2, rest), pupils_needed(base, times, rest * 2)
    assert larger is not None
    assert more is not None
    assert larger <= needed
    assert more <= needed


@pytest.mark.parametrize(
    ("base", "times", "rest"), [(0, 2, 1), (1, 2, 1), (0.6, 2, 1), (0.2, 1, 1)]
)
def test_what_no_number_can_show_has_none(base: float, times: float, rest: float) -> None:
    assert pupils_needed(base, times, rest) is None


@given(BASES, st.integers(30, 400), st.integers(100, 2000))
def test_the_smallest_ratio_is_the_one_that_such_a_group_can_show(
    base: float, pupils: int, rest: int
) -> None:
    times = smallest_ratio(base, pupils, rest)
    if times is not None:
        needed = pupils_needed(base, times, rest / pupils)
        assert needed is not None
        assert needed <= pupils


def test_no_ratio_can_be_shown_above_nine_of_ten_by_twenty_pupils() -> None:
    assert smallest_ratio(0.9, 20, 300) is None


def test_with_the_number_needed_eight_of_ten_years_show_it() -> None:
    needed = pupils_needed(0.15, 1.5, 5.0)
    assert needed is not None
    rng = np.random.default_rng(1)
    group, rest = rng.binomial(needed, 0.225, 4000), rng.binomial(5 * needed, 0.15, 4000)
    low, _ = score_ratio(group, needed, rest, 5 * needed)
    assert 0.77 <= (low > 1).mean() <= 0.84
