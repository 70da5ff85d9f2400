"""The plain reading of the dictionary, trusted because every rule is worked by hand here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dirty_rows import LOAD_DAY, RECORDED_AT, dirty_folder, dirty_sequence
from tests.support.plain_contract import (
    CURRENT_CODES,
    TABLES,
    Account,
    Store,
    Value,
    load,
    read_timestamp,
    upn_is_valid,
)

DAY = date(2026, 1, 30)
# Mon 5 and Tue 6 January are open, Wed 7 is INSET, Thu 8 has no row.
SITE = {
    "school": "school_id,name,phase\nS1,Hill,secondary\nS2,Vale,primary\n",
    "school_day": "school_id,date,kind\nS1,2026-01-05,open\nS1,2026-01-06,open\n"
    "S1,2026-01-07,inset\nS2,2026-01-07,open\n",
    "class": "class_id,school_id,subject\nC1,S1,maths\n",
    "pupil": "pupil_id,school_id,enrolled_on,left_on\nP1,S1,2025-09-01,\n"
    "LEFT,S1,2025-09-01,2026-01-05\nSOON,S1,2026-01-06,\nP2,S2,2025-09-01,\n",
}
MARKS = "pupil_id,date,session,code,minutes_late,recorded_at\n"


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for table, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / f"{table}.csv").write_bytes(raw)
    return folder


def loaded(folder: Path, files: dict[str, str | bytes], store: Store | None = None) -> Account:
    """The account of the files after the small site; a store given already has it."""
    if store is None:
        store = Store()
        load(store, put(folder / "site", {**SITE}), load_day=DAY, recorded_at=RECORDED_AT)
    new = put(folder / f"load {len(list(folder.iterdir()))}", files)
    return load(store, new, load_day=DAY, recorded_at=RECORDED_AT)


def fates(account: Account, table: str) -> list[object]:
    """accepted, duplicates, amended and the reasons of a table, in brief."""
    tally = account.tables[table]
    return [tally.accepted, tally.duplicates, tally.amended, dict(tally.by_reason)]


def reasons(account: Account) -> list[tuple[int, str | None, str]]:
    """(row, column, reason) of every refused row."""
    return sorted((r.row, r.column or "", r.reason) for r in account.quarantined)


def test_the_small_site_itself_is_accepted_whole(tmp_path: Path) -> None:
    account = load(Store(), put(tmp_path / "s", {**SITE}), load_day=DAY, recorded_at=RECORDED_AT)
    assert {name: fates(account, name) for name in account.tables} == {
        "school": [2, 0, 0, {}],
        "school_day": [4, 0, 0, {}],
        "class": [1, 0, 0, {}],
        "pupil": [4, 0, 0, {}],
    }


def test_the_dictionary_has_seventeen_tables_and_34_codes_in_force() -> None:
    assert (len(TABLES), len(CURRENT_CODES)) == (17, 34)
    assert sum(len(table.columns) for table in TABLES.values()) == 122


# --- cells ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "header", "row", "expected"),
    [
        ("school", "school_id,name,phase", "S3,,primary", ("name", "missing_value")),
        ("school", "school_id,name,phase", "S3,Dale,Primary", ("phase", "not_allowed")),
        ("school", "school_id,name,phase", "S3,Dale,primary ", ("phase", "not_allowed")),
        ("school", "school_id,name,phase", "S3, ,primary", None),
        ("pupil", "pupil_id,school_id,enrolled_on", "X,S1,2026-1-5", ("enrolled_on", "not_a_date")),
        (
            "pupil",
            "pupil_id,school_id,enrolled_on",
            "X,S1,2026-02-29",
            ("enrolled_on", "not_a_date"),
        ),
        ("pupil", "pupil_id,school_id,enrolled_on", "X,S1,2000-01-01", None),
        (
            "pupil",
            "pupil_id,school_id,enrolled_on",
            "X,S1,1999-12-31",
            ("enrolled_on", "date_out_of_range"),
        ),
        ("pupil", "pupil_id,school_id,enrolled_on", "X,S1,2026-09-01", None),
        ("pupil", "pupil_id,school_id,enrolled_on,year_group", "X,S1,2025-09-01,-1", None),
        (
            "pupil",
            "pupil_id,school_id,enrolled_on,year_group",
            "X,S1,2025-09-01,7.0",
            ("year_group", "not_an_integer"),
        ),
        (
            "pupil",
            "pupil_id,school_id,enrolled_on,eal",
            "X,S1,2025-09-01,True",
            ("eal", "not_a_boolean"),
        ),
        (
            "pupil",
            "pupil_id,school_id,enrolled_on,left_on",
            "X,S1,2025-09-01,2025-08-31",
            ("left_on", "wrong_order"),
        ),
        ("pupil", "pupil_id,school_id,enrolled_on,left_on", "X,S1,2025-09-01,2025-09-01", None),
        (
            "note",
            "note_id,pupil_id,date,category,text",
            "N,P1,2026-01-31,pastoral,x",
            ("date", "date_out_of_range"),
        ),
        ("note", "note_id,pupil_id,date,category,text", "N,P1,2026-01-30,pastoral,x", None),
        (
            "lesson",
            "class_id,weekday,period,session,starts_at,ends_at",
            "C1,6,1,AM,09:00,10:00",
            ("weekday", "out_of_range"),
        ),
        (
            "lesson",
            "class_id,weekday,period,session,starts_at,ends_at",
            "C1,5,1,AM,9:00,10:00",
            ("starts_at", "not_a_time"),
        ),
        (
            "lesson",
            "class_id,weekday,period,session,starts_at,ends_at",
            "C1,5,1,AM,09:00,24:00",
            ("ends_at", "not_a_time"),
        ),
        (
            "lesson",
            "class_id,weekday,period,session,starts_at,ends_at",
            "C1,5,1,AM,09:00,09:00",
            ("ends_at", "wrong_order"),
        ),
        (
            "engagement",
            "pupil_id,date,kind,quantity",
            "P1,2026-01-05,vle,-0.01",
            ("quantity", "out_of_range"),
        ),
        (
            "engagement",
            "pupil_id,date,kind,quantity",
            "P1,2026-01-05,vle,NaN",
            ("quantity", "not_a_number"),
        ),
        (
            "engagement",
            "pupil_id,date,kind,quantity",
            "P1,2026-01-05,vle,1e999",
            ("quantity", "not_a_number"),
        ),
        ("engagement", "pupil_id,date,kind,quantity", "P1,2026-01-05,vle,2.5e1", None),
        (
            "behaviour",
            "event_id,pupil_id,date,kind,category,severity",
            "B,P1,2026-01-05,concern,talk,",
            ("severity", "missing_value"),
        ),
        (
            "behaviour",
            "event_id,pupil_id,date,kind,category,severity",
            "B,P1,2026-01-05,praise,talk,",
            None,
        ),
        (
            "support",
            "support_id,pupil_id,name,aim_signal,started_on,review_on",
            "U,P1,Talk,support_without_change,2026-01-05,2026-03-01",
            ("aim_signal", "not_allowed"),
        ),
        (
            "support",
            "support_id,pupil_id,name,aim_signal,started_on,review_on,ended_on",
            "U,P1,Talk,missing_work,2026-01-05,2026-03-01,2026-01-04",
            ("ended_on", "wrong_order"),
        ),
        (
            "work",
            "work_id,pupil_id,subject,set_on,due_on,status",
            "W,P1,art,2026-02-03,2026-02-02,late",
            ("due_on", "wrong_order"),
        ),
        (
            "pupil_identity",
            "pupil_id,given_name,family_name,date_of_birth",
            "P1,Ada,Hill,1899-12-31",
            ("date_of_birth", "date_out_of_range"),
        ),
        (
            "pupil_identity",
            "pupil_id,given_name,family_name,upn",
            "P1,Ada,Hill,H80120000100",
            ("upn", "upn_check_letter"),
        ),
    ],
)
def test_a_cell_is_refused_for_the_reason_the_dictionary_gives(
    tmp_path: Path, table: str, header: str, row: str, expected: tuple[str, str] | None
) -> None:
    account = loaded(tmp_path, {table: f"{header}\n{row}\n"})
    assert reasons(account) == ([(2, *expected)] if expected else [])


def test_the_first_reason_in_the_order_of_the_checks_is_given(tmp_path: Path) -> None:
    header = "class_id,pupil_id,from_on,to_on\n"
    rows = [
        "NO,NO,,2026-01-32",  # from_on comes before to_on, and both before the references
        "NO,NO,2026-01-06,2026-01-05",  # the order of dates comes before the references
        "NO,NO,2026-01-05,2026-01-05",  # class_id comes before pupil_id
        "C1,NO,2026-01-05,2026-01-05",
        "NO,,2026-01-06",  # the number of cells comes before everything
    ]
    assert reasons(loaded(tmp_path, {"class_member": header + "\n".join(rows)})) == [
        (2, "from_on", "missing_value"),
        (3, "to_on", "wrong_order"),
        (4, "class_id", "unknown_class"),
        (5, "pupil_id", "unknown_pupil"),
        (6, "", "ragged"),
    ]


@pytest.mark.parametrize(
    "upn",
    ["H801200001001", "R201100018042", "A950000178301", "H243278544154", "T20110001804V"],
)
def test_published_upns_are_valid(upn: str) -> None:
    assert upn_is_valid(upn)


@pytest.mark.parametrize("upn", ["Z801200001001", "R247962919251", "X428558133462"])
def test_upns_with_another_check_letter_are_not(upn: str) -> None:
    assert not upn_is_valid(upn)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026-01-05T09:30", datetime(2026, 1, 5, 9, 30, tzinfo=UTC)),
        ("2026-01-05 09:30:15", datetime(2026, 1, 5, 9, 30, 15, tzinfo=UTC)),
        ("2026-01-05T09:30:15.25Z", datetime(2026, 1, 5, 9, 30, 15, 250_000, tzinfo=UTC)),
        ("2026-01-05T00:30+01:00", datetime(2026, 1, 4, 23, 30, tzinfo=UTC)),
        ("2026-01-05T20:30-0530", datetime(2026, 1, 6, 2, 0, tzinfo=UTC)),
        ("2026-01-05T09:30+01", datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_utc_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert read_timestamp(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *["2026-01-05T9:30", "2026-01-05T", "2026-01-05T09", "2026-01-05T24:00", "2026-01-05Z"],
        *["2026-01-05T09:30:60", "2026-01-05T09:30 Z", "05/01/2026 09:30", "2026-01-05T09:30+1"],
    ],
)
def test_other_spellings_of_a_moment_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words
        read_timestamp(text)


# --- files ---------------------------------------------------------------------------------


def test_blank_lines_count_as_records_and_are_skipped(tmp_path: Path) -> None:
    text = "school_id,name,phase\n\nS3,Dale,primary\n\n\nS4,Fell,none\n\n"
    account = loaded(tmp_path, {"school": text})
    assert account.tables["school"].received == 2
    assert reasons(account) == [(6, "phase", "not_allowed")]


def test_a_quoted_line_break_is_one_record(tmp_path: Path) -> None:
    text = 'school_id,name,phase\r\nS3,"Dale\r\n\r\nand ""Fell""",primary\r\nS4,,primary\r\n'
    account = loaded(tmp_path, {"school": text})
    assert reasons(account) == [(3, "name", "missing_value")]


