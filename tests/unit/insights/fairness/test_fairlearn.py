"""Our counts and rates beside those of the field's own tool, and where we differ on purpose."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.insights.fairness.made_pupils import SEEDS, made_pupils

from sightline.insights.chance import Count
from sightline.insights.fairness.groups import Group, groups_of, splits_of
from sightline.insights.fairness.steps import set_against

NAMES = {"sen_status": "send", "eal": "eal", "prior_attainment": "prior_attainment"}
THEIRS = {
    "SEND": "K",
    "EAL": "True",
    "low prior": "low",
    "middle prior": "middle",
    "high prior": "high",
}


def stored() -> dict[tuple[int, str, str, str], float]:
    path = Path(__file__).parent / "fairlearn_figures.csv"
    with path.open(encoding="utf-8") as file:
        return {
            (int(row["seed"]), row["attribute"], row["group"], row["metric"]): float(row["value"])
            for row in csv.DictReader(file)
        }


FIGURES = stored()


def groups(seed: int) -> Iterator[tuple[str, Group]]:
    pupils, _, _ = made_pupils(seed)
    for attribute, name in NAMES.items():
        for group in groups_of(splits_of(pupils, [name]), pairs=False):
            yield attribute, group


def share(counts: tuple[Count, Count]) -> float:
    assert counts[0].share is not None
    return counts[0].share


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_and_rates_of_each_group_equal_fairlearn_s(seed: int) -> None:
    _, flagged, harmed = made_pupils(seed)
    listed, hit, all_of = flagged == 1, harmed == 1, np.ones(len(flagged), dtype=bool)
    for attribute, group in groups(seed):

        def theirs(
            metric: str, attribute: str = attribute, level: str = THEIRS[group.name]
        ) -> float:
            return FIGURES[seed, attribute, level, metric]

        rate = set_against(listed, all_of, group)
        assert rate[0].of == theirs("count")
        assert share(rate) == pytest.approx(theirs("selection_rate"), abs=1e-8)
        reach = set_against(listed & hit, hit, group)
        assert share(reach) == pytest.approx(theirs("true_positive_rate"), abs=1e-8)
        wrongly = set_against(listed & ~hit, ~hit, group)
        assert share(wrongly) == pytest.approx(theirs("false_positive_rate"), abs=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_groups_difference_and_ratio_are_demographic_parity_s(seed: int) -> None:
    _, flagged, _ = made_pupils(seed)
    for attribute, group in groups(seed):
        if attribute == "prior_attainment":
            continue
        own, rest = set_against(flagged == 1, np.ones(len(flagged), dtype=bool), group)
        assert own.share is not None
        assert rest.share is not None
        gap = FIGURES[seed, attribute, "", "demographic_parity_difference"]
        assert abs(own.share - rest.share) == pytest.approx(gap, abs=1e-8)
        # Theirs is the lesser over the greater, so never above 1: ours says which way.
        times = own.share / rest.share
        parity = FIGURES[seed, attribute, "", "demographic_parity_ratio"]
        assert min(times, 1 / times) == pytest.approx(parity, abs=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_three_groups_we_differ_on_purpose_against_the_rest_not_the_extremes(seed: int) -> None:
    _, flagged, _ = made_pupils(seed)
    extremes = FIGURES[seed, "prior_attainment", "", "demographic_parity_difference"]
    gaps = []
    for attribute, group in groups(seed):
        if attribute == "prior_attainment":
            own, rest = set_against(flagged == 1, np.ones(len(flagged), dtype=bool), group)
            gaps.append(abs((own.share or 0) - (rest.share or 0)))
    assert max(gaps) <= extremes + 1e-9
