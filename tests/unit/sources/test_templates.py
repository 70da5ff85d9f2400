"""A changed template is named and its file stopped; what does no harm passes."""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.sources import Wanted, read_profile
from sightline.sources.template import date_form
from sightline.sources.templates import Stop, check_templates
from sightline.sources.types import Notice

WANTED = {
    "pupil": Wanted(("pupil_id", "enrolled_on"), ("sen_status", "eal", "year_group")),
    "attendance": Wanted(("pupil_id", "date", "session", "code"), ("minutes_late",)),
}
ROWS = 40
USED = {  # of the SIMS profile, with values for each row
    "Adno": [f"{1000 + at}" for at in range(ROWS)],
    "Surname": [f"Name{chr(97 + at % 26)}" for at in range(ROWS)],
    "Year": [str(7 + at % 5) for at in range(ROWS)],
    "SEN Status": [("N", "K", "E", "N")[at % 4] for at in range(ROWS)],
    "Pupil Premium": [("Y", "")[at % 2] for at in range(ROWS)],
    "Admission Date": [f"{1 + at % 28:02}/09/2024" for at in range(ROWS)],
}
UNUSED = {"House": ["Red"] * ROWS, "Locker": ["12"] * ROWS, "Bus route": [""] * ROWS}
Columns = Mapping[str, Sequence[str]]


