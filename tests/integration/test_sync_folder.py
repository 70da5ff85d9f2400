"""Exports left in a folder, or on an SFTP server, reach the published snapshot: each row once."""

import csv
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline.sync import Step
from sightline.sources.connectors import drop_pieces
from sightline.warehouse import open_snapshot
from tests.support.mis.sftp import PASSWORD, USER, SftpServer
from tests.support.syncing import MONDAY, Connected, connected

DAYS = ["2026-03-02", "2026-03-03", "2026-03-04"]
PUPILS = [str(1000 + at) for at in range(30)]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def site(tmp_path: Path, inbox: Path) -> Connected:
    write_school(inbox)
    settings = {"profile": "canonical"}
    return connected(
        tmp_path / "site", "folder", str(inbox), schools={}, secrets={}, settings=settings
    )


def put(path: Path, rows: list[dict[str, str]], *, minutes_ago: float = 30) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    moment = MONDAY.timestamp() - minutes_ago * 60
    os.utime(path, (moment, moment))


def pupils(**changed: str) -> list[dict[str, str]]:
    usual = {"school_id": "S1", "enrolled_on": "2025-09-01", "sen_status": "N", "year_group": "9"}
    return [usual | {"pupil_id": one} | changed for one in PUPILS]


def marks(code: str = "/", days: list[str] = DAYS) -> list[dict[str, str]]:
    draw = random.Random(1)
    return [
        {"pupil_id": one, "date": day, "session": "AM", "code": draw.choice([code, "/", "L", "I"])}
        for one in PUPILS
        for day in days
    ]


def write_school(inbox: Path) -> None:
    school = {"school_id": "S1", "name": "Elm", "phase": "secondary"}
    put(inbox / "school.csv", [school])
    kinds = {"school_id": "S1", "kind": "open"}
    put(inbox / "school_day.csv", [kinds | {"date": day} for day in DAYS])
    put(inbox / "pupil.csv", pupils())
    put(inbox / "attendance.csv", marks())


def stored(site: Connected, query: str) -> list[dict[str, object]]:
    with Engine() as engine:
        warehouse = site.site.warehouse
        open_snapshot(engine, warehouse, warehouse.require(), read_contract())
        return engine.rows(query)


def test_a_folder_of_exports_is_published_and_then_left_alone(site: Connected) -> None:
    done = site.sync()
    assert done.published
    assert not done.with_warnings
    assert (site.rows("pupil"), site.rows("attendance")) == (30, 90)
    before, waits = site.digest, len(site.slept)
    again = site.sync()
    assert again.loaded is None
    assert (site.digest, len(site.slept)) == (before, waits)


def test_a_corrected_file_amends_what_is_stored(site: Connected, inbox: Path) -> None:
    site.sync()
    put(inbox / "attendance.csv", marks("B"), minutes_ago=20)
    site.sync()
    assert site.rows("attendance") == 90
    assert stored(site, "SELECT count(*) AS n FROM attendance WHERE code = 'B'")[0]["n"]


def test_a_changed_template_stops_its_file_and_nothing_else(site: Connected, inbox: Path) -> None:
    site.sync()
    before = stored(site, "SELECT * FROM pupil ORDER BY pupil_ref")
    renamed = [{k.replace("sen_status", "sen"): v for k, v in row.items()} for row in pupils()]
    put(inbox / "pupil.csv", renamed, minutes_ago=20)
    put(inbox / "attendance.csv", marks("B"), minutes_ago=20)
    done = site.sync()
    assert done.published
    assert len(done.stopped) == 1
    assert "pupil.csv: sen_status: it was the column sen_status" in done.stopped[0]
    assert "sightline sync mis --accept-template pupil.csv" in done.stopped[0]
    assert stored(site, "SELECT * FROM pupil ORDER BY pupil_ref") == before
    assert stored(site, "SELECT count(*) AS n FROM attendance WHERE code = 'B'")[0]["n"]
    assert site.sync().stopped == ()


