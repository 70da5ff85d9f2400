"""A group against the rest: score intervals by their definition, and against what is published."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlog1py, xlogy
from scipy.stats import binom

from sightline.insights.chance import Count, difference, ratio, score_difference, score_ratio

FIGURES = list(
    csv.DictReader((Path(__file__).parent / "statsmodels_figures.csv").read_text().splitlines())
)
Z = 1.959963984540054


@st.composite
def two(draw: st.DrawFn) -> tuple[Count, Count]:
    counts = []
    for _ in range(2):
        of = draw(st.integers(2, 500))
        counts.append(Count(draw(st.integers(0, of)), of))
    return counts[0], counts[1]


# Newcombe, R. G. (1998), Statistics in Medicine 17: 873-890, table II, method 6.
@pytest.mark.parametrize(
    ("group", "rest", "low", "high"),
    [
        (Count(56, 70), Count(48, 80), 0.0528, 0.3382),
        (Count(9, 10), Count(3, 10), 0.1700, 0.8406),
        (Count(6, 7), Count(2, 7), 0.0342, 0.8534),
        (Count(5, 56), Count(0, 29), -0.0326, 0.1933),
        (Count(0, 10), Count(0, 20), -0.1658, 0.2844),
        (Count(10, 10), Count(0, 20), 0.7156, 1.0),
    ],
)
def test_published_differences(group: Count, rest: Count, low: float, high: float) -> None:
    found = difference(group, rest)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_a_doubled_rate_in_forty_pupils_is_not_beyond_chance() -> None:
    found = ratio(Count(8, 40), Count(26, 260))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.96, 3.92), abs=5e-3)


def test_a_ratio_of_the_same_size_is_told_in_eighty_pupils_and_not_in_eight() -> None:
    """By logarithms these are 0.87 to 5.83 and 1.66 to 3.04; score intervals are a little other."""
    few, many = ratio(Count(3, 8), Count(30, 180)), ratio(Count(30, 80), Count(300, 1800))
    assert few is not None
    assert many is not None
    assert 1 in few
    assert (many.low, many.high) == pytest.approx((1.66, 3.04), abs=0.08)
    assert 2.25 in few
    assert 2.25 in many


@pytest.mark.parametrize(("of", "told"), [(20, False), (40, False), (80, False), (160, True)])
def test_how_many_pupils_it_takes_to_tell_half_as_much_again(of: int, told: bool) -> None:
    """The low ends by logarithms were 0.66, 0.83, 0.97 and 1.08 in the reference."""
    found = ratio(Count(round(0.225 * of), of), Count(150, 1000))
    assert found is not None
    assert (found.low > 1) is told


def test_ratios_are_those_of_statsmodels() -> None:
    """But where a group has all: there statsmodels stops at the edge."""
    rows = [
        [float(row[name]) for name in ("k1", "n1", "k0", "n0", "ratio_low", "ratio_high")]
        for row in FIGURES
    ]
    k1, n1, k0, n0, low, high = np.array([r for r in rows if r[0] < r[1] and 0 < r[2] < r[3]]).T
    found = score_ratio(k1, n1, k0, n0)
    assert len(k1) > 200
    assert found[0] == pytest.approx(low, rel=1e-5, abs=1e-6)
    assert found[1] == pytest.approx(high, rel=1e-5)


def score(group: Count, rest: Count, other: float, times: bool) -> float:
    """The score statistic from its definition: maximise the likelihood under the hypothesis."""

    def own(p: float) -> float:
        return min(max(p * other if times else p + other, 0.0), 1.0)

    def unlikely(p: float) -> float:
        q = own(p)
        terms = xlogy(group.found, q) + xlog1py(group.of - group.found, -q)
        return float(-(terms + xlogy(rest.found, p) + xlog1py(rest.of - rest.found, -p)))

    bounds = (0, min(1, 1 / other)) if times else (max(0, -other), min(1, 1 - other))
    p = minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
    q, total = own(p), group.of + rest.of
    factor = other if times else 1.0
    variance = q * (1 - q) / group.of + factor**2 * p * (1 - p) / rest.of
    gap = group.found / group.of - (factor * rest.found / rest.of if times else 0)
    gap -= 0 if times else rest.found / rest.of + other
    return gap / math.sqrt(variance * total / (total - 1))


@settings(max_examples=60)
@given(two())
def test_both_ends_are_where_the_score_test_just_rejects(counts: tuple[Count, Count]) -> None:
    for times, found in ((False, difference(*counts)), (True, ratio(*counts))):
        if found is None:
            continue
        for end, sign in ((found.low, 1), (found.high, -1)):
            if abs(end) < 0.999 or (times and 1e-3 < end < 1e3):
                if times and end < 1e-3:
                    continue  # nought, or next to it
                assert score(*counts, end, times) == pytest.approx(sign * Z, abs=2e-3)


@settings(max_examples=40)
@given(two())
def test_the_interval_holds_what_was_observed(counts: tuple[Count, Count]) -> None:
    group, rest = counts
    found = difference(group, rest)
    assert found is not None
    assert group.share is not None
    assert rest.share is not None
    assert found.low - 1e-9 <= group.share - rest.share <= found.high + 1e-9
    times = ratio(group, rest)
    if times is not None and rest.share:
        assert times.low - 1e-9 <= group.share / rest.share <= times.high * (1 + 1e-9)


@settings(max_examples=40)
@given(two())
def test_seen_from_the_other_side_it_is_the_same(counts: tuple[Count, Count]) -> None:
    group, rest = counts
    one, other = difference(group, rest), difference(rest, group)
    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-6)
    if group.found and rest.found:
        times, inverse = ratio(group, rest), ratio(rest, group)
        assert times is not None
        assert inverse is not None
        assert times.low == pytest.approx(1 / inverse.high, rel=1e-6)


@settings(max_examples=40)
@given(two())
def test_none_in_a_group_leaves_one_end_open(counts: tuple[Count, Count]) -> None:
    group, rest = Count(0, counts[0].of), counts[1]
    if rest.found:
        found, inverse = ratio(group, rest), ratio(rest, group)
        assert found is not None
        assert inverse is not None
        assert found.low == 0
        assert 0 < found.high < math.inf
        assert inverse.high == math.inf
    else:
        assert ratio(group, rest) is None


@settings(max_examples=40)
@given(st.integers(2, 200), st.integers(2, 200), st.data())
def test_one_more_found_in_the_group_moves_both_ends_up(
    n1: int, n0: int, data: st.DataObject
) -> None:
    k0 = data.draw(st.integers(1, n0))
    for method in (score_difference, score_ratio):
        low, high = method(np.arange(n1 + 1), n1, k0, n0)
        assert (np.diff(low) > -1e-9).all()
        assert (np.diff(high) > -1e-9).all()


def test_an_empty_group_has_no_comparison() -> None:
    assert difference(Count(0, 0), Count(3, 9)) is None
    assert ratio(Count(3, 9), Count(0, 0)) is None


@pytest.mark.parametrize("of", [10, 20, 40, 80])
@pytest.mark.parametrize("times", [1.0, 1.5, 2.0])
def test_ninety_five_of_a_hundred_intervals_are_right(of: int, times: float) -> None:
    """Exact, over every possible pair of counts; the reference measured 94.2 to 96.3%."""
    rest, base = 260, 0.10
    k1, k0 = np.meshgrid(np.arange(of + 1), np.arange(rest + 1), indexing="ij")
    chance = binom.pmf(k1, of, base * times) * binom.pmf(k0, rest, base)
    likely = chance > 1e-9
    k1, k0, chance = k1[likely], k0[likely], chance[likely]
    low, high = score_ratio(k1, of, k0, rest)
    assert 0.935 <= chance[(low <= times) & (times <= high)].sum() <= 0.975
    low, high = score_difference(k1, of, k0, rest)
    truth = base * times - base
    assert 0.935 <= chance[(low <= truth) & (truth <= high)].sum() <= 0.98
