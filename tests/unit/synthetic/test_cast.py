"""Every member of the demo's cast shows the rule written beside the name."""

from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from tests.support import plain_signals
from tests.unit.synthetic.conftest import Read

from sightline.synthetic import CAST, DEMO_AS_OF
from sightline.synthetic.cast import Member

BY_NAME = {member.given: member for member in CAST}
# Which other signals flag, for the members that are about more than one.
ALSO = {
    "Zephan": {
        "persistent_lateness", "behaviour_rate", "behaviour_recency", "progress_variance",
        "missing_work", "disengagement",
    },
}  # fmt: skip
NUMBERS = {"minutes_late", "severity", "year_group", "weekday"}
DECIMALS = {"value", "expected", "quantity"}


def typed(column: str, text: str) -> Any:
    """A cell as a value; the columns of canonical tables are typed by their names."""
    if text == "":
        return None
    if column in ("date", "due_on") or column.endswith("_on"):
        return date.fromisoformat(text)
    if column.endswith("_at"):
        return time.fromisoformat(text) if len(text) == 5 else datetime.fromisoformat(text)
    if column in NUMBERS:
        return int(text)
    return float(text) if column in DECIMALS else text


@pytest.fixture(scope="module")
def player(demo: Path, read: Read) -> dict[str, str]:
    """Given name to pupil id."""
    names = {(m.given, m.family) for m in CAST}
    return {
        row["given_name"]: row["pupil_id"]
        for row in read(demo, "pupil_identity")
        if (row["given_name"], row["family_name"]) in names
    }


@pytest.fixture(scope="module")
def findings(demo: Path, read: Read, player: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Outcome rows by (given name, signal), worked out by the plain reading of the signals."""
    ids = set(player.values())
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in (
        "school_day", "class", "lesson", "pupil", "class_member", "attendance", "lesson_mark",
        "behaviour", "assessment", "work", "engagement", "support",
    ):  # fmt: skip
        everybody = table in ("pupil", "class_member", "engagement")
        tables[table] = [
            {column: typed(column, text) for column, text in row.items()}
            for row in read(demo, table)
            if everybody or row.get("pupil_id", "") in ids or "pupil_id" not in row
        ]
    rows = plain_signals.evaluate(tables, DEMO_AS_OF)
    rows += [
        row
        for row in plain_signals.evaluate(tables, DEMO_AS_OF, pack="higher_education")
        if row["signal"] == "engagement_vs_peers"
    ]
    name = {pupil: given for given, pupil in player.items()}
    return {(name[r["pupil_id"]], r["signal"]): r for r in rows if r["pupil_id"] in name}


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.given)
def test_the_signal_says_what_the_cast_list_says(
    findings: dict[tuple[str, str], Any], member: Member
) -> None:
    assert findings[member.given, member.signal]["outcome"] == member.outcome


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.given)
def test_nothing_else_flags(findings: dict[tuple[str, str], Any], member: Member) -> None:
    others = {
        signal
        for (given, signal), row in findings.items()
        if given == member.given and row["outcome"] == "flag" and signal != member.signal
    }
    assert others == ALSO.get(member.given, set())


@pytest.mark.parametrize(
    ("given", "signal", "value"),
    [
        ("Leonie", "attendance_momentum", -3.0),
        ("Kasimir", "attendance_momentum", 100 * (35 / 38 - 38 / 40)),
        ("Jerrell", "persistent_lateness", 5),
        ("Carys", "persistent_lateness", 5),
        ("Emrys", "persistent_lateness", 4),
        ("Ronan", "behaviour_rate", 3.0),
        ("Shazia", "behaviour_recency", 3),
        ("Bogumil", "progress_variance", -1.0),
        ("Ifeoma", "missing_work", 0.3),
        ("Mirren", "missing_work", 1 / 3),
        ("Taliesin", "disengagement", 3),
        ("Marnie", "support_without_change", 1),
        ("Saffiya", "attendance_momentum", 15.0),
        ("Yannick", "attendance_momentum", None),
        ("Hamza", "attendance_momentum", -10.0),
    ],
)
def test_values_stand_exactly_where_they_should(
    findings: dict[tuple[str, str], Any], given: str, signal: str, value: float | None
) -> None:
    assert findings[given, signal]["value"] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(("given", "short"), [("Corentin", 0), ("Lowenna", 1)])
def test_one_is_at_exactly_90_percent_and_one_a_session_better(
    demo: Path, read: Read, player: dict[str, str], given: str, short: int
) -> None:
    codes = Counter(
        row["code"] for row in read(demo, "attendance") if row["pupil_id"] == player[given]
    )
    absent, possible = codes["I"], codes.total() - codes["D"]
    assert 10 * (absent + short) == possible


def test_concerns_fall_on_tuesdays_in_one_room_since_a_staffing_change(
    demo: Path, read: Read, player: dict[str, str]
) -> None:
    concerns = [
        row for row in read(demo, "behaviour")
        if row["pupil_id"] == player["Amira"] and row["kind"] == "concern"
    ]  # fmt: skip
    assert len(concerns) >= 6
    assert {date.fromisoformat(row["date"]).weekday() for row in concerns} == {1}
    assert len({row["location"] for row in concerns}) == 1
    (which,) = {row["class_id"] for row in concerns}
    (change,) = [row for row in read(demo, "school_event") if row["class_id"] == which]
    assert change["kind"] == "staffing"
    assert change["from_on"] == min(row["date"] for row in concerns) == str(BY_NAME["Amira"].since)
    lessons = [row for row in read(demo, "lesson") if row["class_id"] == which]
    after = {row["staff_id"] for row in lessons if row["from_on"] == change["from_on"]}
    before = {row["staff_id"] for row in lessons if row["to_on"]}
    assert after == {change["staff_id"]} != before


def test_the_cast_is_mostly_year_9_and_complete(player: dict[str, str]) -> None:
    assert len(player) == len(CAST) == len({m.family for m in CAST})
    assert Counter(member.year for member in CAST).most_common(1)[0][0] == 9


def test_cast_names_are_long_enough_to_search_for_and_occur_nowhere_else(demo: Path) -> None:
    names = [name.encode() for m in CAST for name in (m.given, m.family)]
    assert min(map(len, names)) >= 5
    assert len(set(names)) == len(names)
    for path in demo.iterdir():
        if path.name not in ("pupil_identity.csv", "note.csv"):
            text = path.read_bytes()
            assert [name for name in names if name in text] == []
