"""What people decided is saved, proved and brought back, and what was erased stays erased."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from tests.support.decided_site import PUPILS
from tests.support.killed_load import load_at, small_site

from sightline.people import Erasures, read_keys
from sightline.site import open_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup")]  # one site for the file

ROOT = Path(__file__).resolve().parents[3]
SERVER = os.environ.get("SIGHTLINE_DATABASE_URL", "")
FOLDER = "saved"


class Refused(Exception):
    """A command that ended with 2; its message."""


@dataclass
class Place:
    """A site with decisions, where it is saved, and the databases of PostgreSQL when in use."""

    root: Path
    site: Path
    databases: dict[str, str]

    def command(self, *words: str, database: str = "live", **more: str) -> str:
        """Run `sightline` in a process of its own; what it printed."""
        return self.run("sightline.cli", *words, database=database, **more)

    def run(self, module: str, *words: str, database: str = "live", **more: str) -> str:
        environment = {name: value for name, value in os.environ.items() if "SIGHTLINE" not in name}
        environment |= {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"} | more
        if self.databases:
            environment["SIGHTLINE_DATABASE_URL"] = self.databases[database]
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.root,
        )
        if done.returncode:
            raise Refused(done.stdout + done.stderr)
        return done.stdout

    def held(self, site: Path, database: str = "live") -> Any:
        """What a site's decisions hold."""
        module = "tests.support.decided_site"
        return json.loads(self.run(module, str(site), "tell", database=database))

    def restored(self, *words: str) -> Path:
        """The site brought back from the newest backup."""
        new = self.root / "new"
        command = ["restore", FOLDER, "--to", str(new), "--no-prepare", *words]
        self.command(*command, database="new")
        return new


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, str]]:
    """Two empty databases on the tests' server; none at all where the tests use SQLite."""
    if not SERVER:
        yield {}
        return
    parts = urlsplit(SERVER)
    names = {name: f"sightline_backup_{name}_{os.getpid()}" for name in ("live", "new")}
    with psycopg.connect(SERVER, autocommit=True) as server:
        for name in names.values():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {name: urlunsplit(parts._replace(path=f"/{made}")) for name, made in names.items()}
        for name in names.values():
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            server.execute(drop)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, databases: dict[str, str]) -> Place:
    """A site in use, saved and verified once."""
    root = tmp_path_factory.mktemp("decided")
    site, first, _ = small_site(root)
    load_at(site, first, 0)
    made = Place(root, site.folder, databases)
    made.run("tests.support.decided_site", str(site.folder), "make")
    made.command("backup", FOLDER, "--site", str(site.folder), "--keys", "apart/secret.key")
    return made


@pytest.fixture(autouse=True)
def emptied(place: Place) -> None:
    """Each test restores anew."""
    shutil.rmtree(place.root / "new", ignore_errors=True)
    if place.databases:
        with psycopg.connect(place.databases["new"], autocommit=True) as database:
            database.execute("DROP SCHEMA public CASCADE")
            database.execute("CREATE SCHEMA public")


def copy_of(place: Place, tmp_path: Path) -> Place:
    """The same, with a site folder that one test may change; with SQLite its decisions too."""
    shutil.copytree(place.root, tmp_path / "copy")
    return Place(tmp_path / "copy", tmp_path / "copy" / "site", place.databases)


def refs_of(place: Place) -> list[str]:
    return open_site(place.site).keys.pupil_refs(PUPILS)


def test_the_backup_was_verified_and_says_so(place: Place) -> None:
    (known,) = json.loads((place.site / "backups.json").read_text())
    assert known["verified"] is True
    told = place.command("backup", FOLDER, "--check", "--site", str(place.site))
    assert told.splitlines() == [f"{known['name']}\twhole"]


def test_decisions_come_back_with_their_record(place: Place) -> None:
    new = place.restored("--from-site", str(place.site))
    before, after = place.held(place.site), place.held(new, "new")
    assert after["rows"] == before["rows"]
    assert after["texts"] == before["texts"]
    assert after["faults"] == 0
    assert after["actions"] == [*before["actions"], ["restore", ""]]


