"""The OneRoster profile over files as schools really have them: odd orders, odd names, gaps."""

from pathlib import Path

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.sources import Fault, collect, read_profile
from sightline.sources.types import Wanted

SETTINGS = {"school_id": "", "phase": "secondary", "academic_year": ""}
ROSTER = {
    "orgs.csv": """
type,identifier,metadata.region,name,sourcedId
school,123,North,Elm School,O1
district,1,North,A trust,D1
""",
    "academicSessions.csv": """
sourcedId,title,type,startDate,endDate
Y25,2025/26,schoolYear,2025-09-01,2026-07-20
T1,Autumn,term,2025-09-03,2025-12-19
""",
    "courses.csv": """
sourcedId,title,subjects
K1,History of Art,"Art,History"
K2,Geography course,
""",
    "classes.csv": """
ext_room,sourcedId,title,classType,courseSourcedId,schoolSourcedId,termSourcedIds
A1,C1,10 Art,scheduled,K1,O1,T1
A2,C2,10 Geography,scheduled,K2,O1,"T1,T2"
A3,C3,Chess,,,O1,
,H1,10B,homeroom,,O1,
""",
    "users.csv": """
ext_house,familyName,role,givenName,grade,sourcedId,orgSourcedIds,userId,metadata.upn,agents
Red,Pupil,student,Sample,10,P1,"D1,O1",{UPN:U999200118001},x,
Red,Reception,student,Young,KG,P2,O1,"{LDAP:a,upn:U999200118001}",x,
Red,Mixed,student,Two,"09,10",P3,O1,,x,
Red,Teacher,teacher,Some,,T1,O1,,x,
Red,Parent,parent,Some,,X1,O1,,x,P1
""",
    "demographics.csv": """
userSourcedId,sex,birthdate,white
P1,female,2011-02-28,true
P2,unspecified,,true
""",
    "enrollments.csv": """
sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate,primary
E1,C1,O1,P1,student,2025-10-01,,false
E2,C2,O1,P1,student,,2026-02-01,false
E3,C3,O1,P2,student,,,false
E4,H1,O1,P1,student,,,false
E5,C1,O1,T1,teacher,,,true
""",
}
GRADEBOOK = {
    "categories.csv": """
sourcedId,title,weight
G1,Homework,10
G2,End of unit tests,90
""",
    "lineItems.csv": """
sourcedId,title,assignDate,dueDate,classSourcedId,categorySourcedId,resultValueMin,resultValueMax
L1,Essay,2026-01-05,2026-01-12,C1,G1,0,20
L2,Unit 1,2026-01-06,2026-01-06,C2,G2,0,50
L3,Reading,2026-01-05,2026-01-12,C1,,0,
L4,No day,,,C1,G1,0,10
""",
}


