"""Documents are read by what their elements and members are called, whatever their order."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.support.transfer_files import ctf, pupil, result, year

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.sources import Collection, Wanted, collect, read_profile
from sightline.sources.documents import READERS, Refused, Remark, Row, statement_row
from sightline.sources.documents.json_values import Flaw
from sightline.sources.files import FileError
from sightline.sources.profile import load_profile

WANTED = {
    table.name: Wanted(
        tuple(one.name for one in table.columns if one.required),
        tuple(one.name for one in table.columns if not one.required),
    )
    for table in read_contract().tables
}


def rows(reader: str, data: str | bytes) -> dict[str, list[dict[str, str]]]:
    """The rows of each view, with the place of their record as `_row`."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in READERS[reader].read([data.encode() if isinstance(data, str) else data]):
        if isinstance(one, Row):
            found.setdefault(one.view, []).append({**one.cells, "_row": str(one.record)})
    return found


def told(reader: str, data: str) -> dict[str, str]:
    found = READERS[reader].read([data.encode()])
    return {one.code: one.text for one in found if isinstance(one, Remark)}


# --- transfer files ------------------------------------------------------------------------------


@given(
    order=st.permutations(["header", "pupils"]),
    parts=st.permutations([year("/\\/\\", totals=(4, 4, 0, 0)), result(), "<SENhistory/>"]),
)
def test_a_transfer_file_is_read_in_any_order(order: list[str], parts: list[str]) -> None:
    text = ctf(pupil(1, *parts), header_last=order[0] == "pupils")
    found = rows("ctf", text)
    assert found["headers"] == [
        {"CTFversion": "25.0", "DateTime": "2025-09-03T09:15:00", "_row": "0"}
    ]
    assert [one["Result"] for one in found["results"]] == ["104"]
    assert [one["AttendanceMarks"] for one in found["years"]] == ["/\\/\\"]
    assert "fault" not in found["years"][0]


@pytest.mark.parametrize(
    ("version", "warned"), [("25.0", False), ("24.0", False), ("23.0", True), ("", True)]
)
def test_a_version_that_is_not_known_is_named_and_read(version: str, *, warned: bool) -> None:
    text = ctf(pupil(1, result()), version=version)
    assert ("other_version" in told("ctf", text)) is warned
    assert len(rows("ctf", text)["results"]) == 1


def test_capitals_and_a_namespace_make_no_difference() -> None:
    text = re.sub(r"<(/?)(CTFversion|UPN|CTFpupilData)", lambda m: m[0].upper(), ctf(pupil(1)))
    text = text.replace("<CTfile>", '<CTfile xmlns="http://example.org/ctf">')
    assert rows("ctf", text)["pupils"] == rows("ctf", ctf(pupil(1)))["pupils"]


def test_names_and_characteristics_are_not_even_read() -> None:
    found = rows("ctf", ctf(pupil(1, "<FSMhistory/>", Gender="M")))
    assert set(found["pupils"][0]) == {"UPN", "DOB", "_row"}


@pytest.mark.parametrize(
    ("fields", "scale"),
    [
        ({}, "scaled_score"),
        ({"Result": "80"}, "scaled_score"),
        ({"Result": "121"}, None),
        ({"Result": "79"}, None),
        ({"Component": "MAR", "Result": "104"}, None),  # a mark, not a scaled score
        ({"Method": "TA", "Component": "OUT", "Result": "GDS"}, "step"),
        ({"Result": "A"}, None),
        ({"Stage": "FSP", "Result": "2"}, None),
    ],
)
def test_a_result_is_used_on_the_scales_there_are(
    fields: dict[str, str], scale: str | None
) -> None:
    found = rows("ctf", ctf(pupil(1, result(**fields)))).get("results", [])
    assert [one["scale"] for one in found] == ([scale] if scale else [])
    assert ("left_out" in told("ctf", ctf(pupil(1, result(**fields))))) is (scale is None)


