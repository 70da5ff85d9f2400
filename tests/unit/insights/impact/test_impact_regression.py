"""The regression gives statsmodels' figures, and is what leaving pupils out would say."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.insights.impact.pooling import differs, paule_mandel, pooled
from sightline.insights.impact.regression import independent, least_squares

HERE = Path(__file__).parent
COLUMNS = ("one", "treated", "flag", "earlier")


def read(name: str) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    with (HERE / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[str(int(float(row["set"])))].append(row)
    return found


def array(rows, *names: str) -> np.ndarray:
    return np.array([[float(row[name]) for name in names] for row in rows])


@pytest.mark.parametrize("number", ["0", "1", "2", "3"])
def test_weighted_fit_and_hc3_errors_are_those_of_statsmodels(number):
    rows = read("statsmodels_rows.csv")[number]
    y, weight = array(rows, "y", "weight").T
    design = np.column_stack((np.ones(len(y)), array(rows, *COLUMNS[1:])))
    fit = least_squares(design, y, weight, np.arange(len(y)))
    for at, told in enumerate(read("statsmodels_fits.csv")[number]):
        ends = fit.interval(at)
        ours = (fit.coefficients[at], fit.error(at), ends.low, ends.high)
        theirs = [float(told[name]) for name in ("value", "error", "low", "high")]
        assert ours == pytest.approx(theirs, rel=1e-6)


@given(seed=st.integers(0, 10_000), pupils=st.integers(8, 25))
def test_errors_by_pupil_are_what_leaving_each_pupil_out_does_to_the_fit(seed, pupils):
    rng = np.random.default_rng(seed)
    pupil = np.concatenate((np.arange(pupils), rng.integers(0, pupils, 10)))
    design = np.column_stack((np.ones(len(pupil)), rng.normal(size=(len(pupil), 2))))
    y, weight = rng.normal(size=len(pupil)), rng.uniform(0.3, 2, len(pupil))
    fit = least_squares(design, y, weight, pupil)
    moved = []
    for one in range(pupils):
        kept = pupil != one
        root = np.sqrt(weight[kept])
        without = np.linalg.lstsq(design[kept] * root[:, None], y[kept] * root, rcond=None)[0]
        moved.append(without - fit.coefficients)
    assert fit.covariance == pytest.approx(np.array(moved).T @ np.array(moved), rel=1e-6, abs=1e-9)


def test_a_column_that_others_make_up_is_dropped_and_the_first_ones_kept():
    one = np.ones(6)
    two = np.arange(6.0)
    kept = independent(np.column_stack((one, two, one + 2 * two, two**2, np.zeros(6))))
    assert kept.T.tolist() == [one.tolist(), two.tolist(), (two**2).tolist()]


def test_as_many_columns_as_pupils_are_refused():
    with pytest.raises(ValueError, match="columns as pupils"):
        least_squares(np.eye(3), np.ones(3), np.ones(3), np.arange(3))


@pytest.mark.parametrize("number", ["0", "1", "2"])
def test_pooling_and_false_discoveries_are_those_of_statsmodels(number):
    rows = read("statsmodels_pooled.csv")[number]
    values, errors = array(rows, "value", "error").T
    assert paule_mandel(values, errors) == pytest.approx(float(rows[0]["spread"]), rel=1e-5)
    assert differs(values, errors).tolist() == [row["differs"] == "1" for row in rows]


@given(
    st.lists(st.tuples(st.floats(-20, 20), st.floats(0.1, 5)), min_size=3, max_size=12),
)
def test_drawn_together_estimates_lie_between_their_own_and_the_extremes(pairs):
    values, errors = (np.array(column) for column in zip(*pairs, strict=True))
    for one in pooled(values, errors):
        assert one is not None
        assert values.min() - 1e-9 <= one.value <= values.max() + 1e-9
        assert one.interval.low <= one.value <= one.interval.high


def test_fewer_than_three_are_not_drawn_together():
    assert pooled([1.0, 5.0], [1.0, 1.0]) == [None, None]
