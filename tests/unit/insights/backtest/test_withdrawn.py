"""Withdrawing is dated the day of leaving, failing the school's last day; both count once."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.support.past import register_past

from sightline.engine import Engine
from sightline.insights.backtest.outcomes import Asked, follow
from sightline.insights.backtest.replay import ask_weeks

FIRST, LAST = date(2025, 10, 6), date(2026, 5, 29)
WEEKS = (date(2025, 10, 17), date(2026, 1, 16), date(2026, 4, 17))
STUDENTS = {  # left_on, final_result
    "withdrew": (date(2026, 2, 2), "withdrawn"),
    "left, no result yet": (date(2026, 2, 2), None),
    "failed": (None, "fail"),
    "passed": (None, "pass"),
    "passed and left early": (date(2026, 2, 2), "pass"),
    "left on the last day": (LAST, None),
}


def told(within: int) -> dict[str, list[str]]:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    tables: dict[str, list[dict[str, Any]]] = {
        "school": [{"school_id": "M1", "name": "A module", "phase": "he"}],
        "school_day": [
            {"school_id": "M1", "date": day, "kind": "open"} for day in days if day.weekday() < 5
        ],
        "class": [{"class_id": "C1", "school_id": "M1", "subject": "A module"}],
        "pupil": [
            {
                "pupil_id": name,
                "school_id": "M1",
                "enrolled_on": FIRST,
                "left_on": left,
                "final_result": result,
            }
            for name, (left, result) in STUDENTS.items()
        ],
        "engagement": [
            {"pupil_id": "passed", "class_id": "C1", "date": LAST, "kind": "vle", "quantity": 1}
        ],
    }
    with Engine(threads=1) as engine:
        register_past(engine, tables)
        ask_weeks(engine, WEEKS, ["M1"])
        refs = engine.rows("SELECT pupil_ref FROM asked_pupil ORDER BY pupil_no")
        found = follow(engine, "withdrawn_or_failed", Asked(len(refs), WEEKS, within))
    words = []
    for already, known, after in zip(found.already, found.known, found.after, strict=True):
        states = zip(already.tolist(), known.tolist(), after.tolist(), strict=True)
        words.append(
            [
                "in it" if a else "came" if c else "not" if k else "cannot follow"
                for a, k, c in states
            ]
        )
    return {row["pupil_ref"]: one for row, one in zip(refs, words, strict=True)}


@pytest.mark.parametrize("name", ["withdrew", "left, no result yet"])
def test_leaving_early_counts_on_the_day_of_leaving(name: str) -> None:
    assert told(30)[name] == ["not", "came", "in it"]


def test_a_fail_counts_when_the_days_reach_the_last_day() -> None:
    assert told(30)["failed"] == ["not", "not", "not"]
    assert told(42)["failed"] == ["not", "not", "came"]
    assert told(300)["failed"] == ["came", "came", "came"]


@pytest.mark.parametrize("name", ["passed", "passed and left early", "left on the last day"])
def test_passing_or_staying_to_the_end_is_neither(name: str) -> None:
    assert told(300)[name] == ["not", "not", "not"]
