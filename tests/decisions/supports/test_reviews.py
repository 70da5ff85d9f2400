"""Before any table: aims, levels and the sentences of a review."""

from datetime import date, timedelta

import pytest

from sightline.sheets import Mark
from sightline.triage.aims import AIMS, aims_of
from sightline.triage.reviews import days_since, not_a_fair_test, verdict
from sightline.web.forms.dates import day_chosen

START = date(2026, 1, 12)  # a Monday
DAYS = [day for day in (START + timedelta(days=one) for one in range(-60, 60)) if day.weekday() < 5]
aims = aims_of({})


def test_every_signal_with_a_level_is_an_aim_in_plain_words() -> None:
    assert set(aims) == set(AIMS)
    assert "engagement_vs_peers" not in aims_of({}, "school")
    for aim in aims.values():
        assert "{" not in aim.measure + aim.shown(0.5) + aim.goal


@pytest.mark.parametrize(
    ("signal", "start", "expected"),
    [
        ("attendance_momentum", 86.8, 88.8),
        ("attendance_momentum", 99.5, 100.0),
        ("persistent_lateness", 5, 3),
        ("behaviour_recency", 1, 0),
        ("missing_work", 0.42, 0.32),
        ("progress_variance", -1.5, -1.0),
        ("disengagement", 0, None),
    ],
)
def test_the_level_suggested_is_a_meaningful_change_better(
    signal: str, start: float, expected: float | None
) -> None:
    assert aims[signal].suggested(start) == pytest.approx(expected)


def test_a_changed_threshold_changes_the_level_suggested() -> None:
    changed = aims_of({"attendance_momentum.meaningful_change": 5.0, "our_own.limit": 3})
    assert changed["attendance_momentum"].suggested(80.0) == 85.0


def test_met_follows_the_direction_of_the_signal() -> None:
    assert aims["attendance_momentum"].met(90.0, 90.0)
    assert not aims["attendance_momentum"].met(90.0, 89.9)
    assert aims["persistent_lateness"].met(2, 2)
    assert not aims["persistent_lateness"].met(2, 3)
    assert aims["persistent_lateness"].met(None, 3) is None
    assert aims["persistent_lateness"].met(2, None) is None


def test_a_level_is_read_as_it_is_shown() -> None:
    assert aims["missing_work"].read("32 %") == pytest.approx(0.32)
    assert aims["missing_work"].typed(0.32) == "32"
    for text in ("many", "140", "-3", "nan"):
        with pytest.raises(ValueError, match="hoped-for level"):
            aims["missing_work"].read(text)


def test_one_is_not_said_in_the_plural() -> None:
    assert aims["behaviour_recency"].shown(1) == "1 concern"
    assert aims["behaviour_recency"].shown(2) == "2 concerns"


def test_under_ten_school_days_it_is_too_early_to_say() -> None:
    aim = aims["attendance_momentum"]
    said = verdict(aim, start=80.0, success=85.0, level=95.0, days=9)
    assert said.startswith("Too early to say: 9 school days")
    assert "has been reached" in verdict(aim, start=80.0, success=85.0, level=95.0, days=10)


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (83.0, "Nearer to what was hoped for"),
        (80.5, "No clear change"),
        (77.0, "Further from what was hoped for"),
        (None, "too little data"),
    ],
)
def test_a_review_says_where_the_aim_stands(level: float | None, words: str) -> None:
    said = verdict(aims["attendance_momentum"], start=80.0, success=85.0, level=level, days=20)
    assert words in said


def test_what_else_began_near_the_start_makes_it_no_fair_test() -> None:
    as_of = START + timedelta(days=40)
    near, far = START + timedelta(days=14), START + timedelta(days=15)
    assert days_since(START, near, DAYS) == 11  # both days included: ten apart
    [said] = not_a_fair_test(
        START, as_of, DAYS, supports=[("Reading group", near), ("Mentor", far)]
    )
    assert said.startswith("Reading group began on Mon 26 Jan")
    [said] = not_a_fair_test(START, as_of, DAYS, events=[("Block L closed", START)])
    assert "Block L closed" in said
    assert not_a_fair_test(START, START, DAYS, events=[("Later", near)]) == []


def test_a_week_away_makes_it_no_fair_test_and_four_days_do_not() -> None:
    def marks(away: int) -> list[Mark]:
        since = [day for day in DAYS if START <= day <= START + timedelta(days=40)]
        return [
            Mark(day, session, "I", "authorised_absence" if n < away else "present", False)
            for n, day in enumerate(since)
            for session in ("AM", "PM")
        ]

    as_of = START + timedelta(days=40)
    [said] = not_a_fair_test(START, as_of, DAYS, marks=marks(5))
    assert "5 school days away in a row from Mon 12 Jan" in said
    assert not_a_fair_test(START, as_of, DAYS, marks=marks(4)) == []


def test_a_date_comes_by_name_or_in_three_boxes() -> None:
    assert day_chosen({"on": "2026-03-23"}, "on") == date(2026, 3, 23)
    boxes = {"on": "other", "on_day": "7", "on_month": "12", "on_year": "26"}
    assert day_chosen(boxes, "on") == date(2026, 12, 7)
    assert day_chosen({}, "on") is None
    for typed in (
        {"on": "soon"},
        boxes | {"on_day": "31", "on_month": "2"},
        boxes | {"on_year": ""},
    ):
        with pytest.raises(ValueError, match=r"date"):
            day_chosen(typed, "on")
