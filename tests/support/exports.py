"""A small canonical dataset written in the shapes of suppliers' exports.

The headings are those of reference/data/mis_header_rows.csv and the alternatives in use for them;
a `Variation` says which of them, in what order, with what added, left out, and how encoded.
Everything here is made up.
"""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

__all__ = ["Variation", "dataset", "write_arbor", "write_bromcom", "write_sims"]

Row = dict[str, str]
Dataset = Mapping[str, list[Row]]
Column = tuple[Sequence[str], list[str]]  # the headings it may have, its cells

FIRST_DAY = date(2025, 9, 1)  # a Monday
CODES = ["/", "\\", "L", "I", "#", "", "C1", "B", "U", "N"]
PUPILS = [
    # pupil_id, year, form, sex, SEN, EAL, disadvantaged, given name, family name, joined, left
    ("1001", "10", "10R", "F", "N", "false", "true", "Zoë", "Müller", "2025-09-01", ""),
    ("1002", "9", "9 Blue", "M", "K", "true", "false", "Sam", "O'Neill", "2025-09-01", ""),
    ("1003", "0", "R#1", "F", "E", "false", "false", "Ada", "Stone", "2023-09-04", "2025-09-10"),
    ("1004", "11", "11\\A", "M", "N", "true", "true", "Jürgen", "García Lópe", "2025-09-08", ""),
]
PUPIL_COLUMNS = (
    *("pupil_id", "year_group", "registration_group", "sex", "sen_status", "eal"),
    *("disadvantaged", "given_name", "family_name", "enrolled_on", "left_on"),
)


@dataclass(frozen=True)
class Variation:
    """How an export differs from the next: see standards on what varies."""

    heading: int = 0  # which of a column's headings
    seed: int = 0  # of the order of columns
    bom: bool = False
    line_end: str = "\r\n"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote_all: bool = False
    added: tuple[str, ...] = ()  # columns nobody asked for
    dropped: frozenset[str] = frozenset()  # canonical columns that are not exported
    notes: tuple[str, ...] = ()  # rows above the header
    day_first: bool = False
    one_name: bool = False  # "Surname Forename" in one cell
    word: int = 0  # which word for yes, for a year, for a SEN status


