from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_sheets import concern, made_sheet, marks_of, school_days, sheets

from sightline.sheets import PupilSheet
from sightline.sheets.figures import Share, span_of
from sightline.sheets.lens import (
    Around,
    absence_cluster,
    concern_clusters,
    gathers,
    lessons_of,
)
from sightline.sheets.timetable import Lesson

DAYS = school_days(20)  # four weeks
SPAN = span_of(DAYS, DAYS[0], DAYS[-1])
TUESDAYS = DAYS[1::5]
# Every day has periods 1 to 5; period 3 of Tuesdays is mathematics in M2.
LESSONS = tuple(
    Lesson(
        day, period, *(("C1", "M2") if (day.isoweekday(), period) == (2, "3") else ("C2", "E1")), 60
    )
    for day in DAYS
    for period in "12345"
)
AROUND = Around(SPAN, LESSONS, {"C1": "9x2 Mathematics", "C2": "9T English"})


def told(days: tuple[date, ...], **where: str) -> list[str]:
    sheet = made_sheet(DAYS, behaviour=tuple(concern(day, **where) for day in days))
    return [one.sentence for one in concern_clusters(sheet, AROUND)]


def test_concerns_of_one_lesson_are_told_once_by_class_with_its_room_and_once_by_weekday() -> None:
    assert told(TUESDAYS) == [
        "All 4 concerns in the last 20 school days were in 9x2 Mathematics, room M2, "
        "which had 4 of 100 hours of lessons.",
        "All 4 concerns in the last 20 school days were on Tuesdays, "
        "which had 20 of 100 hours of lessons.",
    ]


def test_under_four_concerns_nothing_is_said() -> None:
    assert told(TUESDAYS[:3]) == []


def test_where_a_pupil_spends_half_of_the_time_nothing_is_said() -> None:
    assert told(DAYS[2::5], class_id="C2", room="E1") == [
        "All 4 concerns in the last 20 school days were on Wednesdays, "
        "which had 20 of 100 hours of lessons."
    ]


def test_a_place_outside_lessons_is_named_as_such() -> None:
    assert told((DAYS[0], DAYS[1], DAYS[2], DAYS[3]), class_id="", room="Yard", period="") == [
        "All 4 concerns in the last 20 school days were in Yard, where no lesson was timetabled."
    ]


def test_the_weekday_and_period_are_told_where_the_weekday_alone_does_not_say_it() -> None:
    days = (*TUESDAYS[:3], *DAYS[8:10], TUESDAYS[0])
    periods = ("3", "3", "3", "1", "2", "5")
    sheet = made_sheet(
        DAYS,
        behaviour=tuple(
            concern(day, period=period, class_id=f"X{n}", room=f"R{n}")
            for n, (day, period) in enumerate(zip(days, periods, strict=True))
        ),
    )
    kinds = [one.kind for one in concern_clusters(sheet, AROUND)]
    assert kinds == ["weekday"]  # 4 of 6; the slot has 3 of 6, less than 60%


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 200), st.integers(0, 200))
def test_the_rule_for_small_numbers(inside: int, more: int, time: int, rest: int) -> None:
    said = gathers(inside, inside + more, Share(time, time + rest))
    everything = inside + more
    assert said == (
        everything >= 4
        and inside >= 3
        and 10 * inside >= 6 * everything
        and time + rest > 0
        and 2 * time < time + rest
    )


@given(sheets(DAYS))
def test_a_sentence_never_names_staff_and_its_counts_are_of_the_pupils_own_concerns(
    sheet: PupilSheet,
) -> None:
    concerns = [one for one in sheet.behaviour if one.kind == "concern"]
    clusters = concern_clusters(sheet, AROUND)
    assert all("T9" not in one.sentence for one in clusters)
    assert all(f"{len(concerns)} concerns" in one.sentence for one in clusters)
    assert all(3 <= len(one.events) <= len(concerns) for one in clusters)


def test_the_lessons_asked_about_are_those_with_most_of_the_logs() -> None:
    logs = [concern(TUESDAYS[0])] * 3 + [concern(DAYS[0], class_id="C2")] * 2
    assert lessons_of(made_sheet(DAYS, behaviour=tuple(logs)), SPAN) == ("C1",)
    logs += [concern(DAYS[0], class_id="C2")]
    assert lessons_of(made_sheet(DAYS, behaviour=tuple(logs)), SPAN) == ("C1", "C2")
    assert lessons_of(made_sheet(DAYS, behaviour=tuple(logs[:3])), SPAN) == ()


def test_absences_that_gather_on_a_weekday_are_told_with_its_sessions() -> None:
    mondays = {10 * week: "I" for week in range(3)} | {3: "O"}
    cluster = absence_cluster(made_sheet(DAYS, marks=marks_of(DAYS, mondays)), SPAN)
    assert cluster is not None
    assert cluster.sentence == (
        "3 of 4 missed sessions in the last 20 school days were on Mondays, "
        "which had 8 of 40 possible sessions."
    )
    spread = {0: "I", 3: "I", 14: "I", 27: "I"}
    assert absence_cluster(made_sheet(DAYS, marks=marks_of(DAYS, spread)), SPAN) is None
    assert absence_cluster(made_sheet(DAYS), SPAN) is None


def test_praise_is_no_concern() -> None:
    praise = tuple(replace(concern(day), kind="praise") for day in TUESDAYS)
    assert concern_clusters(made_sheet(DAYS, behaviour=praise), AROUND) == ()
