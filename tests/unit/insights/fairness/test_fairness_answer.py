"""What leaves: rounded counts, figures that follow from them, and a reason for every gap."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.insights.fairness.made_years import made_recorded, made_year

from sightline.insights.chance import Count, share
from sightline.insights.disclosure import Released, Table, release_page
from sightline.insights.fairness import Asked, Recorded, answer_of, funnel_of
from sightline.insights.fairness.funnel import NEVER, STAGES

NEED: dict[str, Any] = {"as_of": date(2026, 3, 27), "population": "S0", "filters": {}}
COUNTS = ("found", "of", "rest_found", "rest_of")


def gate(tables: Sequence[Table]) -> Sequence[Released]:
    gate.past += (out := release_page(tables, earlier=gate.past))  # type: ignore[attr-defined]
    return out


def answer(seed: int = 1, *, people: bool = True, **asked: Any) -> dict[str, Any]:
    gate.past = []  # type: ignore[attr-defined]
    facts = made_year(seed, count=400)
    recorded = made_recorded(facts, seed) if people else None
    titles = {"attendance_momentum": "Attendance has dropped"}
    return answer_of(funnel_of(facts, recorded), Asked(**NEED, **asked), gate, titles)


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return answer()


def figures(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [stage for one in found["groups"] for stage in one["stages"]]


def test_every_count_is_rounded_to_five_and_none_is_below_ten(whole: dict[str, Any]) -> None:
    counts = [one[name] for one in figures(whole) for name in COUNTS if one[name] is not None]
    counts += [one for one in whole["all"].values() if one is not None]
    assert counts
    assert all(count % 5 == 0 for count in counts)
    assert all(one["of"] >= 10 for one in figures(whole) if one["of"] is not None)


def test_rates_and_ranges_follow_from_the_rounded_counts(whole: dict[str, Any]) -> None:
    told = [one for one in figures(whole) if one["rate"] is not None]
    assert told
    for one in told:
        ends = share(Count(one["found"], one["of"]))
        assert ends is not None
        assert one["rate"] == pytest.approx(one["found"] / one["of"], abs=1e-4)
        assert (one["low"], one["high"]) == pytest.approx((ends.low, ends.high), abs=1e-4)
        assert one["of"] >= 30


def test_a_ratio_stands_only_on_thirty_pupils_and_ten_found_or_expected(
    whole: dict[str, Any],
) -> None:
    told = [one for one in figures(whole) if one["ratio"] is not None]
    assert told
    for one in told:
        expected = one["of"] * one["rest_found"] / one["rest_of"]
        assert one["of"] >= 30
        assert max(one["found"], expected) >= 10
        assert one["ratio_low"] <= one["ratio"] <= (one["ratio_high"] or 1e9)


def test_what_is_not_shown_says_why(whole: dict[str, Any]) -> None:
    hidden = [one for one in figures(whole) if one["of"] is None]
    assert hidden
    assert all("Not shown" in one["why"] for one in hidden)
    in_words = [one for one in figures(whole) if one["of"] is not None and one["rate"] is None]
    assert all("too few" in one["why"] for one in in_words)


def test_a_share_of_a_wider_stage_says_so(whole: dict[str, Any]) -> None:
    of = {step["name"]: step["of"] for step in whole["steps"] if not step["signal"]}
    moved = [one for one in figures(whole) if one["found"] and one["base"] != of.get(one["step"])]
    assert all(one["why"] for one in moved if ":" not in one["step"])


def test_without_meetings_the_facts_stand_alone_and_the_answer_says_so() -> None:
    found = answer(people=False)
    assert not found["recorded"]
    assert list(found["all"]) == list(STAGES[:3])
    assert any("No meeting has been recorded" in note for note in found["notes"])


def test_with_meetings_improved_is_said_not_to_be_the_support_s_doing(
    whole: dict[str, Any],
) -> None:
    assert list(whole["all"]) == list(STAGES)
    assert any("does not show that the support did it" in note for note in whole["notes"])


def test_only_pairs_that_differ_are_counted_out_where_that_is_asked() -> None:
    found = answer(pairs="differing")
    pairs = [one for one in found["groups"] if len(one["by"]) == 2]
    kinds = {
        tuple(one["by"])
        for one in pairs
        if any(stage["verdict_kind"] in ("higher", "lower") for stage in one["stages"])
    }
    assert all(one["pupils"] is None for one in pairs if tuple(one["by"]) not in kinds)


def test_no_pupil_is_in_the_answer(whole: dict[str, Any]) -> None:
    assert "p00" not in json.dumps(whole)


def test_who_was_listed_counts_as_flagged_whatever_later_data_say() -> None:
    facts = made_year(2, count=50)
    at = int(np.flatnonzero(facts.flagged["attendance_momentum"] == NEVER)[0])
    row = facts.pupils[at]
    one = Recorded(row["school_id"], row["pupil_ref"], facts.dates[4], acted_on=facts.dates[5])
    funnel = funnel_of(facts, [one])
    assert funnel.first[at, :4].tolist() == [0, 0, 4, 4]
    assert not funnel.reached[at, 4:].any()  # nobody decided, so nothing was acted on


def test_what_is_dated_after_the_last_week_counts_in_it() -> None:
    facts = made_year(2, count=50)
    row = facts.pupils[0]
    late = facts.dates[-1] + timedelta(3)
    funnel = funnel_of(facts, [Recorded(row["school_id"], row["pupil_ref"], late)])
    assert funnel.first[0, 3] == len(facts.dates) - 1


def test_where_the_end_is_known_the_signals_hits_and_reach_are_told_beside_the_rate() -> None:
    facts = made_year(3, count=600)
    flagged = facts.flagged["attendance_momentum"] != NEVER
    rng = np.random.default_rng(3)
    lost = np.where(flagged, rng.random(600) < 0.5, rng.random(600) < 0.1)
    funnel = funnel_of(replace(facts, lost=lost))
    gate.past = []  # type: ignore[attr-defined]
    found = answer_of(funnel, Asked(**NEED, pairs="none", looks="once"), gate, {})
    (eal,) = (one for one in found["groups"] if one["group"] == "EAL")
    told = {stage["step"]: stage for stage in eal["stages"]}
    inside = np.array([row["eal"] for row in facts.pupils])
    for name, of in (("precision", flagged), ("reach", lost)):
        hits = int((inside & flagged & lost).sum())
        assert told[name]["found"] == pytest.approx(hits, abs=3)
        assert told[name]["of"] == pytest.approx(int((inside & of).sum()), abs=3)


def test_what_became_of_pupils_is_told_only_when_it_is_known_of_all() -> None:
    steps = [step["name"] for step in answer(people=False)["steps"]]
    assert "precision" not in steps
