"""After a load only what changed is made anew, and the pages are as if everything had been."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import Refreshed, load, prepare, refresh
from sightline.sheets import open_sheets
from sightline.sheets.file import Outdated, changed_file, path_of
from sightline.site import Site, make_site, open_site
from sightline.synthetic import write_schools
from sightline.warehouse import Draft
from sightline.warehouse.snapshot import publish
from tests.support.amended import TABLES, Rows, amendments, read_rows, write_rows

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
BUILT = datetime(2026, 3, 9, 6, tzinfo=UTC)
SCHOOL, OTHER = "S0001", "S0002"
CONTEXT = get_context("fork")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refresh") / "exports"
    write_schools(folder, schools=2, pupils=60, seed=11, until=FRIDAY)
    return folder


@pytest.fixture(scope="module")
def rows(exports: Path) -> Rows:
    return read_rows(exports, SCHOOL)


@pytest.fixture(scope="module")
def prepared(exports: Path) -> Site:
    """Two small schools, loaded and prepared; tests leave it as it is."""
    folder = exports.parent / "site"
    make_site(folder)
    site = open_site(folder)
    load(site, "canonical", exports, recorded_at=BUILT, load_day=FRIDAY)
    prepare(site, today=MONDAY, built_at=BUILT)
    return site


@pytest.fixture
def own(prepared: Site, tmp_path: Path) -> Site:
    return copy_of(prepared, tmp_path / "site")


def copy_of(site: Site, folder: Path) -> Site:
    return open_site(shutil.copytree(site.folder, folder))


def contents(site: Site, school_id: str = SCHOOL) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a school's file, as packed."""
    with closing(sqlite3.connect(path_of(site.folder / "sheets", school_id))) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
        }


def loaded(site: Site, folder: Path, minutes: int, found: Mapping[str, Sequence[Any]]) -> None:
    at = BUILT + timedelta(minutes=minutes)
    load(site, "canonical", write_rows(folder, found), recorded_at=at, load_day=MONDAY)


def refreshed(site: Site, today: date = MONDAY) -> Refreshed:
    return refresh(site, today=today, built_at=BUILT + timedelta(hours=1))


def assert_as_made_whole(site: Site, school_id: str = SCHOOL, today: date = MONDAY) -> None:
    """The file holds the same as one made whole from the same snapshot."""
    found = contents(site, school_id)
    prepare(site, today=today, built_at=BUILT + timedelta(hours=1), schools=[school_id])
    whole = contents(site, school_id)
    assert found.keys() == whole.keys()
    assert [name for name in whole if found[name] != whole[name]] == []


def mark(pupil_id: str, day: str, code: str, session: str = "AM") -> dict[str, str]:
    known = {"pupil_id": pupil_id, "date": day, "session": session, "code": code}
    return known | {"minutes_late": "", "recorded_at": ""}


def ref_of(site: Site, pupil_id: str) -> str:
    (ref,) = site.keys.pupil_refs([pupil_id])
    return str(ref)


# --- the same as made whole ----------------------------------------------------------------------


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    loads=st.lists(
        st.dictionaries(st.sampled_from(TABLES), st.integers(1, 3), min_size=1, max_size=3),
        min_size=1,
        max_size=2,
    ),
)
def test_any_amendments_give_what_making_all_anew_gives(
    prepared: Site,
    rows: Rows,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    loads: list[dict[str, int]],
) -> None:
    root, rng = tmp_path_factory.mktemp("amended"), Random(seed)
    site = copy_of(prepared, root / "site")
    for number, told in enumerate(loads):
        found = {table: amendments(rows, rng, table, count) for table, count in told.items()}
        loaded(site, root / f"later {number}", number, found)
    before = contents(site)
    done = refreshed(site)
    assert done.pupils.keys() <= {SCHOOL}
    if done.pupils:
        assert_as_made_whole(site)
    else:
        assert contents(site) == before


