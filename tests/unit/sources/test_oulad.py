"""The open learning dataset's shape: every registration, result and click accounted for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline.engine import Engine
from sightline.sources import Collection, Wanted, collect, read_profile

LIKE = ("disabled", "deprivation_decile", "age_band", "final_result")
WANTED = {
    "school": Wanted(("school_id", "name", "phase")),
    "school_day": Wanted(("school_id", "date", "kind")),
    "class": Wanted(("class_id", "school_id", "subject"), ("name",)),
    "pupil": Wanted(("pupil_id", "school_id", "enrolled_on"), ("left_on", "sex", *LIKE)),
    "class_member": Wanted(("class_id", "pupil_id", "from_on"), ("to_on",)),
    "assessment": Wanted(
        ("result_id", "pupil_id", "subject", "point", "date", "scale"), ("value", "expected")
    ),
    "work": Wanted(("work_id", "pupil_id", "subject", "due_on", "status"), ("class_id", "set_on")),
    "engagement": Wanted(("pupil_id", "date", "kind", "quantity"), ("class_id",)),
}
FILES = {
    "courses": "code_module,code_presentation,module_presentation_length\nXXX,2013J,4\n",
    "assessments": (
        "code_module,code_presentation,id_assessment,assessment_type,date,weight\n"
        "XXX,2013J,10,TMA,3,50\nXXX,2013J,11,Exam,,100\n"
    ),
    "studentInfo": (
        "code_module,code_presentation,id_student,gender,imd_band,age_band,disability,final_result\n"
        "XXX,2013J,1,F,0-10%,0-35,N,Pass\nXXX,2013J,2,M,10-20,35-55,Y,Withdrawn\n"
        "XXX,2013J,3,F,?,55<=,N,Fail\nXXX,2013J,4,F,90-100%,?,N,Distinction\n"
        "XXX,2013J,5,M,about 5,0-35,?,Pass\n"
    ),
    "studentRegistration": (
        "code_module,code_presentation,id_student,date_registration,date_unregistration\n"
        "XXX,2013J,1,-30,\nXXX,2013J,2,-5,2\nXXX,2013J,3,,\nXXX,2013J,4,-5,3\n"
    ),
    "studentAssessment": (
        "id_assessment,id_student,date_submitted,is_banked,score\n"
        "10,1,3,0,80\n10,4,5,0,\n11,1,100,0,55\n99,1,1,0,50\n"
    ),
    "studentVle": (
        "code_module,code_presentation,id_student,id_site,date,sum_click\n"
        "XXX,2013J,1,7,-2,3\nXXX,2013J,1,8,-2,4\nXXX,2013J,1,7,-2,3\nXXX,2013J,1,7,0,1\n"
        "XXX,2013J,6,7,0,9\nXXX,2013J,2,7,0,many\nXXX,2013J,2,7,later,5\n"
    ),
}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


@pytest.fixture
def collection(tmp_path: Path, engine: Engine) -> Collection:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "vle.csv").write_text("id_site\n")
    return collect(engine, read_profile("oulad"), tmp_path, wanted=WANTED)


def rows(engine: Engine, collection: Collection, table: str, columns: str) -> list[tuple]:
    found = engine.rows(f"SELECT {columns} FROM {collection.open(table)} ORDER BY ALL NULLS FIRST")
    collection.close(table)
    return [tuple(row.values()) for row in found]


def test_a_presentation_is_a_school_open_on_every_weekday(
    engine: Engine, collection: Collection
) -> None:
    assert collection.tables == list(WANTED)
    assert rows(engine, collection, "school", "*")[0][:3] == ("XXX-2013J", "XXX 2013J", "he")
    days = rows(engine, collection, "school_day", "date, kind")
    assert days == [(f"2013-10-0{day}", "open") for day in (1, 2, 3, 4)]  # the fifth is a Saturday
    assert {one.level for one in collection.notices} == {"notice"}
    assert "vle.csv" in [one.file for one in collection.notices]


def test_every_registration_is_a_pupil_and_one_without_a_date_counts_from_day_0(
    engine: Engine, collection: Collection
) -> None:
    assert rows(engine, collection, "pupil", "pupil_id, enrolled_on, left_on, _file") == [
        ("XXX-2013J-1", "2013-09-01", None, "studentRegistration.csv"),
        ("XXX-2013J-2", "2013-09-26", "2013-10-03", "studentRegistration.csv"),
        ("XXX-2013J-3", "2013-10-01", None, "studentRegistration.csv"),
        ("XXX-2013J-4", "2013-09-26", "2013-10-04", "studentRegistration.csv"),
        ("XXX-2013J-5", None, None, "studentInfo.csv"),  # refused by the contract
    ]
    assert len(rows(engine, collection, "class_member", "*")) == 4


def test_what_a_student_is_like_and_how_it_ended(engine: Engine, collection: Collection) -> None:
    columns = "deprivation_decile, age_band, disabled, final_result"
    assert rows(engine, collection, "pupil", f"pupil_id, {columns}") == [
        ("XXX-2013J-1", "1", "0-35", "false", "pass"),
        ("XXX-2013J-2", "2", "35-55", "true", "withdrawn"),  # written without its percent sign
        ("XXX-2013J-3", None, "55<=", "false", "fail"),
        ("XXX-2013J-4", "10", None, "false", "distinction"),
        ("XXX-2013J-5", "about 5", "0-35", "?", "pass"),  # refused by the contract
    ]


def test_clicks_are_summed_by_day_and_what_cannot_be_summed_keeps_its_row(
    engine: Engine, collection: Collection
) -> None:
    found = rows(engine, collection, "engagement", "pupil_id, date, quantity, _row, _rows")
    assert found == [
        ("XXX-2013J-1", "2013-09-29", "10", 2, 3),
        ("XXX-2013J-1", "2013-10-01", "1", 5, 1),
        ("XXX-2013J-2", "2013-10-01", "many", 7, 1),
        ("XXX-2013J-2", "later", "5", 8, 1),
        ("XXX-2013J-6", "2013-10-01", "9", 6, 1),
    ]
    assert sum(row[-1] for row in found) == 7


def test_work_is_missing_only_of_those_registered_on_the_day_it_was_due(
    engine: Engine, collection: Collection
) -> None:
    assert rows(engine, collection, "work", "pupil_id, work_id, due_on, status") == [
        ("XXX-2013J-1", "10", "2013-10-04", "submitted"),
        ("XXX-2013J-3", "10", "2013-10-04", "missing"),
        ("XXX-2013J-4", "10", "2013-10-04", "late"),
    ]


def test_every_result_comes_through(engine: Engine, collection: Collection) -> None:
    assert rows(engine, collection, "assessment", "result_id, pupil_id, point, date, value") == [
        ("10-1", "XXX-2013J-1", "TMA 10", "2013-10-04", "80"),
        ("10-4", "XXX-2013J-4", "TMA 10", "2013-10-06", None),
        ("11-1", "XXX-2013J-1", "Exam 11", "2014-01-09", "55"),
        ("99-1", "unknown-1", "99", "1", "50"),  # refused by the contract
    ]


def test_the_real_files_are_accounted_for(engine: Engine, root: Path) -> None:
    folder = root.parent / "shared" / "data" / "oulad"
    if not folder.is_dir():
        pytest.skip("the open learning dataset is not there: ../shared/data/oulad")
    with collect(engine, read_profile("oulad"), folder, wanted=WANTED) as collection:
        counts = {}
        for table in collection.tables:
            engine.run(f"CREATE TEMP TABLE seen_{table} AS SELECT * FROM {collection.open(table)}")
            counts[table] = engine.value(f"SELECT count(*) FROM seen_{table}")
            assert collection.close(table).faults == []
        assert (counts["pupil"], counts["class_member"]) == (2150, 2150)
        assert counts["assessment"] == 12_889
        clicks = "SELECT CAST(sum(CAST(quantity AS BIGINT)) AS BIGINT) FROM seen_engagement"
        assert engine.value(clicks) == 1_996_405
        raw = "SELECT CAST(sum(_rows) AS BIGINT) FROM seen_engagement"
        assert engine.value(raw) == 584_248
