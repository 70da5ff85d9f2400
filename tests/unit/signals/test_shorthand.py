"""The short lines of examples become rows of the dictionary, or a word on what is wrong."""

from datetime import date, time
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.kit import SightlineError
from sightline.signals import read_library
from sightline.signals.examples import read_examples
from sightline.signals.shorthand import FORMS, expand

DAYS = {"school_days": "5 + 5 from 2025-09-04"}  # a Thursday


def rows(table: str, **given: Any) -> list[dict[str, Any]]:
    return expand(DAYS | given, "here")[table]


def test_school_days_are_weekdays_in_a_row() -> None:
    days = [row["date"] for row in rows("school_day")]
    assert days[0] == date(2025, 9, 4)
    assert days[-1] == date(2025, 9, 17)
    assert len(days) == 10
    assert all(day.isoweekday() <= 5 for day in days)


def test_several_lines_of_school_days_leave_a_gap() -> None:
    days = expand({"school_days": ["2 from 2025-07-17", "3 from 2025-09-04"]}, "here")["school_day"]
    assert [row["date"].month for row in days] == [7, 7, 9, 9, 9]


def test_marks_are_two_codes_a_day_and_none_is_no_row() -> None:
    marks = rows("attendance", marks={"Sam": r"4 days /\, 1 day NL | 5 days none"})
    assert len(marks) == 10
    assert [mark["code"] for mark in marks[-2:]] == ["N", "L"]
    assert [mark["session"] for mark in marks[-2:]] == ["AM", "PM"]
    assert {mark["date"] for mark in marks[-2:]} == {date(2025, 9, 10)}


def test_lessons_are_a_timetable_and_a_membership() -> None:
    given = {"lessons": {"Sam": "5 lessons of 60 minutes every day"}}
    lessons = rows("lesson", **given)
    assert len(lessons) == 25
    starts = [lesson["starts_at"] for lesson in lessons[:5]]
    assert starts == [time(9), time(10), time(11), time(13), time(14)]
    assert [lesson["session"] for lesson in lessons[:5]] == ["AM", "AM", "AM", "PM", "PM"]
    assert rows("class_member", **given)[0]["from_on"] == date(2025, 9, 4)


def test_others_are_pupils_of_their_own() -> None:
    given = {"members": {"Physics": ["Sam from 2025-09-04", "3 others from 2025-09-04"]}}
    assert {row["pupil_id"] for row in rows("pupil", **given)} == {
        "Sam",
        "Other 1",
        "Other 2",
        "Other 3",
    }
    use = rows("engagement", **given, use={"Physics": "3 others 1.5 on 2025-09-05"})
    assert [row["quantity"] for row in use] == [1.5, 1.5, 1.5]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"marks": {"Sam": r"4 days /\ | 5 days /\ "}}, "5 days in all"),
        ({"marks": {"Sam": r"5 days /\ "}}, "2 groups"),
        ({"work": {"Sam": "three missing"}}, "3 missing in Maths, due on DATE"),
        ({"behaviour": {"Sam": "concern on 2025-09-05"}}, "concern of severity 3 on DATE"),
        ({"marks": {"Sam": r"5 days /\ ", "5 days NN": None}}, "needs quotes"),
        ({"weather": {"Sam": "rain"}}, "unknown key `weather`"),
        ({"school_days": "10 days"}, "20 \\+ 20 from DATE"),
    ],
)
def test_a_line_that_cannot_be_read_is_shown_beside_one_that_can(
    given: dict[str, Any], said: str
) -> None:
    with pytest.raises(SightlineError, match=said):
        expand(DAYS | given, "here")


def test_every_row_of_every_example_has_the_columns_and_values_of_the_dictionary() -> None:
    contract = read_contract()
    for signal in read_library().values():
        for example in read_examples(signal):
            for name, found in example.tables().items():
                table = contract.table(name)
                keys = [tuple(row[key] for key in table.key) for row in found]
                assert len(set(keys)) == len(keys), (example.name, name)
                for row in found:
                    assert list(row) == [column.name for column in table.columns]
                    for column in table.columns:
                        value = row[column.name]
                        assert value is not None or not column.required, (example.name, column)
                        assert value is None or not column.allowed or value in column.allowed


def test_every_form_says_how_it_reads() -> None:
    assert all(form.reads for form in FORMS.values())
