from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_sheets import concern, made_sheet, marks_of, school_days, sheets

from sightline.sheets import PupilSheet, ResultRow, figures
from sightline.sheets.measure import MEASURES, Comparison, before_and_since
from sightline.signals import read_library

DAYS = school_days(45)
START = DAYS[25]


def compared(aim: str, start: date = START, **known: object) -> Comparison:
    found = before_and_since(made_sheet(DAYS, **known), aim, start, DAYS[-1], DAYS)
    assert found is not None
    return found


def test_sessions_attended_before_and_since_over_equally_many_days() -> None:
    found = compared("attendance_momentum", marks=marks_of(DAYS, {10: "I", 11: "I", 60: "I"}))
    assert (found.days, found.before, found.since, found.better) == (20, 95.0, 97.5, True)
    assert found.words == (
        "In the 20 school days from Mon 8 Sep: 95% of 40 sessions attended. "
        "In the 20 school days from Mon 6 Oct: 97.5% of 40 sessions attended."
    )
    assert not found.too_early


@pytest.mark.parametrize(("aim", "measure"), sorted(MEASURES.items()))
def test_every_signal_with_a_level_can_be_an_aim(aim: str, measure: object) -> None:
    assert read_library()[aim].better
    assert measure
    assert set(MEASURES) == {one.name for one in read_library().values() if one.better}


@pytest.mark.parametrize(("since", "early"), [(9, True), (10, False)])
def test_under_ten_school_days_it_is_too_early_to_say(since: int, early: bool) -> None:
    found = compared("persistent_lateness", DAYS[45 - since], marks=marks_of(DAYS, {10: "L"}))
    assert found.too_early is early
    assert found.words.startswith("Too early to say: 9 school days since") is early
    assert (found.better is None) or not early


def test_a_start_in_the_first_days_has_nothing_to_be_compared_with() -> None:
    found = compared("missing_work", DAYS[5], work=((DAYS[20], 4, 1),))
    assert (found.before, found.since, found.better) == (None, 0.25, None)
    assert found.words == (
        "In the 40 school days since Mon 8 Sep: 1 of 4 pieces of work due not handed in (25%). "
        "Nothing to compare with."
    )


def test_concerns_are_set_against_the_hours_of_lessons() -> None:
    logs = tuple(concern(DAYS[one]) for one in (6, 7, 8, 30))
    found = compared("behaviour_rate", behaviour=logs)
    assert (found.before, found.since, found.better) == (1.5, 0.5, True)
    assert found.since_words == "1 concern in 100 hours of lessons (0.5 for every 25 by severity)"


def test_results_are_compared_where_there_are_some() -> None:
    results = tuple(
        ResultRow(DAYS[day], "Art", "A", "gcse_9_1", value, 5.0)
        for day, value in ((10, 4.0), (40, 5.0))
    )
    found = compared("progress_variance", results=results)
    assert (found.before, found.since, found.better) == (-1.0, 0.0, True)
    assert compared("progress_variance").since_words == "no results"


def test_another_change_close_to_the_start_makes_it_no_fair_test() -> None:
    changes = [(START - timedelta(3), "the radio aid fault"), (DAYS[-1], "the new timetable")]
    found = before_and_since(
        made_sheet(DAYS), "attendance_momentum", START, DAYS[-1], DAYS, changes
    )
    assert found is not None
    assert found.not_fair == (
        "The radio aid fault began 1 school day earlier, so this is not a fair test."
    )
    assert compared("attendance_momentum").not_fair == ""


def test_an_aim_without_a_measure_has_no_comparison() -> None:
    assert before_and_since(made_sheet(DAYS), "own_rule", START, DAYS[-1], DAYS) is None


@given(sheets(DAYS), st.sampled_from(sorted(MEASURES)), st.integers(0, 44))
def test_both_spans_are_whole_equal_and_meet_at_the_start(
    sheet: PupilSheet, aim: str, start: int
) -> None:
    found = before_and_since(sheet, aim, DAYS[start], DAYS[-1], DAYS)
    assert found is not None
    assert found.too_early == (45 - start < 10)
    assert found.since_span.last == DAYS[-1]
    assert found.since_span.first >= DAYS[start]
    if found.before_span is None:
        assert found.before is None
        return
    assert found.before_span.days == found.since_span.days >= 10
    assert found.before_span.last < DAYS[start]
    inside = [day for day in DAYS if found.before_span.holds(day)]
    assert len(inside) == found.before_span.days
    if found.better is not None and found.before is not None and found.since is not None:
        rose = found.since > found.before
        assert found.better == (rose == (read_library()[aim].better == "higher"))


@given(sheets(DAYS), st.integers(10, 35))
def test_the_figures_are_those_of_a_plain_count(sheet: PupilSheet, start: int) -> None:
    found = before_and_since(sheet, "disengagement", DAYS[start], DAYS[-1], DAYS)
    assert found is not None
    assert found.since == figures.out_of_lessons(sheet, found.since_span)
    days = {day for day in DAYS if found.since_span.holds(day)}
    assert found.since == sum(row[0] in days for row in sheet.out_of_lessons)