def test_a_byte_order_mark_and_another_column_order_change_nothing(tmp_path: Path) -> None:
    text = "\ufeffphase,local,school_id,name\nprimary,x,S3,Dale\n"
    store = Store()
    account = loaded(tmp_path, {"school": text}, store)
    assert store.rows("school") == [{"school_id": "S3", "name": "Dale", "phase": "primary"}]
    assert account.messages == {("unknown_column", "school"): 1}


def test_broken_rows_are_refused_and_their_neighbours_are_not(tmp_path: Path) -> None:
    raw = b"school_id,name,phase\nS3,Zo\xeb,primary\nS4,Zo\xc3\xab,primary\nS5,a,b,primary\nS6,a\n"
    account = loaded(tmp_path, {"school": raw})
    assert reasons(account) == [(2, "", "not_utf8"), (4, "", "ragged"), (5, "", "ragged")]
    assert fates(account, "school") == [1, 0, 0, {"not_utf8": 1, "ragged": 2}]


@pytest.mark.parametrize("text", ["", "school_id,name\nS3,Dale\n"])
def test_a_missing_required_column_stops_the_file(tmp_path: Path, text: str) -> None:
    account = loaded(tmp_path, {"school": text})
    assert account.tables["school"].received == 0
    assert account.messages == {("missing_column", "school"): 1}


