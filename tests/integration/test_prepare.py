"""What the pages read: made from the facts alone, replaced whole, and without an identity."""

import csv
import json
import os
import shutil
import signal
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from sightline.cli import app
from sightline.kit import SightlineError
from sightline.pipeline import group_facts, load, opened, prepare
from sightline.sheets import SchoolSheets, build, file, open_sheets, sheet_schools
from sightline.signals.explain import explain
from sightline.site import Site, make_site, open_site
from sightline.synthetic import write_schools

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
BUILT = datetime(2026, 3, 9, 6, tzinfo=UTC)
CONTEXT = get_context("fork")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small schools, loaded; nothing prepared."""
    root = tmp_path_factory.mktemp("prepare")
    write_schools(root / "exports", schools=2, pupils=60, seed=11, until=FRIDAY)
    make_site(root / "site")
    load(
        open_site(root / "site"),
        "canonical",
        root / "exports",
        recorded_at=BUILT,
        load_day=FRIDAY,
    )
    return root


@pytest.fixture(scope="module")
def prepared(loaded: Path) -> Site:
    """The same with sheets; tests leave it as it is."""
    site = open_site(shutil.copytree(loaded / "site", loaded / "prepared"))
    prepare(site, today=MONDAY, built_at=BUILT)
    return site


@pytest.fixture
def own(prepared: Site, tmp_path: Path) -> Site:
    """A copy to change."""
    return open_site(shutil.copytree(prepared.folder, tmp_path / "site"))


def sheets_of(site: Site, school_id: str = "S0001") -> SchoolSheets:
    found = open_sheets(site, school_id)
    assert found is not None
    return found


def everything(sheets: SchoolSheets) -> list[Any]:
    """All that a page could ask, but for when it was made."""
    refs = [place.pupil_ref for place in sheets.places()]
    pupils = sheets.pupils(refs)
    signals = {row["signal"] for one in pupils.values() for row in one.signals}
    return [
        replace(sheets.facts, built_at=BUILT),
        pupils,
        [sheets.group(year) for year in sheets.facts.year_groups],
        [sheets.explanation(ref, name) for ref in refs for name in sorted(signals)],
        {name: sheets.levels(name) for name in sorted(signals)},
        sheets.absences(),
        sheets.events(),
        sheets.slots(MONDAY),
    ]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened_file:
        return list(csv.DictReader(opened_file))


# --- what is in them -----------------------------------------------------------------------------


def test_every_school_has_its_own_file_and_name(prepared: Site, loaded: Path) -> None:
    told = {one["school_id"]: one["name"] for one in rows(loaded / "exports" / "school.csv")}
    assert sheet_schools(prepared) == told
    assert open_sheets(prepared, "nowhere") is None
    assert {path.name for path in (prepared.folder / "sheets").iterdir()} == {
        *(f"{school}.sqlite" for school in told),
        ".lock",
    }


def test_every_pupil_on_roll_is_placed_and_nobody_else(prepared: Site) -> None:
    with opened(prepared) as study:
        told = study.engine.rows(
            "SELECT * FROM pupil WHERE enrolled_on <= DATE '2026-03-09' "
            "AND coalesce(left_on >= DATE '2026-03-06', TRUE)"
        )
    for school in sheet_schools(prepared):
        sheets = sheets_of(prepared, school)
        mine = {row["pupil_ref"]: row for row in told if row["school_id"] == school}
        assert {place.pupil_ref for place in sheets.places()} == mine.keys()
        for place in sheets.places():
            row, sheet = mine[place.pupil_ref], sheets.pupil(place.pupil_ref)
            assert sheets.place(place.pupil_ref) == place
            assert (place.year_group, place.registration_group) == (
                row["year_group"],
                row["registration_group"],
            )
            assert place.class_ids == frozenset(sheet.class_ids)
            assert place in sheets.places(year_group=place.year_group)
            assert place in sheets.places(class_id=min(place.class_ids))
            assert (sheet.sen_status, sheet.eal) == (row["sen_status"], row["eal"])
        assert sheets.place("nobody") is None
        assert sheets.pupils(["nobody"]) == {}
        with pytest.raises(KeyError):
            sheets.pupil("nobody")


def test_weeks_and_rows_count_the_same_facts(prepared: Site) -> None:
    sheets = sheets_of(prepared)
    for place in sheets.places():
        one = sheets.pupil(place.pupil_ref)
        attended = ("present", "approved_educational_activity")
        assert sum(week.attended for week in one.weeks) == sum(
            mark.category in attended for mark in one.marks
        )
        assert sum(week.concerns + week.praise for week in one.weeks) == len(one.behaviour)
        assert sum(week.out_of_lessons for week in one.weeks) == len(one.out_of_lessons)
        assert sum(week.late for week in one.weeks) == sum(mark.late for mark in one.marks)
        assert sum(week.work_due for week in one.weeks) >= sum(due for _, due, _ in one.work) - 5


def test_every_signal_says_what_the_command_says(prepared: Site) -> None:
    with opened(prepared, school="S0001") as study:
        study.signals([FRIDAY], names=study.names("school"), school="S0001")
        told = {(row["pupil_ref"], row["signal"]): row for row in study.rows()}
        flagged = study.engine.rows("SELECT * FROM result WHERE outcome = 'flag'")
        explained = {
            (row["pupil_ref"], row["signal"]): explain(
                study.engine, study.library, row["signal"], study.values, row
            ).as_json()
            for row in flagged
        }
    sheets = sheets_of(prepared)
    found = {
        (ref, row["signal"]): row
        for ref in (place.pupil_ref for place in sheets.places())
        for row in sheets.pupil(ref).signals
    }
    assert found.keys() == told.keys()
    for key, row in found.items():
        same = row.keys() & told[key].keys()
        assert {name: row[name] for name in same} == {name: told[key][name] for name in same}
        assert ("strength" in row) == (row["outcome"] == "flag")
        assert sheets.explanation(*key) == explained.get(key)
        level = row["level"]
        assert sheets.levels(row["signal"]).get(key[0]) == level
    assert explained


def test_a_groups_facts_are_the_same_with_and_without_a_file(prepared: Site) -> None:
    sheets = sheets_of(prepared)
    with opened(prepared, school="S0001") as study:
        for year in sheets.facts.year_groups:
            assert group_facts(study, FRIDAY, year, school="S0001") == sheets.group(year)
    with pytest.raises(KeyError):
        sheets.group(99)


def test_a_past_list_sees_nothing_of_what_came_after(prepared: Site) -> None:
    with opened(prepared, school="S0001") as study:
        facts = group_facts(study, date(2026, 1, 23), 9, school="S0001")
    assert facts.days[-1] == date(2026, 1, 23)
    assert facts.term.endswith("Spring 1")
    assert {flag.as_of for flag in facts.flags} <= {date(2026, 1, 23)}
    latest = [week.monday for weeks in facts.weeks.values() for week in weeks]
    assert max(latest, default=date(2026, 1, 19)) == date(2026, 1, 19)


def test_the_timetable_says_who_teaches_what_when(prepared: Site) -> None:
    sheets = sheets_of(prepared)
    slots = sheets.slots(MONDAY)
    assert slots
    assert [slot.starts_at for slot in slots] == sorted(slot.starts_at for slot in slots)
    one = slots[0]
    assert sheets.taught_by(one.staff_id, MONDAY)[one.class_id] == one.class_name
    assert sheets.class_name(one.class_id) == one.class_name
    assert one in sheets.slots(MONDAY, staff_id=one.staff_id)
    assert {slot.class_id for slot in sheets.slots(MONDAY, class_id=one.class_id)} == {one.class_id}
    assert sheets.slots(date(2026, 3, 7)) == []  # a Saturday
    assert sheets.taught_by("", MONDAY) == {}
    assert sheets.school_days(FRIDAY, date(2026, 3, 10)) == [FRIDAY, MONDAY, date(2026, 3, 10)]
    assert one.staff_id in sheets.facts.staff


def test_making_them_again_makes_them_the_same(prepared: Site, own: Site) -> None:
    before = everything(sheets_of(prepared))
    prepare(own, today=MONDAY, built_at=datetime(2026, 3, 9, 7, tzinfo=UTC), schools=["S0001"])
    assert everything(sheets_of(own)) == before


# --- who has objected ----------------------------------------------------------------------------


def flagged_pupil(sheets: SchoolSheets) -> Any:
    pupils = sheets.pupils(place.pupil_ref for place in sheets.places())
    return next(
        one for one in pupils.values() if {"flag"} & {row["outcome"] for row in one.signals}
    )


def test_who_objects_to_everything_has_nothing_said_about_them(own: Site) -> None:
    one = flagged_pupil(sheets_of(own))
    objected = {"S0001": {one.pupil_ref: frozenset[str]()}}
    prepare(own, today=MONDAY, built_at=BUILT, schools=["S0001"], objected=objected)
    sheets = sheets_of(own)
    now = sheets.pupil(one.pupil_ref)
    assert (now.signals, now.good, now.story, now.lens.sentences) == ((), (), (), ())
    assert now.marks == one.marks
    assert sheets.explanation(one.pupil_ref, one.signals[0]["signal"]) is None
    facts = sheets.group(one.year_group)
    assert one.pupil_ref not in {flag.pupil_ref for flag in facts.flags}
    assert one.pupil_ref not in {ref for ref, _ in facts.before} | facts.cannot_tell


def test_who_objects_to_a_theme_has_the_others_left(own: Site) -> None:
    one = flagged_pupil(sheets_of(own))
    prepare(
        own,
        today=MONDAY,
        built_at=BUILT,
        schools=["S0001"],
        objected={"S0001": {one.pupil_ref: frozenset({"attendance", "behaviour"})}},
    )
    now = sheets_of(own).pupil(one.pupil_ref)
    themes = {row["theme"] for row in one.signals} - {"attendance", "behaviour"}
    assert {row["theme"] for row in now.signals} == themes
    said = " ".join((*now.story, *now.good, *now.lens.sentences))
    assert not any(word in said for word in ("Attended", "Missed", "concern", "Praised"))


# --- replaced whole ------------------------------------------------------------------------------


def test_a_reader_sees_one_file_or_the_next_and_never_half_of_one(own: Site) -> None:
    moments = [datetime(2026, 3, 9, hour, tzinfo=UTC) for hour in range(7, 11)]
    seen: set[datetime] = set()
    faults: list[BaseException] = []
    done = Event()

    def read() -> None:
        try:
            while not done.is_set():
                sheets = sheets_of(own)
                places = sheets.places()
                assert len(sheets.pupils(one.pupil_ref for one in places)) == len(places) > 0
                seen.add(sheets.facts.built_at)
        except BaseException as error:
            faults.append(error)

    reader = Thread(target=read)
    reader.start()
    kept = sheets_of(own)
    for moment in moments:
        prepare(own, today=MONDAY, built_at=moment, schools=["S0001"])
        assert sheets_of(own).facts.built_at == moment
    done.set()
    reader.join()
    assert faults == []
    assert seen <= {BUILT, *moments}
    assert len(seen) > 1
    assert kept.places()  # who holds the old file reads it to the end
    assert kept.facts.built_at == BUILT


def killed_at(site: Site, step: str) -> int | None:
    """Prepare in a process that kills itself before a step of the writing; its exit code."""

    def job() -> None:
        def die(*_: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        if step == "half written":
            build._write_timetable = die  # type: ignore[assignment]
        elif step == "not yet on disk":
            file._sync = die  # type: ignore[assignment]
        else:
            Path.replace = die  # type: ignore[assignment, method-assign]
        prepare(site, today=MONDAY, built_at=BUILT, schools=["S0001"])

    process = CONTEXT.Process(target=job)
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("step", ["half written", "not yet on disk", "not yet in place"])
def test_killed_half_way_it_leaves_the_file_there_was(own: Site, step: str) -> None:
    path = own.folder / "sheets" / "S0001.sqlite"
    before = path.read_bytes()
    assert killed_at(own, step) == -signal.SIGKILL
    assert path.read_bytes() == before
    assert sheets_of(own).facts.built_at == BUILT
    prepare(own, today=MONDAY, built_at=datetime(2026, 3, 9, 10, tzinfo=UTC), schools=["S0001"])
    assert sheets_of(own).facts.built_at.hour == 10
    assert not list(path.parent.glob("*.new"))


def test_a_file_of_another_version_says_what_to_do(own: Site) -> None:
    path = own.folder / "sheets" / "S0002.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema'")
        connection.commit()
    with pytest.raises(SightlineError, match="sightline prepare"):
        open_sheets(own, "S0002")


# --- nothing identifying -------------------------------------------------------------------------


def contents(path: Path) -> Iterator[str]:
    """Every value of every table as text, the compressed ones opened."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in names.fetchall():
            for row in connection.execute(f"SELECT * FROM {name}"):
                for value in row:
                    yield (
                        zlib.decompress(value).decode() if isinstance(value, bytes) else str(value)
                    )


