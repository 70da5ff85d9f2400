import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="module")
def outcome(school, tmp_path_factory):
    name = f"sightline_two_at_once_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    if "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
        name = str(tmp_path_factory.mktemp("two") / "two.sqlite")
    root = Path(__file__).resolve().parents[3]
    told = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "two_at_once.py"), school, name],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout)


def test_two_who_open_at_once_share_one_list(outcome):
    assert len(set(outcome["opened"])) == 1
    assert outcome["meetings"] == 1
    assert outcome["listings"] == 10


def test_of_two_who_decide_at_once_exactly_one_wins(outcome):
    assert outcome["decided"] == ["conflict", "decided"]
    assert outcome["decisions"] == 1


def test_the_record_of_both_is_whole(outcome):
    assert outcome["faults"] == 0
