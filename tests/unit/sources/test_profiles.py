"""Each profile reads its supplier's shapes back to the same canonical rows."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.exports import (
    Dataset,
    Variation,
    dataset,
    write_arbor,
    write_bromcom,
    write_sims,
)

from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.sources import Fault, Notice, Wanted, collect, profile_names, read_profile

OPTIONAL = ("year_group", "registration_group", "sex", "sen_status", "eal", "disadvantaged")
WANTED = {
    "school": Wanted(("school_id", "name", "phase")),
    "school_day": Wanted(("school_id", "date", "kind"), ("term", "cycle_week")),
    "pupil": Wanted(
        ("pupil_id", "school_id", "enrolled_on"),
        ("left_on", *OPTIONAL, "prior_attainment"),
    ),
    "pupil_identity": Wanted(("pupil_id", "given_name", "family_name"), ("upn", "date_of_birth")),
    "attendance": Wanted(("pupil_id", "date", "session"), ("code", "minutes_late", "recorded_at")),
    "behaviour": Wanted(
        ("event_id", "pupil_id", "date", "kind", "category"),
        ("severity", "session", "period", "class_id", "staff_id", "location", "recorded_at"),
    ),
}
SETTINGS = {
    "school_id": "S1",
    "school_name": "Elm School",
    "phase": "secondary",
    "academic_year": "2025-09-01",
}
Rows = list[dict[str, str | None]]


class Read:
    """Everything a folder gives: rows by table, faults by table, notices."""

    def __init__(self, profile: str, folder: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self.rows: dict[str, Rows] = {}
        self.faults: dict[str, list[Fault]] = {}
        with (
            Engine() as engine,
            collect(
                engine, read_profile(profile), folder, wanted=WANTED, settings=settings
            ) as found,
        ):
            for table in found.tables:
                self.rows[table] = engine.rows(f"SELECT * FROM {found.open(table)}")
                reading = found.close(table)
                self.faults[table] = reading.faults
            self.notices: list[Notice] = list(found.notices)

    def of(self, table: str, *columns: str) -> list[tuple[str, ...]]:
        """These columns, an empty one as nothing, in order."""
        return sorted(tuple(row[one] or "" for one in columns) for row in self.rows[table])


def of(data: Dataset, table: str, columns: tuple[str, ...], how: Variation) -> list[tuple]:
    return sorted(
        tuple("" if one in how.dropped else row[one] for one in columns) for row in data[table]
    )


def variations(**more: st.SearchStrategy) -> st.SearchStrategy[Variation]:
    return st.builds(
        Variation,
        heading=st.integers(0, 5),
        seed=st.integers(0, 99),
        bom=more.pop("bom", st.booleans()),
        line_end=st.sampled_from(["\n", "\r\n"]),
        quote_all=st.booleans(),
        added=st.sampled_from([(), ("House",), ("Notes", "", "Photo?")]),
        dropped=st.frozensets(st.sampled_from(OPTIONAL)),
        day_first=st.booleans(),
        word=st.integers(0, 19),
        **more,
    )


def assert_same_pupils(read: Read, data: Dataset, how: Variation, *dates: str) -> None:
    columns = ("pupil_id", *OPTIONAL, *dates)
    assert read.of("pupil", *columns) == of(data, "pupil", columns, how)
    names = ("pupil_id", "given_name", "family_name")
    assert read.of("pupil_identity", *names) == of(data, "pupil", names, how)
    assert read.of("school", "school_id", "name", "phase") == [("S1", "Elm School", "secondary")]
    assert {row["school_id"] for row in read.rows["pupil"]} == {"S1"}
    assert not any(read.faults.values())
    assert {one.level for one in read.notices} <= {"notice"}


def marks_of(data: Dataset, *, blanks: bool, late: bool) -> list[tuple]:
    return sorted(
        (one["pupil_id"], one["date"], one["session"], one["code"])
        + ((one["minutes_late"],) if late else ())
        for one in data["attendance"]
        if blanks or one["code"]
    )


MARK = ("pupil_id", "date", "session", "code")


@settings(max_examples=25)
@given(variations())
def test_arbor_is_read_back(how: Variation) -> None:
    data = dataset()
    with tempfile.TemporaryDirectory() as folder:
        write_arbor(Path(folder), data, how)
        read = Read("arbor", Path(folder))
    assert_same_pupils(read, data, how)
    assert {row["enrolled_on"] for row in read.rows["pupil"]} == {"2025-09-01"}
    expected = marks_of(data, blanks=True, late=True)
    assert read.of("attendance", *MARK, "minutes_late") == expected


@settings(max_examples=25)
@given(variations(), st.booleans())
def test_bromcom_is_read_back(how: Variation, runs: bool) -> None:
    data = dataset([one for one in dataset_codes() if len(one) < 2 or not runs])
    with tempfile.TemporaryDirectory() as folder:
        write_bromcom(Path(folder), data, how, runs=runs)
        read = Read("bromcom", Path(folder))
    assert_same_pupils(read, data, how, "enrolled_on", "left_on")
    late = ("minutes_late",) if not runs else ()
    expected = marks_of(data, blanks=not runs, late=not runs)
    assert read.of("attendance", *MARK, *late) == expected


@settings(max_examples=50)
@given(
    st.one_of(
        variations(
            bom=st.just(False),
            encoding=st.sampled_from(["windows-1252", "utf-8"]),
            delimiter=st.sampled_from([",", ";", "\t"]),
            notes=st.sampled_from([(), ("Autumn report",), ("Elm, School; 2025", "made today")]),
            one_name=st.booleans(),
        ),
        variations(),
    ),
    st.sampled_from(["sessions", "weeks", "long"]),
)
def test_sims_is_read_back(how: Variation, shape: str) -> None:
    data = dataset([one for one in dataset_codes() if len(one) < 2 or shape != "weeks"])
    with tempfile.TemporaryDirectory() as folder:
        write_sims(Path(folder), data, how, shape=shape)
        read = Read("sims", Path(folder))
    assert_same_pupils(read, data, how, "enrolled_on", "left_on")
    late = ("minutes_late",) if shape == "long" else ()
    expected = marks_of(data, blanks=shape == "long", late=shape == "long")
    assert read.of("attendance", *MARK, *late) == expected


def dataset_codes() -> list[str]:
    return sorted({one["code"] for one in dataset()["attendance"]})


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder with these files: names without .csv, texts."""

    def make(encoding: str = "utf-8", **given: str) -> Path:
        for name, text in given.items():
            (tmp_path / f"{name}.csv").write_bytes(text.encode(encoding))
        return tmp_path

    return make


