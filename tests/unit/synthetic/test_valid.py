"""Everything written is accepted by a strict reading of the dictionary."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from tests.support import plain_contract
from tests.unit.synthetic.conftest import Read

from sightline import synthetic
from sightline.synthetic.columns import COLUMNS
from sightline.synthetic.upn import upn

DATED = {
    "attendance": "date", "lesson_mark": "date", "behaviour": "date", "assessment": "date",
    "work": "due_on", "engagement": "date", "support": "started_on", "note": "date",
    "school_event": "from_on", "class_member": "from_on", "lesson": "from_on",
    "pupil": "enrolled_on",
}  # fmt: skip
# What a made-up school has no file for: staff leave by not being in it, and the rest is of
# universities' data.
UNSAID = {
    "staff": ("left_on",),
    "pupil": ("age_band", "deprivation_decile", "disabled", "final_result"),
}


@pytest.mark.parametrize("name", ["secondary", "primary", "cut"])
def test_a_strict_loader_accepts_every_row(small: dict[str, Path], name: str) -> None:
    store = plain_contract.Store()
    account = plain_contract.load(
        store,
        small[name],
        load_day=date(2026, 3, 6) if name == "cut" else date(2026, 7, 31),
        recorded_at=datetime(2026, 7, 31, tzinfo=UTC),
    )
    assert account.quarantined == []
    assert account.messages == {}
    assert len(account.tables) == 17
    assert all(tally.accepted == tally.received for tally in account.tables.values())


def test_the_tables_are_those_of_the_dictionary_with_every_column() -> None:
    dictionary = {name: table.names for name, table in plain_contract.TABLES.items()}
    assert {name: sorted(columns) for name, columns in dictionary.items()} == {
        name: sorted({*columns, *UNSAID.get(name, ())}) for name, columns in COLUMNS.items()
    }


def test_upn_check_letters_are_right_and_the_authority_is_999(demo: Path, read: Read) -> None:
    # Valid numbers published as examples.
    for known in ("H801200001001", "R201100018042", "A950000178301", "T20110001804V"):
        assert upn(known[1:]) == known
    numbers = [row["upn"] for row in read(demo, "pupil_identity")]
    assert len(set(numbers)) == len(numbers)
    assert all(upn(number[1:]) == number and number[1:4] == "999" for number in numbers)


def test_nothing_after_until_is_written(small: dict[str, Path], read: Read) -> None:
    until = "2026-03-06"
    for table, column in DATED.items():
        for row in read(small["cut"], table):
            assert row[column] <= until, table
            assert row.get("recorded_at", "")[:10] <= until, table
    assert all(row["left_on"] <= until for row in read(small["cut"], "pupil"))


def test_until_takes_away_and_changes_nothing_else(small: dict[str, Path]) -> None:
    for table in ("attendance", "lesson_mark", "assessment", "work", "engagement", "note"):
        cut, whole = (
            set((small[name] / f"{table}.csv").read_bytes().splitlines())
            for name in ("cut", "secondary")
        )
        assert cut < whole, table


def test_no_teacher_and_no_room_is_in_two_places_at_once(demo: Path, read: Read) -> None:
    taken: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in read(demo, "lesson"):
        if not row["to_on"]:
            at = (row["weekday"], row["cycle_week"], row["period"])
            taken[(*at, row["staff_id"])].add(row["class_id"])
            taken[(*at, row["room"])].add(row["class_id"])
    assert max(map(len, taken.values())) == 1


def test_every_pupil_has_one_lesson_in_every_period(demo: Path, read: Read) -> None:
    slots = defaultdict(list)
    for row in read(demo, "lesson"):
        if not row["to_on"]:
            slots[row["class_id"]].append((row["weekday"], row["cycle_week"], row["period"]))
    mine: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in read(demo, "class_member"):
        if not row["to_on"]:
            mine[row["pupil_id"]] += slots[row["class_id"]]
    here = [row["pupil_id"] for row in read(demo, "pupil") if not row["left_on"]]
    everything = sorted(product("12345", "AB", "12345"))
    assert all(sorted(mine[pupil]) == everything for pupil in here)


def test_lesson_registers_agree_with_the_session_marks(small: dict[str, Path], read: Read) -> None:
    session = {
        (row["pupil_id"], row["date"], row["session"]): row["code"]
        for row in sorted(read(small["secondary"], "attendance"), key=lambda r: r["recorded_at"])
    }
    for row in read(small["secondary"], "lesson_mark"):
        half = "AM" if row["period"] in "123" else "PM"
        code = session[row["pupil_id"], row["date"], half]
        there = code in ("/", "\\", "L", "", "-", "U")
        assert there or row["mark"] == "absent", (row, code)
        assert code in ("", "-", "U") or there != (row["mark"] == "absent"), (row, code)


def test_a_mark_restated_later_has_two_rows_recorded_at_different_times(
    demo: Path, read: Read
) -> None:
    versions = defaultdict(list)
    for row in read(demo, "attendance"):
        versions[row["pupil_id"], row["date"], row["session"]].append(row)
    restated = [rows for rows in versions.values() if len(rows) > 1]
    assert 100 < len(restated) < 3000
    for first, second in restated:
        assert first["code"] == "N"
        assert second["code"] != "N"
        assert first["recorded_at"] < second["recorded_at"]


@pytest.mark.parametrize("pupils", [1, 5, 130])
@pytest.mark.parametrize("phase", ["secondary", "primary"])
def test_schools_of_any_size_can_be_made(
    tmp_path: Path, read: Read, pupils: int, phase: str
) -> None:
    synthetic.write_schools(tmp_path, schools=1, pupils=pupils, seed=1, phase=phase)
    assert len(read(tmp_path, "pupil")) == pupils
    assert len(read(tmp_path, "school_day")) == 231


@pytest.mark.parametrize(
    "wrong", [{"schools": 0}, {"pupils": 0}, {"seed": -1}, {"phase": "nursery"}]
)
def test_impossible_arguments_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    arguments = {"schools": 1, "pupils": 10, "seed": 1, **wrong}
    with pytest.raises(ValueError, match=r"secondary or primary|start at"):
        synthetic.write_schools(tmp_path, **arguments)  # type: ignore[arg-type]
