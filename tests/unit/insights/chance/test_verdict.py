"""What is said of a group, and what is never said."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.insights.chance import Count, Interval, Verdict, compare, compare_all, how_to_say
from sightline.insights.chance.verdict import Kind, about, judged


@pytest.mark.parametrize(
    ("group", "rest", "words"),
    [
        (Count(30, 80), Count(300, 1800), "higher than the rest beyond chance"),
        (Count(10, 200), Count(300, 1800), "lower than the rest beyond chance"),
        (Count(0, 100), Count(300, 1000), "lower than the rest beyond chance"),
        (Count(400, 2000), Count(800, 4000), "no difference larger than 1.2 times"),
        (Count(8, 40), Count(26, 260), "cannot tell (would need about 330 pupils)"),
        (Count(3, 20), Count(300, 1800), "cannot tell (would need about 180 pupils)"),
    ],
)
def test_the_four_things_that_are_said(group: Count, rest: Count, words: str) -> None:
    assert compare(group, rest).words == words


@pytest.mark.parametrize("pupils", [0, 9, 20, 29])
def test_a_small_group_is_never_told_apart(pupils: int) -> None:
    for found in range(pupils + 1):
        assert compare(Count(found, pupils), Count(200, 2000)).kind == "cannot_tell"


def test_a_group_of_twenty_is_told_how_many_it_would_take() -> None:
    assert "would need about" in compare(Count(3, 20), Count(30, 200)).words


@settings(max_examples=40)
@given(st.integers(30, 900), st.integers(100, 2000), st.data())
def test_the_word_is_never_used(pupils: int, others: int, data: st.DataObject) -> None:
    group = Count(data.draw(st.integers(0, pupils)), pupils)
    rest = Count(data.draw(st.integers(0, others)), others)
    verdict = compare(group, rest, groups=data.draw(st.integers(1, 20)))
    assert "fair" not in verdict.words
    assert verdict.kind in get_args(Kind)


@settings(max_examples=40)
@given(st.integers(30, 900), st.integers(100, 2000), st.data())
def test_more_groups_looked_at_never_make_a_difference_surer(
    pupils: int, others: int, data: st.DataObject
) -> None:
    group = Count(data.draw(st.integers(0, pupils)), pupils)
    rest = Count(data.draw(st.integers(0, others)), others)
    if compare(group, rest, groups=12).kind in ("higher", "lower"):
        assert compare(group, rest).kind == compare(group, rest, groups=12).kind


@given(st.floats(0.05, 1), st.floats(1, 20))
def test_no_more_is_ruled_out_than_the_interval_rules_out(low: float, high: float) -> None:
    verdict = judged(Interval(low, high), 1.5, 500, 400)
    if verdict.kind == "no_larger":
        assert verdict.larger_than is not None
        assert high <= verdict.larger_than <= 1.5
        assert 1 / low <= verdict.larger_than


def test_many_groups_at_once_are_each_judged_as_one_of_many() -> None:
    pairs = [(Count(found, 80), Count(300, 1800)) for found in range(0, 80, 3)]
    pairs += [(Count(0, 0), Count(3, 9)), (Count(3, 9), Count(0, 0))]
    assert compare_all(pairs) == [compare(*pair, groups=len(pairs)) for pair in pairs]
    assert compare_all([]) == []


def test_who_has_enough_already_is_told_a_larger_number() -> None:
    verdict = judged(Interval(0.8, 1.9), 1.5, 500, 400)
    assert verdict.kind == "cannot_tell"
    assert verdict.needed is not None
    assert verdict.needed > 500


def test_how_much_may_be_said_depends_on_the_size() -> None:
    rest = Count(300, 1800)
    assert how_to_say(Count(5, 9), rest) == "merge"
    assert how_to_say(Count(5, 29), rest) == "words"
    assert how_to_say(Count(5, 40), rest) == "words"
    assert how_to_say(Count(10, 40), rest) == "ratio"
    assert how_to_say(Count(0, 60), rest) == "ratio"  # ten were to be expected


@pytest.mark.parametrize(
    ("pupils", "said"), [(0, None), (7, 7), (137, 140), (140, 140), (5333, 5400)]
)
def test_numbers_needed_are_said_to_two_digits(pupils: int, said: int | None) -> None:
    assert about(pupils) == said


def test_without_a_number_nothing_is_promised() -> None:
    assert Verdict("cannot_tell").words == "cannot tell"
