"""The command line as other tools call it: real processes, real folders."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import random_schools

Run = Callable[..., subprocess.CompletedProcess[str]]
SEED = 12
LOAD = ("load", "--profile", "canonical", "--day", "2026-11-01", "--from")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    tables, _ = random_schools.random_school(SEED)
    random_schools.write_canonical(tables, folder)
    return folder


@pytest.fixture(scope="module")
def as_of() -> str:
    return random_schools.random_school(SEED)[1].isoformat()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "site"


@pytest.fixture(scope="module")
def run(site: Path) -> Run:
    def call(*words: str, where: Path = site) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SIGHTLINE_SITE": str(where), "NO_COLOR": "1"}
        command = [sys.executable, "-W", "error", "-m", "sightline.cli", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return call


@pytest.fixture(scope="module")
def loaded(run: Run, site: Path, exports: Path) -> dict[str, Any]:
    assert run("init", str(site)).returncode == 0
    done = run(*LOAD, str(exports), "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_init_makes_a_site_whose_key_only_its_owner_can_read(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "new"
    assert run("init", str(site)).returncode == 0
    assert (site / "secret.key").stat().st_mode & 0o777 == 0o600
    for name in ("settings.toml", "thresholds.yml", "mappings", "signals"):
        assert (site / name).exists()
    again = run("init", str(site))
    assert again.returncode == 2
    assert "Nothing was changed." in again.stderr


def test_the_account_adds_up_for_every_table(loaded: dict[str, Any]) -> None:
    assert set(loaded) == {"snapshot", "tables", "messages"}
    for table in loaded["tables"].values():
        assert table["received"] == table["accepted"] + table["duplicates"] + table["quarantined"]


def test_the_same_folder_again_publishes_nothing(
    run: Run, loaded: dict[str, Any], exports: Path
) -> None:
    again = run(*LOAD, str(exports), "--json")
    assert again.returncode == 0
    told = json.loads(again.stdout)
    assert told["snapshot"] == loaded["snapshot"]
    assert all(table["accepted"] == 0 for table in told["tables"].values())


def test_a_refused_row_is_listed_until_the_file_is_mended(
    run: Run, exports: Path, tmp_path: Path
) -> None:
    site, folder = tmp_path / "site", tmp_path / "exports"
    folder.mkdir()
    for path in exports.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    lines = (folder / "attendance.csv").read_text().splitlines()
    header = next(csv.reader(lines[:1]))
    session = header.index("session")
    cells = next(csv.reader([lines[1]]))
    bad = [*cells[:session], "PM2", *cells[session + 1 :]]
    (folder / "attendance.csv").write_text("\n".join([lines[0], ",".join(bad), *lines[2:]]) + "\n")
    assert run("init", str(site)).returncode == 0
    words = (*LOAD, str(folder))
    assert run(*words, where=site).returncode == 1
    (row,) = json.loads(run("quarantine", "--json", where=site).stdout)
    assert list(row) == ["file", "row", "table", "column", "value", "reason", "remedy"]
    assert (row["file"], row["row"], row["column"]) == ("attendance.csv", 2, "session")
    assert (row["value"], row["reason"]) == ("PM2", "not_allowed")
    (folder / "attendance.csv").write_text("\n".join(lines) + "\n")
    assert run(*words, where=site).returncode == 0
    assert json.loads(run("quarantine", "--json", where=site).stdout) == []


def test_a_dry_run_publishes_nothing(run: Run, exports: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert run("init", str(site)).returncode == 0
    done = run(*LOAD, str(exports), "--dry-run", "--json", where=site)
    assert json.loads(done.stdout)["snapshot"] is None
    assert json.loads(run("snapshots", "--json", where=site).stdout) == []


@pytest.mark.usefixtures("loaded")
def test_signals_give_the_columns_every_face_shares(run: Run, as_of: str) -> None:
    rows = json.loads(run("signals", "--as-of", as_of, "--json").stdout)
    assert rows
    columns = [
        "school_id",
        "pupil_ref",
        "as_of",
        "signal",
        "version",
        "outcome",
        "value",
        "level",
        "threshold",
        "numerator",
        "denominator",
        "window_from",
        "window_to",
        "reason",
        "because",
    ]
    for row in rows:
        assert list(row) == columns
        assert (row["value"] is None) == (row["outcome"] == "cannot_tell")
        assert bool(row["reason"]) == (row["outcome"] == "cannot_tell")
        assert row["because"].endswith(".")


@pytest.mark.usefixtures("loaded")
def test_without_a_flag_nobody_is_named(run: Run, as_of: str, exports: Path) -> None:
    with (exports / "pupil_identity.csv").open() as file:
        people = list(csv.DictReader(file))
    for words in (
        ["signals", "--as-of", as_of, "--json"],
        ["week", "--as-of", as_of, "--school", "S1"],
    ):
        text = run(*words).stdout
        assert not any(one["family_name"] in text for one in people if len(one["family_name"]) > 3)
    told = json.loads(run("signals", "--as-of", as_of, "--json", "--source-ids").stdout)
    assert all(row["pupil_id"] for row in told)


@pytest.mark.usefixtures("loaded")
def test_one_signal_one_school_one_year(run: Run, as_of: str) -> None:
    words = ["signals", "--as-of", as_of, "--signal", "behaviour_recency", "--json"]
    rows = json.loads(run(*words).stdout)
    assert {row["signal"] for row in rows} == {"behaviour_recency"}
    assert run(*words, "--school", "nowhere").returncode == 2


@pytest.mark.usefixtures("loaded")
def test_a_figure_can_be_explained(run: Run, as_of: str) -> None:
    rows = json.loads(run("signals", "--as-of", as_of, "--json").stdout)
    for row in rows[:3]:
        done = run("explain", row["pupil_ref"], row["signal"], "--as-of", as_of)
        assert done.returncode == 0, done.stderr
        assert row["because"] in done.stdout


@pytest.mark.usefixtures("loaded")
def test_the_weekly_list_says_what_became_of_everyone(run: Run, as_of: str) -> None:
    told = json.loads(
        run("week", "--as-of", as_of, "--school", "S1", "--capacity", "2", "--json").stdout
    )
    funnel = told["funnel"]
    assert len(told["entries"]) == funnel["shown"] <= 2
    assert funnel["met_threshold"] == funnel["shown"] + funnel["left_out"] + funnel["set_aside"]
    for entry in told["entries"]:
        assert entry["reasons"]
        assert entry["also_true"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["signals", "--as-of", "yesterday"], "YYYY-MM-DD"),
        (["load", "--profile", "nothing", "--from", "."], "canonical"),
        (["load", "--profile", "canonical", "--from", "no/such/folder"], "no such folder"),
        (["dictionary", "atendance"], "attendance"),
        (["explain", "nobody", "behaviour_rate", "--as-of", "2025-10-10"], "on roll"),
        (["signals", "--as-of", "2025-10-10", "--signal", "luck"], "attendance_momentum"),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_a_mistake_gets_one_plain_answer(run: Run, words: list[str], said: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_folder_that_is_no_site_is_named(run: Run, tmp_path: Path) -> None:
    done = run("snapshots", where=tmp_path)
    assert done.returncode == 2
    assert "sightline init" in done.stderr


@pytest.mark.usefixtures("loaded")
def test_compact_keeps_every_figure(run: Run, as_of: str) -> None:
    before = run("signals", "--as-of", as_of, "--json").stdout
    assert run("compact", "--day", "2026-11-01").returncode == 0
    assert run("signals", "--as-of", as_of, "--json").stdout == before


def test_no_command_waits_for_arithmetic_it_does_not_need() -> None:
    slow = "[one for one in ('scipy', 'django', 'deltalake', 'weasyprint') if one in sys.modules]"
    command = [sys.executable, "-c", f"import sys, sightline.cli; print({slow})"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_dictionary_needs_no_site(run: Run, tmp_path: Path) -> None:
    tables = json.loads(run("dictionary", "--json", where=tmp_path).stdout)
    assert len(tables) == 17
    columns = json.loads(run("dictionary", "attendance", "--json", where=tmp_path).stdout)
    assert [one["column"] for one in columns][:4] == ["pupil_id", "date", "session", "code"]