class Given:
    """What the profile makes of some files."""

    def __init__(self, folder: Path, files: dict[str, str], **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
        contract = read_contract()
        wanted = {
            table.name: Wanted((), tuple(column.name for column in table.columns))
            for table in contract.tables
        }
        profile = read_profile("oneroster")
        self.rows: dict[str, list[dict[str, str]]] = {}
        self.gone: dict[str, list[dict[str, str]]] = {}
        self.faults: dict[str, list[Fault]] = {}
        with (
            Engine() as engine,
            collect(engine, profile, folder, wanted=wanted, settings=SETTINGS | settings) as found,
        ):
            for table in found.tables:
                opened = engine.rows(f"SELECT * FROM {found.open(table)}")
                self.rows[table] = [{k: v or "" for k, v in row.items()} for row in opened]
                if found.withdrawn(table):
                    self.gone[table] = engine.rows("SELECT * FROM withdrawn_rows ORDER BY ALL")
                self.faults[table] = found.close(table).faults
            self.warned = [one.text for one in found.notices if one.level != "notice"]

    def of(self, table: str, *columns: str) -> list[tuple[str, ...]]:
        return sorted(tuple(row[one] for one in columns) for row in self.rows[table])


def results(*rows: str) -> dict[str, str]:
    head = "sourcedId,status,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,"
    head += "late,missing"
    return ROSTER | GRADEBOOK | {"results.csv": "\n".join([head, *rows]) + "\n"}


def test_dirty_files_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    given = Given(tmp_path / "a", ROSTER)
    assert given.warned == []
    assert not any(given.faults.values())
    assert given.of("school", "school_id", "name", "phase") == [("O1", "Elm School", "secondary")]
    columns = ("pupil_id", "school_id", "enrolled_on", "year_group", "registration_group", "sex")
    assert given.of("pupil", *columns) == [
        ("P1", "O1", "2025-09-01", "10", "10B", "F"),
        ("P2", "O1", "2025-09-01", "0", "", "U"),
        ("P3", "O1", "2025-09-01", "", "", ""),
    ]
    assert given.of("pupil_identity", "pupil_id", "family_name", "upn", "date_of_birth") == [
        ("P1", "Pupil", "U999200118001", "2011-02-28"),
        ("P2", "Reception", "U999200118001", ""),
        ("P3", "Mixed", "", ""),
    ]
    assert given.of("staff", "staff_id", "name", "left_on") == [("T1", "Some Teacher", "")]


def test_a_class_takes_its_subject_from_its_course_and_a_tutor_group_is_none(
    tmp_path: Path,
) -> None:
    given = Given(tmp_path / "a", ROSTER)
    assert given.of("class", "class_id", "subject", "name") == [
        ("C1", "Art", "10 Art"),
        ("C2", "Geography course", "10 Geography"),
        ("C3", "Chess", "Chess"),
    ]
    assert given.of("class_member", "class_id", "pupil_id", "from_on", "to_on") == [
        ("C1", "P1", "2025-10-01", ""),
        ("C2", "P1", "2025-09-03", "2026-02-01"),
        ("C3", "P2", "2025-09-01", ""),
    ]


def test_one_school_takes_the_sites_own_id_and_two_keep_theirs(tmp_path: Path) -> None:
    one = Given(tmp_path / "a", ROSTER, school_id="S1")
    for table in ("school", "class", "pupil", "staff"):
        assert {row["school_id"] for row in one.rows[table]} == {"S1"}
    two = ROSTER | {"orgs.csv": ROSTER["orgs.csv"] + "school,9,South,Oak School,O2\n"}
    assert Given(tmp_path / "b", two, school_id="S1").of("school", "school_id") == [
        *(("O1",), ("O2",))
    ]


def test_the_role_that_lasts_longest_names_the_school(tmp_path: Path) -> None:
    users = "sourcedId,givenName,familyName,preferredGivenName,grades\nP1,Legal,Pupil,Chosen,09\n"
    roles = (
        "sourcedId,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
        "R1,P1,primary,student,2023-09-01,2025-07-31,O2\n"
        "R2,P1,secondary,student,2025-09-02,,O1\n"
        "R3,P1,secondary,guardian,,,O1\n"
    )
    orgs = ROSTER["orgs.csv"] + "school,9,South,Oak School,O2\n"
    files = ROSTER | {"users.csv": users, "roles.csv": roles, "orgs.csv": orgs}
    given = Given(tmp_path / "a", files)
    assert given.of("pupil", "school_id", "enrolled_on", "left_on") == [("O1", "2025-09-02", "")]
    assert given.of("pupil_identity", "given_name") == [("Chosen",)]


def test_a_user_without_any_role_is_refused_and_not_guessed_at(tmp_path: Path) -> None:
    users = "sourcedId,givenName,familyName,grades\nP1,Sample,Pupil,09\n"
    given = Given(tmp_path / "a", ROSTER | {"users.csv": users})
    assert given.rows["pupil"] == []
    assert [(one.row, one.reason) for one in given.faults["pupil"]] == [(2, "no_parent")]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("submitted,,", "submitted"),
        ("Fully Graded,12,2026-01-13", "submitted"),
        ("partially graded,3,", "submitted"),
        ("not submitted,,", "missing"),
        ("exempt,,,true", "excused"),
        ("submitted,,,true", "late"),
        ("submitted,,,true,true", "missing"),
        ("lost,,", "lost"),
    ],
)
def test_what_became_of_a_piece_of_work(tmp_path: Path, said: str, status: str) -> None:
    cells = said.split(",") + [""] * (5 - len(said.split(",")))
    given = Given(tmp_path / "a", results(",".join(["R1", "", "L1", "P1", *cells])))
    columns = ("work_id", "class_id", "subject", "set_on", "due_on", "status")
    assert given.of("work", *columns) == [
        ("L1~R1", "C1", "Art", "2026-01-05", "2026-01-12", status)
    ]


def test_tests_and_items_without_a_due_date_are_no_work(tmp_path: Path) -> None:
    rows = [f"R{n},,L{n},P1,submitted,,,," for n in (1, 2, 3, 4)]
    given = Given(tmp_path / "a", results(*rows))
    assert given.of("work", "work_id") == [("L1~R1",), ("L3~R3",)]