def test_only_an_empty_cell_is_null_quoted_or_not(tmp_path: Path) -> None:
    store = Store()
    loaded(tmp_path, {**SITE, "class": 'class_id,school_id,subject,name\nC1,S1,NULL,""\n'}, store)
    assert store.row("class", "C1") == {
        "class_id": "C1",
        "school_id": "S1",
        "subject": "NULL",
        "name": None,
    }


# --- references ----------------------------------------------------------------------------


def test_the_children_of_a_refused_row_are_refused_to_the_last(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "school": "school_id,name,phase\nBAD,Dale,none\n",
        "class": "class_id,school_id,subject\nC9,BAD,art\n",
        "pupil": "pupil_id,school_id,enrolled_on\nP9,BAD,2025-09-01\n",
        "class_member": "class_id,pupil_id,from_on\nC9,P9,2025-09-01\nC1,P9,2025-09-01\n",
        "attendance": "pupil_id,date,session\nP9,2026-01-05,AM\n",
    }
    account = loaded(tmp_path, files)
    assert [(r.table, r.row, r.reason) for r in account.quarantined] == [
        ("school", 2, "not_allowed"),
        ("class", 2, "unknown_school"),
        ("pupil", 2, "unknown_school"),
        ("class_member", 2, "unknown_class"),
        ("class_member", 3, "unknown_pupil"),
        ("attendance", 2, "unknown_pupil"),
    ]