def test_nothing_in_the_files_says_who_a_pupil_is(prepared: Site, loaded: Path) -> None:
    exports = loaded / "exports"
    people = rows(exports / "pupil_identity.csv")
    secrets = {one["upn"] for one in people} | {one["pupil_id"] for one in people}
    secrets |= {one["date_of_birth"] for one in people}
    secrets |= {f'"{one[part]}"' for one in people for part in ("given_name", "family_name")}
    secrets |= {f"{one['given_name']} {one['family_name']}" for one in people}
    secrets |= {one["name"] for one in rows(exports / "staff.csv")}
    secrets |= {one["text"] for one in rows(exports / "note.csv")}
    secrets -= {"", '""'}
    for school in sheet_schools(prepared):
        path = prepared.folder / "sheets" / f"{school}.sqlite"
        text = "\n".join(contents(path))
        assert len(text) > 100_000
        assert [one for one in secrets if one in text] == []
        assert path.stat().st_mode & 0o077 == 0


# --- schools that are unlike others --------------------------------------------------------------


def test_a_college_without_registers_has_sheets_for_today(own: Site) -> None:
    settings = own.folder / "settings.toml"
    settings.write_text(settings.read_text() + '\npack = "he"\n')
    for table in ("attendance", "lesson_mark", "behaviour"):
        shutil.rmtree(own.folder / "warehouse" / "tables" / table)
    snapshot_file = max((own.folder / "warehouse" / "snapshots").iterdir())
    told = json.loads(snapshot_file.read_text())
    for table in ("attendance", "lesson_mark", "behaviour"):
        del told["tables"][table]
    snapshot_file.write_text(json.dumps(told))
    site = open_site(own.folder)
    prepare(site, today=MONDAY, built_at=BUILT, schools=["S0001"])
    sheets = sheets_of(site)
    assert sheets.facts.as_of == MONDAY
    assert sheets.facts.missing_marks is None
    one = sheets.pupil(sheets.places()[0].pupil_ref)
    assert one.marks == ()
    assert {row["signal"] for row in one.signals} >= {"engagement_vs_peers", "missing_work"}
    assert one.story


