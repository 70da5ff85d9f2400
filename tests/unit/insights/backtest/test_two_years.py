"""With two school years, thresholds are chosen on the first and told of the second."""

from datetime import date, timedelta
from typing import Any

from tests.support.past import register_past

from sightline.engine import Engine
from sightline.insights.backtest import Backtest, Question, backtest, weeks_between
from sightline.signals import read_library, values_of

LIBRARY = read_library()
STARTS = (date(2024, 9, 2), date(2025, 9, 1))
LENGTH = 140  # days of each year that are open, Monday to Friday
PUPILS = 30


def school_days() -> list[date]:
    days = (start + timedelta(days=n) for start in STARTS for n in range(LENGTH))
    return [day for day in days if day.weekday() < 5]


def code(pupil: int, day: date) -> str:
    """From 1 November a third miss Mondays; from 1 December, and in the first year only, Tuesdays
    too."""
    first = day.year == 2024 or day < STARTS[1]
    autumn = day.replace(month=11, day=1) if day.month >= 9 else day - timedelta(days=1)
    if pupil % 3 or day < autumn:
        return "/"
    later = day.month == 12 or day.month < 9
    return "N" if day.weekday() == 0 or (first and later and day.weekday() == 1) else "/"


def answer() -> Backtest:
    days = school_days()
    tables: dict[str, list[dict[str, Any]]] = {
        "school": [{"school_id": "S1", "name": "Made-up", "phase": "secondary"}],
        "school_day": [{"school_id": "S1", "date": day, "kind": "open"} for day in days],
        "pupil": [
            {
                "pupil_id": f"P{n:02}",
                "school_id": "S1",
                "enrolled_on": STARTS[0],
                "year_group": 7 + n % 2,
                "sex": "F" if n % 2 else "M",
            }
            for n in range(PUPILS)
        ],
        "attendance": [
            {"pupil_id": f"P{n:02}", "date": day, "session": session, "code": code(n, day)}
            for n in range(PUPILS)
            for day in days
            for session in ("AM", "PM")
        ],
    }
    question = Question(
        signal="attendance_momentum",
        outcome="persistent_absence",
        within=28,
        weeks=weeks_between(STARTS[0] + timedelta(days=4), days[-1], (days[0], days[-1])),
        schools=("S1",),
        thresholds=(3.0,),
        today=3.0,
    )
    with Engine(threads=1) as engine:
        register_past(engine, tables)
        values = values_of(LIBRARY, {}, "defaults")
        return backtest(engine, LIBRARY, values, question, grid=True, capacity=10)


def test_chosen_on_the_first_year_and_told_of_the_second() -> None:
    found = answer()
    assert found.chosen_on == (2024,)
    assert found.reported == 2025
    assert found.rows != found.earlier
    weeks = {row.weeks for row in (*found.rows, *found.earlier)}
    assert weeks == {20}
    # Each of the ten pupils came into it once a year, and each year's rows count that year's.
    assert {row.onsets for row in found.rows} == {10}
    assert {row.onsets for row in found.earlier} == {10}
    assert found.lists == 2
    assert found.capacity == 20
    fitting = [row for row in found.earlier if row.listed_per_list <= 20 and row.found]
    best = max(row.found for row in fitting)
    chosen = next(row for row in found.earlier if row.threshold == found.proposal.threshold)
    assert chosen.found == best
    assert all("0 of 2 full school years" in one for one in found.missing)  # 20 weeks are not 36