def test_a_sims_marksheet_as_it_comes(folder: Callable[..., Path]) -> None:
    header = (
        "Surname Forename,Reg Group,Sex,FSM,Exam No.,SEN Status,Class,Looked After,"
        "Pupil Premium Indicator,H/M/L Prior Attainment,CAT: Mean SAS CAT Results,"
        "Current Reading Age Reading Test,Y9 EOY 09 Summer Term,"
        "End of KS4 Target *KS4 End of KS4 Target,Mock Exam Result Y10 EXAM\r\n"
    )
    rows = (
        "Stone Ada,10R,F,N,6112,K,10C/Gr1 24/25,,Y,MPA,98,10:05,2+,5,\r\n"
        "García Lópe José,10R,M,N,6113,,10C/Gr1 24/25,,,HPA,101,11:00,5=,6,\r\n"
    )
    read = Read("sims", folder("windows-1252", marksheet=header + rows))
    assert read.of(
        "pupil", "pupil_id", "sex", "sen_status", "disadvantaged", "eal", "prior_attainment"
    ) == [("6112", "F", "K", "true", "", "middle"), ("6113", "M", "N", "false", "", "high")]
    assert read.of("pupil_identity", "family_name", "given_name") == [
        ("García Lópe", "José"),
        ("Stone", "Ada"),
    ]


def test_a_pupil_on_a_marksheet_and_in_a_report_is_taken_from_the_report(
    folder: Callable[..., Path],
) -> None:
    read = Read(
        "sims",
        folder(
            marksheet="Exam No.,Reg Group\n1,9X\n2,9Y\n",
            pupils="Adno,Forename,Surname,Reg\n1,Ada,Stone,9A\n",
        ),
    )
    assert read.of("pupil", "pupil_id", "registration_group") == [("1", "9A"), ("2", "9Y")]


def test_a_week_that_cannot_be_split_is_refused_with_its_heading(
    folder: Callable[..., Path],
) -> None:
    weeks = "Adno,W/C 01/09/2025,W/C 08/09/2025\n1,/\\/\\/,/\\\n2,/\\,/\\/\\/\\/\\/\\/\\\n"
    read = Read("sims", folder(register=weeks))
    assert len(read.rows["attendance"]) == 4
    assert [(one.row, one.column, one.reason) for one in read.faults["attendance"]] == [
        (2, "W/C 01/09/2025", "unreadable_marks"),
        (3, "W/C 08/09/2025", "unreadable_marks"),
    ]


