import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from sightline.governance.rules.clocks import acknowledge_by, kept_from, school_year_end, state_of
from sightline.governance.rules.csv_text import csv_bytes, guarded
from sightline.governance.rules.unusual import Look, unusual_looks
from sightline.governance.thresholds_file import set_threshold
from sightline.kit import SightlineError

MORNING = datetime(2026, 3, 9, 9, 0)  # noqa: DTZ001


def told(looks: list[Look], **names: Any) -> dict[str, tuple[int, int]]:
    found = unusual_looks(
        looks, pupil_names=names.get("pupils", {}), staff_names=names.get("staff", {})
    )
    return {one.kind: (one.looks, one.pupils) for one in found}


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(21, 59, False), (22, 0, True), (0, 0, True), (5, 59, True), (6, 0, False), (12, 0, False)],
)
def test_night_is_from_ten_to_six(hour: int, minute: int, night: bool) -> None:
    look = Look("user 1", MORNING.replace(hour=hour, minute=minute), "a")
    assert ("night" in told([look])) is night


@pytest.mark.parametrize(("pupils", "seconds", "many"), [(60, 1, 0), (61, 1, 61), (61, 60, 0)])
def test_many_means_more_than_sixty_pupils_within_an_hour(
    pupils: int, seconds: int, many: int
) -> None:
    looks = [
        Look("user 1", MORNING + timedelta(seconds=seconds * one), f"p{one}")
        for one in range(pupils)
    ]
    assert told(looks).get("many", (0, 0)) == (many, many)


def test_the_same_pupil_many_times_is_not_many_pupils() -> None:
    looks = [Look("user 1", MORNING + timedelta(seconds=one), "p") for one in range(200)]
    assert told(looks) == {}


def test_two_people_with_forty_each_are_not_one_with_eighty() -> None:
    looks = [Look(f"user {one % 2}", MORNING, f"p{one}") for one in range(80)]
    assert told(looks) == {}


def test_a_pupil_of_the_lookers_family_name_is_worth_asking_about() -> None:
    looks = [
        Look("user 1", MORNING, "a"),
        Look("user 1", MORNING, "b"),
        Look("user 2", MORNING, "a"),
    ]
    names = {"pupils": {"a": "Okafor", "b": "Bell"}, "staff": {"user 1": "OKAFOR", "user 2": "Roe"}}
    assert told(looks, **names) == {"same_name": (1, 1)}


def test_nobody_without_a_name_is_related_to_a_pupil_without_one() -> None:
    assert told([Look("user 1", MORNING, "a")], pupils={"a": ""}, staff={"user 1": ""}) == {}


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "waiting"), (22, "waiting"), (23, "soon"), (29, "soon"), (30, "soon"), (31, "overdue")],
)
def test_a_complaint_is_in_time_to_the_thirtieth_day(days: int, state: str) -> None:
    came = date(2026, 3, 9)
    by = acknowledge_by(came)
    today = came + timedelta(days=days)
    assert state_of(by, today=today, acknowledged=False, closed=False) == state
    assert state_of(by, today=today, acknowledged=True, closed=False) == "acknowledged"
    assert state_of(by, today=today, acknowledged=True, closed=True) == "closed"


def test_what_is_kept_is_this_school_year_and_the_one_before() -> None:
    assert school_year_end(date(2026, 8, 31)) == date(2026, 8, 31)
    assert school_year_end(date(2026, 9, 1)) == date(2027, 8, 31)
    assert kept_from(date(2027, 8, 31)) == date(2025, 9, 1)
    assert kept_from(date(2027, 9, 1)) == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-3.5", "-3.5"),
        (-3.25, -3.25),
        (12, 12),
        (True, "yes"),
        (None, ""),
        ("Zoë, “A”", "Zoë, “A”"),
        ("a\0b", "ab"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell: Any, written: Any) -> None:
    assert guarded(cell) == written


def test_the_file_reads_back_as_a_csv_of_the_standard() -> None:
    rows = [("Zoë", 'said "hi", twice', -1, "a\r\nb"), ("=cmd|'/C calc'!A0", None, 2.5, "")]
    data = csv_bytes(("Name", "Note", "=Points", "Text"), rows)
    assert data.startswith(b"\xef\xbb\xbf")
    back = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert back[0] == ["Name", "Note", "'=Points", "Text"]
    assert back[1] == ["Zoë", 'said "hi", twice', "-1", "a\r\nb"]
    assert back[2] == ["'=cmd|'/C calc'!A0", "", "2.5", ""]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# Only a comment.\n",
        "a.b: 3  # old\n# and after\nc.d: [x, y]\n",
        "a:\n  b: 3\n  z: 1\nc.d: [x]\n",
        "c:\n  d:\n    - x\n    - y\n  e: 2\na.b: 3\n",
        "c.d:\n- x\n- y\n\na.b: 3\n",
        "'a.b': 3",
    ],
)
def test_one_threshold_changes_and_every_other_line_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text(before)
    path.chmod(0o640)
    set_threshold(path, "a.b", 4.5, "confirmed\nby: two")
    set_threshold(path, "c.d", ["Maths", "it's: odd"], "why")
    after = _flat(path.read_text())
    assert after == _flat(before) | {"a.b": 4.5, "c.d": ["Maths", "it's: odd"]}
    comments = [line for line in before.splitlines() if line.startswith("#")]
    assert all(line in path.read_text().splitlines() for line in comments)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_layout_that_one_line_cannot_change_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text("{a: {b: 3}, e: {f: 1}}\n")
    with pytest.raises(SightlineError, match="by hand"):
        set_threshold(path, "a.b", 4, "why")
    assert path.read_text() == "{a: {b: 3}, e: {f: 1}}\n"


def _flat(text: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in (yaml.safe_load(text) or {}).items():
        nested = value if isinstance(value, dict) else None
        flat |= {f"{name}.{k}": v for k, v in nested.items()} if nested else {name: value}
    return flat
