from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from django.conf import settings
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.kit import SightlineError
from sightline.record.models import AuditEvent


def audit(*words: str) -> Result:
    args = ["audit", *words, "--site", str(settings.SITE.folder)]
    return CliRunner().invoke(app, args, catch_exceptions=False)


def test_a_record_that_holds_ends_with_0(chain: int, tmp_path: Path) -> None:
    noted = tmp_path / "anchors.txt"
    for _ in range(2):
        assert audit("anchor", "--to", str(noted)).exit_code == 0
    assert len(noted.read_text().splitlines()) == 2
    told = audit("verify")
    assert told.exit_code == 0
    assert f"{chain} rows" in told.stdout
    told = audit("verify", "--anchor", str(noted))
    assert told.exit_code == 0
    assert "agrees with 2 lines" in told.stdout


def test_each_fault_is_named_and_ends_with_2(
    chain: int, tamper: Callable[..., None], tmp_path: Path
) -> None:
    tamper("UPDATE record_auditevent SET why = 'no' WHERE number = 7")
    tamper("DELETE FROM record_auditevent WHERE number IN (20, 21, 300)")
    told = audit("verify")
    assert told.exit_code == 2
    assert told.stdout.splitlines() == [
        "Row 7: it was altered.",
        "Row 20: rows 20 to 21 are missing.",
        "Row 300: it is missing; the record should end at row 300.",
        "The record does not hold: 3 faults.",
    ]
    with pytest.raises(SightlineError, match="nothing was noted"):
        audit("anchor", "--to", str(tmp_path / "anchors.txt"))
    assert not (tmp_path / "anchors.txt").exists()


def test_a_file_of_another_record_does_not_agree(chain: int, tmp_path: Path) -> None:
    noted = tmp_path / "anchors.txt"
    noted.write_text(f"{chain} {'0' * 64} 2026-03-09\n400 {'1' * 64} 2026-03-10\n")
    told = audit("verify", "--anchor", str(noted))
    assert told.exit_code == 2
    assert "Row 400: the row noted down elsewhere is missing." in told.stdout
    with pytest.raises(SightlineError, match="no such file"):
        audit("verify", "--anchor", str(tmp_path / "none.txt"))


def test_looking_whether_it_holds_writes_nothing(chain: int) -> None:
    audit("verify")
    assert AuditEvent.objects.count() == chain
