"""The trap and the way out: a plain before and after finds help where nobody was helped."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.simulated_support import ABSENCE, absences, study

from sightline.insights.impact import FEWEST, Everyone, expected_rebound, finding, saying
from sightline.insights.impact.doubts import e_value
from sightline.insights.impact.measures import BY_MARKS, WORDS
from sightline.insights.impact.say import doubts, rebound_words, sentence

WORDS_OF_IT = WORDS[BY_MARKS]


@pytest.fixture(scope="module")
def unhelped():
    return study(np.random.default_rng(3), effect=0.0)


@pytest.fixture(scope="module")
def helped():
    return study(np.random.default_rng(3), effect=6.0)


def said(made, **changes):
    units = made.units if not changes else replace(made.units, **changes)
    return finding(units, ABSENCE, made.everyone)


def test_the_made_up_schools_are_as_the_reference_figures_say():
    seen = absences(np.random.default_rng(1), 5000, 12).absence
    now, after = seen[:, :-1].ravel(), seen[:, 1:].ravel()
    assert now.mean() == pytest.approx(8.3, abs=0.4)
    assert np.corrcoef(now, after)[0, 1] == pytest.approx(0.5, abs=0.04)
    assert (now >= 10).mean() == pytest.approx(0.30, abs=0.02)
    assert now[now >= 10].mean() == pytest.approx(21.2, abs=1.0)
    assert after[now >= 10].mean() == pytest.approx(14.8, abs=0.8)


def test_a_plain_before_and_after_claims_success_where_nobody_was_helped(unhelped):
    units = unhelped.units
    change = (units.after - units.flag)[units.supported]
    assert change.mean() + 1.96 * change.std() / np.sqrt(len(change)) < -5
    found = said(unhelped)
    assert found.estimate is not None
    assert found.estimate.straddles_none()
    assert not found.helped
    assert "compatible with no difference" in sentence(found, WORDS_OF_IT)


def test_a_true_effect_is_found_and_said(helped):
    found = said(helped)
    assert found.estimate is not None
    truth = (helped.units.after - helped.without)[helped.units.supported].mean()
    assert found.estimate.interval.low - 0.5 <= truth <= found.estimate.interval.high + 0.5
    assert found.helped
    assert "it helped" in sentence(found, WORDS_OF_IT)


def test_it_helped_is_not_said_where_it_is_one_of_many_looked_at(helped):
    assert "it helped" not in sentence(said(helped), WORDS_OF_IT, differs=False)


def test_it_helped_is_not_said_without_a_history_for_the_placebo(helped):
    found = said(helped, before=np.full(len(helped.units), np.nan))
    assert found.placebo is None
    assert not found.helped
    assert "too little history" in sentence(found, WORDS_OF_IT)


def test_what_staff_saw_and_the_data_do_not_sets_off_the_warning():
    found = said(study(np.random.default_rng(5), choosing="lasting"))
    assert found.placebo is not None
    assert not found.placebo.straddles_none()
    assert found.warns
    assert not found.helped
    assert any("Warning" in one for one in doubts(found, WORDS_OF_IT))


def test_where_a_threshold_decided_the_comparison_is_made_there():
    made = study(np.random.default_rng(11), effect=6.0, choosing="threshold")
    found = said(made)
    assert found.by == "threshold"
    assert found.threshold is not None
    assert found.threshold.rule.at == pytest.approx(15.0)
    near = made.units.supported & (made.units.flag < 17)
    truth = (made.units.after - made.without)[near].mean()
    assert found.estimate is not None
    assert truth in found.estimate.interval
    assert "threshold" in sentence(found, WORDS_OF_IT)


def test_the_placebo_outcome_is_in_none_of_the_columns_that_are_adjusted_for(unhelped):
    """A planted leak: were `before` adjusted for, this would change the estimate."""
    shuffled = np.random.default_rng(1).permutation(unhelped.units.before)
    assert said(unhelped, before=shuffled).estimate == said(unhelped).estimate


@pytest.mark.parametrize(
    ("matched", "allowed"),
    [(0, "nothing"), (9, "nothing"), (10, "words"), (29, "words"), (30, "interval"),
     (59, "interval"), (60, "estimate"), (500, "estimate")],
)  # fmt: skip
def test_what_may_be_said_goes_by_the_number_compared(matched, allowed):
    assert saying(matched) == allowed


@pytest.mark.parametrize("pupils", [6, 15, 60, 140, 400])
def test_no_figure_leaves_below_its_number(pupils):
    for seed in range(3):
        made = study(np.random.default_rng(seed), pupils=pupils)
        found, told = said(made), sentence(said(made), WORDS_OF_IT)
        if found.matched < FEWEST["words"]:
            assert (
                told
                == f"cannot tell: {found.matched} pupil{'s' * (found.matched != 1)}, need about 60"
            )
        if found.matched < FEWEST["interval"]:
            assert found.estimate is None
            assert found.placebo is None
            assert not found.balance
            assert doubts(found, WORDS_OF_IT) == []
        elif found.estimate and found.matched < FEWEST["estimate"]:
            assert "95% interval" not in told
            assert "differed by anything from" in told
        elif found.estimate:
            assert "95% interval" in told


def test_before_and_after_is_never_told_without_what_would_have_happened(unhelped):
    told = rebound_words(said(unhelped), WORDS_OF_IT)
    assert "not what the support did" in told
    assert "By arithmetic alone" in told
    assert "not supported changed by" in told


@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 1))
def test_the_rebound_is_nothing_at_the_mean_or_with_full_correlation(noticed, mean, r):
    assert expected_rebound(mean, Everyone(mean, r)) == 0
    assert expected_rebound(noticed, Everyone(mean, 1.0)) == 0
    assert abs(expected_rebound(noticed, Everyone(mean, r))) <= abs(noticed - mean) + 1e-9


@given(st.floats(0, 9), st.floats(1, 20))
def test_the_e_value_is_at_least_one_and_grows_with_the_difference(difference, spread):
    assert e_value(difference, spread) >= 1
    assert e_value(difference + 1, spread) > e_value(difference, spread)


def test_the_e_value_of_the_paper():
    """VanderWeele and Ding 2017: a risk ratio of 3.9 has an E-value of 7.26."""
    assert e_value(np.log(3.9) / 0.91, 1.0) == pytest.approx(7.26, abs=0.01)


def test_few_supported_pupils_get_the_wider_interval_of_the_bootstrap():
    found = said(study(np.random.default_rng(2), pupils=130))
    assert FEWEST["interval"] <= found.matched < 60
    assert found.estimate is not None
    assert found.estimate.interval.width > 2
    assert said(study(np.random.default_rng(2), pupils=130)) == found
