import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_sheets import concern, made_sheet, marks_of, school_days, sheets

from sightline.sheets import PupilSheet, ResultRow, SupportRow
from sightline.sheets.lens import Cluster
from sightline.sheets.spans import spans_for
from sightline.sheets.story import make_story
from sightline.sheets.telling import MEASURES

DAYS = school_days(45)
UNKIND = re.compile(r"\b(just|poor|failing|bad|naughty|at.risk|target|score|case)\b", re.I)


def row(signal: str, theme: str = "attendance", strength: float = 2.0) -> Mapping[str, Any]:
    because = "The rule's own sentence."
    return {
        "signal": signal,
        "theme": theme,
        "outcome": "flag",
        "strength": strength,
        "because": because,
    }


def told(sheet: PupilSheet, *clusters: Cluster, objected: str = "") -> tuple[str, ...]:
    spans = spans_for(sheet, DAYS, DAYS[-1])
    return make_story(sheet, spans, clusters, allowed=lambda theme: theme != objected)


def test_sessions_missed_are_told_of_those_possible_and_against_the_days_before() -> None:
    marks = marks_of(DAYS, {84: "I", 85: "I", 86: "O", 88: "X", 20: "I", 21: "I"})
    sheet = made_sheet(DAYS, marks=marks, signals=(row("attendance_momentum"),))
    weekday = Cluster("absence", 1, "3 of 4 missed sessions were on Mondays.")
    assert told(sheet, weekday) == (
        "Missed 3 of 39 sessions in the last 20 school days, since Mon 6 Oct (92.3% attended).",
        "Before that, 2 of 40 (95% attended).",
        "3 of 4 missed sessions were on Mondays.",
    )


def test_concerns_are_told_with_the_hours_they_were_logged_in() -> None:
    logs = tuple(concern(DAYS[one]) for one in (10, 30, 35, 40))
    sheet = made_sheet(DAYS, behaviour=logs, signals=(row("behaviour_rate", "behaviour"),))
    where = Cluster("class", "C1", "All 3 were in 9x2 Mathematics.")
    assert told(sheet, where) == (
        "3 concerns logged in 100 hours of lessons in the last 20 school days, since Mon 6 Oct "
        "(0.8 for every 25 hours).",
        "Before that, 1 in 100 hours of lessons.",
        "All 3 were in 9x2 Mathematics.",
    )


def test_where_nothing_gathers_another_theme_comes_third() -> None:
    signals = (row("missing_work", "work", 1.0), row("disengagement", "engagement", 2.0))
    sheet = made_sheet(
        DAYS,
        signals=signals,
        work=((DAYS[30], 4, 2), (DAYS[10], 5, 0)),
        out_of_lessons=((DAYS[30], "3", "C1", "truant"),) * 3,
    )
    assert told(sheet) == (
        "Out of class for 3 lessons in 100 hours of lessons in the last 20 school days, "
        "since Mon 6 Oct.",
        "Before that, none in 100 hours of lessons.",
        "Not handed in: 2 of 4 pieces of work due in the last 20 school days, since Mon 6 Oct "
        "(50%).",
    )


def test_results_are_told_against_those_before_the_latest_day() -> None:
    results = [
        ResultRow(on, subject, "A", "gcse_9_1", value, 5.0)
        for subject in ("Art", "French")
        for on, value in ((DAYS[5], 5.0), (DAYS[40], 4.0))
    ]
    sheet = made_sheet(
        DAYS, results=tuple(results), signals=(row("progress_variance", "progress"),)
    )
    assert told(sheet)[:2] == (
        "The latest results in 2 subjects, up to Mon 27 Oct, are 1.00 steps below what was "
        "expected on average.",
        "Before that day, results in 2 subjects were as expected on average.",
    )


def test_support_past_its_review_is_counted_and_attendance_stands_beside_it() -> None:
    club = SupportRow("s", "Club", "missing_work", DAYS[0], DAYS[20], None, "T1")
    sheet = made_sheet(DAYS, supports=(club,), signals=(row("support_without_change", "support"),))
    assert told(sheet) == (
        "Past the review date: 1 of 1 support in place.",
        "Attended 40 of 40 sessions in the last 20 school days, since Mon 6 Oct (100%).",
    )


