"""Who is in which group: nobody dropped in silence, nobody standing alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.insights.fairness.made_pupils import pupil

from sightline.insights.fairness.groups import OTHERS, Split, groups_of, splits_of
from sightline.kit import SightlineError


def named(found: list[Split], name: str) -> Split:
    return next(one for one in found if one.attribute.name == name)


def test_send_support_and_a_plan_are_one_group_against_those_without() -> None:
    pupils = [pupil(n, sen_status="NKE"[n % 3]) for n in range(60)]
    (split,) = splits_of(pupils)
    assert split.levels == ("SEND", "no SEND")
    (group,) = groups_of([split])
    assert group.name == "SEND"
    assert group.inside.sum() == 40


def test_a_level_of_fewer_than_ten_is_counted_with_those_not_recorded() -> None:
    sexes = ["F"] * 30 + ["M"] * 30 + ["X"] * 3 + ["U"] * 12
    (split,) = splits_of([pupil(n, sex=one) for n, one in enumerate(sexes)])
    assert split.levels == ("female", "male")
    assert split.unknown.sum() == 15
    assert split.shown_levels == ("female", "male", OTHERS)
    assert "fewer than 10" in split.unknown_words


def test_fewer_than_ten_in_no_level_are_shown_with_the_largest_and_compared_with_nobody() -> None:
    sexes = ["F"] * 31 + ["M"] * 30 + ["X"] * 3
    (split,) = splits_of([pupil(n, sex=one) for n, one in enumerate(sexes)])
    assert split.few
    assert split.shown_levels == ("female", "male")
    assert np.bincount(split.shown_of).tolist() == [34, 30]
    assert all(not group.known[-3:].any() for group in groups_of([split]))


def test_of_two_levels_one_is_compared_and_of_more_all() -> None:
    pupils = [pupil(n, eal=n % 2 == 0, year_group=7 + n % 3) for n in range(90)]
    groups = groups_of(splits_of(pupils), pairs=False)
    assert [one.name for one in groups] == ["EAL", "Year 7", "Year 8", "Year 9"]


def test_pairs_are_of_two_attributes_and_take_both_sexes() -> None:
    pupils = [pupil(n, eal=n % 2 == 0, sex="FM"[n // 2 % 2]) for n in range(80)]
    pairs = [one.name for one in groups_of(splits_of(pupils)) if len(one.levels) == 2]
    assert pairs == ["EAL and female", "EAL and male"]


def test_neighbourhoods_are_set_in_three_bands() -> None:
    pupils = [pupil(n, deprivation_decile=1 + n % 10) for n in range(100)]
    split = named(splits_of(pupils), "deprivation")
    assert np.bincount(split.of).tolist() == [30, 40, 30]


def test_an_attribute_nobody_carries_is_left_out_and_an_unknown_one_is_refused() -> None:
    assert splits_of([pupil(n) for n in range(50)]) == []
    with pytest.raises(SightlineError, match="is no attribute"):
        splits_of([], ["hair"])


@given(st.lists(st.sampled_from(["low", "middle", "high", None]), min_size=1, max_size=90))
def test_everybody_is_in_one_place_of_what_is_shown(bands: list[str | None]) -> None:
    pupils = [pupil(n, prior_attainment=band) for n, band in enumerate(bands)]
    for split in splits_of(pupils):
        sizes = np.bincount(split.shown_of, minlength=len(split.shown_levels))
        assert sizes.sum() == len(pupils)
        assert (sizes >= 10).all()