def test_a_child_stays_when_an_earlier_version_of_its_parent_was_accepted(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pupil": "pupil_id,school_id,enrolled_on\nP1,S1,yesterday\n",
        "note": "note_id,pupil_id,date,category,text\nN1,P1,2026-01-05,pastoral,x\n",
    }
    account = loaded(tmp_path, files)
    assert [(r.table, r.reason) for r in account.quarantined] == [("pupil", "not_a_date")]


def test_contradicting_parents_leave_no_parent(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pupil": "pupil_id,school_id,enrolled_on\nX,S1,2025-09-01\nX,S2,2025-09-01\n",
        "note": "note_id,pupil_id,date,category,text\nN1,X,2026-01-05,pastoral,x\n",
    }
    assert fates(loaded(tmp_path, files), "note") == [0, 0, 0, {"unknown_pupil": 1}]


def test_staff_are_checked_only_once_a_staff_table_was_loaded(tmp_path: Path) -> None:
    lesson = "class_id,weekday,period,session,starts_at,ends_at,staff_id\n"
    monday: dict[str, str | bytes] = {"lesson": lesson + "C1,1,1,AM,09:00,10:00,T1\n"}
    tuesday: dict[str, str | bytes] = {"lesson": lesson + "C1,2,1,AM,09:00,10:00,T1\n"}
    staff: dict[str, str | bytes] = {"staff": "staff_id,school_id,name\nT2,S1,Ash\n"}
    store = Store()
    loaded(tmp_path, {**SITE}, store)
    assert fates(loaded(tmp_path, monday, store), "lesson") == [1, 0, 0, {}]
    assert fates(loaded(tmp_path, {**tuesday, **staff}, store), "lesson")[3] == {"unknown_staff": 1}
    assert fates(loaded(tmp_path, tuesday, store), "lesson")[3] == {"unknown_staff": 1}


