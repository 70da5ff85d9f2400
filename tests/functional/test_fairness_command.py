"""`sightline fairness` as other tools call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sightline.cli.fairness import ATTRIBUTES as NAMED
from sightline.insights.fairness import ATTRIBUTES
from sightline.site import make_site
from tests.support import random_schools

FIGURES = {"found", "of", "rate", "low", "high", "ratio", "ratio_low", "ratio_high", "difference"}


def run(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SIGHTLINE_SITE": str(site), "NO_COLOR": "1"}
    command = [sys.executable, "-W", "error", "-m", "sightline.cli", *words]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fairness")
    tables, _ = random_schools.random_school(12)
    random_schools.write_canonical(tables, folder / "exports")
    made = make_site(folder / "site").folder
    load = ("load", "--profile", "canonical", "--day", "2026-11-01", "--from")
    assert run(made, *load, str(folder / "exports")).returncode == 0
    return made


def test_the_help_names_every_attribute() -> None:
    assert tuple(ATTRIBUTES) == NAMED


def test_json_holds_groups_with_the_figures_of_every_step(site: Path) -> None:
    last = random_schools.random_school(12)[1].isoformat()
    done = run(site, "fairness", "--to", last, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["to"] <= last
    assert not found["recorded"]
    for group in found["groups"]:
        for stage in group["stages"]:
            assert set(stage) >= FIGURES | {"verdict", "why"}
            assert stage["found"] is not None or stage["why"]


def test_an_attribute_there_is_not_is_one_message_that_lists_them(site: Path) -> None:
    done = run(site, "fairness", "--by", "hair")
    assert done.returncode == 2
    assert "`hair` is no attribute" in done.stderr
    assert "deprivation" in done.stderr