@pytest.mark.once
def test_what_was_erased_and_objected_to_since_is_erased_and_honoured(
    place: Place, tmp_path: Path
) -> None:
    mine = copy_of(place, tmp_path) if not place.databases else place
    ref, other, third = refs_of(mine)
    why = ["--why", "asked by the family", "--confirm", "School S2"]
    mine.command("pupil", "erase", ref, *why, "--site", str(mine.site))
    mine.run("tests.support.decided_site", str(mine.site), "decide")
    live = mine.held(mine.site)
    assert all(ref not in refs for refs in live["rows"].values())
    new = mine.restored("--from-site", str(mine.site))
    after = mine.held(new, "new")
    assert (
        after["rows"]
        == live["rows"]
        == {
            "Complaint": sorted([other, third]),
            "Objection": sorted([other, other, third]),
            "PupilNote": sorted([other, third]),
        }
    )
    assert after["faults"] == 0
    assert [action for action, _ in after["actions"]][-3:] == ["erase", "object", "restore"]
    objections = json.loads((new / "objections.json").read_text())
    assert sorted(one["pupil_ref"] for one in objections) == sorted([other, other, third])
    with open_site(new).vault(open_site(new).warehouse.current()) as vault:
        assert set(vault.read("pupil_identity", [ref, other])) == {other}
    lines = Erasures(new / "erasures.log", read_keys(new / "secret.key")).lines()
    assert ref in {line.ref for line in lines}


@pytest.mark.once
def test_a_reason_for_having_no_ledger_is_in_the_record(place: Place) -> None:
    key = ["--key", str(place.site / "secret.key"), "--from-site", str(place.root / "nowhere")]
    with pytest.raises(Refused, match="may have been erased"):
        place.restored(*key)
    new = place.restored(*key, "--without-ledger", "the old disk burnt")
    assert place.held(new, "new")["actions"][-1] == ["restore", "the old disk burnt"]


def test_an_erasure_killed_half_way_is_finished_by_the_next_command(
    place: Place, tmp_path: Path
) -> None:
    mine = copy_of(place, tmp_path) if not place.databases else place
    third = refs_of(mine)[2]
    site = open_site(mine.site)
    ledger = Erasures(site.folder / "erasures.log", site.keys)
    line = ledger.append("pupil", at=site.warehouse.require().recorded_at, ref=third,
                         school_id="S1", by="command")  # fmt: skip
    mine.command("backup", FOLDER, "--no-verify", "--site", str(mine.site))
    assert all(third not in refs for refs in mine.held(mine.site)["rows"].values())
    with site.vault(site.warehouse.current()) as vault:
        assert vault.read("pupil_identity", [third]) == {}
    done = [one for one in ledger.lines() if one.kind == "done" and one.of == str(line.number)]
    assert len(done) == 1


def test_nothing_of_the_decisions_can_be_read_in_the_folder(place: Place) -> None:
    files = [path for path in (place.root / FOLDER).rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    wanted = ["school.test", "Head of Year 9", *refs_of(place)]
    assert [one for one in wanted if one.encode() in held] == []


if not SERVER:  # what only a file can suffer

    def test_a_record_that_was_altered_makes_a_backup_that_is_not_good(
        place: Place, tmp_path: Path
    ) -> None:
        mine = copy_of(place, tmp_path)
        database = sqlite3.connect(mine.site / "decisions.sqlite")
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE record_auditevent SET why = 'nothing' WHERE number = 2")
        database.commit()
        database.close()
        with pytest.raises(Refused, match="Row 2: it was altered"):
            mine.command("backup", FOLDER, "--site", str(mine.site))
        assert json.loads((mine.site / "backups.json").read_text())[-1]["verified"] is False


if SERVER:  # what only a server can

    def test_a_database_that_is_not_empty_is_not_written_over(place: Place) -> None:
        with psycopg.connect(place.databases["new"], autocommit=True) as database:
            database.execute("CREATE TABLE letters (text text)")
        with pytest.raises(Refused, match="not empty"):
            place.restored("--from-site", str(place.site))
        assert not (place.root / "new").exists()

    def test_a_restore_that_was_stopped_can_be_done_again(place: Place) -> None:
        place.restored("--from-site", str(place.site))
        shutil.rmtree(place.root / "new")
        with psycopg.connect(place.databases["new"], autocommit=True) as database:
            database.execute("CREATE TABLE sightline_restoring (target text)")
        with pytest.raises(Refused, match="not empty"):
            place.restored("--from-site", str(place.site))
        with psycopg.connect(place.databases["new"], autocommit=True) as database:
            target = [str(place.root / "new")]
            database.execute("INSERT INTO sightline_restoring VALUES (%s)", target)
        new = place.restored("--from-site", str(place.site))
        assert place.held(new, "new")["faults"] == 0
        with psycopg.connect(place.databases["new"]) as database:
            left = database.execute("SELECT to_regclass('sightline_restoring')").fetchone()
        assert left == (None,)

    def test_without_pg_dump_it_says_what_to_install(place: Place, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="pg_dump: PostgreSQL's program is not on this machine"):
            place.command("backup", FOLDER, "--site", str(place.site), PATH=str(tmp_path))

    def test_no_scratch_database_is_left(place: Place) -> None:
        with psycopg.connect(place.databases["live"]) as server:
            listed = "SELECT count(*) FROM pg_database WHERE datname LIKE 'sightline_check_%'"
            assert server.execute(listed).fetchone() == (0,)