def test_a_stopped_file_is_used_once_its_export_is_put_right(site: Connected, inbox: Path) -> None:
    site.sync()
    put(inbox / "pupil.csv", [{"pupil_id": "1", "enrolled_on": "2025-09-01"}], minutes_ago=25)
    assert site.sync().stopped
    put(inbox / "pupil.csv", pupils(year_group="10"), minutes_ago=20)
    assert site.sync().stopped == ()
    assert stored(site, "SELECT DISTINCT year_group AS y FROM pupil") == [{"y": 10}]


def test_an_accepted_template_is_used_from_then_on(site: Connected, inbox: Path) -> None:
    site.sync()
    shorter = [{k: v for k, v in row.items() if k != "sen_status"} for row in pupils()]
    put(inbox / "pupil.csv", shorter, minutes_ago=20)
    assert site.sync().stopped
    assert site.sync(templates=frozenset({"pupil.csv"})).stopped == ()
    put(inbox / "pupil.csv", [one | {"year_group": "10"} for one in shorter], minutes_ago=15)
    assert site.sync().stopped == ()
    assert stored(site, "SELECT DISTINCT year_group AS y FROM pupil") == [{"y": 10}]


class Heard(list[Step]):
    """The steps of a sync; at each, something happens."""

    def __init__(self, happens: Callable[[Step], None]) -> None:
        super().__init__()
        self.happens = happens

    def append(self, step: Step) -> None:
        super().append(step)
        self.happens(step)


def test_a_sync_that_is_cut_off_in_a_file_goes_on_there(
    site: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_pieces, "CHUNK", 500)

    def kill(step: Step) -> None:
        if step.stage == "fetching" and len(site.steps) == 4:
            raise KeyboardInterrupt

    for _ in range(2):
        site.steps = Heard(kill)
        with pytest.raises(KeyboardInterrupt):
            site.sync()
    site.steps = []
    assert site.sync().published
    assert (site.rows("pupil"), site.rows("attendance")) == (30, 90)


def test_a_set_that_is_written_again_meanwhile_is_taken_whole_by_the_next_sync(
    inbox: Path, site: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_pieces, "CHUNK", 500)
    school = {"school_id": "S1", "name": "Oak", "phase": "secondary"}

    def write_again(step: Step) -> None:
        if step.stage == "fetching":
            put(inbox / "school.csv", [school], minutes_ago=20)

    site.steps = Heard(write_again)
    with pytest.raises(SightlineError) as caught:
        site.sync()
    assert caught.value.code == "source_unsettled"
    site.steps = []
    assert site.sync().published
    assert stored(site, "SELECT name FROM school") == [{"name": "Oak"}]


def test_files_of_no_use_are_named_and_stop_nothing_later(site: Connected, inbox: Path) -> None:
    site.sync()
    put(inbox / "menus.csv", [{"day": "Monday"}], minutes_ago=20)
    assert site.sync().stopped == ("menus.csv: no file of the profile canonical",)
    put(inbox / "attendance.csv", marks("B"), minutes_ago=19)
    assert site.sync().published


@pytest.fixture
def served(inbox: Path) -> Iterator[SftpServer]:
    with SftpServer(inbox.parent) as server:
        yield server


@pytest.mark.loopback
def test_files_on_an_sftp_server_are_published_although_the_line_is_cut(
    tmp_path: Path, inbox: Path, served: SftpServer
) -> None:
    write_school(inbox)
    settings = {"profile": "canonical", "user": USER, "host_key": served.fingerprint}
    site = connected(
        tmp_path / "site",
        "sftp",
        f"sftp://{served.host}/inbox",
        schools={},
        secrets={"password": PASSWORD},
        settings=settings,
    )
    served.cut_after = [2_000]
    assert site.sync().published
    assert site.rows("attendance") == 90