# --- marks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pupil", "day", "codes", "expected"),
    [
        ("P1", "2026-01-05", ["/", "#", "-", "", "Z"], None),  # open, on roll
        ("LEFT", "2026-01-05", ["/"], None),  # the last day is on roll
        ("SOON", "2026-01-06", ["/"], None),  # so is the first
        ("LEFT", "2026-01-06", ["Z"], None),  # open, not on roll
        ("LEFT", "2026-01-06", ["/", "#", "-", ""], ("pupil_id", "not_on_roll")),
        ("SOON", "2026-01-05", ["I"], ("pupil_id", "not_on_roll")),
        ("P1", "2026-01-07", ["#", "-", ""], None),  # not open, on roll
        ("P1", "2026-01-07", ["/", "Z", "Y4"], ("date", "not_open")),
        ("P1", "2026-01-08", ["/", "Z"], ("date", "not_open")),  # a day without a row
        ("P2", "2026-01-07", ["/"], None),  # the other school is open
        ("P2", "2026-01-05", ["/"], ("date", "not_open")),
        ("LEFT", "2026-01-07", ["#", "-", "", "Z"], None),  # neither open nor on roll
        ("LEFT", "2026-01-07", ["/", "D"], ("date", "not_open")),
    ],
)
def test_a_mark_needs_an_open_day_and_a_pupil_on_roll(
    tmp_path: Path, pupil: str, day: str, codes: list[str], expected: tuple[str, str] | None
) -> None:
    for code in codes:
        folder = tmp_path / str(codes.index(code))
        folder.mkdir()
        account = loaded(folder, {"attendance": f"{MARKS}{pupil},{day},AM,{code},,\n"})
        assert reasons(account) == ([(2, *expected)] if expected else [])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("P1,2026-01-05,1,present", []),
        ("P1,2026-01-07,1,absent", [(2, "date", "not_open")]),
        ("LEFT,2026-01-06,1,absent", [(2, "pupil_id", "not_on_roll")]),
        ("LEFT,2026-01-07,1,absent", [(2, "date", "not_open")]),
    ],
)
def test_a_lesson_mark_has_no_exceptions(
    tmp_path: Path, row: str, expected: list[tuple[int, str, str]]
) -> None:
    account = loaded(tmp_path, {"lesson_mark": f"pupil_id,date,period,mark\n{row}\n"})
    assert reasons(account) == expected


def test_a_retired_code_is_accepted_and_counted_after_its_last_date(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "school": "school_id,name,phase\nS9,Fell,primary\n",
        "school_day": "school_id,date,kind\nS9,2024-08-18,open\nS9,2024-08-19,open\n",
        "pupil": "pupil_id,school_id,enrolled_on\nP9,S9,2012-09-01\n",
        "attendance": "pupil_id,date,session,code\nP9,2024-08-18,AM,H\nP9,2024-08-19,AM,H\n"
        "P9,2024-08-18,PM,I01\nP9,2024-08-19,PM,K\nP9,2024-08-20,AM,J\n",
    }
    account = loaded(tmp_path, files)
    assert fates(account, "attendance") == [4, 0, 0, {"not_open": 1}]
    assert account.messages == {("code_not_in_force", "attendance"): 2}  # the second H, and I01


# --- the same key twice --------------------------------------------------------------------

A, B, C = "P1,2026-01-05,AM,/,,", "P1,2026-01-05,AM,L,,", "P1,2026-01-05,AM,N,,"
NINE, TEN, ELEVEN = "2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-05T11:00Z"