def put(path: Path, columns: Columns, *, above: Sequence[str] = (), delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([line] for line in above)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def check(
    folder: Path, remembered: Mapping[str, Any], profile: str = "sims", accept: Sequence[str] = ()
) -> tuple[list[Stop], list[Notice], dict[str, Any]]:
    said, new = check_templates(
        folder, read_profile(profile), remembered, wanted=WANTED, source="elm", accept=accept
    )
    stops = [one for one in said if isinstance(one, Stop)]
    return stops, [one for one in said if isinstance(one, Notice)], json.loads(json.dumps(new))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is remembered of pupils.csv."""
    folder = tmp_path_factory.mktemp("before")
    put(folder / "pupils.csv", USED | UNUSED)
    stops, said, new = check(folder, {})
    assert (stops, said) == ([], [])
    return new


def stopped(folder: Path, before: Mapping[str, Any], columns: Columns, **how: Any) -> str:
    """What is said of pupils.csv with these columns; empty when it may be used."""
    put(folder / "pupils.csv", columns, **how)
    stops, _, _ = check(folder, before)
    return stops[0].notice.text if stops else ""


def renamed(columns: Columns, old: str, new: str) -> dict[str, Sequence[str]]:
    return {new if name == old else name: cells for name, cells in columns.items()}


@given(seed=st.integers(0, 10_000), kept=st.sets(st.sampled_from(sorted(UNUSED))))
def test_columns_in_another_order_and_without_those_of_no_use_pass(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any], seed: int, kept: set[str]
) -> None:
    names = [*USED, *kept]
    random.Random(seed).shuffle(names)
    columns = {name: (USED | UNUSED)[name] for name in names}
    assert stopped(tmp_path_factory.getbasetemp(), before, columns) == ""


@given(name=st.sampled_from(sorted(USED)), new=st.text("abcdefghij ", min_size=1, max_size=12))
def test_a_column_of_use_that_goes_or_is_renamed_stops_the_file(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any], name: str, new: str
) -> None:
    everything = USED | UNUSED
    gone = {one: cells for one, cells in everything.items() if one != name}
    for columns in (gone, renamed(everything, name, f"zz {new}")):
        said = stopped(tmp_path_factory.getbasetemp(), before, columns)
        assert said.startswith("pupils.csv: ")
        assert name in said
        assert "sightline sync elm --accept-template pupils.csv" in said


def test_a_renamed_column_is_suggested(tmp_path: Path, before: dict[str, Any]) -> None:
    said = stopped(tmp_path, before, renamed(USED, "SEN Status", "SEN Status 2025"))
    assert "sen: it was the column SEN Status, now no such column" in said
    assert "was it renamed to SEN Status 2025?" in said


def test_another_heading_for_the_same_column_stops_it(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    """Preferred names for legal ones, say: only a person knows whether they mean the same."""
    said = stopped(tmp_path, before, renamed(USED, "SEN Status", "SEN Provision"))
    assert "it would be read from the column SEN Provision" in said


def test_a_column_that_is_there_twice_stops_the_file(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    doubled = USED | {"sen status": UNUSED["House"]}
    assert "there are 2 columns SEN Status" in stopped(tmp_path, before, doubled)


def test_new_columns_of_no_use_are_only_mentioned(tmp_path: Path, before: dict[str, Any]) -> None:
    put(tmp_path / "pupils.csv", USED | UNUSED | {"Shoe size": ["38"] * ROWS})
    stops, said, _ = check(tmp_path, before)
    assert stops == []
    assert [one.code for one in said] == ["template_noted"]
    assert "Shoe size" in said[0].text


def test_lines_above_the_header_are_only_mentioned(tmp_path: Path, before: dict[str, Any]) -> None:
    put(tmp_path / "pupils.csv", USED, above=["Pupils of Elm School", "Printed in June"])
    stops, said, _ = check(tmp_path, before)
    assert stops == []
    assert "the header is now in row 3, it was in row 1" in said[0].text


def test_columns_moved_under_another_header_row_stop_the_file(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    moved = dict(reversed(USED.items()))
    assert "under row 2" in stopped(tmp_path, before, moved, above=["Summary"])


def test_another_version_of_the_report_is_mentioned(tmp_path: Path) -> None:
    put(tmp_path / "pupils.csv", USED, above=["Pupil report, version 2.1"])
    _, _, remembered = check(tmp_path, {})
    put(tmp_path / "pupils.csv", USED, above=["Pupil report, version 3.0"])
    stops, said, _ = check(tmp_path, remembered)
    assert stops == []
    assert "its version is now 3.0, it was 2.1" in said[0].text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("2024-09-{:02}", "it was a date, day first, now year first"),
        ("09/{:02}/2024", "it was a date, day first, now with the month first"),
    ],
)
def test_dates_in_another_form_stop_the_file(
    tmp_path: Path, before: dict[str, Any], form: str, said: str
) -> None:
    dates = [form.format(1 + at % 28) for at in range(ROWS)]
    assert said in stopped(tmp_path, before, USED | {"Admission Date": dates})


def test_dates_that_could_be_either_are_taken_as_before(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    put(tmp_path / "pupils.csv", USED | {"Admission Date": ["02/09/2024"] * ROWS})
    stops, _, new = check(tmp_path, before)
    assert stops == []
    assert new["pupils.csv"]["dates"]["start_date"] == "day first"


def test_dates_with_the_month_first_stop_even_a_first_file(tmp_path: Path) -> None:
    """3 April would be read as 4 March, and no later check could tell."""
    dates = [f"09/{1 + at % 28:02}/2024" for at in range(ROWS)]
    assert "month first" in stopped(tmp_path, {}, USED | {"Admission Date": dates})


def test_other_words_throughout_stop_the_file(tmp_path: Path, before: dict[str, Any]) -> None:
    words = [("None", "Monitoring", "Plan")[at % 3] for at in range(ROWS)]
    said = stopped(tmp_path, before, USED | {"SEN Status": words})
    assert "sen: it was always one of 3 kinds of value, now other values in 40 of 40 rows" in said
    assert "Monitoring" not in said


def test_ids_of_another_make_stop_the_file(tmp_path: Path, before: dict[str, Any]) -> None:
    """Every pupil would be somebody new."""
    ids = [f"{one}.0" for one in USED["Adno"]]
    assert "student_id: " in stopped(tmp_path, before, USED | {"Adno": ids})


def test_a_few_new_words_and_new_names_pass(tmp_path: Path, before: dict[str, Any]) -> None:
    words = [("N", "K", "E", "EHCP pending")[at % 4] for at in range(ROWS)]
    names = [f"Other{at}" for at in range(ROWS)]
    years = [f"{9 + at % 4}" for at in range(ROWS)]
    changed = {"SEN Status": words, "Surname": names, "Year": years}
    assert stopped(tmp_path, before, USED | changed) == ""


@pytest.mark.parametrize("name", ["Year", "Pupil Premium", "Surname"])
def test_a_column_that_was_filled_and_is_blank_stops_the_file(
    tmp_path: Path, before: dict[str, Any], name: str
) -> None:
    """A blank Pupil Premium means No, so that half of its rows count as filled enough."""
    assert "blank in all" in stopped(tmp_path, before, USED | {name: [""] * ROWS})


def test_a_file_of_a_few_rows_is_not_judged_by_its_blanks(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    few = {name: cells[:4] for name, cells in USED.items()} | {"Pupil Premium": [""] * 4}
    assert stopped(tmp_path, before, few) == ""


def test_nothing_of_a_stopped_file_is_remembered(tmp_path: Path, before: dict[str, Any]) -> None:
    put(tmp_path / "pupils.csv", {name: USED[name] for name in ("Adno", "Year")})
    stops, _, new = check(tmp_path, before)
    assert [one.file for one in stops] == ["pupils.csv"]
    assert new == before


def test_an_accepted_template_is_the_new_one(tmp_path: Path, before: dict[str, Any]) -> None:
    put(tmp_path / "pupils.csv", renamed(USED, "SEN Status", "SEN Provision"))
    assert [one.file for one in check(tmp_path, before)[0]] == ["pupils.csv"]
    stops, _, new = check(tmp_path, before, accept=["pupils.csv"])
    assert stops == []
    assert check(tmp_path, new)[0] == []


def test_only_files_that_need_the_stopped_one_are_held_back(tmp_path: Path) -> None:
    """Arbor's pupils leave on the day of their last mark, but marks stand for themselves."""
    students = {"STUDENT_ID": ["1"] * 30, "IS_CURRENT": ["true"] * 30}
    marks = {
        "STUDENT_ID": ["1"] * 30,
        "DATE": ["2025-09-01"] * 30,
        "PERIOD": ["AM"] * 30,
        "MARK_CODE": ["/"] * 30,
    }
    put(tmp_path / "students.csv", students)
    put(tmp_path / "attendancesession.csv", marks)
    _, _, remembered = check(tmp_path, {}, "arbor")
    put(tmp_path / "students.csv", renamed(students, "IS_CURRENT", "CURRENT"))
    assert [one.file for one in check(tmp_path, remembered, "arbor")[0]] == ["students.csv"]
    put(tmp_path / "students.csv", students)
    put(tmp_path / "attendancesession.csv", renamed(marks, "MARK_CODE", "RAW_MARK"))
    stops, _, _ = check(tmp_path, remembered, "arbor")
    assert [one.file for one in stops] == ["attendancesession.csv", "students.csv"]
    assert "means something only with attendancesession.csv" in stops[1].notice.text


def test_files_named_after_tables_are_checked_too(tmp_path: Path) -> None:
    rows = {
        "pupil_id": [str(at) for at in range(30)],
        "enrolled_on": ["2025-09-01"] * 30,
        "sen_status": ["N", "K", "E"] * 10,
    }
    put(tmp_path / "pupil.csv", rows)
    _, _, remembered = check(tmp_path, {}, "canonical")
    put(tmp_path / "pupil.csv", renamed(rows, "sen_status", "sen"))
    stops, _, _ = check(tmp_path, remembered, "canonical")
    assert "sen_status" in stops[0].notice.text
    put(tmp_path / "pupil.csv", renamed(rows, "pupil_id", "id"))
    assert check(tmp_path, remembered, "canonical")[0][0].file == "pupil.csv"


def test_an_export_with_its_date_in_the_name_is_compared_with_the_last_one(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    put(tmp_path / "pupils_2025-09-01.csv", USED)
    _, _, remembered = check(tmp_path, {})
    (tmp_path / "pupils_2025-09-01.csv").unlink()
    put(tmp_path / "pupils_2025-09-08.csv", renamed(USED, "Year", "Yr band"))
    assert [one.file for one in check(tmp_path, remembered)[0]] == ["pupils_2025-09-08.csv"]


def test_the_sessions_of_a_register_may_change_from_week_to_week(tmp_path: Path) -> None:
    def register(days: Sequence[str]) -> dict[str, list[str]]:
        return {"Adno": ["1"] * 20} | {f"{day} {half}": ["/"] * 20 for day in days for half in
                                       ("AM", "PM")}  # fmt: skip

    put(tmp_path / "register.csv", register(["01/09/2025", "02/09/2025", "15/09/2025"]))
    _, _, remembered = check(tmp_path, {})
    put(tmp_path / "register.csv", register(["22/09/2025", "23/09/2025"]))
    assert check(tmp_path, remembered)[0] == []
    put(tmp_path / "register.csv", register(["2025-09-22", "2025-09-23"]))
    assert "(sessions)" in check(tmp_path, remembered)[0][0].notice.text


def test_what_is_remembered_holds_no_value(before: dict[str, Any]) -> None:
    text = json.dumps(before)
    assert "1001" not in text
    assert "Namea" not in text
    assert set(before["pupils.csv"]["words"]) == {
        "student_id", "year_group", "sen", "disadvantaged", "start_date",
    }  # fmt: skip


def test_a_memory_of_another_release_is_no_memory(tmp_path: Path) -> None:
    put(tmp_path / "pupils.csv", USED)
    stops, _, new = check(tmp_path, {"pupils.csv": {"colour": "red"}})
    assert (stops, list(new)) == ([], ["pupils.csv"])


@given(
    head=st.sampled_from([b"", b"Adno,Year,SEN Status\n", b"\xff\xfe", b'"Adno']),
    rest=st.binary(max_size=200),
)
def test_any_bytes_are_stopped_or_left_to_the_load(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any], head: bytes, rest: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "pupils.csv").write_bytes(head + rest)
    for remembered in ({}, before):
        stops, _, _ = check(folder, remembered)
        assert all(one.notice.text.startswith("pupils.csv: ") for one in stops)


def test_an_empty_file_is_left_to_the_load(tmp_path: Path, before: dict[str, Any]) -> None:
    (tmp_path / "pupils.csv").write_text("")
    assert check(tmp_path, before)[0] == []


@given(st.dictionaries(st.text(max_size=12), st.integers(1, 50), max_size=20))
def test_the_form_of_any_values_is_known_or_none(values: dict[str, int]) -> None:
    forms = {"", "day first", "month first", "year first", "day or month first", "day numbers"}
    assert date_form(values) in forms


@given(st.lists(st.dates(), min_size=1, max_size=30))
def test_the_form_of_dates_is_found_or_left_open(dates: list[Any]) -> None:
    day_first = {f"{one.day:02}/{one.month:02}/{one.year:04}": 1 for one in dates}
    open_ones = all(one.day <= 12 for one in dates)
    assert date_form(day_first) == ("day or month first" if open_ones else "day first")
    assert date_form({f"{one:%Y-%m-%d}".zfill(10): 1 for one in dates}) == "year first"