def test_a_graded_result_is_a_percentage_where_the_most_is_known(tmp_path: Path) -> None:
    given = Given(
        tmp_path / "a",
        results(
            "R1,,L1,P1,fully graded,15,2026-01-14,,",
            "R2,,L2,P1,fully graded,33.3,2026-01-07T10:00:00Z,,",
            "R3,,L3,P1,fully graded,9,2026-01-07,,",
            "R4,,L2,P2,partially graded,9,2026-01-07,,",
            "R5,,L2,P2,fully graded,A-,2026-01-07,,",
        ),
    )
    columns = ("result_id", "subject", "point", "date", "scale", "value")
    assert given.of("assessment", *columns) == [
        ("L1~R1", "Art", "Essay", "2026-01-14", "percent", "75.0"),
        ("L2~R2", "Geography course", "Unit 1", "2026-01-07", "percent", "66.6"),
        ("L2~R5", "Geography course", "Unit 1", "2026-01-07", "percent", "A-"),
    ]


def test_a_result_of_nothing_that_was_delivered_is_refused(tmp_path: Path) -> None:
    given = Given(tmp_path / "a", results("R1,,L9,P1,submitted,,,,", "R2,tobedeleted,,P1,,,,,"))
    assert given.rows["work"] == given.rows["assessment"] == []
    assert [(one.row, one.column, one.reason) for one in given.faults["assessment"]] == [
        (2, "lineItemSourcedId", "no_parent"),
        (3, "lineItemSourcedId", "no_parent"),
    ]


def test_what_is_to_be_deleted_is_withdrawn(tmp_path: Path) -> None:
    users = (
        "sourcedId,status,dateLastModified,givenName,familyName,role,orgSourcedIds\n"
        "P1,tobedeleted,2026-03-01T00:00:00Z,Sample,Pupil,student,O1\n"
        "T1,tobedeleted,2026-03-01T00:00:00Z,Some,Teacher,teacher,O1\n"
    )
    items = "sourcedId,status,title,classSourcedId\nL1,tobedeleted,Essay,C1\n"
    files = results("R1,tobedeleted,L2,P1,submitted,,,,") | {"users.csv": users}
    given = Given(tmp_path / "a", files | {"lineItems.csv": items})
    assert given.rows["pupil"] == []
    assert [row["pupil_id"] for row in given.gone["pupil"]] == ["P1", "T1"]
    assert given.of("staff", "staff_id", "left_on") == [("T1", "2026-03-01")]
    assert [row["work_id"] for row in given.gone["work"]] == ["L1", "L2~R1"]
    assert [row["result_id"] for row in given.gone["assessment"]] == ["L1", "L2~R1"]


def test_members_of_a_class_that_is_deleted_are_withdrawn_with_it(tmp_path: Path) -> None:
    classes = (
        "sourcedId,status,dateLastModified,title,schoolSourcedId\n"
        "C1,tobedeleted,2026-03-01T00:00:00Z,10 Art,O1\n"
        "C2,active,,10 Geography,O1\n"
    )
    given = Given(tmp_path / "a", ROSTER | {"classes.csv": classes})
    assert given.of("class", "class_id") == [("C2",)]
    assert ("C1", "P1") in {
        (one["class_id"], one["pupil_id"]) for one in given.gone["class_member"]
    }
    assert "C1" not in {row["class_id"] for row in given.rows["class_member"]}


def test_of_two_versions_of_a_record_the_later_counts(tmp_path: Path) -> None:
    head = "sourcedId,status,dateLastModified,givenName,familyName,role,orgSourcedIds,grades\n"
    early = "P1,active,2026-03-01T00:00:00Z,Sample,Pupil,student,O1,09\n"
    late = "P1,active,2026-03-02T00:00:00Z,Sample,Pupil,student,O1,10\n"
    for number, rows in enumerate((early + late, late + early)):
        given = Given(tmp_path / str(number), ROSTER | {"users.csv": head + rows})
        assert given.of("pupil", "pupil_id", "year_group") == [("P1", "10")]
    contradiction = early + early.replace(",09", ",11")
    given = Given(tmp_path / "both", ROSTER | {"users.csv": head + contradiction})
    assert len(given.rows["pupil"]) == 2  # the contract refuses both as a conflict


def test_every_table_can_be_made_of_any_files(tmp_path: Path) -> None:
    """One file alone may come; what it lacks is said by the contract and nothing falls over."""
    everything = results("R1,,L1,P1,submitted,,,,")
    for number, (name, text) in enumerate(everything.items()):
        if name.removesuffix(".csv") not in ("academicSessions", "categories", "courses"):
            Given(tmp_path / str(number), {name: text})