@given(
    attended=st.integers(0, 400),
    authorised=st.integers(0, 400),
    unauthorised=st.integers(0, 400),
    more=st.integers(-3, 3),
)
def test_possible_sessions_are_the_sum_of_the_others(
    attended: int, authorised: int, unauthorised: int, more: int
) -> None:
    parts = (attended, authorised, unauthorised)
    possible = max(0, sum(parts) + more)
    (found,) = rows("ctf", ctf(pupil(1, year(totals=(possible, *parts)))))["years"]
    assert ("fault" in found) is (possible != sum(parts))


# --- Ed-Fi bulk files ----------------------------------------------------------------------------

SCHOOL = (
    "<SchoolReference><SchoolIdentity><SchoolId>9</SchoolId></SchoolIdentity></SchoolReference>"
)
STUDENT = (
    "<StudentReference><StudentIdentity><StudentUniqueId>7</StudentUniqueId></StudentIdentity>"
    "</StudentReference>"
)
SESSION = (
    "<SessionReference><SessionIdentity><SessionName>Autumn</SessionName>"
    f"<SchoolYear>2021-2022</SchoolYear>{SCHOOL}</SessionIdentity></SessionReference>"
)
OFFERING = (
    "<CourseOfferingReference><CourseOfferingIdentity><LocalCourseCode>MA</LocalCourseCode>"
    f"{SCHOOL}{SESSION}</CourseOfferingIdentity></CourseOfferingReference>"
)
SECTION = (
    "<SectionReference><SectionIdentity><SectionIdentifier>MA1</SectionIdentifier>"
    f"{OFFERING}</SectionIdentity></SectionReference>"
)
EVENT = (
    "<AttendanceEvent><EventDate>2021-10-01</EventDate><AttendanceEventCategory>"
    "uri://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence</AttendanceEventCategory>"
    "<AttendanceEventReason>Ill</AttendanceEventReason><EventDuration>0.5</EventDuration>"
    "</AttendanceEvent>"
)
INCIDENT = (
    "<DisciplineIncidentReference><DisciplineIncidentIdentity><IncidentIdentifier>3"
    f"</IncidentIdentifier>{SCHOOL}</DisciplineIncidentIdentity></DisciplineIncidentReference>"
)
OF_SECTION = {"sectionIdentifier": "MA1", "schoolId": "9"}
WHOLE_SECTION = {**OF_SECTION, "schoolYear": "2021-2022", "sessionName": "Autumn"}
EDFI = {
    "students": (
        "<Student><StudentUniqueId>7</StudentUniqueId><Name><FirstName>A</FirstName>"
        "<LastSurname>B</LastSurname></Name><BirthData><BirthDate>2010-01-02</BirthDate>"
        "<BirthSex>uri://ed-fi.org/SexDescriptor#Female</BirthSex></BirthData></Student>",
        {
            "studentUniqueId": "7",
            "firstName": "A",
            "lastSurname": "B",
            "birthDate": "2010-01-02",
            "birthSexDescriptor": "Female",
        },
    ),
    "enrolments": (
        f"<StudentSchoolAssociation><NextYearSchoolReference><SchoolIdentity><SchoolId>8</SchoolId>"
        f"</SchoolIdentity></NextYearSchoolReference>{STUDENT}{SCHOOL}"
        "<EntryDate>2021-08-23</EntryDate><EntryGradeLevel>uri://x#Fifth grade</EntryGradeLevel>"
        "</StudentSchoolAssociation>",
        {
            "studentUniqueId": "7",
            "schoolId": "9",
            "entryDate": "2021-08-23",
            "entryGradeLevelDescriptor": "Fifth grade",
        },
    ),
    "schools": (
        "<School><SchoolId>9</SchoolId><NameOfInstitution>Elm</NameOfInstitution></School>",
        {"schoolId": "9", "nameOfInstitution": "Elm"},
    ),
    "calendar": (
        "<CalendarDate><Date>2021-10-01</Date><CalendarEvent>uri://x#Instructional day"
        f"</CalendarEvent><CalendarReference><CalendarIdentity>{SCHOOL}</CalendarIdentity>"
        "</CalendarReference></CalendarDate>",
        {"schoolId": "9", "date": "2021-10-01", "event": "Instructional day"},
    ),
    "attendance_events": (
        f"<StudentSchoolAttendanceEvent>{EVENT}{STUDENT}{SCHOOL}{SESSION}"
        "<ArrivalTime>10:05:00</ArrivalTime></StudentSchoolAttendanceEvent>",
        {
            "id": "9~7~2021-10-01~Excused Absence",
            "studentUniqueId": "7",
            "schoolId": "9",
            "eventDate": "2021-10-01",
            "category": "Excused Absence",
            "reason": "Ill",
            "duration": "0.5",
            "arrivalTime": "10:05:00",
        },
    ),
    "sections": (
        f"<Section><SectionIdentifier>MA1</SectionIdentifier>{OFFERING}"
        "<SectionName>Maths 1</SectionName></Section>",
        {**WHOLE_SECTION, "localCourseCode": "MA", "courseTitle": "Maths 1"},
    ),
    "section_students": (
        f"<StudentSectionAssociation>{STUDENT}{SECTION}<BeginDate>2021-08-23</BeginDate>"
        "<EndDate>2021-12-17</EndDate></StudentSectionAssociation>",
        {
            **WHOLE_SECTION,
            "studentUniqueId": "7",
            "beginDate": "2021-08-23",
            "endDate": "2021-12-17",
        },
    ),
    "section_attendance_events": (
        f"<StudentSectionAttendanceEvent>{EVENT}{STUDENT}{SECTION}</StudentSectionAttendanceEvent>",
        {
            **OF_SECTION,
            "id": "9~MA1~7~2021-10-01~Excused Absence",
            "studentUniqueId": "7",
            "eventDate": "2021-10-01",
            "category": "Excused Absence",
            "reason": "Ill",
        },
    ),
    "incidents": (
        '<DisciplineIncident id="D3"><IncidentIdentifier>3</IncidentIdentifier>'
        "<IncidentDate>2021-10-18</IncidentDate><IncidentTime>09:00:00</IncidentTime>"
        "<IncidentLocation>uri://x#Parking lot</IncidentLocation><ReporterName>X, Y</ReporterName>"
        "<Behavior><BehaviorDetailedDescription>D</BehaviorDetailedDescription>"
        f"<Behavior>uri://x#State Offense</Behavior></Behavior>{SCHOOL}</DisciplineIncident>",
        {
            "id": "9~3",
            "schoolId": "9",
            "incidentIdentifier": "3",
            "incidentDate": "2021-10-18",
            "incidentTime": "09:00:00",
            "behavior": "State Offense",
            "location": "Parking lot",
        },
    ),
    "incident_students": (
        f"<StudentDisciplineIncidentBehaviorAssociation>{STUDENT}{INCIDENT}"
        "<DisciplineIncidentParticipationCode>uri://x#Perpetrator"
        "</DisciplineIncidentParticipationCode></StudentDisciplineIncidentBehaviorAssociation>",
        {
            "incidentIdentifier": "3",
            "schoolId": "9",
            "studentUniqueId": "7",
            "participation": "Perpetrator",
        },
    ),
    "grades": (
        "<Grade><LearningStandardGrade><NumericGradeEarned>1</NumericGradeEarned>"
        "</LearningStandardGrade><NumericGradeEarned>63.00</NumericGradeEarned>"
        "<GradeType>uri://x#Grading Period</GradeType><StudentSectionAssociationReference>"
        f"<StudentSectionAssociationIdentity>{STUDENT}{SECTION}</StudentSectionAssociationIdentity>"
        "</StudentSectionAssociationReference><GradingPeriodReference><GradingPeriodIdentity>"
        "<GradingPeriod>uri://x#First Six Weeks</GradingPeriod></GradingPeriodIdentity>"
        "</GradingPeriodReference></Grade>",
        {
            **OF_SECTION,
            "studentUniqueId": "7",
            "gradingPeriod": "First Six Weeks",
            "gradeType": "Grading Period",
            "numericGrade": "63.00",
        },
    ),
}