@pytest.mark.parametrize(
    ("rows", "expected", "code"),
    [
        ([A, A, A], [1, 2, 0, {}], "/"),
        ([A, B], [0, 0, 0, {"conflict": 2}], None),
        ([A, B, A], [0, 1, 0, {"conflict": 2}], None),
        ([A + NINE, B + TEN], [2, 0, 0, {}], "L"),
        ([B + TEN, A + NINE], [2, 0, 0, {}], "L"),
        ([A + NINE, A + TEN], [2, 0, 0, {}], "/"),  # a moment is a value like any other
        ([A + NINE, B + NINE], [0, 0, 0, {"conflict": 2}], None),
        ([A + NINE, B + "2026-01-05T10:00+01:00"], [0, 0, 0, {"conflict": 2}], None),
        ([A + NINE, A + "2026-01-05T10:00+01:00"], [1, 1, 0, {}], "/"),
        ([A, B + TEN], [0, 0, 0, {"conflict": 2}], None),
        ([A + NINE, B + NINE, C + TEN], [1, 0, 0, {"conflict": 2}], "N"),
        ([A + TEN, B + TEN, C + NINE], [1, 0, 0, {"conflict": 2}], "N"),
        ([A + NINE, B + TEN, C], [0, 0, 0, {"conflict": 3}], None),
        ([A + NINE, C + ELEVEN, B + TEN, B + TEN], [3, 1, 0, {}], "N"),
        ([A, "P1,2026-01-05,AM,bad,,"], [1, 0, 0, {"not_allowed": 1}], "/"),
        (["P1,2026-01-05,AM,L,5,", "P1,2026-01-05,AM,L,+05,"], [1, 1, 0, {}], "L"),
    ],
)
def test_rows_of_one_key_in_one_load(
    tmp_path: Path, rows: list[str], expected: list[object], code: str | None
) -> None:
    store = Store()
    loaded(tmp_path, {**SITE}, store)
    account = loaded(tmp_path, {"attendance": MARKS + "\n".join(rows)}, store)
    held = store.row("attendance", "P1", date(2026, 1, 5), "AM")
    assert fates(account, "attendance") == expected
    assert (held["code"] if held else None) == code


def test_empty_parts_of_a_key_are_equal(tmp_path: Path) -> None:
    clicks = "pupil_id,class_id,date,kind,quantity\nP1,,2026-01-05,vle,1\nP1,,2026-01-05,vle,2\n"
    account = loaded(tmp_path, {"engagement": clicks + "P1,C1,2026-01-05,vle,3\n"})
    assert fates(account, "engagement") == [1, 0, 0, {"conflict": 2}]
    assert reasons(account) == [(2, "pupil_id", "conflict"), (3, "pupil_id", "conflict")]


@pytest.mark.parametrize(
    ("loads", "expected", "versions"),
    [
        ([[A], [A]], [0, 1, 0, {}], "/"),
        ([[A], [B]], [1, 0, 1, {}], "L/"),
        ([[A], [B], [A]], [1, 0, 1, {}], "//L"),  # back again: the current one comes first here
        ([[A], [B, C]], [0, 0, 0, {"conflict": 2}], "/"),
        ([[B + TEN], [A + NINE]], [1, 0, 1, {}], "/L"),  # the later load wins, whatever it says
        ([[A + NINE, B + TEN]] * 2, [0, 2, 0, {}], "L/"),
        ([[A + NINE], [A + NINE, B + TEN]], [1, 1, 1, {}], "L/"),
        ([[B + TEN], [A + NINE, B + TEN]], [1, 1, 0, {}], "L/"),
        ([[C], [A + NINE, B + TEN]], [2, 0, 1, {}], "L/N"),
        ([[A], [A + NINE]], [1, 0, 1, {}], "//"),
    ],
)
def test_rows_of_one_key_in_later_loads(
    tmp_path: Path, loads: list[list[str]], expected: list[object], versions: str
) -> None:
    store, key = Store(), ("P1", date(2026, 1, 5), "AM")
    loaded(tmp_path, {**SITE}, store)
    for rows in loads:
        account = loaded(tmp_path, {"attendance": MARKS + "\n".join(rows)}, store)
    codes = [values[3] for values in store.versions("attendance", key)]
    assert fates(account, "attendance") == expected
    assert (codes[0], sorted(map(str, codes[1:]))) == (versions[0], sorted(versions[1:]))