def dataset(codes: Sequence[str] = CODES) -> Dataset:
    """Four pupils and two weeks of marks."""
    people = [dict(zip(PUPIL_COLUMNS, one, strict=True)) for one in PUPILS]
    marks = []
    for number, pupil in enumerate(people):
        for day in range(10):
            on = FIRST_DAY + timedelta(days=day // 5 * 7 + day % 5)
            for half, session in enumerate(("AM", "PM")):
                code = codes[(number * 3 + day * 2 + half) % len(codes)]
                late = "12" if code in ("L", "U") else ""
                marks.append(
                    {
                        "pupil_id": pupil["pupil_id"],
                        "date": on.isoformat(),
                        "session": session,
                        "code": code,
                        "minutes_late": late,
                    }
                )
    return {"pupil": people, "attendance": marks}


def write_arbor(folder: Path, data: Dataset, how: Variation) -> None:
    """schools.csv, students_extended.csv and attendancesession.csv of Arbor's data share."""
    pupils, marks = data["pupil"], data["attendance"]
    school = [(["APPLICATION_ID"], ["S1"]), (["NAME"], ["Elm School"]), (["PHASE"], ["Secondary"])]
    _write(folder / "schools.csv", [*school, (["ABBREVIATED_NAME"], ["Elm"])], how)
    students = [
        (["STUDENT_ID"], _cells(pupils, "pupil_id")),
        (["APPLICATION_ID"], ["S1"] * len(pupils)),
        (["LEGAL_FIRST_NAME", "LEGA_FIRST_NAME"], _cells(pupils, "given_name")),
        (["LEGAL_LAST_NAME"], _cells(pupils, "family_name")),
        (["DATE_OF_BIRTH"], [""] * len(pupils)),
        *_optional(
            how,
            sex=(["GENDER", "SEX"], _words(how, "sex", _cells(pupils, "sex"))),
            year_group=(["CURRENT_YEAR_GROUP"], _words(how, "year", _cells(pupils, "year_group"))),
            registration_group=(
                ["CURRENT_REGISTRATION_GROUP"],
                _cells(pupils, "registration_group"),
            ),
            sen_status=(
                ["CURRENT_SEN_STATUS", "SEN"],
                _words(how, "sen", _cells(pupils, "sen_status")),
            ),
            eal=(["EAL"], _words(how, "flag", _cells(pupils, "eal"))),
            disadvantaged=(
                ["DISADVANTAGED", "PUPIL_PREMIUM"],
                _words(how, "flag", _cells(pupils, "disadvantaged")),
            ),
        ),
    ]
    _write(folder / "students_extended.csv", students, how)
    register = [
        (["STUDENT_ID"], _cells(marks, "pupil_id")),
        (["DATE"], _dates(how, _cells(marks, "date"))),
        (["PERIOD"], _cells(marks, "session")),
        (["MARK_CODE"], _cells(marks, "code")),
        (["MINUTES_LATE"], _cells(marks, "minutes_late")),
        (["IS_PRESENT"], ["1"] * len(marks)),
    ]
    _write(folder / "attendancesession.csv", register, how)


def write_bromcom(folder: Path, data: Dataset, how: Variation, *, runs: bool = False) -> None:
    """Students, StudentFlatView and Attendances, or AttendanceSessions with `runs`."""
    pupils, marks = data["pupil"], data["attendance"]
    students = [
        (["studentID"], _cells(pupils, "pupil_id")),
        (["preferredFirstName", "firstName"], _cells(pupils, "given_name")),
        (["preferredlastName", "lastName"], _cells(pupils, "family_name")),
        (["startDate"], _dates(how, _cells(pupils, "enrolled_on"))),
        (["endDate"], _dates(how, _cells(pupils, "left_on"))),
        *_optional(
            how,
            sex=(["gender"], _words(how, "sex", _cells(pupils, "sex"))),
            year_group=(
                ["nCyearActual", "yearGroup"],
                _words(how, "year", _cells(pupils, "year_group")),
            ),
            registration_group=(["tutorGroup"], _cells(pupils, "registration_group")),
        ),
    ]
    _write(folder / "Students.csv", students, how)
    flat = [
        (["studentID"], _cells(pupils, "pupil_id")),
        (["senPrimaryNeedCode"], ["SEMH"] * len(pupils)),
        *_optional(
            how,
            sen_status=(["provisionName"], _words(how, "sen", _cells(pupils, "sen_status"))),
            eal=(["ealFlag"], _words(how, "flag", _cells(pupils, "eal"))),
            disadvantaged=(
                ["disadvantagedStudentsFlag", "premiumPupilFlag"],
                _words(how, "flag", _cells(pupils, "disadvantaged")),
            ),
        ),
    ]
    _write(folder / "StudentFlatView.csv", flat, how)
    if runs:
        _write(folder / "AttendanceSessions.csv", _bromcom_runs(pupils, marks, how), how)
        return
    register = [
        (["studentID"], _cells(marks, "pupil_id")),
        (["calendarName"], _cells(marks, "session")),
        (["calendarStartDate"], _dates(how, _cells(marks, "date"))),
        (["mark"], _cells(marks, "code")),
        (["minute"], _cells(marks, "minutes_late")),
        (["recordedOn"], [f"{on}T09:10:00" for on in _cells(marks, "date")]),
    ]
    _write(folder / "Attendances.csv", register, how)


def write_sims(folder: Path, data: Dataset, how: Variation, *, shape: str = "sessions") -> None:
    """A pupil report and a register: `sessions` (a column each), `weeks` (a run each) or `long`."""
    pupils, marks = data["pupil"], data["attendance"]
    names: list[Column] = [
        (["Forename", "Legal Forename", "Chosen name"], _cells(pupils, "given_name")),
        (["Surname", "Legal Surname"], _cells(pupils, "family_name")),
    ]
    if how.one_name:
        joined = [f"{one['family_name']}, {one['given_name']}" for one in pupils]
        names = [(["Surname Forename", "Full Name", "Name"], joined)]
    report = [
        (["Adno", "Admission No.", "primary_id", "Exam No."], _cells(pupils, "pupil_id")),
        *names,
        (["Start date", "Admission Date"], _dates(how, _cells(pupils, "enrolled_on"))),
        (["Leaving date", "Date of Leaving"], _dates(how, _cells(pupils, "left_on"))),
        *_optional(
            how,
            sex=(["Sex", "Gender"], _words(how, "sex", _cells(pupils, "sex"))),
            year_group=(
                ["Year taught in", "Year taught in Code", "Year Group"],
                _words(how, "year", _cells(pupils, "year_group")),
            ),
            registration_group=(["Reg Group", "Reg"], _cells(pupils, "registration_group")),
            sen_status=(["SEN Status", "SEN"], _blank(_cells(pupils, "sen_status"), "N")),
            eal=(
                ["EAL", "English as additional language"],
                _blank(_words(how, "flag", _cells(pupils, "eal")), NO[how.word % len(NO)]),
            ),
            disadvantaged=(
                ["Pupil Premium Indicator", "PP"],
                _blank(
                    _words(how, "flag", _cells(pupils, "disadvantaged")), NO[how.word % len(NO)]
                ),
            ),
        ),
    ]
    _write(folder / "Pupil report.csv", report, how)
    if shape == "long":
        register: list[Column] = [
            (["Adno", "Admission No."], _cells(marks, "pupil_id")),
            (["Date", "Mark date"], _dates(how, _cells(marks, "date"))),
            (["Session", "AM/PM"], _cells(marks, "session")),
            (["Mark", "Code"], _cells(marks, "code")),
            (["Minutes late"], _cells(marks, "minutes_late")),
        ]
        _write(folder / "Attendance report.csv", register, how)
        return
    blocks = _sessions(pupils, marks, how) if shape == "sessions" else _weeks(pupils, marks)
    columns: list[Column] = [(["Adno", "Admission No."], _cells(pupils, "pupil_id")), *blocks]
    _write(folder / "Register autumn.csv", columns, how)


YES, NO = ["Y", "Yes", "True", "1", "T"], ["N", "No", "False", "0", "F"]
WORDS = {
    "sex": {"F": ["F", "Female"], "M": ["M", "Male"]},
    "flag": {"true": YES, "false": NO},
    "sen": {"N": ["N", "No SEN"], "K": ["K", "SEN Support"], "E": ["E", "EHC Plan", "S"]},
    "year": {"0": ["0", "R", "Reception"]},
}
YEARS = ["{}", "Year {}", "Yr {}", "Y{}"]


def _words(how: Variation, kind: str, cells: Iterable[str]) -> list[str]:
    """The same in the words of this export."""
    found = []
    for cell in cells:
        if kind == "year" and cell != "0":
            found.append(YEARS[how.word % len(YEARS)].format(cell))
        else:
            choices = WORDS[kind][cell]
            found.append(choices[how.word % len(choices)])
    return found


def _blank(cells: Iterable[str], no: str) -> list[str]:
    return ["" if cell == no else cell for cell in cells]


def _dates(how: Variation, cells: Iterable[str]) -> list[str]:
    if not how.day_first:
        return list(cells)
    return [f"{cell[8:]}/{cell[5:7]}/{cell[:4]}" if cell else "" for cell in cells]


def _cells(rows: Iterable[Row], column: str) -> list[str]:
    return [row[column] for row in rows]


def _optional(how: Variation, **columns: Column) -> list[Column]:
    return [column for name, column in columns.items() if name not in how.dropped]


def _sessions(pupils: list[Row], marks: list[Row], how: Variation) -> list[Column]:
    found = {(one["pupil_id"], one["date"], one["session"]): one["code"] for one in marks}
    columns: list[Column] = []
    for on, session in sorted({(one["date"], one["session"]) for one in marks}):
        day = f"{on[8:]}/{on[5:7]}/{on[:4]}"
        headings = [f"{day} {session}", f"{on} {session}", f"Mon {day} ({session.lower()})"]
        cells = [found.get((one["pupil_id"], on, session), "") for one in pupils]
        columns.append(([headings[how.heading % 3]], cells))
    return columns


def _weeks(pupils: list[Row], marks: list[Row]) -> list[Column]:
    columns: list[Column] = []
    for monday in (FIRST_DAY, FIRST_DAY + timedelta(days=7)):
        cells = [_run(one["pupil_id"], marks, monday, 7) for one in pupils]
        columns.append(([f"W/C {monday:%d/%m/%Y}"], cells))
    return columns


def _run(pupil_id: str, marks: list[Row], first: date, days: int) -> str:
    """A pupil's marks in a row of characters, a blank for none."""
    last = first + timedelta(days=days)
    inside = [
        one["code"] or " "
        for one in marks
        if one["pupil_id"] == pupil_id and first.isoformat() <= one["date"] < last.isoformat()
    ]
    return "".join(inside)


def _bromcom_runs(pupils: list[Row], marks: list[Row], how: Variation) -> list[Column]:
    return [
        (["studentID"], _cells(pupils, "pupil_id")),
        (["attendanceStartDate"], _dates(how, [FIRST_DAY.isoformat()] * len(pupils))),
        (["attendanceMarks"], [_run(one["pupil_id"], marks, FIRST_DAY, 14) for one in pupils]),
        (["possible"], ["20"] * len(pupils)),
    ]


def _write(path: Path, columns: list[Column], how: Variation) -> None:
    """The columns as a file, in this variation."""
    shown = [(headings[how.heading % len(headings)], cells) for headings, cells in columns]
    rows = len(shown[0][1])
    shown += [(heading, ["x, y"] * rows) for heading in how.added]
    random.Random(how.seed).shuffle(shown)
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if how.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=how.delimiter, lineterminator=how.line_end, quoting=quoting)
    writer.writerows([note] for note in how.notes)
    writer.writerow([heading for heading, _ in shown])
    writer.writerows(zip(*(cells for _, cells in shown), strict=True))
    data = text.getvalue().encode(how.encoding)
    path.write_bytes((b"\xef\xbb\xbf" if how.bom else b"") + data)
