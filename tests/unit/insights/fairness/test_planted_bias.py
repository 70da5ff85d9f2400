"""A group that is flagged too readily is found; an even rule raises no alarm."""

import numpy as np
import pytest
from tests.unit.insights.fairness.made_years import made_recorded, made_year

from sightline.insights.chance import Verdict
from sightline.insights.fairness.funnel import NEVER, Funnel, funnel_of
from sightline.insights.fairness.groups import Group, groups_of, splits_of
from sightline.insights.fairness.judge import Looks, judged_all, looks_at
from sightline.insights.fairness.steps import counted, steps_of

YEARS = 16


def judged(seed: int, looks: Looks, **made: float) -> dict[tuple[str, str], Verdict]:
    facts = made_year(seed, **made)  # type: ignore[arg-type]
    return judged_all(funnel_of(facts), steps_of(funnel_of(facts)), groups_in(facts), looks)


def groups_in(facts: object) -> list[Group]:
    return groups_of(splits_of(facts.pupils))  # type: ignore[attr-defined]


def alarms(found: dict[tuple[str, str], Verdict]) -> set[str]:
    return {
        f"{step} {group} {one.kind}"
        for (step, group), one in found.items()
        if one.kind in ("higher", "lower")
    }


@pytest.mark.parametrize("looks", ["weekly", "once"])
def test_an_even_rule_is_seldom_said_to_be_uneven(looks: Looks) -> None:
    raised = sum(bool(alarms(judged(seed, looks))) for seed in range(YEARS))
    assert raised <= 3  # at most 5%: four or more of 16 would be one chance in a hundred


@pytest.mark.parametrize("looks", ["weekly", "once"])
def test_a_group_flagged_five_times_as_readily_is_found(looks: Looks) -> None:
    found = [alarms(judged(seed, looks, send_odds=5, count=500)) for seed in range(YEARS)]
    told = sum("flagged SEND higher" in one for one in found)
    assert told >= 0.8 * YEARS
    assert not any("flagged SEND lower" in one for one in found)


def test_a_small_group_cannot_be_told_whatever_its_rate() -> None:
    facts = made_year(3, count=100)
    groups = [one for one in groups_in(facts) if one.inside.sum() < 30]
    found = judged_all(funnel_of(facts), steps_of(funnel_of(facts)), groups, "weekly")
    assert {one.kind for one in found.values()} == {"cannot_tell"}


def test_verdicts_are_in_the_promised_words_and_never_say_fair() -> None:
    words = [one.words for seed in (1, 2) for one in judged(seed, "once", send_odds=5).values()]
    beyond = ("higher than the rest beyond chance", "lower than the rest beyond chance")
    starts = (*beyond, "cannot tell", "no difference larger than")
    assert all(one.startswith(starts) for one in words)
    assert not any("fair" in one for one in words)


def whole_funnel(seed: int, schools: int) -> Funnel:
    facts = made_year(seed, count=240, schools=schools)
    return funnel_of(facts, made_recorded(facts, seed))


@pytest.mark.parametrize("schools", [1, 3])
def test_weekly_looks_name_each_pupil_once_and_add_up_to_the_counts(schools: int) -> None:
    funnel = whole_funnel(5, schools)
    groups = groups_in(funnel.facts)
    for step in steps_of(funnel):
        if not step.watched or step.name == "cannot_tell":
            continue
        for group, weeks in zip(groups, looks_at(funnel, step, groups), strict=True):
            own, rest = counted(funnel, step, group)
            flat = [look for week in weeks for look in week]
            assert sum(look.named_in_group for look in flat) == own.found
            assert sum(look.named for look in flat) == own.found + rest.found
            assert all(0 <= look.named_in_group <= look.group <= look.everyone for look in flat)


def test_a_stage_holds_the_ones_after_it() -> None:
    first = whole_funnel(7, 1).first
    assert (np.diff(first, axis=1) >= 0).all()
    assert (first[:, -1] != NEVER).any()