def test_a_table_without_moments_is_amended_by_the_later_load(tmp_path: Path) -> None:
    store = Store()
    loaded(tmp_path, {**SITE}, store)
    again = "school_id,name,phase\nS1,Hill,secondary\nS2,Vale School,primary\n"
    assert fates(loaded(tmp_path, {"school": again}, store), "school") == [1, 1, 1, {}]
    assert store.row("school", "S2") == {
        "school_id": "S2",
        "name": "Vale School",
        "phase": "primary",
    }


def test_a_corrected_parent_lets_its_children_in(tmp_path: Path) -> None:
    note = "note_id,pupil_id,date,category,text\nN1,X,2026-01-05,pastoral,x\n"
    pupil = "pupil_id,school_id,enrolled_on\nX,S1,{}\n"
    store = Store()
    loaded(tmp_path, {**SITE}, store)
    loaded(tmp_path, {"pupil": pupil.format("soon"), "note": note}, store)
    account = loaded(tmp_path, {"pupil": pupil.format("2025-09-01"), "note": note}, store)
    assert (fates(account, "pupil"), fates(account, "note")) == ([1, 0, 0, {}], [1, 0, 0, {}])


# --- anything ------------------------------------------------------------------------------

POOLS = {
    "date": ["2026-01-05", "2026-01-06", "2026-01-07", "5/1/2026", ""],
    "time": ["09:00", "09:30", "10:00", "9:00"],
    "timestamp": ["", NINE, "2026-01-05 10:00+01:00", TEN, "soon"],
    "integer": ["1", "+1", "2", "9", ""],
    "number": ["1", "1.0", "2", "-1", ""],
    "boolean": ["true", "false", "", "yes"],
    "upn": ["H801200001001", "Z801200001001", ""],
    "code": ["/", "L", "#", "-", "", "Z", "H", "?"],
}
IDS = {
    "school_id": ["S1", "S2"],
    "pupil_id": ["P1", "P2", "LEFT", "X"],
    "class_id": ["C1", "X", ""],
}
CELLS = {
    (name, column.name): IDS.get(column.name)
    or (sorted(column.allowed)[:2] if column.kind == "text" and column.allowed else None)
    or POOLS.get(column.kind, ["a", "b", "a", "b", ""])
    for name, table in TABLES.items()
    for column in table.columns
}
Rows = dict[str, list[tuple[str, ...]]]


def random_rows() -> st.SearchStrategy[Rows]:
    """A folder: for some tables, rows of few different values, so that keys meet often."""
    tables = {
        name: st.lists(
            st.tuples(*(st.sampled_from(CELLS[name, column]) for column in table.names)),
            max_size=8,
        )
        for name, table in TABLES.items()
    }
    return st.fixed_dictionaries({}, optional=tables)


@contextmanager
def written(rows: Rows) -> Iterator[Path]:
    with TemporaryDirectory() as name:
        files: dict[str, str | bytes] = {
            table: "\n".join(",".join(cells) for cells in [TABLES[table].names, *lines])
            for table, lines in rows.items()
        }
        yield put(Path(name), files)


def small_store() -> Store:
    store = Store()
    with TemporaryDirectory() as name:
        load(store, put(Path(name), {**SITE}), load_day=DAY, recorded_at=RECORDED_AT)
    return store


def one_load(store: Store, rows: Rows) -> Account:
    with written(rows) as folder:
        return load(store, folder, load_day=DAY, recorded_at=RECORDED_AT)


def contents(store: Store) -> dict[str, dict[tuple[Value, ...], tuple[Value, ...]]]:
    return {
        name: {key: version.values for key, version in held.items()}
        for name, held in store.current.items()
    }


def stored(store: Store) -> int:
    past = sum(len(v) for table in store.history.values() for v in table.values())
    return past + sum(len(table) for table in store.current.values())