def test_one_mark_changes_one_sheet_and_the_groups_say_from_when(
    own: Site, rows: Rows, tmp_path: Path
) -> None:
    one = rows["attendance"][0]["pupil_id"]
    before = contents(own)
    loaded(own, tmp_path / "later", 1, {"attendance": [mark(one, "2026-03-05", "O")]})
    done = refreshed(own)
    assert done.pupils == {SCHOOL: frozenset({ref_of(own, one)})}
    after = contents(own)
    assert [row[0] for row in after["pupil"] if row not in before["pupil"]] == [ref_of(own, one)]
    sheets = open_sheets(own, SCHOOL)
    assert sheets is not None
    assert sheets.facts.snapshot == 2
    assert {sheets.group(year).snapshot for year in sheets.facts.year_groups} == {2}
    assert_as_made_whole(own)


def test_an_event_that_turns_out_to_be_somebody_elses_changes_both(
    own: Site, rows: Rows, tmp_path: Path
) -> None:
    event = dict(rows["behaviour"][-1])
    other = next(row for row in rows["attendance"] if row["pupil_id"] != event["pupil_id"])
    moved = event | {"pupil_id": other["pupil_id"], "recorded_at": ""}
    loaded(own, tmp_path / "later", 1, {"behaviour": [moved]})
    both = {ref_of(own, event["pupil_id"]), ref_of(own, other["pupil_id"])}
    assert refreshed(own).pupils == {SCHOOL: frozenset(both)}
    assert_as_made_whole(own)


def test_use_of_the_platform_changes_all_who_are_compared(
    own: Site, rows: Rows, tmp_path: Path
) -> None:
    use = dict(next(row for row in reversed(rows["engagement"]) if row["class_id"]))
    loaded(own, tmp_path / "later", 1, {"engagement": [use | {"quantity": "500"}]})
    touched = refreshed(own).pupils[SCHOOL]
    assert touched is not None
    assert len(touched) > 1
    assert_as_made_whole(own)


def test_rows_their_source_took_back_are_gone_from_the_pages(own: Site, tmp_path: Path) -> None:
    warehouse, contract = own.warehouse, read_contract()
    table = contract.table("behaviour")
    with warehouse.writing(), Engine() as engine:
        draft = Draft(warehouse, contract, engine, BUILT + timedelta(minutes=1))
        draft.view("all_rows", table, [SCHOOL])
        event, ref = (
            engine.rows("SELECT event_id, pupil_ref FROM all_rows ORDER BY date DESC, event_id")[0]
        ).values()
        engine.create("withdrawn_rows", f"SELECT '{event}' AS event_id")
        engine.create("named_rows", "SELECT '' AS key LIMIT 0")
        assert draft.withdraw(table, ["event_id"], MONDAY) == (1, {SCHOOL})
        base = warehouse.require()
        now = {**vars(base), "number": 2, "tables": draft.tables, "history": draft.history}
        publish(warehouse.snapshot_folder, type(base)(**now))
    assert refreshed(own).pupils == {SCHOOL: frozenset({ref})}
    assert_as_made_whole(own)


# --- where all is made anew ----------------------------------------------------------------------


def everything(site: Site, school_id: str = SCHOOL) -> None:
    assert refreshed(site).pupils == {school_id: None}
    assert_as_made_whole(site, school_id)


def test_the_first_mark_of_a_new_day_moves_the_day_of_all(
    own: Site, rows: Rows, tmp_path: Path
) -> None:
    one = rows["attendance"][0]["pupil_id"]
    loaded(own, tmp_path / "later", 1, {"attendance": [mark(one, str(MONDAY), "/")]})
    everything(own)


def test_a_change_of_class_or_of_roll_is_for_all(own: Site, exports: Path, tmp_path: Path) -> None:
    lines = (exports / "class_member.csv").read_text().splitlines()
    (tmp_path / "later").mkdir()
    ended = f"{lines[1].rstrip(',')},2026-03-06"
    (tmp_path / "later" / "class_member.csv").write_text(f"{lines[0]}\n{ended}\n")
    at = BUILT + timedelta(minutes=1)
    load(own, "canonical", tmp_path / "later", recorded_at=at, load_day=MONDAY)
    everything(own)