@pytest.mark.parametrize("view", EDFI)
def test_an_ed_fi_element_becomes_a_row_of_its_view(view: str) -> None:
    element, expected = EDFI[view]
    text = f'<Interchange{view} xmlns="http://ed-fi.org/6.0.0">{element}</Interchange{view}>'
    assert rows("edfi_xml", text) == {view: [{**expected, "_row": "1"}]}


def test_every_view_of_ed_fi_is_read_by_an_example_here() -> None:
    assert set(EDFI) == set(READERS["edfi_xml"].views)


def test_elements_of_no_use_are_counted_once() -> None:
    text = "<InterchangeX><Staff/><Staff><Student/></Staff><Course/></InterchangeX>"
    assert rows("edfi_xml", text) == {}
    (said,) = told("edfi_xml", text).values()
    assert said == "3 elements of no use here left out: Staff, Course"


# --- xAPI ----------------------------------------------------------------------------------------

JISC = "http://xapi.jisc.ac.uk/"


def statement(verb: str = "attended", **members: Any) -> dict[str, Any]:
    given = {
        "id": "11111111-2222-3333-4444-555555555555",
        "actor": {"name": "Not Read", "account": {"homePage": "https://x", "name": "S1"}},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": "https://x/e/1", "definition": {"type": JISC + "event_timetabled/"}},
        "timestamp": "2025-10-01T09:03:00Z",
    }
    return given | members


