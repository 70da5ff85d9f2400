"""Counts of events: the figures published for them, and their coverage by counting outcomes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from sightline.insights.chance import count_interval, rate_interval


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        (0, 0, 3.689),
        (1, 0.025, 5.572),
        (3, 0.619, 8.767),
        (5, 1.623, 11.668),
        (9, 4.115, 17.085),
        (10, 4.787, 18.391),  # Byar from here; exactly 4.795 to 18.390
        (20, 12.211, 30.890),
    ],
)
def test_known_counts(events: int, low: float, high: float) -> None:
    found = count_interval(events)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)


@given(st.integers(0, 9), st.sampled_from([0.8, 0.95, 0.998]))
def test_under_ten_it_is_the_exact_interval_by_chi_squared(events: int, level: float) -> None:
    found = count_interval(events, level)
    low = chi2.ppf((1 - level) / 2, 2 * events) / 2 if events else 0.0
    high = chi2.ppf((1 + level) / 2, 2 * events + 2) / 2
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


@given(st.integers(10, 5000))
def test_from_ten_it_is_close_to_the_exact_interval(events: int) -> None:
    found = count_interval(events)
    exactly = chi2.ppf([0.025, 0.975], [2 * events, 2 * events + 2]) / 2
    assert [found.low, found.high] == pytest.approx(exactly, rel=2e-3)


@given(st.integers(0, 400))
def test_one_event_more_moves_both_ends_up(events: int) -> None:
    one, more = count_interval(events), count_interval(events + 1)
    assert more.low > one.low
    assert more.high > one.high
    assert events in one


@pytest.mark.parametrize("expected", [0.5, 3.0, 8.0, 15.0, 60.0])
def test_ninety_five_of_a_hundred_intervals_are_right(expected: float) -> None:
    events = np.arange(200)
    right = [expected in count_interval(int(one)) for one in events]
    assert poisson.pmf(events[right], expected).sum() >= 0.945


def test_a_rate_is_by_exposure() -> None:
    found = rate_interval(5, 200.0)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((1.623 / 200, 11.668 / 200), abs=1e-5)
    assert rate_interval(0, 0) is None
    with pytest.raises(ValueError, match="no count"):
        count_interval(-1)