def test_a_school_before_its_first_day_has_places_and_little_else(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "school.csv").write_text("school_id,name,phase\nS/1,New School,secondary\n")
    (folder / "pupil.csv").write_text(
        "pupil_id,school_id,enrolled_on,year_group\nP1,S/1,2026-03-01,7\nP2,S/1,2026-04-01,7\n"
    )
    make_site(tmp_path / "site")
    site = open_site(tmp_path / "site")
    load(site, "canonical", folder, recorded_at=BUILT, load_day=FRIDAY)
    prepare(site, today=MONDAY, built_at=BUILT)
    sheets = sheets_of(site, "S/1")
    assert sheet_schools(site) == {"S/1": "New School"}
    (place,) = sheets.places()
    assert sheets.pupil(place.pupil_ref).story == ("There is no school day to tell of yet.",)
    assert sheets.group(7).on_roll == 1
    assert sheets.slots(MONDAY) == []
    assert sheets.absences()[0].spell == 0


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture
def run(own: Site) -> Callable[..., Any]:
    def command(*words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--site", str(own.folder)])

    return command


def test_the_command_prepares_one_school_or_all(own: Site, run: Callable[..., Any]) -> None:
    done = run("prepare", "--day", "2026-03-06", "--school", "S0002")
    assert done.exit_code == 0
    assert "The pages of 1 school are ready." in done.stderr
    assert sheets_of(own, "S0002").facts.built_at > BUILT
    assert sheets_of(own).facts.built_at == BUILT
    assert isinstance(run("prepare", "--school", "S9").exception, SightlineError)


def test_the_pages_follow_a_load_of_the_schools_it_touched(
    own: Site, loaded: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    one = rows(loaded / "exports" / "pupil.csv")[0]
    (folder / "behaviour.csv").write_text(
        "event_id,pupil_id,date,kind,category,severity\n"
        f"NEW1,{one['pupil_id']},2026-03-06,praise,Effort,\n"
    )
    words = ["load", "--profile", "canonical", "--from", str(folder), "--day", "2026-03-09"]
    before = {school: sheets_of(own, school).facts.snapshot for school in ("S0001", "S0002")}
    assert run(*words, "--no-prepare").exit_code == 0
    assert sheets_of(own, one["school_id"]).facts.snapshot == before[one["school_id"]]
    (folder / "behaviour.csv").write_text(
        "event_id,pupil_id,date,kind,category,severity\n"
        f"NEW2,{one['pupil_id']},2026-03-06,praise,Effort,\n"
    )
    done = run(*words)
    assert "The pages of 1 school are ready." in done.stderr
    after = {school: sheets_of(own, school).facts.snapshot for school in ("S0001", "S0002")}
    assert {school for school in after if after[school] != before[school]} == {one["school_id"]}


def test_a_site_without_pages_is_only_loaded(loaded: Path, tmp_path: Path) -> None:
    site = shutil.copytree(loaded / "site", tmp_path / "plain")
    words = ["load", "--profile", "canonical", "--from", str(loaded / "exports")]
    done = CliRunner().invoke(app, [*words, "--day", "2026-03-06", "--site", str(site)])
    assert "are ready" not in done.stderr
    assert not (site / "sheets").exists()