def test_a_statement_of_attendance_becomes_a_row() -> None:
    times = {JISC + "starttime": "2025-10-01T09:00:00Z", JISC + "endtime": "2025-10-01T10:00:00Z"}
    area = {JISC + "courseArea": {JISC + "vle_mod_id": "V", JISC + "uddModInstanceID": "M1"}}
    late = {JISC + "attendance_late": 1, JISC + "attendance_category": "L"}
    given = statement(
        result={"completion": False, "extensions": late}, context={"extensions": times | area}
    )
    assert statement_row(given) == {
        "id": "11111111-2222-3333-4444-555555555555",
        "actor": "S1",
        "verb": "attended",
        "object": "https://x/e/1",
        "object_type": "event_timetabled",
        "start": "2025-10-01T09:00:00Z",
        "end": "2025-10-01T10:00:00Z",
        "timestamp": "2025-10-01T09:03:00Z",
        "completion": "false",
        "late": "1",
        "category": "L",
        "module": "M1",
    }


def test_times_and_module_may_stand_with_the_object() -> None:
    extensions = {JISC + "starttime": "2025-10-01T09:00:00Z", JISC + "uddModInstanceID": "M2"}
    row = statement_row(statement(object={"id": "e", "definition": {"extensions": extensions}}))
    assert isinstance(row, dict)
    assert (row["start"], row["module"]) == ("2025-10-01T09:00:00Z", "M2")


@pytest.mark.parametrize("value", [None, 3, "x", [], [statement()]])
def test_what_is_no_statement_is_told(value: object) -> None:
    assert statement_row(value) == Flaw("unreadable_record", "it is no statement")


def load_xapi(folder: Path, text: str) -> tuple[Collection, dict[str, list[dict[str, Any]]]]:
    (folder / "statements.jsonl").write_text(text)
    with (
        Engine() as engine,
        collect(engine, read_profile("xapi"), folder, wanted=WANTED) as collection,
    ):
        found = {}
        for table in collection.tables:
            name = collection.open(table)
            found[table] = engine.rows(f"SELECT * FROM {name} ORDER BY ALL")
            collection.close(table)
    return collection, found


def test_statements_become_days_of_engagement_and_marks(tmp_path: Path) -> None:
    in_module = {"context": {"extensions": {JISC + "courseArea": {JISC + "vle_mod_id": "M"}}}}
    missed = {"result": {"completion": False}}
    given = [
        statement(id="1", **in_module),
        statement(id="1", **in_module),  # sent twice
        statement(id="2", **in_module),
        statement(id="3", **in_module, **missed),
        statement(id="4", **in_module, timestamp="2025-10-02T09:00:00Z", **missed),
        statement("viewed", id="5"),
        statement("voided", id="6", object={"id": "2"}),
        statement("scored", id="7", result={"score": {"raw": 8, "max": 10}}, **in_module),
        statement("scored", id="8", result={"score": {"scaled": 0.255}}, **in_module),
        statement("liked", id="9"),
    ]
    lines = "\n".join([*map(json.dumps, given), "{broken"])
    collection, found = load_xapi(tmp_path, lines)
    engaged = [
        (one["class_id"], one["date"], one["kind"], one["quantity"], one["_rows"])
        for one in found["engagement"]
    ]
    assert sorted(engaged, key=str) == [
        ("M", "2025-10-01", "campus", "1", 2),
        ("M", "2025-10-02", "campus", "0", 1),
        (None, "2025-10-01", "vle", "1", 1),
    ]
    assert [(one["point"], one["scale"], one["value"]) for one in found["assessment"]] == [
        ("https://x/e/1", "percent", "80.0"),
        ("https://x/e/1", "percent", "25.5"),
    ]
    (receipt,) = collection.receipts
    assert (receipt.file, receipt.rows, receipt.encoding) == ("statements.jsonl", 11, "json")


