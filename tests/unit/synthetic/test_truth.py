"""What truth.json says was planted is there to be found."""

import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.synthetic.conftest import Read

from sightline.synthetic import CAST

Story = dict[str, Any]
ABSENT = set("IOMCGUNSRE") | {"C2", "J1", "C1", "T"}


@pytest.fixture(scope="module")
def stories(school: Path) -> list[Story]:
    told: list[Story] = json.loads((school / "truth.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def absence(school: Path, read: Read) -> dict[str, dict[str, float]]:
    """Share of the two sessions missed, by pupil and date."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in read(school, "attendance"):
        found[row["pupil_id"]][row["date"]] += 0.5 * (row["code"] in ABSENT - {"N"})
    return found


def rate(days: dict[str, float], first: str, last: str) -> float:
    inside = [share for day, share in days.items() if first <= day < last]
    return sum(inside) / max(len(inside), 1)


def test_every_story_names_pupils_of_the_school(
    stories: list[Story], demo: Path, school: Path, read: Read
) -> None:
    for folder, told in (
        (school, stories),
        (demo, json.loads((demo / "truth.json").read_text("utf-8"))),
    ):
        known = {row["pupil_id"]: row["school_id"] for row in read(folder, "pupil")}
        classes = {row["class_id"] for row in read(folder, "class")}
        for story in told:
            assert set(story) == {
                "story", "who", "school_id", "from_on", "cause", "table", "detail"
            }  # fmt: skip
            assert {known[pupil] for pupil in story["who"]} <= {story["school_id"]}
            assert story["detail"].get("class_id", next(iter(classes))) in classes
            date.fromisoformat(story["from_on"])


def test_the_demo_tells_the_whole_cast_and_more(demo: Path) -> None:
    told = Counter(s["story"] for s in json.loads((demo / "truth.json").read_text("utf-8")))
    assert told["cast"] == len(CAST)
    assert len(told) > 5


def test_decliners_are_absent_more_from_the_day_given(
    stories: list[Story], absence: dict[str, dict[str, float]]
) -> None:
    declines = [s for s in stories if s["story"] == "attendance_decline"]
    assert declines
    for story in declines:
        days = absence[story["who"][0]]
        before = rate(days, "2025-09-01", story["from_on"])
        assert rate(days, story["from_on"], "2026-08-01") > 2 * before


def test_supports_that_work_bring_absence_down_and_the_others_do_not(
    stories: list[Story], absence: dict[str, dict[str, float]], school: Path, read: Read
) -> None:
    rows = read(school, "support")
    change: dict[str, list[float]] = {"support_works": [], "support_changes_nothing": []}
    for story in (s for s in stories if s["story"] in change):
        (pupil,) = story["who"]
        review = story["detail"]["review_on"]
        assert any(
            row["pupil_id"] == pupil and row["started_on"] == story["from_on"]
            and row["review_on"] == review and row["aim_signal"] == "attendance_momentum"
            for row in rows
        )  # fmt: skip
        days = absence[pupil]
        known = sorted(days)
        start, end = known.index(story["from_on"]), known.index(review)
        before = sum(days[day] for day in known[start - 20 : start]) / 20
        after = sum(days[day] for day in known[end - 19 : end + 1]) / 20
        change[story["story"]].append(after - before)
    assert max(change["support_works"]) < -0.02
    assert sum(change["support_works"]) < sum(change["support_changes_nothing"])


def test_the_weekday_pattern_lies_in_one_room_on_one_weekday(
    stories: list[Story], school: Path, read: Read
) -> None:
    (story,) = [s for s in stories if s["story"] == "weekday_in_room"]
    detail = story["detail"]
    there = [
        date.fromisoformat(row["date"]).isoweekday()
        for row in read(school, "behaviour")
        if row["kind"] == "concern" and row["pupil_id"] in story["who"]
        and row["location"] == detail["room"] and row["date"] >= story["from_on"]
    ]  # fmt: skip
    assert len(there) > 12
    assert Counter(there)[detail["weekday"]] / len(there) > 0.75
    events = read(school, "school_event")
    assert any(
        row["kind"] == "staffing" and row["class_id"] == detail["class_id"]
        and row["from_on"] == story["from_on"]
        for row in events
    )  # fmt: skip


def test_one_room_records_more_than_its_share(stories: list[Story], demo: Path, read: Read) -> None:
    (story,) = [
        s for s in json.loads((demo / "truth.json").read_text("utf-8"))
        if s["story"] == "room_effect"
    ]  # fmt: skip
    rooms = Counter(
        row["location"] for row in read(demo, "behaviour")
        if row["kind"] == "concern" and row["class_id"]
    )  # fmt: skip
    taught = Counter(row["room"] for row in read(demo, "lesson"))
    share = {room: rooms[room] / taught[room] for room in taught}
    ordinary = sorted(share.values())[len(share) // 2]
    assert share[story["detail"]["room"]] > 2 * ordinary