def test_a_run_of_odd_length_is_refused_and_a_start_at_the_weekend_counts_from_monday(
    folder: Callable[..., Path],
) -> None:
    runs = "studentID,attendanceStartDate,attendanceMarks\n1,2025-09-05,/\\L\n2,2025-09-05,/\\//\n"
    runs += "3,2025-09-06,/\\\n4,soon,/\\\n"
    read = Read("bromcom", folder(AttendanceSessions=runs))
    assert read.of("attendance", *MARK) == [
        ("2", "2025-09-05", "AM", "/"),
        ("2", "2025-09-05", "PM", "\\"),
        ("2", "2025-09-08", "AM", "/"),
        ("2", "2025-09-08", "PM", "/"),
        ("3", "2025-09-08", "AM", "/"),
        ("3", "2025-09-08", "PM", "\\"),
    ]
    assert [(one.row, one.column, one.value) for one in read.faults["attendance"]] == [
        (2, "attendanceMarks", "3 characters, an even number expected"),
        (5, "attendanceStartDate", "soon"),
    ]


def test_sims_behaviour_and_achievement(folder: Callable[..., Path]) -> None:
    events = (
        "Incident ID,Adno,Incident date,Type,Behaviour type,Points,Location\n"
        "7,1,02/09/2025,Behaviour,Defiance,-3,Hall\n8,1,03/09/2025,Achievement,Effort,2,\n"
    )
    same = "Adno,Date,Achievement type\n1,04/09/2025,Effort\n1,04/09/2025,Effort\n"
    read = Read("sims", folder(behaviour_log=events, achievement_log=same))
    assert read.of("behaviour", "date", "kind", "category", "severity", "location") == [
        ("2025-09-02", "concern", "Defiance", "3", "Hall"),
        ("2025-09-03", "praise", "Effort", "", ""),
        ("2025-09-04", "praise", "Effort", "", ""),
        ("2025-09-04", "praise", "Effort", "", ""),
    ]
    assert len({row["event_id"] for row in read.rows["behaviour"]}) == 4


def test_what_cannot_be_read_is_handed_on_for_the_contract_to_refuse(
    folder: Callable[..., Path],
) -> None:
    marks = "STUDENT_ID,DATE,PERIOD,MARK_CODE\n1,31/02/2025,Period 1,??\n"
    students = "STUDENT_ID,GENDER,CURRENT_YEAR_GROUP,SEN\n1,woman,Upper Fifth,Q\n"
    read = Read("arbor", folder(attendancesession=marks, students=students))
    assert read.of("attendance", *MARK) == [("1", "31/02/2025", "Period 1", "??")]
    assert read.of("pupil", "sex", "year_group", "sen_status") == [("WOMAN", "Upper Fifth", "Q")]


def test_ragged_rows_of_a_supplier_are_charged_to_one_table(folder: Callable[..., Path]) -> None:
    read = Read("arbor", folder(students="STUDENT_ID,GENDER\n1,F\n2\n"))
    assert [(one.file, one.row, one.table) for one in read.faults["pupil"]] == [
        ("students.csv", 3, "pupil")
    ]
    assert read.faults["pupil_identity"] == []


def test_a_canonical_file_beside_the_suppliers_feeds_its_table(folder: Callable[..., Path]) -> None:
    days = "school_id,date,kind\nS1,2025-09-01,open\n"
    pupil = "pupil_id,school_id,enrolled_on\n9,S1,2025-09-01\n"
    students = "STUDENT_ID,LEGAL_FIRST_NAME,LEGAL_LAST_NAME\n1,Ada,Stone\n"
    read = Read("arbor", folder(school_day=days, pupil=pupil, students=students, stuff="a\n1\n"))
    assert read.of("school_day", "date", "kind") == [("2025-09-01", "open")]
    assert read.of("pupil", "pupil_id") == [("9",)]
    assert {(one.code, one.file) for one in read.notices} == {
        ("read_instead", "pupil.csv"),
        ("unknown_file", "stuff.csv"),
    }


def test_a_supplier_file_without_a_required_column_names_what_was_found(
    folder: Callable[..., Path],
) -> None:
    read = Read(
        "arbor",
        folder(
            students="STUDENT,GENDER\n1,F\n", schools="APPLICATION_ID,NAME,PHASE\nS1,Elm,Primary\n"
        ),
    )
    assert "pupil" not in read.rows
    [notice] = read.notices
    assert (notice.level, notice.code) == ("error", "missing_column")
    assert "found STUDENT, GENDER" in notice.text


def test_a_setting_that_the_files_need_is_asked_for_by_name(folder: Callable[..., Path]) -> None:
    with pytest.raises(SightlineError, match="phase, school_id and school_name"):
        Read("bromcom", folder(Students="studentID\n1\n"), {"academic_year": "2025-09-01"})


def test_an_unknown_profile_is_answered_with_those_there_are() -> None:
    assert {"arbor", "bromcom", "canonical", "oulad", "sims"} <= set(profile_names())
    with pytest.raises(SightlineError, match="did you mean sims"):
        read_profile("simms")