def test_a_rule_of_the_schools_own_speaks_in_its_own_words() -> None:
    sheet = made_sheet(DAYS, signals=(row("late_library_books", "library"),))
    assert told(sheet)[0] == "The rule's own sentence."


def test_with_nothing_flagged_it_says_calmly_what_is() -> None:
    sheet = made_sheet(DAYS, marks=marks_of(DAYS, {60: "I"}), behaviour=(concern(DAYS[30]),))
    assert told(sheet) == (
        "Attended 39 of 40 sessions in the last 20 school days, since Mon 6 Oct (97.5%).",
        "Before that, 40 of 40 (100%).",
        "1 concern and no praises logged in the same days.",
    )


def test_what_was_objected_to_is_left_out() -> None:
    assert told(made_sheet(DAYS), objected="attendance") == (
        "No concerns and no praises logged in the last 20 school days, since Mon 6 Oct.",
    )
    assert len(told(made_sheet(DAYS), objected="behaviour")) == 2


def test_under_seven_weeks_it_says_that_the_numbers_say_little() -> None:
    new = made_sheet(DAYS, enrolled_on=DAYS[12])  # 33 school days
    assert told(new)[-1] == "Only six weeks of data, so the numbers say little yet."
    assert "say little" not in " ".join(told(made_sheet(DAYS, enrolled_on=DAYS[10])))
    assert told(made_sheet(DAYS, enrolled_on=DAYS[42]))[-1] == (
        "Less than a week of data, so the numbers say little yet."
    )


def test_before_the_first_day_there_is_nothing_to_tell() -> None:
    assert told(made_sheet(DAYS, enrolled_on=DAYS[-1] + timedelta(3))) == (
        "There is no school day to tell of yet.",
    )


@given(sheets(DAYS), st.lists(st.sampled_from(sorted(MEASURES)), unique=True, max_size=4))
def test_every_story_is_short_kind_and_whole(sheet: PupilSheet, flagged: list[str]) -> None:
    signals = tuple(row(one, one, 1.0 + n) for n, one in enumerate(flagged))
    story = told(made_sheet(DAYS, **{**vars(sheet), "signals": signals}))
    assert len(story) <= 3
    for sentence in story:
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert not UNKIND.search(sentence)
        for count, of in re.findall(r"\b(\d+) of (\d+)\b", sentence):
            assert int(count) <= int(of)


@given(st.sets(st.integers(0, 89)))
def test_the_rate_in_the_sentence_is_the_share_in_the_sentence(missed: set[int]) -> None:
    marks = marks_of(DAYS, dict.fromkeys(missed, "I"))
    sheet = made_sheet(DAYS, marks=marks, signals=(row("attendance_momentum"),))
    found = re.match(r"Missed (\d+) of (\d+) sessions .* \((.*)% attended\)", told(sheet)[0])
    assert found
    count, of, rate = int(found[1]), int(found[2]), float(found[3])
    assert (count, of) == (sum(one >= 50 for one in missed), 40)
    assert rate == round(100 * (of - count) / of, 1)


def test_school_coming_back_about_twenty_days_ago_is_since_when() -> None:
    autumn, spring = school_days(30), school_days(18, date(2025, 10, 27))
    opened = autumn + spring
    spans = spans_for(made_sheet(opened), opened, opened[-1])
    assert spans is not None
    assert spans.words == "since school came back on Mon 27 Oct"
    assert (spans.since.days, spans.before and spans.before.days) == (18, 18)


@given(st.integers(1, 45), st.integers(0, 44))
def test_the_days_before_end_where_the_days_since_begin(count: int, joined: int) -> None:
    opened = DAYS[:count]
    sheet = made_sheet(opened, enrolled_on=DAYS[joined])
    spans = spans_for(sheet, opened, opened[-1])
    if joined >= count:
        assert spans is None
        return
    assert spans is not None
    assert spans.school_days == count - joined
    assert spans.since.days == min(20, count - joined)
    assert spans.since.first >= sheet.enrolled_on
    if spans.before:
        assert spans.before.last + timedelta(1) == spans.since.first
        assert spans.before.first >= sheet.enrolled_on
        assert 10 <= spans.before.days <= spans.since.days
