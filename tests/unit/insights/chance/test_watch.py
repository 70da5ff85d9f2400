"""The weekly watch: a bet that cannot be won against chance, however often one looks."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import hypergeom, nchypergeom_fisher

from sightline.insights.chance import Look, names_needed, watch
from sightline.insights.chance.watch import LOG_ODDS, averaged, e_values, weekly_logs

WEEKS = 38


@st.composite
def list_of_names(draw: st.DrawFn) -> tuple[int, int, int]:
    everyone = draw(st.integers(2, 300))
    return (
        draw(st.integers(1, min(everyone, 20))),
        draw(st.integers(0, everyone)),
        everyone,
    )


def log_ratios(k: int, named: int, group: int, everyone: int) -> np.ndarray:
    return weekly_logs([[Look(k, named, group, everyone)]], LOG_ODDS)[0]


@given(list_of_names())
def test_a_week_s_bet_is_worth_one_on_average_if_nothing_is_the_matter(
    given_list: tuple[int, int, int],
) -> None:
    named, group, everyone = given_list
    law = hypergeom(everyone, group, named)
    low, high = (int(end) for end in law.support())
    worth = sum(
        law.pmf(k) * np.exp(log_ratios(k, named, group, everyone)) for k in range(low, high + 1)
    )
    assert worth == pytest.approx(np.ones(len(LOG_ODDS)), rel=1e-8)


@given(list_of_names(), st.data())
def test_the_bet_is_the_likelihood_ratio_of_fisher_s_law(
    given_list: tuple[int, int, int], data: st.DataObject
) -> None:
    named, group, everyone = given_list
    law = hypergeom(everyone, group, named)
    k = data.draw(st.integers(*(int(end) for end in law.support())))
    theirs = [
        nchypergeom_fisher(everyone, group, named, float(np.exp(odds))).pmf(k) / law.pmf(k)
        for odds in LOG_ODDS
    ]
    assert np.exp(log_ratios(k, named, group, everyone)) == pytest.approx(theirs, rel=1e-6)


@given(arrays(float, st.integers(1, 6), elements=st.floats(0, 1000)))
def test_a_group_has_to_convince_beside_every_choice_of_others(evidence: np.ndarray) -> None:
    groups = range(len(evidence))
    for one, found in zip(groups, averaged(evidence), strict=True):
        others = [other for other in groups if other != one]
        choices = [c for size in range(len(evidence)) for c in combinations(others, size)]
        least = min(np.mean([evidence[one], *evidence[list(c)]]) for c in choices)
        assert found == pytest.approx(least, rel=1e-9, abs=1e-9)


def year(rng: np.random.Generator, members: np.ndarray, odds: np.ndarray) -> list[list[list[Look]]]:
    """38 weeks of one list for each group: about a third of pupils are named, one after another."""
    pupils = members.shape[1]
    order = list(np.argsort(rng.exponential(size=pupils) / odds))
    looks: list[list[list[Look]]] = [[] for _ in members]
    for count in rng.poisson(pupils * 0.33 / WEEKS, WEEKS):
        named, left = order[:count], members[:, order].sum(axis=1)
        for place, group in enumerate(members):
            look = Look(int(group[named].sum()), len(named), int(left[place]), len(order))
            looks[place].append([look])
        order = order[count:]
    return looks


def groups(rng: np.random.Generator, pupils: int) -> np.ndarray:
    """Four overlapping groups."""
    one, two, three = rng.random((3, pupils)) < np.array([[0.15], [0.25], [0.5]])
    return np.array([one, two, three, two & three])


def test_looking_every_week_at_every_group_alarms_in_at_most_one_year_of_twenty() -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(300):
        looks = year(rng, groups(rng, 250), np.ones(250))
        evidence = np.stack([e_values(weekly_logs(one, LOG_ODDS)) for one in looks], axis=-1)
        alarms += bool((averaged(evidence) >= 20).any())
    assert alarms / 300 <= 0.05


def test_a_group_named_twice_as_readily_is_found_and_named_higher() -> None:
    rng = np.random.default_rng(12)
    members = groups(rng, 1000)
    looks = year(rng, members, np.where(members[1], 2.5, 1.0))
    found = watch(dict(zip("abcd", looks, strict=True)))
    assert found["b"].verdict.words == "higher than the rest beyond chance"
    assert found["b"].alarm_at is not None
    assert 0 < found["b"].alarm_at < WEEKS
    assert 2.5 in found["b"].odds
    assert 1 not in found["b"].odds


def test_a_group_that_is_passed_over_is_named_lower() -> None:
    rng = np.random.default_rng(13)
    members = groups(rng, 1000)
    looks = year(rng, members, np.where(members[1], 0.3, 1.0))
    assert watch({"b": looks[1]})["b"].verdict.kind == "lower"


def test_an_alarm_stays_for_the_year() -> None:
    hot = [[Look(6, 6, 30 - 6 * week, 200 - 6 * week)] for week in range(4)]
    cold = [[Look(0, 6, 6, 176 - 6 * week)] for week in range(20)]
    after = watch({"g": [*hot, *cold]})["g"]
    assert after.alarm_at is not None
    assert after.alarm_at < 4
    assert after.verdict.kind == "higher"


def test_lists_of_one_week_multiply() -> None:
    one, two = Look(2, 5, 20, 100), Look(1, 4, 30, 90)
    together = weekly_logs([[one, two]], LOG_ODDS)
    assert together[0] == pytest.approx(weekly_logs([[one], [two]], LOG_ODDS).sum(axis=0))


def test_an_empty_week_changes_nothing() -> None:
    weeks = [[Look(2, 5, 20, 100)], [Look(0, 0, 18, 95)], []]
    evidence = e_values(weekly_logs(weeks, LOG_ODDS))
    assert evidence[0] == pytest.approx(evidence[2])


def test_the_first_week_cannot_tell_and_says_how_many_it_would_take() -> None:
    found = watch({"SEND": [[Look(1, 3, 30, 200)]]})["SEND"]
    assert found.verdict.kind == "cannot_tell"
    assert found.alarm_at is None
    assert "would need about" in found.verdict.words
    assert found.odds.low < 1 < found.odds.high


def test_nothing_watched_says_nothing() -> None:
    assert watch({}) == {}
    assert watch({"SEND": []})["SEND"].verdict.words == "cannot tell"


def test_more_than_the_group_has_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="more of a group"):
        watch({"SEND": [[Look(3, 3, 2, 100)]]})


@given(st.floats(0.05, 0.6), st.floats(1.2, 4))
def test_a_stronger_difference_needs_fewer_names(share: float, odds: float) -> None:
    assert names_needed(share, odds * 1.3) <= names_needed(share, odds)
    assert names_needed(share, odds, groups=10) >= names_needed(share, odds)


def test_the_interval_for_all_weeks_at_once_is_right_in_nineteen_years_of_twenty() -> None:
    rng, right = np.random.default_rng(14), 0
    for _ in range(120):
        members = groups(rng, 400)[:1]
        weeks = year(rng, members, np.where(members[0], 1.5, 1.0))[0]
        odds = watch({"g": weeks})["g"].odds
        right += odds.low <= 1.5 <= odds.high
        assert odds.low <= odds.high
        assert not math.isnan(odds.low)
    assert right / 120 >= 0.95