def test_many_pupils_are_as_quickly_all(own: Site, rows: Rows, tmp_path: Path) -> None:
    pupils = sorted({row["pupil_id"] for row in rows["attendance"]})[:40]
    loaded(
        own,
        tmp_path / "later",
        1,
        {"attendance": [mark(one, "2026-03-05", "O") for one in pupils]},
    )
    everything(own)


@pytest.mark.parametrize("file", ["thresholds.yml", "settings.toml"])
def test_another_rule_or_setting_is_for_all(
    own: Site, rows: Rows, tmp_path: Path, file: str
) -> None:
    line = {
        "thresholds.yml": "attendance_momentum.drop_points: 9.0",
        "settings.toml": "capacity = 8",
    }
    (own.folder / file).write_text(f"{(own.folder / file).read_text()}\n{line[file]}\n")
    site = open_site(own.folder)
    one = rows["attendance"][0]["pupil_id"]
    loaded(site, tmp_path / "later", 1, {"attendance": [mark(one, "2026-03-05", "O")]})
    everything(site)


def test_what_changed_without_a_trace_is_for_all(own: Site, rows: Rows, tmp_path: Path) -> None:
    """Such as rows past their retention: no history proves whose they were."""
    one = rows["attendance"][0]["pupil_id"]
    with closing(sqlite3.connect(path_of(own.folder / "sheets", SCHOOL))) as connection:
        told = connection.execute("SELECT value FROM meta WHERE name = 'basis'").fetchone()[0]
        digest = own.warehouse.require().tables["attendance"].digests[SCHOOL]
        other = told.replace(digest, f"{int(digest, 16) ^ 1:032x}")
        connection.execute("UPDATE meta SET value = ? WHERE name = 'basis'", (other,))
        connection.commit()
    loaded(own, tmp_path / "later", 1, {"attendance": [mark(one, "2026-03-05", "O")]})
    everything(own)


# --- files ---------------------------------------------------------------------------------------


def test_a_school_whose_rows_stay_keeps_its_file(own: Site, rows: Rows, tmp_path: Path) -> None:
    before = path_of(own.folder / "sheets", OTHER).stat()
    one = rows["attendance"][0]["pupil_id"]
    loaded(own, tmp_path / "later", 1, {"attendance": [mark(one, "2026-03-05", "O")]})
    done = refreshed(own)
    assert done.files == [path_of(own.folder / "sheets", SCHOOL)]
    assert path_of(own.folder / "sheets", OTHER).stat().st_ino == before.st_ino
    assert refreshed(own) == Refreshed([], {})


def test_a_school_without_a_file_gets_one(own: Site) -> None:
    path_of(own.folder / "sheets", OTHER).unlink()
    everything(own, OTHER)


def test_a_file_that_another_replaced_meanwhile_is_not_changed(own: Site) -> None:
    path = path_of(own.folder / "sheets", SCHOOL)
    before = path.read_bytes()
    with (
        pytest.raises(Outdated),
        changed_file(own.folder / "sheets", SCHOOL, (0, 0)) as connection,
    ):
        connection.execute("DELETE FROM pupil")
    assert path.read_bytes() == before


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_killed_half_way_it_leaves_the_file_there_was(
    own: Site, rows: Rows, tmp_path: Path
) -> None:
    one = rows["attendance"][0]["pupil_id"]
    loaded(own, tmp_path / "later", 1, {"attendance": [mark(one, "2026-03-05", "O")]})
    path = path_of(own.folder / "sheets", SCHOOL)
    before = path.read_bytes()

    def job() -> None:
        Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, method-assign]
        refreshed(own)

    process = CONTEXT.Process(target=job)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert refreshed(own).pupils == {SCHOOL: frozenset({ref_of(own, one)})}
    assert_as_made_whole(own)
