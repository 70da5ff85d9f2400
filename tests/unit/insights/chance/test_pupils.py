"""Resampling pupils: against another's bootstrap, and by how often it is right."""

from typing import Literal

import numpy as np
import pytest
from scipy.stats import bootstrap

from sightline.insights.chance import over_pupils, wilson


def precision(totals: np.ndarray) -> np.ndarray:
    return totals[:, 1] / totals[:, 0]


def school(rng: np.random.Generator, pupils: int) -> np.ndarray:
    """Weeks listed and, of these, followed by harm: some pupils are listed often and mostly so."""
    weeks = rng.poisson(rng.gamma(0.5, 6, pupils))
    return np.stack([weeks, rng.binomial(weeks, rng.beta(2, 1, pupils))], axis=1).astype(float)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_the_interval_is_that_of_scipy(method: str) -> None:
    sums = school(np.random.default_rng(3), 150)
    own = over_pupils(sums, precision, seed=1, draws=8000, method=method)
    theirs = bootstrap(
        (sums[:, 0], sums[:, 1]),
        lambda a, b, axis: b.sum(axis=axis) / a.sum(axis=axis),
        paired=True,
        n_resamples=8000,
        method="BCa" if method == "bca" else method,
        rng=np.random.default_rng(2),
        vectorized=True,
    ).confidence_interval
    assert (own.low, own.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_the_same_seed_gives_the_same_interval() -> None:
    sums = school(np.random.default_rng(3), 60)
    one, two = (over_pupils(sums, precision, seed=9, draws=300) for _ in range(2))
    other = over_pupils(sums, precision, seed=10, draws=300)
    assert (one.low, one.high) == (two.low, two.high)
    assert (one.low, one.high) != (other.low, other.high)


def test_weeks_of_the_same_pupils_are_not_counted_as_so_many_pupils() -> None:
    """Pupils drawn from a large school: the truth is the school's own figure."""
    rng = np.random.default_rng(4)
    everyone = school(rng, 50_000)
    truth = precision(everyone.sum(axis=0, keepdims=True))[0]
    right = {"pupils": 0, "weeks": 0}
    for _ in range(300):
        sums = everyone[rng.integers(0, len(everyone), 200)]
        found = over_pupils(sums, precision, seed=int(rng.integers(1 << 31)), draws=400)
        right["pupils"] += bool(found.low <= truth <= found.high)
        weeks, harm = sums.sum(axis=0)
        low, high = wilson(harm, weeks)
        right["weeks"] += bool(low <= truth <= high)
    assert 0.915 <= right["pupils"] / 300 <= 0.98
    assert right["weeks"] / 300 < 0.8


def test_several_figures_come_from_the_same_draws() -> None:
    sums = school(np.random.default_rng(5), 80)
    both = over_pupils(
        sums, lambda t: np.stack([t[:, 0], t[:, 1], t[:, 1] / t[:, 0]], axis=1), seed=1, draws=500
    )
    alone = over_pupils(sums, precision, seed=1, draws=500)
    assert both.value.shape == (3,)
    assert both.low[2] == pytest.approx(alone.low)
    assert (both.low <= both.value).all()
    assert (both.value <= both.high).all()


def test_a_figure_that_does_not_always_exist_has_no_interval() -> None:
    sums = np.zeros((20, 2))
    sums[0] = 1, 1  # one pupil listed once: many draws have nobody listed
    found = over_pupils(sums, precision, seed=1, draws=200)
    assert found.value == 1
    assert np.isnan(found.low)
    assert np.isnan(found.high)


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("pupils", [0, 1])
def test_one_pupil_or_none_has_no_interval(
    pupils: int, method: Literal["percentile", "bca"]
) -> None:
    sums = np.array([[4.0, 1.0]])[:pupils]
    found = over_pupils(sums, lambda t: t[:, 1] / t[:, 0], seed=1, method=method)
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()
