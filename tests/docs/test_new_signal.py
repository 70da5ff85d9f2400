"""`make signal` makes a folder that can be read at once, and never writes over another."""

import subprocess
import sys
from pathlib import Path

import pytest

from sightline.signals import read_library
from sightline.signals.examples import read_examples

SCRIPT = Path(__file__).resolve().parents[2] / "contrib" / "new_signal.py"


def start(name: str, library: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), name, str(library)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_new_signal_has_every_file_and_can_be_read(tmp_path: Path) -> None:
    assert start("attendance/late_arrivals", tmp_path).returncode == 0
    made = {path.name for path in (tmp_path / "attendance" / "late_arrivals").iterdir()}
    assert made == {"signal.sql", "signal.yml", "evidence.sql", "examples.yml"}
    signal = read_library(tmp_path)["late_arrivals"]
    assert signal.theme == "attendance"
    outcomes = [example.then.outcome for example in read_examples(signal)]
    assert outcomes == ["flag", "clear", "clear", "flag", "cannot_tell"]


@pytest.mark.parametrize("theme", ["attendance", "punctuality"])
def test_a_name_is_used_only_once(theme: str, tmp_path: Path) -> None:
    assert start("attendance/late_arrivals", tmp_path).returncode == 0
    again = start(f"{theme}/late_arrivals", tmp_path)
    assert again.returncode == 2
    assert "There is a signal late_arrivals already" in again.stderr


@pytest.mark.parametrize("name", ["", "late_arrivals", "Attendance/Late", "a/../../b"])
def test_a_name_that_is_no_theme_and_name_is_refused(name: str, tmp_path: Path) -> None:
    refused = start(name, tmp_path)
    assert refused.returncode == 2
    assert "make signal NAME=attendance/late_arrivals" in refused.stderr
