"""Compacting merges files and drops what is past its time, and nobody who reads notices."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sightline.contract import Table, read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline import load, opened, tidy
from sightline.site import Site, make_site, open_site
from sightline.warehouse import Snapshot, TableState, Warehouse, kept_tables, open_snapshot
from sightline.warehouse.compact import cut_off
from sightline.warehouse.digest import digests
from tests.integration.test_known_at import held
from tests.support import dirty_rows
from tests.support.killed_load import (
    LOAD_DAY,
    MOMENTS,
    Workers,
    copy_of,
    first_export,
    load_at,
    row_counts,
    second_export,
    small_site,
    workers,
    write,
)

PUBLISH = "sightline.warehouse.snapshot:Path.rename"
INSIDE = [
    ("deltalake:write_deltalake", 1, "after"),
    ("deltalake:write_deltalake", 2, "before"),
    (PUBLISH, 1, "before"),
    (PUBLISH, 1, "after"),
    *(("pathlib:Path.unlink", nth, "after") for nth in (1, 2, 5, 9)),
    ("deltalake:DeltaTable.create_checkpoint", 2, "before"),
    ("sightline.people.vault:Vault.keep_only", 2, "after"),
]


def keeping(site: Site, snapshots: int) -> Site:
    return replace(site, settings={**site.settings, "keep_snapshots": snapshots})


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made, first, second = small_site(tmp_path_factory.mktemp("compact"))
    for number, folder in enumerate((first, second, first)):
        load_at(made, folder, number)
    return made


@pytest.fixture(scope="module")
def told_before(three_loads: Site) -> list[Any]:
    """What the three loads answer, at each moment one can ask for."""
    return answers(three_loads)


@pytest.fixture
def site(three_loads: Site, tmp_path: Path) -> Site:
    """A site with three loads behind it, of which the next compacting keeps the last."""
    return keeping(copy_of(three_loads, tmp_path / "site"), 1)


@pytest.fixture(scope="module")
def some_workers() -> Iterator[Workers]:
    with workers() as some:
        yield some


def data_files(site: Site) -> set[Path]:
    return set((site.folder / "warehouse").rglob("school_id=*/*.parquet"))


def files_of(site: Site) -> set[Path]:
    """The files that the current snapshot names."""
    snapshot, warehouse = site.warehouse.require(), site.warehouse
    return {
        warehouse.table_folder(name, history=kind == "history") / file.path
        for kind in ("tables", "history")
        for name, state in getattr(snapshot, kind).items()
        for file in state.files
    }


def several(snapshot: Snapshot) -> list[str]:
    """The tables in which a school has more than one file."""
    found = []
    for kind in ("tables", "history"):
        for name, state in getattr(snapshot, kind).items():
            schools = [file.school_id for file in state.files]
            found += [name] if len(schools) != len(set(schools)) else []
    return found


def test_files_are_merged_and_every_answer_stays(site: Site, told_before: list[Any]) -> None:
    before = site.warehouse.require()
    assert several(before)
    done, _ = tidy(site, LOAD_DAY)
    after = site.warehouse.require()
    assert several(after) == []
    assert after.digest == before.digest
    assert row_counts(after) == row_counts(before)
    assert answers(site) == told_before
    assert done.files_after == sum(len(state.files) for state in after.tables.values())
    assert done.rows_past_retention == 0


def answers(site: Site) -> list[Any]:
    snapshot = site.warehouse.require()
    return [held(site, snapshot, known_at) for known_at in (None, *MOMENTS)]


def test_only_files_that_no_snapshot_names_are_deleted(site: Site) -> None:
    tidy(keeping(site, 10), LOAD_DAY)
    for snapshot in site.warehouse.snapshots():
        assert held(site, snapshot)["attendance"]
    assert len(site.warehouse.snapshots()) == 4
    tidy(site, LOAD_DAY)
    assert len(site.warehouse.snapshots()) == 1
    assert data_files(site) == files_of(site)


def test_compacting_twice_changes_nothing_the_second_time(site: Site) -> None:
    tidy(site, LOAD_DAY)
    before = site.warehouse.require()
    done, identities = tidy(site, LOAD_DAY)
    assert site.warehouse.require() == before
    assert (done.rows_past_retention, done.snapshots_cleared, identities) == (0, 0, 0)


def test_a_load_after_compacting_goes_on_as_if_nothing_had_been(site: Site, tmp_path: Path) -> None:
    plain = copy_of(site, tmp_path / "plain")
    tidy(site, LOAD_DAY)
    second = write(second_export(), tmp_path / "second")
    one, two = load_at(site, second, 2), load_at(plain, second, 2)
    assert one.account == two.account
    assert site.warehouse.require().digest == plain.warehouse.require().digest
    assert answers(site) == answers(plain)


def test_odd_school_ids_lose_no_file(tmp_path: Path) -> None:
    made = make_site(tmp_path / "site")
    for number, seed in enumerate((3, 4)):  # the same school ids, other rows
        folder = dirty_rows.dirty_folder(seed, tmp_path / str(seed)).folder
        at = MOMENTS[number]
        load(made, "canonical", folder, recorded_at=at, load_day=dirty_rows.LOAD_DAY)
    then = held(made, made.warehouse.require())
    assert len(made.warehouse.require().tables["school"].schools) > 10
    tidy(keeping(made, 1), date(2000, 9, 1))  # when nothing is past its time
    assert held(made, made.warehouse.require()) == then


# --- retention -----------------------------------------------------------------------------------


def test_the_year_of_a_row_is_the_first_of_the_years_it_stays() -> None:
    attendance = read_contract().table("attendance")
    assert attendance.retention.value == 3
    # A mark of 10 March 2023 is of 2022/23 and stays for 2023/24 and 2024/25.
    assert stays(attendance, date(2023, 3, 10), on=date(2025, 8, 31))
    assert not stays(attendance, date(2023, 3, 10), on=date(2025, 9, 1))
    assert stays(attendance, date(2023, 9, 1), on=date(2025, 9, 1))


def stays(table: Table, of: date, *, on: date) -> bool:
    return of >= cut_off(table, on)


def test_a_leavers_name_goes_before_the_facts(tmp_path: Path) -> None:
    rows = first_export()
    site = make_site(tmp_path / "site")
    folder = write(rows, tmp_path / "export")
    leaver = "P1,S2,2024-09-01,8,2026-03-31"
    text = (folder / "pupil.csv").read_text().replace("P1,S2,2025-09-01,8", leaver)
    lines = [line if leaver in line else f"{line}," for line in text.splitlines()]
    (folder / "pupil.csv").write_text("\n".join([lines[0] + "left_on", *lines[1:]]) + "\n")
    load_at(site, folder, 0)
    (ref,) = site.keys.pupil_refs(["P1"])
    for day, known in ((date(2026, 8, 31), True), (date(2026, 9, 1), False)):
        done, _ = tidy(site, day)
        assert done.rows_past_retention == 0
        with site.vault(site.warehouse.require()) as vault:
            assert (ref in vault.read("pupil_identity")) is known


def test_rows_past_their_time_go_with_their_history_and_their_notes(tmp_path: Path) -> None:
    site = keeping(old_site(tmp_path), 1)
    done, identities = tidy(site, date(2026, 7, 20))
    now = site.warehouse.require()
    with opened(site) as study:
        marks = study.engine.rows("SELECT min(date) AS first, count(*) AS n FROM attendance")[0]
        notes = study.engine.rows("SELECT note_id FROM note ORDER BY note_id")
        pupils = study.engine.value("SELECT count(*) FROM pupil")
    assert marks == {"first": date(2023, 9, 1), "n": 481}
    assert [row["note_id"] for row in notes] == [*(f"N{n}" for n in range(1, 9)), "late"]
    assert pupils == 8  # of the two who left, the one who left in 2022/23 has gone
    assert done.rows_past_retention == 5  # a mark, its history, a note, a pupil, a school day
    assert identities == 3  # the note's text, the pupil's name and the pupil's id
    with site.vault(now) as vault:
        (gone,) = site.keys.pupil_refs(["left"])
        assert "old" not in vault.read("note")
        assert gone not in {*vault.read("pupil_identity"), *vault.read("pupil")}
    assert data_files(site) == files_of(site)
    assert now.digest == fresh_digest(tmp_path, site)


def old_site(root: Path) -> Site:
    """The small site with rows of earlier years, one of them amended since."""
    rows = first_export()
    for day in ("2023-08-31", "2023-09-01"):
        rows["school_day"].append(["S2", day, "open"])
        rows["attendance"].append(["P1", day, "AM", "/", f"{day}T16:00:00Z"])
    rows["pupil"][0][2] = "2020-09-01"
    rows["note"] = rows["note"][:-1]
    rows["note"].append(["old", "P1", "2024-08-31", "pastoral", "Long ago"])
    rows["note"].append(["late", "P1", "2024-09-01", "pastoral", "Not so long ago"])
    folder = write(rows, root / "old")
    for who, left in (("left", "2023-08-31"), ("just", "2023-09-01")):
        rows["pupil"].append([who, "S2", "2020-09-01", "13", left])
        rows["pupil_identity"].append([who, "Given", "Family", ""])
    del rows["pupil"][-1], rows["pupil_identity"][-1]
    write(rows, folder)
    lines = (folder / "pupil.csv").read_text().splitlines()
    lines = [line + ("" if line.endswith("2023-08-31") else ",") for line in lines]
    (folder / "pupil.csv").write_text("\n".join([lines[0] + "left_on", *lines[1:]]) + "\n")
    site = make_site(root / "site")
    load_at(site, folder, 0)
    rows["attendance"][-2][3] = "N"
    amended = {"attendance": rows["attendance"]}
    load_at(site, write(amended, root / "amended"), 1)
    return site


def fresh_digest(root: Path, site: Site) -> str:
    """The digest of the rows that are left, worked out from the files."""
    snapshot, contract = site.warehouse.require(), read_contract()
    states: dict[str, TableState] = {}
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, contract)
        for table in kept_tables(contract):
            if table.name in snapshot.tables:
                found = digests(engine, table, f"SELECT * FROM {table.name}")
                states[table.name] = TableState(0, (), found)
    return replace(snapshot, tables=states).digest


# --- others at work ------------------------------------------------------------------------------


def test_a_reader_of_an_older_snapshot_reads_on_and_is_cleared_up_after(
    site: Site, some_workers: Workers
) -> None:
    older = site.warehouse.require()
    reader = some_workers.started({"work": "read", "site": site.folder})
    assert reader.hear() == f"waits with {older.id}"
    done, _ = tidy(site, LOAD_DAY)
    assert done.snapshots_cleared == 2  # not the one being read
    newer = site.warehouse.require()
    assert [one.id for one in site.warehouse.snapshots()] == [older.id, newer.id]
    reader.say("go on")
    assert reader.hear() == row_counts(older)
    assert not reader.was_killed()
    done, _ = tidy(site, LOAD_DAY)
    assert done.snapshots_cleared == 1
    assert [one.id for one in site.warehouse.snapshots()] == [newer.id]
    assert data_files(site) == files_of(site)


def test_a_snapshot_cleared_away_before_it_could_be_opened_is_not_missed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = Warehouse.require, count()

    def require(warehouse: Warehouse) -> Snapshot:
        found = real(warehouse)
        if next(calls) == 0:
            tidy(site, LOAD_DAY)
        return found

    monkeypatch.setattr(Warehouse, "require", require)
    with opened(site) as study:
        assert study.snapshot == site.warehouse.current()
        assert study.engine.value("SELECT count(*) FROM attendance")


def test_a_reader_killed_while_reading_holds_nothing_back(
    site: Site, some_workers: Workers
) -> None:
    reader = some_workers.started({"work": "read", "site": site.folder})
    assert reader.hear()
    reader.kill()
    assert tidy(site, LOAD_DAY)[0].snapshots_cleared == 3


@pytest.mark.parametrize(("around", "nth", "when"), INSIDE)
def test_killed_while_compacting(
    around: str,
    nth: int,
    when: str,
    site: Site,
    told_before: list[Any],
    some_workers: Workers,
) -> None:
    settings = site.folder / "settings.toml"
    settings.write_text("keep_snapshots = 1\n")
    digest = site.warehouse.require().digest
    job = {"work": "tidy", "site": site.folder, "around": around, "nth": nth, "when": when}
    assert some_workers.run(job)
    site = open_site(site.folder)
    assert site.warehouse.require().digest == digest
    assert answers(site) == told_before
    tidy(site, LOAD_DAY)
    assert site.warehouse.require().digest == digest
    assert answers(site) == told_before
    assert data_files(site) == files_of(site)


def test_identities_of_a_killed_load_are_not_published_by_compacting(
    site: Site, tmp_path: Path, some_workers: Workers
) -> None:
    second = write(second_export(), tmp_path / "second")
    with site.vault(site.warehouse.require()) as vault:
        before = vault.read("pupil_identity"), vault.read("note")
    job = {"work": "load", "site": site.folder, "folder": second, "number": 2}
    seal = {"around": "sightline.pipeline.load:publish", "nth": 1, "when": "before"}
    assert some_workers.run(job | seal)
    tidy(site, LOAD_DAY)
    with site.vault(site.warehouse.require()) as vault:
        assert (vault.read("pupil_identity"), vault.read("note")) == before


def test_nothing_loaded_is_nothing_to_compact(tmp_path: Path) -> None:
    with pytest.raises(SightlineError) as told:
        tidy(make_site(tmp_path / "site"), LOAD_DAY)
    assert told.value.code == "no_data"