# --- the seam ------------------------------------------------------------------------------------


def test_a_refused_record_keeps_its_file_and_place(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"id": "1"}\n[]\n{}\n')
    profile = read_profile("xapi")
    with Engine() as engine, collect(engine, profile, tmp_path, wanted=WANTED) as collection:
        collection.open("engagement")
        reading = collection.close("engagement")
    (fault,) = reading.faults
    assert (fault.file, fault.row, fault.reason) == ("a.ndjson", 2, "unreadable_record")


def test_a_file_that_breaks_off_gives_nothing_and_the_others_do(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('[{"id": "1", "actor": {"account": {"name": "A"}}}, {"id"')
    good = [statement(id="1")]
    (tmp_path / "good.json").write_text(yaml.safe_dump(good, default_flow_style=True, width=10**6))
    profile = read_profile("xapi")
    with Engine() as engine, collect(engine, profile, tmp_path, wanted=WANTED) as collection:
        name = collection.open("engagement")
        found = engine.rows(f"SELECT _file FROM {name}")
        reading = collection.close("engagement")
    assert {row["_file"] for row in found} <= {"good.json"}
    assert "bad.json" in reading.stopped
    assert [one.file for one in collection.receipts if one.file == "bad.json"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reads": "pdf", "documents": ["*.pdf"]}, "not one of those known"),
        ({"needs": ["the_moon"]}, "not one of those known"),
        ({"reads": "ctf"}, "go together"),
        ({"documents": ["*.xml"]}, "go together"),
        ({}, "no file feeds people"),
    ],
)
def test_a_profile_that_contradicts_itself_about_documents_is_told_so(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    folder = tmp_path / "elm"
    folder.mkdir()
    people = {"feeds": "pupil", "columns": {"id": ["id"]}}
    given: dict[str, object] = {"name": "elm", "title": "Elm", "about": "An export."}
    given |= {"files": {"people": people}, "tables": {"pupil": ["people"]}}
    (folder / "profile.yml").write_text(yaml.safe_dump(given | changes))
    (folder / "pupil.sql").write_text("select id as pupil_id, _file, _row from raw_people")
    with pytest.raises(SightlineError, match=said):
        load_profile(folder)


def test_every_view_of_a_reader_is_one_of_its_profile() -> None:
    for name in ("ctf", "xapi"):
        profile = read_profile(name)
        reader = READERS[profile.reads]
        views = {view.name: view for view in profile.views}
        assert set(reader.views) <= set(views)
        for view, names in reader.views.items():
            headings = {heading for column in views[view].columns for heading in column.headings}
            assert headings - {"record_id"} <= set(names)


def test_a_refused_record_never_repeats_what_it_holds() -> None:
    text = ctf(pupil(1, Surname="Secret" * 30_000))
    refused = [one for one in READERS["ctf"].read([text.encode()]) if isinstance(one, Refused)]
    assert [one.reason for one in refused] == []  # names are not kept at all
    long = ctf(pupil(1, DOB="Secret" * 30_000))
    (only,) = (one for one in READERS["ctf"].read([long.encode()]) if isinstance(one, Refused))
    assert "Secret" not in str(only)
    with pytest.raises(FileError) as stop:
        list(READERS["ctf"].read([b"<Secret/>"]))
    assert stop.value.code == "not_this_document"
