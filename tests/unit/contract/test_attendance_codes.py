"""The register's codes are England's since 19 August 2024, with those retired before."""

from collections import Counter
from datetime import date

from sightline.contract.codes import attendance_codes


def words(text: str) -> set[str]:
    return set(text.split())


def test_34_codes_are_in_force_and_fall_into_five_categories() -> None:
    current = [code for code in attendance_codes() if code.valid_to is None and code.code != "-"]
    assert Counter(code.category for code in current) == {
        "present": 3,
        "approved_educational_activity": 5,
        "authorised_absence": 10,
        "unauthorised_absence": 4,
        "not_possible": 12,
    }


def test_each_code_stands_in_its_category() -> None:
    found: dict[str, set[str]] = {}
    for code in attendance_codes():
        found.setdefault(code.category, set()).add(code.code)
    assert found == {
        "present": words("/ \\ L"),
        "approved_educational_activity": words("K V P W B J"),
        "authorised_absence": words("C1 M J1 S C2 C T R I E H F I01 I02"),
        "unauthorised_absence": words("G N O U"),
        "not_possible": words("D X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z # Y X01"),
        "missing": {"-"},
    }


def test_retired_codes_keep_the_dates_they_were_valid_and_name_what_replaced_them() -> None:
    codes = {code.code: code for code in attendance_codes()}
    retired = {name: code.valid_to for name, code in codes.items() if code.valid_to}
    assert retired == {
        **dict.fromkeys(["H", "J", "Y"], date(2024, 8, 18)),
        "F": date(2013, 8, 31),
        **dict.fromkeys(["I01", "I02", "X01"], date(2022, 8, 31)),
    }
    for name in retired:
        assert set(codes[name].replaced_by.split()) <= codes.keys() - retired.keys()
        assert codes[name].replaced_by


def test_codes_new_in_august_2024_say_so() -> None:
    new = {code.code for code in attendance_codes() if code.valid_from == date(2024, 8, 19)}
    assert new == words("K C1 J1 C2 Q Y1 Y2 Y3 Y4 Y5 Y6 Y7")


def test_late_is_l_before_the_register_closes_and_u_after() -> None:
    assert {code.code: code.late for code in attendance_codes() if code.late} == {
        "L": "before_registers_closed",
        "U": "after_registers_closed",
    }


def test_no_code_is_listed_twice_or_without_a_meaning() -> None:
    codes = attendance_codes()
    assert len({code.code for code in codes}) == len(codes) == 42
    assert all(code.meaning for code in codes)