@given(st.lists(random_rows(), min_size=1, max_size=3))
def test_every_row_received_is_accepted_duplicate_or_quarantined(loads: list[Rows]) -> None:
    store = small_store()
    for rows in loads:
        before = stored(store)
        account = one_load(store, rows)
        for name, tally in account.tables.items():
            assert tally.received == len(rows[name])
            assert tally.received == tally.accepted + tally.duplicates + tally.quarantined
            assert tally.amended <= tally.accepted
        assert len(account.quarantined) == sum(t.quarantined for t in account.tables.values())
        assert stored(store) - before == sum(t.accepted for t in account.tables.values())


@given(random_rows(), random_rows())
def test_the_same_load_twice_changes_nothing(earlier: Rows, rows: Rows) -> None:
    store = small_store()
    one_load(store, earlier)
    first = one_load(store, rows)
    held, count = contents(store), stored(store)
    second = one_load(store, rows)
    assert (contents(store), stored(store)) == (held, count)
    assert second.quarantined == first.quarantined
    assert all(tally.accepted == 0 for tally in second.tables.values())


@given(random_rows())
def test_the_order_of_the_rows_changes_nothing(rows: Rows) -> None:
    there, back = small_store(), small_store()
    account = one_load(there, rows)
    turned = one_load(back, {name: lines[::-1] for name, lines in rows.items()})
    assert turned.counts() == account.counts()
    assert contents(back) == contents(there)


# --- the dirty folders ---------------------------------------------------------------------

REASONS = {"ragged", "not_utf8", "missing_value", "not_allowed", "out_of_range", "wrong_order"}
REASONS |= {"not_a_date", "not_a_time", "not_a_timestamp", "not_an_integer", "not_a_number"}
REASONS |= {"not_a_boolean", "date_out_of_range", "upn_check_letter", "not_open", "not_on_roll"}
REASONS |= {"unknown_school", "unknown_class", "unknown_pupil", "unknown_staff", "conflict"}


@pytest.mark.parametrize("seed", range(12))
def test_every_planted_row_has_the_fate_it_was_planted_for(tmp_path: Path, seed: int) -> None:
    planted = dirty_folder(seed, tmp_path)
    account = load(Store(), tmp_path, load_day=planted.load_day, recorded_at=planted.recorded_at)
    refused = {(r.table, r.row): r.reason for r in account.quarantined}
    meant = {(r.table, r.row): r.outcome for r in planted.rows}
    kept = {"accepted", "duplicate"}
    assert refused == {place: fate for place, fate in meant.items() if fate not in kept}
    fates_meant = planted.outcomes()
    for name, tally in account.tables.items():
        assert tally.accepted == fates_meant[name, "accepted"]
        assert tally.duplicates == fates_meant[name, "duplicate"]
    assert account.messages == planted.messages


def test_every_reason_and_every_column_is_planted(tmp_path: Path) -> None:
    planted = dirty_folder(1, tmp_path)
    account = load(Store(), tmp_path, load_day=LOAD_DAY, recorded_at=RECORDED_AT)
    assert {r.reason for r in account.quarantined} == REASONS
    can_be_wrong = {
        (name, column.name)
        for name, table in TABLES.items()
        for column in table.columns
        if column.required or column.kind != "text" or column.allowed
    }
    assert can_be_wrong <= {(r.table, r.column) for r in account.quarantined}
    assert {r.table for r in planted.rows} == set(TABLES)


def test_a_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        dirty_folder(7, folder / "single")
        dirty_sequence(7, folder / "several")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.csv")}
        for folder in folders
    )
    assert first == second


@pytest.mark.parametrize("seed", range(4))
def test_a_dirty_sequence_amends_repeats_and_corrects(tmp_path: Path, seed: int) -> None:
    store = Store()
    for number, folder in enumerate(dirty_sequence(seed, tmp_path)):
        account = load(store, folder, load_day=LOAD_DAY, recorded_at=RECORDED_AT)
        for tally in account.tables.values():
            assert tally.received == tally.accepted + tally.duplicates + tally.quarantined
        amended = sum(tally.amended for tally in account.tables.values())
        assert amended == 0 if number == 0 else amended > 10
