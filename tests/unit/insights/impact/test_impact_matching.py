"""Who is set beside whom: alike, noticed, not supported, and nobody twice for one pupil."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sightline.insights.impact import Calipers, Units, match

CALIPERS = Calipers(3.0, 5.0)


def made_units(seed: int, rows: int = 60, pupils: int = 25) -> Units:
    rng = np.random.default_rng(seed)
    after = rng.normal(15, 6, rows)
    after[rng.random(rows) < 0.1] = np.nan
    return Units(
        pupil=rng.integers(0, pupils, rows),
        cell=rng.integers(0, 3, rows),
        supported=rng.random(rows) < 0.3,
        after=after,
        flag=rng.gamma(4, 5, rows),
        earlier=rng.gamma(2, 5, rows),
        before=rng.gamma(2, 5, rows),
        value=rng.gamma(4, 5, rows),
        facts=rng.normal(size=(rows, 1)),
        fact_names=("fact",),
    )


@given(st.integers(0, 100_000))
def test_everybody_matched_has_a_partner_in_the_cell_and_within_both_calipers(seed):
    units = made_units(seed)
    rows = match(units, CALIPERS).rows
    for row in rows[units.supported[rows]]:
        beside = rows[~units.supported[rows] & (units.cell[rows] == units.cell[row])]
        near = np.abs(units.flag[beside] - units.flag[row]) <= CALIPERS.flag
        near &= np.abs(units.earlier[beside] - units.earlier[row]) <= CALIPERS.earlier
        assert near.any()


@given(st.integers(0, 100_000))
def test_the_weights_of_the_others_add_up_to_the_matched_and_nobody_is_lost(seed):
    units = made_units(seed)
    found = match(units, CALIPERS)
    own = units.supported[found.rows]
    assert np.isclose(found.weights[own].sum(), found.weights[~own].sum())
    assert own.sum() + found.unmatched == (units.told & units.supported).sum()
    assert units.told[found.rows].all()


@given(st.integers(0, 100_000))
def test_matching_does_not_hang_on_the_order_of_the_rows(seed):
    units = made_units(seed)
    order = np.random.default_rng(seed).permutation(len(units))
    one, other = match(units, CALIPERS), match(units[order], CALIPERS)
    back = dict(zip(order[other.rows].tolist(), other.weights.tolist(), strict=True))
    assert {row: round(weight, 9) for row, weight in back.items()} == {
        row: round(weight, 9)
        for row, weight in zip(one.rows.tolist(), one.weights.tolist(), strict=True)
    }


def test_a_pupil_is_never_set_beside_himself_at_another_time():
    units = made_units(1, rows=2)
    alike = Units(
        pupil=np.array([7, 7]),
        cell=np.array([0, 0]),
        supported=np.array([True, False]),
        after=units.after * 0 + 1,
        flag=np.array([20.0, 20.0]),
        earlier=np.array([10.0, 10.0]),
        before=units.before,
        value=units.value,
        facts=units.facts,
        fact_names=("fact",),
    )
    assert match(alike, CALIPERS).supported == 0
