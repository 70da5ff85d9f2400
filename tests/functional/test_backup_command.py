"""`sightline backup` and `sightline restore` as a data manager meets them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.cli.doctor import check_site
from sightline.kit import SightlineError
from sightline.pipeline.backup import Outcome, record_outcome
from sightline.site import Site, open_site
from tests.support.killed_load import load_at, small_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site, first, _ = small_site(tmp_path)
    load_at(site, first, 0)
    return site


def command(*words: Any) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def doctor(site: Site) -> dict[str, str]:
    found = check_site(lambda: open_site(site.folder))
    return next(one for one in found if one["check"] == "backup")


def test_a_backup_says_what_it_saved_and_that_it_was_tried(site: Site, tmp_path: Path) -> None:
    folder, key = tmp_path / "backups", tmp_path / "apart" / "secret.key"
    told = command("backup", folder, "--site", site.folder, "--keys", key)
    assert told.exit_code == 0
    assert "of snapshot 1:" in told.stdout
    assert "Verified: restored and compared" in told.stdout
    assert "Backing up: decisions" in told.stderr
    again = command("backup", folder, "--site", site.folder, "--no-verify")
    assert "Not verified" in again.stdout
    assert "secret.key is not in it" in again.stderr
    found = json.loads((site.folder / "backups.json").read_text())
    assert [one["verified"] for one in found] == [True, None]
    new = tmp_path / "new"
    words = ["--to", new, "--key", key, "--ledger", site.folder / "erasures.log"]
    told = command("restore", folder, *words)
    assert told.exit_code == 0
    assert "each as it was saved" in told.stdout
    assert "Done again: 0 erasures" in told.stdout
    assert open_site(new).warehouse.require().digest == site.warehouse.require().digest
    with pytest.raises(SightlineError, match="a site here already"):
        command("restore", folder, *words)


def test_a_damaged_backup_is_named_and_ends_with_2(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    name = json.loads(command("backup", folder, "--site", site.folder, "--json").stdout)["backup"]
    paths = sorted((folder / "objects").glob("??/*"))
    for path in paths:
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    told = command("backup", folder, "--check", "--site", site.folder)
    assert told.exit_code == 2
    assert f"{name}\t{len(paths)} faults" in told.stdout
    assert all(path.name in told.stdout for path in paths)
    assert doctor(site)["state"] == "warning"  # it was verified when made, and is no more
    told = command("backup", folder, "--site", site.folder)
    assert told.exit_code == 2
    assert "This backup is not good" in told.stdout
    for path in paths:
        path.unlink()
    assert command("backup", folder, "--site", site.folder).exit_code == 0
    assert doctor(site)["state"] == "ok"


def test_without_key_or_ledger_a_restore_says_what_to_give(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    command("backup", folder, "--no-verify", "--site", site.folder)
    with pytest.raises(SightlineError, match="Give --key FILE"):
        command("restore", folder, "--to", tmp_path / "new")
    key = tmp_path / "secret.key"
    key.write_bytes((site.folder / "secret.key").read_bytes())
    with pytest.raises(SightlineError, match="Give --ledger FILE"):
        command("restore", folder, "--to", tmp_path / "new", "--key", key)
    with pytest.raises(SightlineError, match="there is no such file"):
        command("restore", folder, "--to", tmp_path / "new", "--key", key, "--ledger", "none.log")
    with pytest.raises(SightlineError, match="no whole backup"):
        command("restore", tmp_path / "exports", "--to", tmp_path / "new", "--key", key)


def test_the_doctor_warns_when_no_backup_was_verified_for_two_days(site: Site) -> None:
    assert doctor(site)["state"] == "warning"
    now = datetime.now(UTC)
    for hours, verified, state in ((60, True, "warning"), (3, None, "warning"), (40, True, "ok")):
        name, at = f"{hours}", now - timedelta(hours=hours)
        record_outcome(site.folder, Outcome(name, at, "/mnt/backups", 1, verified, 2.0, 10, 10))
        assert doctor(site)["state"] == state


def test_the_demo_is_not_nagged(site: Site) -> None:
    with (site.folder / "settings.toml").open("a") as file:
        file.write('\ndemo = "yes"\n')
    assert doctor(site)["state"] == "ok"


def test_a_thing_that_nothing_is_known_of_is_said_not_to_be_saved(
    site: Site, tmp_path: Path
) -> None:
    (site.folder / "letters.docx").write_text("mine")
    told = command("backup", tmp_path / "backups", "--no-verify", "--site", site.folder)
    assert "Not saved, as nothing says what it is: letters.docx" in told.stderr
