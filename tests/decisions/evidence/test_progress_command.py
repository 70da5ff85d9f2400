"""The command: the same figures as the pages, in words and as JSON, and no pupil."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests.support.school_site import TODAY
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.kit import SightlineError
from sightline.pipeline.evidence.progress import overview
from sightline.sheets import open_sheets


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["progress", "--site", str(Path(settings.SITE.folder)), *words])


def test_without_a_subject_it_lists_every_subject_and_key_stage_4(school: str) -> None:
    told = run()
    assert told.exit_code == 0
    assert "Mathematics" in told.stdout
    assert "Year 11: Attainment 8" in told.stdout
    assert "no Key Stage 2 tests in 2021" in told.stdout


def test_json_has_numbers_dates_and_nulls_and_names_nobody(school: str) -> None:
    told = json.loads(run("--json").stdout)
    assert told == overview(settings.SITE, school, TODAY)
    point = told["subjects"][0]["points"][-1]
    assert 0 < point["low"] < point["share"] < point["high"] < 1
    assert point["date"] == "2026-02-27"
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    written = json.dumps(told)
    assert not [one for one in sheets.places() if one.pupil_ref in written]


def test_a_subject_is_split_by_two_together(school: str) -> None:
    told = run("--subject", "mathematics", "--by", "sex,send")
    assert told.exit_code == 0
    assert "girls, no SEND" in told.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "sex"), "one subject at a time"),
        (("--subject", "mathematics", "--by", "shoe_size"), "no way of grouping"),
        (("--subject", "mathematics", "--by", "sex,send,eal"), "at most two"),
        (("--subject", "alchemy"), "no results in `alchemy`"),
        (("--school", "S0099"), "no school `S0099`"),
    ],
)
def test_a_mistake_is_one_sentence(school: str, words: tuple[str, ...], said: str) -> None:
    error = run(*words).exception
    assert isinstance(error, SightlineError)
    assert said in str(error)
