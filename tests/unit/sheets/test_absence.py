from datetime import date

from hypothesis import given
from tests.support.made_sheets import made_sheet, marks_of, registers, school_days

from sightline.sheets import Mark
from sightline.sheets.absence import absence_row, current_spell, ten_weeks_from

DAYS = school_days(60)


def spell(codes: dict[int, str]) -> list[date]:
    return [one.on for one in current_spell(marks_of(DAYS[:4], codes))]


def test_a_spell_is_the_sessions_missed_up_to_the_latest_one() -> None:
    assert spell({5: "I", 6: "I", 7: "N"}) == [DAYS[2], DAYS[3], DAYS[3]]


def test_a_session_attended_ends_a_spell_and_so_does_coming_after_the_register_closed() -> None:
    assert spell({6: "I"}) == []
    assert spell({4: "I", 5: "U", 6: "I", 7: "I"}) == [DAYS[3], DAYS[3]]


def test_a_session_that_could_not_be_attended_or_has_no_mark_neither_adds_nor_ends() -> None:
    assert spell({3: "I", 4: "X", 5: "-", 6: "I", 7: "I"}) == [DAYS[1], DAYS[3], DAYS[3]]


@given(registers(DAYS[:8]))
def test_a_spell_holds_absences_alone_and_nothing_after_it_was_attended(
    marks: tuple[Mark, ...],
) -> None:
    found = current_spell(marks)
    assert all("absence" in one.category and not one.late for one in found)
    after = marks[marks.index(found[0]) :] if found else ()
    assert not any(one.category == "present" for one in after)


def test_a_row_counts_the_year_and_unauthorised_sessions_since_a_day() -> None:
    sheet = made_sheet(DAYS, marks=marks_of(DAYS, {0: "O", 1: "X", 118: "O", 119: "N"}))
    row = absence_row(sheet, DAYS[-1], DAYS[10])
    assert (row.possible, row.attended, row.unauthorised) == (119, 116, 2)
    assert (row.spell, row.spell_from) == (2, DAYS[-1])
    assert row.unexplained == ("PM",)


def test_a_reason_is_only_missing_for_the_latest_day() -> None:
    sheet = made_sheet(DAYS, marks=marks_of(DAYS[:-1], {116: "N", 117: "-"}))
    assert absence_row(sheet, DAYS[-1], None).unexplained == ()
    assert absence_row(sheet, DAYS[-2], None).unexplained == ("AM", "PM")
    sheet = made_sheet(DAYS, marks=marks_of(DAYS, {118: "-", 119: "N"}))
    assert absence_row(sheet, DAYS[-1], None).unexplained == ("AM", "PM")


def test_ten_school_weeks_skip_weeks_without_a_day() -> None:
    assert ten_weeks_from(DAYS) == DAYS[10]
    with_holiday = DAYS[:25] + DAYS[35:]
    assert ten_weeks_from(with_holiday) == DAYS[0]
    assert ten_weeks_from(()) is None
