from datetime import timedelta

import pytest
from tests.support.made_sheets import concern, made_sheet, school_days

from sightline.sheets import SchoolEvent
from sightline.sheets.changes import change_sentences
from sightline.sheets.figures import span_of

DAYS = school_days(60)
SPAN = span_of(DAYS, DAYS[40], DAYS[-1])
CLASSES = {"C1": ("Mathematics", "9x2 Mathematics")}
CHANGE = SchoolEvent("E1", "staffing", "Mr Smith is away", DAYS[30], None, "C1", "Mathematics", 9)


def told(event: SchoolEvent, logs: tuple[int, ...] = ()) -> tuple[str, ...]:
    sheet = made_sheet(DAYS, behaviour=tuple(concern(DAYS[one]) for one in logs))
    return change_sentences(sheet, [event], CLASSES, DAYS, SPAN)


def test_another_teacher_is_told_with_the_concerns_before_and_since_and_never_by_name() -> None:
    assert told(CHANGE, (31, 45, 59)) == (
        "A different teacher took 9x2 Mathematics from Mon 13 Oct: 3 concerns there in the "
        "30 school days since, none in as many before.",
    )


def test_before_and_since_are_equally_many_days() -> None:
    early = SchoolEvent("E", "staffing", "x", DAYS[10], None, "C1", "", None)
    assert told(early, (5, 12, 19, 20, 45)) == (
        "A different teacher took 9x2 Mathematics from Mon 15 Sep: 2 concerns there in the "
        "10 school days that followed, 1 in as many before.",
    )


def test_a_change_of_the_last_days_is_told_without_counts() -> None:
    late = SchoolEvent("E", "staffing", "x", DAYS[57], DAYS[59], "C1", "", None)
    assert told(late) == (
        "A different teacher took 9x2 Mathematics from Wed 19 Nov to Fri 21 Nov.",
    )


@pytest.mark.parametrize(
    "event",
    [
        SchoolEvent("E", "staffing", "x", DAYS[30], None, "C2", "", 9),  # a class of others
        SchoolEvent("E", "staffing", "x", DAYS[30], None, "", "", None),  # nobody's in particular
        SchoolEvent("E", "staffing", "x", DAYS[30], None, "C1", "", 8),  # another year
        SchoolEvent("E", "staffing", "x", DAYS[20], DAYS[39], "C1", "", 9),  # over by then
        SchoolEvent("E", "building", "x", DAYS[-1] + timedelta(3), None, "", "", None),  # ahead
        SchoolEvent("E", "other", "Mock examinations", DAYS[30], None, "C1", "", 9),
    ],
)
def test_what_touches_none_of_the_classes_is_not_told(event: SchoolEvent) -> None:
    assert told(event) == ()


def test_a_building_or_a_timetable_touches_all_classes() -> None:
    roof = SchoolEvent(
        "E", "building", "Roof repair near the hall", DAYS[38], DAYS[41], "", "", None
    )
    assert told(roof) == ("Roof repair near the hall from Thu 23 Oct to Tue 28 Oct.",)
    timetable = SchoolEvent("E", "timetable", "Anything", DAYS[41], None, "", "", 9)
    assert told(timetable) == ("The timetable changed from Tue 28 Oct.",)
