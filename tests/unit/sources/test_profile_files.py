"""A profile that contradicts itself is told so; the shipped ones fit the data dictionary."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.sources import Wanted, collect, files, profile_names, read_profile
from sightline.sources.profile import load_profile

GOOD = {
    "name": "elm",
    "title": "Elm",
    "about": "An export.",
    "files": {
        "people": {
            "match": ["people.csv"],
            "feeds": "pupil",
            "columns": {"id": ["id"], "sex": None},
            "required": ["id"],
        }
    },
    "tables": {"pupil": ["people"]},
}
SQL = "select id as pupil_id, _file, _row from raw_people"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(sql: str = SQL, **changes: object) -> Path:
        made = tmp_path / "elm"
        made.mkdir()
        (made / "profile.yml").write_text(yaml.safe_dump(GOOD | changes))
        (made / "pupil.sql").write_text(sql)
        return made

    return make


def view(**changes: object) -> dict[str, object]:
    return {"people": GOOD["files"]["people"] | changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"files": view(colour="red")}, "unknown key colour"),
        ({"name": "oak"}, "not the folder's name"),
        ({"encoding": "utf-16"}, "encoding or delimiter"),
        ({"files": view(required=["upn"])}, "upn is not one of columns"),
        ({"files": view(blank_is={"upn": "N"})}, "upn is not one of columns"),
        ({"files": view(columns={"id": None}, required=[])}, "id has no headings"),
        ({"files": view(feeds="school")}, "school.sql does not read raw_people"),
        ({"tables": {}}, "differ in pupil"),
        ({"tables": {"pupil": ["persons"]}}, "must list raw views"),
    ],
)
def test_a_contradiction_is_named(
    folder: Callable[..., Path], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(SightlineError, match=said):
        load_profile(folder(**changes))


def test_sql_that_gives_another_column_is_named(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    profile = load_profile(folder("select id as pupil, _file, _row from raw_people"))
    (tmp_path / "people.csv").write_text("id\n1\n")
    wanted = {"pupil": Wanted(("pupil_id",))}
    said = r"elm, pupil\.sql: the SQL gives pupil"
    with (
        Engine() as engine,
        collect(engine, profile, tmp_path, wanted=wanted) as collection,
        pytest.raises(SightlineError, match=said),
    ):
        collection.open("pupil")


def test_a_supplier_file_that_changes_while_it_is_read_leaves_no_row(
    folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 10)
    profile = load_profile(folder())
    path = tmp_path / "people.csv"
    path.write_text("id\n" + "1\n" * 100)
    wanted = {"pupil": Wanted(("pupil_id",))}
    with Engine() as engine, collect(engine, profile, tmp_path, wanted=wanted) as collection:
        path.write_text("id\n" + "1\n" * 101)
        assert engine.rows(f"SELECT * FROM {collection.open('pupil')}") == []
        assert collection.close("pupil").stopped == ["people.csv"]
        assert [one.code for one in collection.notices] == ["file_changed"]


def test_every_shipped_profile_fills_tables_of_the_dictionary() -> None:
    tables = {table.name for table in read_contract().tables}
    for name in profile_names():
        assert set(read_profile(name).tables) <= tables
