from datetime import date

import pytest

from sightline.pipeline.register import SessionCount
from sightline.web.homes.reconcile import Theirs, compared, read_theirs, to_csv

FRIDAY = date(2026, 3, 6)
MORNING = SessionCount(FRIDAY, "AM", 100, 95, 80, 2, 3, 4, 5, 1, 1)
AFTERNOON = SessionCount(FRIDAY, "PM", 100, 98, 90, 2, 0, 0, 0, 0, 0)
OURS = {(FRIDAY, "AM"): MORNING, (FRIDAY, "PM"): AFTERNOON}


def words(possible: int, attended: int, session: str = "AM") -> tuple[str, str]:
    (found,) = compared([Theirs(FRIDAY, session, possible, attended)], OURS)
    return found.state, found.words


def test_equal_figures_are_the_same() -> None:
    assert words(95, 80) == ("same", "The same.")


def test_a_day_without_a_session_is_both_halves_together() -> None:
    assert words(193, 170, "") == ("same", "The same.")


def test_marks_not_made_explain_more_possible_sessions() -> None:
    state, told = words(98, 80)
    assert state == "explained"
    assert told == "3 more sessions possible: they count 3 marks not made yet."


def test_two_causes_together_explain_a_difference() -> None:
    state, told = words(100, 80)
    assert state == "explained"
    assert "3 marks not made yet and they count 2 sessions" in told


def test_late_arrivals_explain_more_attended_and_visits_fewer() -> None:
    assert words(95, 84)[0] == "explained"
    assert words(95, 75) == (
        "explained",
        "5 fewer attended: they leave out 5 pupils at an approved activity.",
    )


@pytest.mark.parametrize("attended", [70, 79, 92])
def test_what_no_rule_makes_up_is_not_explained(attended: int) -> None:
    state, told = words(95, attended)
    assert state == "open"
    assert told.endswith("not explained.")


def test_one_unexplained_difference_leaves_the_line_open() -> None:
    assert words(98, 70)[0] == "open"


def test_a_day_that_is_no_school_day_is_open() -> None:
    (found,) = compared([Theirs(date(2026, 3, 7), "", 1, 1)], OURS)
    assert found.state == "open"
    assert "Not a school day" in found.words


def test_a_file_is_read_with_either_date_and_written_back() -> None:
    data = b'Date,Session,Possible,Attended\n06/03/2026,am,"1,095",880\n2026-03-05,,10,9\n\n'
    found, faults = read_theirs(data)
    assert not faults
    assert found == [Theirs(date(2026, 3, 5), "", 10, 9), Theirs(FRIDAY, "AM", 1095, 880)]
    assert read_theirs(to_csv(found).encode()) == (found, [])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2026-13-01,,5,4", "the date must be written"),
        ("2026-03-06,noon,5,4", "the session must be AM, PM or empty"),
        ("2026-03-06,,5.5,4", "`possible` must be a whole number"),
        ("2026-03-06,,5,-4", "`attended` must be a whole number"),
        ("2026-03-06,,4,5", "5 attended is more than the 4 possible"),
        ("2026-03-06,,5,4\n2026-03-06,,5,4", "twice"),
        ("2026-03-06", "`possible` must be a whole number"),
    ],
)
def test_every_line_that_cannot_be_used_is_named(line: str, says: str) -> None:
    _, faults = read_theirs(f"date,session,possible,attended\n{line}\n".encode())
    (fault,) = faults
    assert fault.startswith("Line ")
    assert says in fault


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"a,b\n1,2\n", b"date,possible,attended\n"])
def test_a_file_of_another_kind_is_refused_with_a_sentence(data: bytes) -> None:
    found, faults = read_theirs(data)
    assert not found
    assert len(faults) == 1


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "1 MB" in read_theirs(b"x" * 1_000_001)[1][0]
