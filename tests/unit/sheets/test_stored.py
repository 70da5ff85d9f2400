from dataclasses import replace
from datetime import date
from time import perf_counter

from hypothesis import given, settings
from tests.support.made_sheets import made_sheet, school_days, sheets

from sightline.sheets import GroupFacts, Lens, NoteRow, PupilSheet, SupportRow
from sightline.sheets.register import Register
from sightline.sheets.stored import group_from, sheet_from, store_group, store_sheet
from sightline.signals.flag import Flag

DAYS = school_days(45)
FLAG = Flag("S1", "p1", DAYS[-1], "missing_work", "work", 1, 0.4, 0.3, 1.33, DAYS[0], None, "Why.")


@settings(max_examples=50)
@given(sheets(DAYS))
def test_a_sheet_comes_back_as_it_was(sheet: PupilSheet) -> None:
    register = Register(DAYS)
    assert sheet_from(store_sheet(sheet, register), register) == sheet


def test_what_is_said_and_supported_comes_back_too() -> None:
    sheet = replace(
        made_sheet(DAYS),
        signals=({"signal": "a", "value": 1.5, "window_from": DAYS[0], "window_to": None},),
        good=("Praised once.",),
        story=("Missed 1 of 2 sessions.",),
        lens=Lens(("Two of three.",), ("9x2 Mathematics",)),
        supports=(SupportRow("s", "Club", "missing_work", DAYS[0], DAYS[9], None, "T1"),),
        notes=(NoteRow("n", DAYS[3], "Pastoral", False),),
        use=((DAYS[1], 2.5),),
    )
    register = Register(DAYS)
    assert sheet_from(store_sheet(sheet, register), register) == sheet


def test_a_groups_facts_come_back_as_they_were() -> None:
    sheet = made_sheet(DAYS)
    facts = GroupFacts(
        school_id="S1",
        year_group=9,
        as_of=DAYS[-1],
        snapshot=4,
        capacity=10,
        on_roll=30,
        flags=(FLAG,),
        before=frozenset({("p1", "missing_work")}),
        cannot_tell=frozenset({"p2"}),
        good={"p1": ("Praised once.",)},
        lens={"p1": Lens(("A",), ())},
        weeks={"p1": sheet.weeks},
        shares={"sen": (3, 30)},
        groups={"sen": frozenset({"p1"})},
        days=(date(2025, 9, 1),),
        term="S1 2025 Autumn",
    )
    assert group_from(store_group(facts)) == facts


def test_a_year_of_a_pupil_is_read_in_a_few_milliseconds() -> None:
    days = school_days(190)
    register = Register(days)
    stored = store_sheet(made_sheet(days), register)
    sheet_from(stored, register)
    start = perf_counter()
    for _ in range(20):
        sheet_from(stored, register)
    assert (perf_counter() - start) / 20 < 0.02  # about 0.4 ms; the rest is for a busy machine
