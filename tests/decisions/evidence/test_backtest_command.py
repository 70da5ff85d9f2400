"""`sightline backtest` on the demo school."""

import json
from typing import Any

import pytest
from django.conf import settings
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.cli.backtest import OUTCOMES as NAMED
from sightline.insights.backtest import OUTCOMES
from sightline.kit import SightlineError
from sightline.signals import read_library

SPAN = ("--from", "2025-09-05", "--to", "2026-03-06")
MONTH = ("--from", "2025-11-07", "--to", "2025-12-05")
KEYS = {
    "threshold",
    "listed_per_week",
    "precision",
    "precision_low",
    "precision_high",
    "recall",
    "lead_days_median",
    "base_rate",
    "judged",
}


def told(*words: str) -> Any:
    done = CliRunner().invoke(app, ["backtest", *words, "--site", str(settings.SITE.folder)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def answer(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(*words, "--json").stdout)
    return found


@pytest.fixture(autouse=True)
def _loaded(school: str) -> None:
    """The demo school's site."""


def test_the_help_names_every_outcome() -> None:
    assert tuple(OUTCOMES) == NAMED


def test_json_rows_hold_every_figure_of_every_threshold() -> None:
    found = answer("missing_work", "--grid", *SPAN, "--outcome", "attendance_falls")
    rows = found["rows"]
    assert len(rows) >= 12
    for row in rows:
        assert row.keys() >= KEYS
        if row["precision_low"] is not None:
            assert 0 <= row["precision_low"] <= row["precision"] <= row["precision_high"] <= 1
        assert row["found"] <= row["onsets"]
        assert row["judged"] is False
        assert row["why"].startswith("This cannot be judged from this history")
    thresholds = [row["threshold"] for row in rows]
    listed = [row["listed_per_week"] for row in rows]
    assert thresholds == sorted(thresholds)
    assert listed == sorted(listed, reverse=True)  # a stricter share lists fewer
    assert [row["threshold"] for row in rows if row["today"]] == [0.3]


def test_without_a_grid_it_is_todays_threshold_alone() -> None:
    found = answer("behaviour_recency", *MONTH, "--outcome", "suspension", "--within", "28")
    assert [row["threshold"] for row in found["rows"]] == [3.0]
    assert found["within"] == 28
    assert found["sentence"] == found["rows"][0]["sentence"]


def test_asked_twice_it_answers_alike() -> None:
    words = ("disengagement", *MONTH, "--outcome", "acted_on")
    assert answer(*words) == answer(*words)


def test_a_school_by_its_id_is_the_whole_of_a_site_of_one(school: str) -> None:
    words = ("behaviour_rate", *MONTH, "--outcome", "persistent_absence")
    alone = answer(*words, "--school", school)
    assert alone["rows"] == answer(*words)["rows"]


def test_for_people_it_prints_the_sentence_a_table_and_what_it_does_not_show() -> None:
    done = told("missing_work", "--grid", *SPAN, "--outcome", "attendance_falls")
    assert "This rule would have listed" in done.stdout
    assert "biased down by every success" in done.stdout
    assert "today" in done.stdout
    assert "proposed" in done.stdout
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mising_work", *SPAN, "--outcome", "suspension"), "did you mean `missing_work`"),
        (("missing_work", *SPAN, "--outcome", "suspensions"), "did you mean `suspension`"),
        (("missing_work", *SPAN, "--outcome", "withdrawn_or_failed"), "for higher education"),
        (("missing_work", *SPAN, "--outcome", "suspension", "--within", "0"), "1 and 400 days"),
        (("missing_work", *SPAN, "--outcome", "suspension", "--school", "X"), "no school `X`"),
        (
            (
                "missing_work",
                "--from",
                "2026-03-06",
                "--to",
                "2025-09-05",
                "--outcome",
                "suspension",
            ),
            "is after",
        ),
        (
            (
                "missing_work",
                "--from",
                "2019-09-05",
                "--to",
                "2020-01-05",
                "--outcome",
                "suspension",
            ),
            "outside the data",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(SightlineError, match=said):
        told(*words)


def test_every_signal_of_a_school_can_be_held_against_some_outcome() -> None:
    for number, name in enumerate(read_library()):
        outcome = [one for one in OUTCOMES if one != "withdrawn_or_failed"][number % 5]
        found = answer(name, *MONTH, "--outcome", outcome)
        assert found["rows"][0]["threshold"] > 0
