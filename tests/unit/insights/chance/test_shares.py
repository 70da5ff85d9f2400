"""The interval of one share: against the field's own, and by counting every possible outcome."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from sightline.insights.chance import Count, clopper_pearson, share, shares, wilson

FIGURES = list(
    csv.DictReader((Path(__file__).parent / "statsmodels_figures.csv").read_text().splitlines())
)


@st.composite
def some_count(draw: st.DrawFn) -> Count:
    of = draw(st.integers(1, 2000))
    return Count(draw(st.integers(0, of)), of)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (Count(0, 5), 0.0, 0.522),  # at none and all the exact interval takes Wilson's place
        (Count(5, 5), 0.478, 1.0),
        (Count(2, 5), 0.118, 0.769),
        (Count(3, 8), 0.137, 0.694),
        (Count(30, 180), 0.119, 0.228),
        (Count(4, 30), 0.053, 0.297),
    ],
)
def test_known_shares(count: Count, low: float, high: float) -> None:
    found = share(count)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(0, 5, 0, 0.434), (2, 5, 0.118, 0.769), (5, 5, 0.566, 1), (30, 180, 0.119, 0.228)],
)
def test_known_wilson_intervals(found: int, of: int, low: float, high: float) -> None:
    assert np.array(wilson(found, of)) == pytest.approx([low, high], abs=5e-4)


@given(some_count(), st.sampled_from([0.8, 0.95, 0.99]))
def test_both_methods_are_those_of_scipy(count: Count, level: float) -> None:
    test = binomtest(count.found, count.of)
    for name, method in (("wilson", wilson), ("exact", clopper_pearson)):
        theirs = test.proportion_ci(level, method=name)
        assert np.array(method(count.found, count.of, level)) == pytest.approx(
            np.array([theirs.low, theirs.high]), abs=1e-9
        )


def test_both_methods_are_those_of_statsmodels() -> None:
    k, n = (np.array([int(row[name]) for row in FIGURES]) for name in ("k1", "n1"))
    for name, method in (("wilson", wilson), ("exact", clopper_pearson)):
        theirs = [[float(row[f"{name}_{end}"]) for row in FIGURES] for end in ("low", "high")]
        assert np.array(method(k, n)) == pytest.approx(np.array(theirs), abs=1e-7)


@given(some_count())
def test_the_interval_holds_the_share_and_stays_between_none_and_all(count: Count) -> None:
    found = share(count)
    assert found is not None
    assert 0 <= found.low <= found.high <= 1
    assert count.share in found


@given(some_count())
def test_the_exact_interval_is_taken_at_none_and_all_only(count: Count) -> None:
    found = np.array(shares(count.found, count.of))
    method = clopper_pearson if count.found in (0, count.of) else wilson
    assert found == pytest.approx(np.array(method(count.found, count.of)))


@given(some_count())
def test_those_who_are_not_found_have_the_mirrored_interval(count: Count) -> None:
    one, other = share(count), share(Count(count.of - count.found, count.of))
    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)


@given(st.integers(2, 400))
def test_one_more_found_moves_both_ends_up(of: int) -> None:
    for method in (wilson, clopper_pearson):
        low, high = method(np.arange(of + 1), of)
        assert (np.diff(low) > 0).all()
        assert (np.diff(high) > 0).all()


def covered(of: int, share: float) -> float:
    """How often the interval holds the true share: exact, over every possible count."""
    k = np.arange(of + 1)
    low, high = shares(k, of)
    return float(binom.pmf(k, of, share)[(low <= share) & (share <= high)].sum())


@pytest.mark.parametrize("of", [10, 30, 100, 400])
def test_on_average_over_true_shares_95_of_100_intervals_are_right(of: int) -> None:
    coverage = [covered(of, share) for share in np.linspace(0.02, 0.98, 97)]
    assert 0.945 <= np.mean(coverage) <= 0.97
    assert min(coverage) > 0.83  # the worst dips of Wilson's, next to none and all


def test_counts_are_said_in_words() -> None:
    assert str(Count(4, 30)) == "4 of 30"
    assert str(Count(0, 12)) == "none of 12"
    assert str(Count(12, 12)) == "all 12"
    assert str(Count(0, 0)) == "nobody"
    assert share(Count(0, 0)) is None


def test_more_cannot_be_found_than_there_are() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        Count(5, 4)
