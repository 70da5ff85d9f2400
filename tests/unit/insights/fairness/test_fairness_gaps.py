"""Where a gap may lie: within classes or between them, and whether one person writes most of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.insights.fairness.made_pupils import pupil
from tests.unit.insights.fairness.made_years import made_year

from sightline.insights.chance import Verdict
from sightline.insights.fairness import Facts, funnel_of
from sightline.insights.fairness.funnel import NEVER, Funnel
from sightline.insights.fairness.gaps import busiest_of, gap_json, gaps_of, within_strata
from sightline.insights.fairness.groups import Group, groups_of, splits_of
from sightline.insights.fairness.steps import Step, steps_of

STAFF = 12


def group(inside: Any) -> Group:
    mask = np.array(inside)
    return Group((("send", "SEND"),), mask, np.ones(len(mask), dtype=bool))


def test_the_ratio_within_strata_is_mantel_haenszel_s() -> None:
    # Two strata: 3 of 10 against 2 of 20, and 4 of 8 against 3 of 12.
    parts = ((3, 10, 0, 1), (2, 20, 0, 0), (4, 8, 1, 1), (3, 12, 1, 0))
    rows = [(at < k, inside, stratum) for k, n, stratum, inside in parts for at in range(n)]
    found, inside, strata = (np.array(column) for column in zip(*rows, strict=True))
    ends = within_strata(found, np.ones(50, dtype=bool), group(inside.astype(bool)), strata)
    ratio = (3 * 20 / 30 + 4 * 12 / 20) / (2 * 10 / 30 + 3 * 8 / 20)
    assert ends is not None
    assert np.sqrt(ends.low * ends.high) == pytest.approx(ratio)
    first = (10 * 20 * 5 - 3 * 2 * 30) / 30**2
    second = (8 * 12 * 7 - 4 * 3 * 20) / 20**2
    weight = (3 * 20 / 30 + 4 * 12 / 20) * (2 * 10 / 30 + 3 * 8 / 20)
    error = np.sqrt((first + second) / weight)
    assert np.log(ends.high / ends.low) == pytest.approx(2 * 1.959964 * error)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3)), min_size=1))
def test_it_is_told_only_where_a_stratum_holds_both(rows: list[tuple[bool, bool, int]]) -> None:
    found, inside, strata = (np.array(column) for column in zip(*rows, strict=True))
    ends = within_strata(found, np.ones(len(rows), dtype=bool), group(inside.tolist()), strata)
    if ends is not None:
        assert 0 < ends.low <= ends.high


def school(*, between: bool) -> Funnel:
    """SEND pupils flagged more: because of their two tutor groups, or in every tutor group."""
    rng = np.random.default_rng(4)
    pupils: list[dict[str, Any]] = []
    for n in range(800):
        tutors = n % 8
        send = rng.random() < (0.6 if between and tutors < 2 else 0.05 if between else 0.2)
        pupils.append(pupil(n, sen_status="K" if send else "N", registration_group=f"9{tutors}"))
    raised = [
        (one["registration_group"] in ("90", "91")) if between else one["sen_status"] == "K"
        for one in pupils
    ]
    flagged = np.where(rng.random(800) < np.where(raised, 0.6, 0.15), 1, NEVER)
    base, year = np.zeros(800, dtype=np.int64), made_year(1)
    entries = np.zeros((800, STAFF), dtype=bool)
    entries[:, 0] = flagged != NEVER
    return funnel_of(
        Facts(
            year.dates, pupils, base, base + 29, base, {"behaviour_rate": flagged}, entries=entries
        )
    )


def gap_in(funnel: Funnel) -> tuple[list[Step], list[Group], dict[tuple[str, str], Verdict]]:
    groups, steps = groups_of(splits_of(funnel.facts.pupils)), steps_of(funnel)
    return steps, groups, {("flagged:behaviour_rate", "SEND"): Verdict("higher")}


@pytest.mark.parametrize(("between", "said"), [(False, "still higher"), (True, "not told apart")])
def test_a_gap_between_classes_is_told_from_one_within_them(between: bool, said: str) -> None:
    funnel = school(between=between)
    (gap,) = gaps_of(funnel, *gap_in(funnel))
    assert gap.within.startswith(said)


def test_one_person_s_part_is_told_in_released_counts_without_a_name() -> None:
    funnel = school(between=False)
    (gap,) = gaps_of(funnel, *gap_in(funnel))
    (busiest,) = busiest_of(funnel, [gap])
    assert busiest.about.sum() == (funnel.facts.flagged["behaviour_rate"] != NEVER).sum()
    told = gap_json(gap, busiest, [40, 60, 20, 100])["by_recorder"]
    assert told.startswith("one of 12 who log wrote about 40 of the 60 flagged in the group")


def test_counts_that_are_hidden_stay_hidden() -> None:
    funnel = school(between=False)
    (gap,) = gaps_of(funnel, *gap_in(funnel))
    (busiest,) = busiest_of(funnel, [gap])
    told = gap_json(gap, busiest, [None, 60, 20, 100])["by_recorder"]
    assert told == "who wrote the entries is not shown: too few pupils"


def test_of_few_who_log_nobody_is_singled_out() -> None:
    funnel = school(between=False)
    assert funnel.facts.entries is not None
    few = replace(funnel.facts, entries=funnel.facts.entries[:, :5])
    gaps = gaps_of(funnel, *gap_in(funnel))
    assert busiest_of(funnel_of(few), gaps) == []
