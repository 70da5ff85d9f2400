"""Who comes into the comparison: only pupils who were noticed; before, after and cut in time."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.insights.impact.gather import (
    NOTICED_WITHIN,
    Situation,
    all_pupils,
    first_days,
    pool_rows,
    units_of,
)
from sightline.insights.impact.history import STEP, Asked, History
from sightline.insights.impact.recovery import recovered

DAYS, PUPILS = 300, 40


def made_history(seed: int, *, by_marks: bool = True, window: int = 30) -> History:
    """One school, 300 open days, a summer after day 200; attendance and flags by chance."""
    rng = np.random.default_rng(seed)
    shape = (PUPILS, DAYS + 1)
    possible = np.full(shape, 2)
    possible[:, 0] = 0
    attended = rng.binomial(possible, 0.85)
    value = np.full(shape, np.nan)
    looks = np.arange(STEP, DAYS + 1, STEP)
    flags = rng.random((PUPILS, len(looks))) < 0.15
    value[:, looks] = np.where(flags, -rng.gamma(3, 2, flags.shape), np.nan)
    level = np.full(shape, np.nan)
    level[:, looks] = rng.gamma(3, 2, flags.shape)
    day = np.arange(DAYS + 1)[None, :]
    return History(
        asked=Asked("attendance_momentum", window, by_marks, date(2026, 3, 6)),
        refs=[f"p{number}" for number in range(PUPILS)],
        school=np.zeros(PUPILS, np.int64),
        year_group=rng.integers(7, 12, PUPILS),
        disadvantaged=rng.integers(0, 2, PUPILS),
        sen=rng.integers(0, 2, PUPILS),
        attended=attended.cumsum(axis=1),
        possible=possible.cumsum(axis=1),
        level=level,
        value=value,
        stretch=(day > 200).astype(np.int64),
        term=day // 40,
        year=np.where(day > 200, 2025, 2024),
        last=np.array([DAYS]),
        terms=[f"term {number}" for number in range(8)],
        starts=[],
    )


def some_firsts(seed: int) -> dict[str, int]:
    rng = np.random.default_rng(seed + 1)
    pupils = rng.choice(PUPILS, 15, replace=False)
    return {f"p{one}": int(rng.integers(1, DAYS)) for one in pupils}


seeds, kinds = st.integers(0, 50_000), st.booleans()


@given(seeds, kinds)
def test_nobody_is_compared_who_was_not_noticed_in_the_30_school_days_before(seed, by_marks):
    history = made_history(seed, by_marks=by_marks, window=30 if by_marks else 20)
    units = units_of(history, some_firsts(seed))
    assert np.isfinite(units.value).all()
    since = units.facts[:, units.fact_names.index("days since noticed")]
    assert ((since >= 0) & (since <= NOTICED_WITHIN)).all()
    never = ~np.isfinite(history.value).any(axis=1)
    assert not np.isin(units.pupil, np.flatnonzero(never)).any()


@given(seeds, kinds)
def test_the_pool_never_holds_who_has_had_the_support_or_begins_before_its_window(seed, by_marks):
    history = made_history(seed, by_marks=by_marks)
    first = first_days(history, some_firsts(seed))
    pool = pool_rows(history, first)
    assert (first[pool.pupil] > pool.day).all()
    assert (first[pool.pupil] >= pool.day + history.asked.gap).all()
    assert not pool.supported.any()


def test_without_anybody_supported_nobody_is_compared():
    assert len(units_of(made_history(1), {})) == 0


@settings(max_examples=30)
@given(seeds)
def test_what_happens_after_a_start_changes_nothing_that_is_matched_on(seed):
    """A planted leak: marks after the last day before each start are turned round."""
    history, firsts = made_history(seed), some_firsts(seed)
    units = units_of(history, firsts)
    attended = np.diff(history.attended, axis=1, prepend=0)
    possible = np.diff(history.possible, axis=1, prepend=0)
    for ref, first in firsts.items():
        pupil = int(ref[1:])
        attended[pupil, first + 1 :] = possible[pupil, first + 1 :] - attended[pupil, first + 1 :]
    turned = units_of(replace(history, attended=attended.cumsum(axis=1)), firsts)
    own = units.supported
    for name in ("flag", "earlier", "before", "value", "cell"):
        assert np.array_equal(getattr(units, name)[own], getattr(turned, name)[own], equal_nan=True)
    pool = ~own & np.isfinite(units.after)
    assert np.array_equal(units.after[pool], turned.after[pool])  # cut short at their own start


def test_windows_are_equal_and_lie_before_and_after_the_start():
    history = made_history(1)
    flags = np.full_like(history.value, np.nan)
    flags[:, 100] = -5.0
    history = replace(history, value=flags)
    units = units_of(history, {"p3": 104})
    row = int(np.flatnonzero(units.supported)[0])

    def rate(first: int, last: int) -> float:
        attended = history.attended[3, last] - history.attended[3, first]
        return 100 * attended / (history.possible[3, last] - history.possible[3, first])

    assert units.flag[row] == pytest.approx(rate(74, 104))
    assert units.after[row] == pytest.approx(rate(104, 134))
    assert units.earlier[row] == pytest.approx(rate(14, 74))


def test_a_window_over_the_summer_is_not_measured():
    history = made_history(1)
    flags = np.full_like(history.value, np.nan)
    flags[:, 180] = -5.0
    units = units_of(replace(history, value=flags), {"p3": 181})
    assert len(units)
    assert not units.told.any()


def test_a_level_is_measured_at_looks_and_the_window_after_begins_at_the_next():
    history = made_history(1, by_marks=False, window=20)
    flags = np.full_like(history.value, np.nan)
    flags[:, 100] = -5.0
    units = units_of(replace(history, value=flags), {"p3": 104})
    row = int(np.flatnonzero(units.supported)[0])
    level = history.level[3]
    assert units.flag[row] == level[100]
    assert units.after[row] == level[130]
    assert units.earlier[row] == pytest.approx((level[80] + level[60]) / 2)


def test_a_situation_takes_only_its_flags():
    history, firsts = made_history(4), some_firsts(4)
    some = units_of(history, firsts, Situation(stage=3, low=-6.0, high=-3.0))
    assert ((some.value >= -6) & (some.value < -3)).all()
    group = some.facts[:, some.fact_names.index("year group")]
    assert ((group >= 6) & (group <= 9)).all()


def test_all_pupils_are_measured_noticed_or_not():
    everybody = all_pupils(made_history(2))
    assert everybody is not None
    assert everybody.mean == pytest.approx(85, abs=1)
    assert abs(everybody.correlation) < 0.2


def test_who_is_back_above_the_level_before_the_fall_has_recovered():
    history = made_history(3)
    attended = np.full_like(history.attended, 2)
    attended[:, 0] = 0
    attended[:, 81:101] = 1  # half of the sessions missed, by everybody
    attended[1:, 101:] = 1  # and only the first pupil comes back
    flags = np.full_like(history.value, np.nan)
    flags[:2, 100] = -50.0
    made = replace(history, attended=attended.cumsum(axis=1), value=flags)
    (found,) = recovered(made)
    assert (found.back.found, found.back.of) == (1, 2)
    assert found.term == "term 2"
