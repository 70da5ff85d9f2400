"""Shares and gaps of groups against a plain count over random results, written another way."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import fmean, variance
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from tests.support.curated import register

from sightline.engine import Engine
from sightline.insights.chance import Count
from sightline.insights.disclosure import Figure, Released, Table
from sightline.insights.tracking import Asked, make_results, subject_figures, subjects_of
from sightline.insights.tracking.counted import Tally, kept_up, tallies
from sightline.insights.tracking.groups import folded, levels_of
from sightline.insights.tracking.results import points_of
from sightline.insights.tracking.verdicts import mean_gap_difference, verdicts

AS_OF = date(2026, 3, 9)
POINTS = (("Autumn", date(2025, 12, 5)), ("Spring", date(2026, 2, 27)))
LEVELS: dict[str, dict[Any, str]] = {
    "sex": {"F": "girls", "M": "boys", "U": "not recorded"},
    "sen_status": {"N": "no SEND", "K": "SEND", "E": "SEND", None: "not recorded"},
}


@contextmanager
def opened(
    pupils: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]], **more: Any
) -> Iterator[Engine]:
    """An engine with one secondary school of these pupils and results."""
    school = {"school_id": "S1", "name": "One", "phase": more.pop("phase", "secondary")}
    base = {"school_id": "S1", "enrolled_on": date(2024, 9, 1), "year_group": 9}
    tables = {
        "school": [school],
        "pupil": [{**base, **one} for one in pupils],
        "assessment": [
            {"result_id": f"R{at}", "subject": "Art", "scale": "gcse_9_1", **one}
            for at, one in enumerate(results)
        ],
        **more,
    }
    with Engine(threads=1) as engine:
        register(engine, tables)
        make_results(engine, "S1", AS_OF)
        yield engine


def as_it_is(tables: Sequence[Table]) -> list[Released]:
    """No gate: every true count as it is, to see what the figures make of them."""
    found = []
    for table in tables:
        plain = [at for at, one in enumerate(table.dimensions) if not one.nested]
        figures = {}
        for key in table.places():
            count = sum(
                n
                for cell, n in table.cells.items()
                if all(key[at] in ("*", cell[at]) for at in plain)
                and all(key[at] == cell[at] for at in range(len(key)) if at not in plain)
            )
            figures[key] = Figure(count, table.as_of, 10, count, count)
        found.append(Released(table, figures))
    return found


pupil = st.fixed_dictionaries(
    {
        "sex": st.sampled_from("FMU"),
        "sen_status": st.sampled_from(["N", "K", "E", None]),
        "results": st.lists(
            st.tuples(st.integers(0, 90), st.integers(20, 70)).map(
                lambda two: (two[0] / 10, two[1] / 10)
            )
            | st.just((None, 4.0))
            | st.just((4.0, None)),
            min_size=2,
            max_size=2,
        ),
    }
)


@settings(max_examples=15)
@given(st.lists(pupil, min_size=1, max_size=40))
def test_tallies_are_those_of_a_plain_count(drawn: list[dict[str, Any]]) -> None:
    pupils = [
        {"pupil_id": f"P{at}", "sex": one["sex"], "sen_status": one["sen_status"]}
        for at, one in enumerate(drawn)
    ]
    results = [
        {"pupil_id": f"P{at}", "point": name, "date": on, "value": value, "expected": expected}
        for at, one in enumerate(drawn)
        for (name, on), (value, expected) in zip(POINTS, one["results"], strict=True)
    ]
    with opened(pupils, results) as engine:
        found = tallies(engine, "Art", ("sex", "send"), "on_course")
    for place, (name, _) in enumerate(POINTS):
        mine: dict[tuple[str, str], list[float]] = {}
        for one in drawn:
            value, expected = one["results"][place]
            levels = LEVELS["sex"][one["sex"]], LEVELS["sen_status"][one["sen_status"]]
            mine.setdefault(levels, [])
            if value is not None and expected is not None:
                mine[levels].append(value - expected)
        theirs = found[name, 2025]
        assert theirs.keys() == mine.keys()
        for levels, gaps in mine.items():
            tally = theirs[levels]
            assert tally.told == len(gaps)
            assert tally.met == sum(gap >= -1e-9 for gap in gaps)
            assert tally.near == sum(gap > -1 + 1e-9 for gap in gaps)
            assert tally.gaps == pytest.approx(math.fsum(gaps))
            assert tally.squares == pytest.approx(math.fsum(gap * gap for gap in gaps))


@given(
    st.lists(st.floats(-4, 4), min_size=2, max_size=40),
    st.lists(st.floats(-4, 4), min_size=2, max_size=40),
)
def test_the_difference_of_mean_gaps_is_welchs(group: list[float], rest: list[float]) -> None:
    def tally(gaps: list[float]) -> Tally:
        return Tally(len(gaps), 0, 0, math.fsum(gaps), math.fsum(g * g for g in gaps))

    assume(min(variance(group), variance(rest)) > 0.01)
    found = mean_gap_difference(tally(group), tally(rest))
    theirs = ttest_ind(group, rest, equal_var=False).confidence_interval(0.95)
    assert found is not None
    assert found[0] == pytest.approx(fmean(group) - fmean(rest), abs=1e-9)
    assert (found[1].low, found[1].high) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


def test_a_group_under_thirty_is_never_said_to_differ() -> None:
    assert verdicts([(Count(0, 29), Count(90, 100))])[0].startswith("cannot tell")
    assert verdicts([(Count(0, 30), Count(90, 100))]) == ["lower than the rest beyond chance"]
    assert verdicts([(Count(95, 100), Count(40, 100))]) == ["higher than the rest beyond chance"]


def test_no_difference_larger_than_is_said_only_where_ten_points_are_ruled_out() -> None:
    assert verdicts([(Count(1200, 2000), Count(1200, 2000))]) == [
        "no difference larger than 4 points"
    ]
    (said,) = verdicts([(Count(60, 100), Count(1200, 2000))])
    assert said.startswith("cannot tell (would need about ")


def test_groups_looked_at_together_share_the_five_per_cent() -> None:
    one = (Count(62, 100), Count(96, 200))
    alone = verdicts([one])[0]
    assert alone == "higher than the rest beyond chance"
    assert verdicts([one] * 10)[0].startswith("cannot tell")


def made(count: int, start: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [{"pupil_id": f"P{start + at}", **more} for at in range(count)]


def results_for(
    pupils: Sequence[dict[str, Any]], value: float | None, expected: float | None, point: int = 1
) -> list[dict[str, Any]]:
    name, on = POINTS[point]
    return [
        {"pupil_id": one["pupil_id"], "point": name, "date": on, "value": value,
         "expected": expected}
        for one in pupils
    ]  # fmt: skip


def test_a_group_stands_beside_everybody_else() -> None:
    girls, boys = made(40, sex="F"), made(60, 40, sex="M")
    results = [
        *results_for(girls, 5, 5),
        *results_for(boys[:30], 6, 5),
        *results_for(boys[30:], 3, 5),
    ]
    with opened([*girls, *boys], results) as engine:
        (subject,) = subjects_of(engine)
        asked = Asked("S1", "secondary", AS_OF, None, ("sex",))
        (at,) = subject_figures(engine, subject, asked, as_it_is)
    first, second = at.groups
    assert (at.whole.met, at.whole.near, at.whole.pupils) == (70, 70, 100)
    assert (first.levels, first.met, first.pupils, first.share) == (("girls",), 40, 40, 1.0)
    assert first.difference == pytest.approx(0.5) == -second.difference  # type: ignore[operator]
    assert (first.mean_gap, first.gap_difference) == (0.0, 0.5)
    assert at.bands == {"gcse_9_1": {**dict.fromkeys("U124789", 0), "3": 30, "5": 40, "6": 30}}


def test_a_level_of_fewer_than_ten_is_counted_with_another_and_says_so() -> None:
    assert folded("sex", {"girls": 90, "boys": 95, "not recorded": 2, "another term": 3}) == {
        "girls": "girls",
        **dict.fromkeys(
            ("boys", "another term", "not recorded"), "boys or another term or not recorded"
        ),
    }
    assert folded("year", {"Year 7": 4, "Year 8": 25}) == {"Year 7": "Year 7", "Year 8": "Year 8"}


def test_an_attribute_with_one_group_left_is_not_split_by() -> None:
    pupils = [*made(40, eal=False), *made(3, 40, eal=True)]
    with opened(pupils, results_for(pupils, 5, 5)) as engine:
        (subject,) = subjects_of(engine)
        asked = Asked("S1", "secondary", AS_OF, None, ("eal",))
        (at,) = subject_figures(engine, subject, asked, as_it_is)
    assert (at.groups, at.not_split) == ([], [("eal",)])


def test_without_expected_results_only_their_spread_is_told() -> None:
    pupils = made(20)
    with opened(pupils, results_for(pupils, 5, None)) as engine:
        (subject,) = subjects_of(engine)
        (at,) = subject_figures(engine, subject, Asked("S1", "secondary", AS_OF), as_it_is)
    assert subject.measure == "none"
    assert (at.whole.pupils, at.groups) == (None, [])
    assert at.bands["gcse_9_1"]["5"] == 20


def test_a_module_of_higher_education_counts_passes_where_nothing_was_expected() -> None:
    pupils = [
        *made(30, disabled=True, year_group=None),
        *made(70, 30, disabled=False, year_group=None),
    ]
    results = [
        {**one, "scale": "percent"}
        for one in (*results_for(pupils[:20], 39, None), *results_for(pupils[20:], 40, None))
    ]
    with opened(pupils, results, phase="he") as engine:
        (subject,) = subjects_of(engine)
        asked = Asked("S1", "he", AS_OF, None, ("disabled",))
        (at,) = subject_figures(engine, subject, asked, as_it_is)
    assert subject.measure == "passing"
    assert (at.whole.met, at.whole.pupils) == (80, 100)
    assert [(one.levels[0], one.met, one.pupils) for one in at.groups] == [
        ("disability declared", 10, 30),
        ("none declared", 70, 70),
    ]
    assert at.groups[0].mean_gap is None


def test_expected_progress_is_the_change_that_was_expected_or_more() -> None:
    pupils = made(4)
    before = results_for(pupils, 3.0, 3.0, 0)
    after = [
        {**row, "value": value}
        for row, value in zip(results_for(pupils, 0, 3.5), (3.5, 3.4, 4.0, None), strict=True)
    ]
    with opened(pupils, [*before, *after]) as engine:
        point = points_of_any(engine)
        assert kept_up(engine, "Art", point) == {(): (2, 3)}


def points_of_any(engine: Engine) -> Any:
    from sightline.insights.tracking import Point

    return Point(POINTS[1][0], 2025, POINTS[1][1], 4)


def test_a_point_of_the_same_name_in_another_year_is_another_point() -> None:
    pupils = made(12)
    last_year = [
        {**row, "date": row["date"] - timedelta(days=364)} for row in results_for(pupils, 4, 4)
    ]
    with opened(pupils, [*last_year, *results_for(pupils, 5, 5)]) as engine:
        found = points_of(engine, "Art")
    assert [(one.name, one.year) for one in found] == [("Spring", 2024), ("Spring", 2025)]


def test_fewer_than_ten_results_are_no_point_yet() -> None:
    pupils = made(30)
    results = [*results_for(pupils, 4, 4, 0), *results_for(pupils[:9], 5, 5, 1)]
    with opened(pupils, results) as engine:
        assert [one.name for one in points_of(engine, "Art")] == ["Autumn"]


def test_a_result_from_before_a_pupil_joined_is_not_the_schools() -> None:
    pupils = [{"pupil_id": "P1", "enrolled_on": date(2026, 1, 5)}]
    with opened(pupils, results_for(pupils, 5, 5, 0)) as engine:
        assert engine.rows("SELECT * FROM progress_result") == []


def test_of_two_results_at_a_point_the_later_with_a_value_counts() -> None:
    pupils = made(1)
    first = results_for(pupils, 4, 5)[0]
    again = {**first, "date": first["date"] + timedelta(days=2), "value": 5}
    empty = {**first, "date": first["date"] + timedelta(days=4), "value": None}
    with opened(pupils, [first, again, empty]) as engine:
        (row,) = engine.rows("SELECT value FROM progress_result")
    assert row["value"] == 5


def test_support_known_from_elsewhere_counts_as_support_now() -> None:
    pupils = made(3)
    running = {"support_id": "X1", "pupil_id": "P0", "name": "Tutoring",
               "aim_signal": "progress_variance", "started_on": date(2026, 2, 1),
               "review_on": date(2026, 4, 1), "ended_on": None}  # fmt: skip
    over = {**running, "support_id": "X2", "pupil_id": "P1", "ended_on": date(2026, 2, 20)}
    with opened(pupils, [], support=[running, over]) as engine:
        make_results(engine, "S1", AS_OF, supported=["P2"])
        rows = engine.rows("SELECT pupil_ref, support FROM progress_pupil ORDER BY 1")
    now = [row["pupil_ref"] for row in rows if row["support"] == "support now"]
    assert now == ["P0", "P2"]


def test_year_10_comes_after_year_9() -> None:
    assert levels_of("year", {"Year 10", "Year 9", "not recorded"}) == (
        "Year 9",
        "Year 10",
        "not recorded",
    )
