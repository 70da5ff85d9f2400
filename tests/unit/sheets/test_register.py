from datetime import date

from hypothesis import given
from tests.support.made_sheets import registers, school_days

from sightline.contract import attendance_codes
from sightline.sheets import Mark
from sightline.sheets.register import Register, code_table, letters

DAYS = school_days(12)


@given(registers(DAYS))
def test_a_register_kept_as_a_line_comes_back_mark_by_mark(marks: tuple[Mark, ...]) -> None:
    register = Register(DAYS)
    line, late = register.line(marks)
    assert len(line) == 2 * len(DAYS)
    assert register.marks(line, late) == marks


def test_every_code_has_a_letter_of_its_own_and_none_is_a_blank() -> None:
    found = letters()
    assert found.keys() == {one.code for one in attendance_codes()}
    assert len(set(found.values())) == len(found)
    assert "." not in found.values()


def test_pupils_share_their_marks() -> None:
    register = Register(DAYS)
    line = letters()["/"] + letters()["\\"]
    assert register.marks(line, {})[0] is register.marks(line, {})[0]


def test_a_session_counts_as_the_signals_count_it() -> None:
    told = {row["code"]: row for row in code_table().to_pylist()}
    assert (told["/"]["possible"], told["/"]["attended"]) == (1, 1)
    assert (told["I"]["possible"], told["I"]["attended"]) == (1, 0)
    assert (told["X"]["possible"], told["-"]["possible"]) == (0, 0)
    assert (told["U"]["late"], told["L"]["late"], told["/"]["late"]) == (1, 1, 0)


def test_a_mark_outside_the_line_is_no_mark() -> None:
    assert Register([date(2025, 9, 1)]).marks("..", {}) == ()
