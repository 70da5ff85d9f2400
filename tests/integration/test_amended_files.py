"""A corrected mark rewrites the months it is in, not the school's whole year, and loses nothing."""

import csv
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import Loaded, load
from sightline.site import Site, make_site, open_site
from sightline.synthetic import write_schools
from sightline.warehouse import Snapshot, amend, delta, draft, open_snapshot
from sightline.warehouse.digest import digests

FRIDAY = date(2026, 3, 6)
AT = datetime(2026, 3, 9, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("files")
    write_schools(root / "exports", schools=2, pupils=30, seed=3, until=FRIDAY)
    make_site(root / "site")
    load(open_site(root / "site"), "canonical", root / "exports", recorded_at=AT, load_day=FRIDAY)
    return root


@pytest.fixture
def site(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A small site whose schools count as large ones."""
    monkeypatch.setattr(amend, "FEW", 0)
    return open_site(shutil.copytree(template / "site", tmp_path / "site"))


@pytest.fixture
def marks(template: Path) -> list[dict[str, str]]:
    with (template / "exports" / "attendance.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["pupil_id"].startswith("S0001")]


def amended(site: Site, folder: Path, rows: list[dict[str, str]], minutes: int) -> Loaded:
    folder.mkdir(exist_ok=True)
    with (folder / "attendance.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "minutes_late": "", "recorded_at": ""} for row in rows)
    at = AT + timedelta(minutes=minutes)
    return load(site, "canonical", folder, recorded_at=at, load_day=FRIDAY)


def paths(snapshot: Snapshot, school: str = "S0001") -> set[str]:
    return {file.path for file in snapshot.tables["attendance"].files if file.school_id == school}


def stored(site: Site) -> dict[str, Any]:
    """Each current mark with its code, and whether the digest is that of the rows."""
    snapshot, contract = site.warehouse.require(), read_contract()
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, contract)
        rows = engine.rows("SELECT pupil_ref, date, session, code FROM attendance")
        found = digests(engine, contract.table("attendance"), "SELECT * FROM attendance")
    assert found == snapshot.tables["attendance"].digests
    assert len(rows) == sum(file.rows for file in snapshot.tables["attendance"].files)
    return {(row["pupil_ref"], row["date"], row["session"]): row["code"] for row in rows}


def of(rows: list[dict[str, str]], month: str) -> dict[str, str]:
    return next(row for row in rows if row["date"].startswith(month) and row["code"] == "/")


def test_a_mark_of_this_month_leaves_the_files_of_earlier_months(
    site: Site, marks: list[dict[str, str]], tmp_path: Path
) -> None:
    before = stored(site)
    one = of(marks, "2026-03") | {"code": "O"}
    amended(site, tmp_path / "first", [one], 1)
    (ref,) = site.keys.pupil_refs([one["pupil_id"]])
    key = str(ref), date.fromisoformat(one["date"]), one["session"]
    assert stored(site) == before | {key: "O"}
    split = paths(site.warehouse.require())
    other = of(marks, "2026-03") | {"code": "I"}
    amended(site, tmp_path / "second", [other], 2)
    again = paths(site.warehouse.require())
    assert len(split) == len(again) == 2
    assert len(split & again) == 1  # that of September to February
    assert paths(site.warehouse.require(), "S0002") == paths(site.warehouse.snapshots()[0], "S0002")
    assert stored(site) == before | {key: "I"}


def test_a_mark_of_autumn_is_amended_too(
    site: Site, marks: list[dict[str, str]], tmp_path: Path
) -> None:
    before = stored(site)
    rows = [of(marks, "2025-10") | {"code": "O"}, of(marks, "2026-02") | {"code": "L"}]
    done = amended(site, tmp_path / "first", rows, 1)
    assert done.account.tables["attendance"].amended == 2
    after = stored(site)
    assert after.keys() == before.keys()
    assert Counter(after[key] for key in after if after[key] != before[key]) == {"O": 1, "L": 1}
    assert not amended(site, tmp_path / "first", rows, 2).published


def test_what_a_killed_load_dropped_is_there_again(
    site: Site, marks: list[dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, number = stored(site), site.warehouse.require().number

    class Killed(Exception):
        pass

    def die(*_: Any) -> None:
        raise Killed

    rows = [of(marks, "2026-03") | {"code": "O"}]
    with monkeypatch.context() as patched:
        patched.setattr(draft, "store_rows", die)
        with pytest.raises(Killed):
            amended(site, tmp_path / "first", rows, 1)
    assert site.warehouse.require().number == number
    assert stored(site) == before  # readers never saw it
    folder = site.warehouse.table_folder("attendance")
    with site.warehouse.writing():
        site.warehouse.recover()
    assert {one.path for one in delta.files_now(folder)} == {
        one.path for one in site.warehouse.require().tables["attendance"].files
    }
    assert amended(site, tmp_path / "first", rows, 1).published
    assert stored(site).keys() == before.keys()


def test_many_small_files_become_one_and_the_history_stays(
    site: Site, marks: list[dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amend, "FILES", 4)
    one = of(marks, "2026-03")
    for number, code in enumerate("OILOILOILO", start=1):
        amended(site, tmp_path / "marks", [one | {"code": code}], number)
    snapshot = site.warehouse.require()
    history = snapshot.history["attendance"]
    mine = [file for file in history.files if file.school_id == "S0001"]
    assert len(mine) <= 4
    assert sum(file.rows for file in history.files) == 10 + sum(
        file.rows for file in site.warehouse.snapshots()[0].history["attendance"].files
    )
    new = [one | {"date": f"2026-03-{day:02}"} for day in (9, 10, 11, 12, 13)]
    for number, row in enumerate(new, start=20):
        at = AT + timedelta(days=number)
        with (tmp_path / "marks" / "attendance.csv").open("w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerow({**row, "minutes_late": "", "recorded_at": ""})
        load(site, "canonical", tmp_path / "marks", recorded_at=at, load_day=date(2026, 3, 16))
    assert len(paths(site.warehouse.require())) <= 4
    assert stored(site)
