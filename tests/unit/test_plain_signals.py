"""The plain reading of the signals, trusted because every rule is worked by hand here.

One school open on the forty weekdays from Monday 1 September to Friday 24 October 2025: seen from
that last day B is September's first four weeks, W the four from 29 September, R the last two.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.plain_contract import Store, load
from tests.support.plain_signals import (
    CATEGORY,
    DEFAULTS,
    PACKS,
    Facts,
    at_least,
    at_most,
    below,
    counted_back,
    evaluate,
    hours,
    on_roll,
)
from tests.support.plain_weekly import Decision, Shown, Weekly, weekly
from tests.support.random_schools import (
    Tables,
    random_school,
    random_thresholds,
    schools,
    write_canonical,
)

Row = dict[str, Any]

FIRST = date(2025, 9, 1)
AS_OF = date(2025, 10, 24)
OPEN = [FIRST + timedelta(n) for n in range(54) if (FIRST + timedelta(n)).weekday() < 5]
B, W = OPEN[:20], OPEN[20:]
R = W[10:]


def school(open_days: Sequence[date] = OPEN, cycle_week: str | None = None) -> Tables:
    """A school with one pupil, P, who joined on its first day."""
    tables: Tables = {
        "school": [{"school_id": "S", "name": "Hill", "phase": "secondary"}],
        "school_day": [
            {"school_id": "S", "date": day, "kind": "open", "term": None, "cycle_week": cycle_week}
            for day in open_days
        ],
        "pupil": [],
    }
    pupil(tables, "P")
    return tables


def pupil(
    tables: Tables, pupil_id: str, enrolled_on: date = FIRST, left_on: date | None = None
) -> None:
    tables["pupil"].append(
        {"pupil_id": pupil_id, "school_id": "S", "enrolled_on": enrolled_on, "left_on": left_on}
    )


def add(tables: Tables, table: str, **row: object) -> None:
    """Adds a row, of pupil P unless it says otherwise."""
    tables.setdefault(table, []).append({"pupil_id": "P", **row})


def marks(tables: Tables, days: Sequence[date], codes: Sequence[str | None]) -> None:
    """Lays codes over the sessions of these days, AM before PM."""
    sessions = [(day, session) for day in days for session in ("AM", "PM")]
    for (day, session), code in zip(sessions, codes, strict=False):
        add(tables, "attendance", date=day, session=session, code=code)


def told(
    tables: Tables,
    signal: str,
    as_of: date = AS_OF,
    thresholds: dict[str, float | list[str]] | None = None,
    pupil_id: str = "P",
) -> Row:
    """The one row of this signal for this pupil."""
    pack = "school" if signal in PACKS["school"] else "higher_education"
    rows = evaluate(tables, as_of, pack=pack, thresholds=thresholds)
    [row] = [r for r in rows if r["signal"] == signal and r["pupil_id"] == pupil_id]
    return row


def said(row: Row) -> tuple[Any, Any, Any]:
    """Outcome, or the reason for there being none, with numerator and denominator."""
    return row["reason"] or row["outcome"], row["numerator"], row["denominator"]


# --- words -----------------------------------------------------------------------------------


def test_numbers_within_a_billionth_are_equal() -> None:
    assert at_most(0.1 + 0.2, 0.3)
    assert at_least(0.3, 0.1 + 0.2)
    assert not below(0.3 - 1e-10, 0.3)
    assert below(0.3 - 1e-8, 0.3)


@pytest.mark.parametrize(("gap", "kept"), [(28, 4), (29, 2)])
def test_school_days_stop_at_a_gap_of_more_than_28_days(gap: int, kept: int) -> None:
    july = [date(2025, 7, 21), date(2025, 7, 22)]
    autumn = [july[-1] + timedelta(gap), july[-1] + timedelta(gap + 1)]

    assert len(counted_back(july + autumn, autumn[-1])) == kept


def test_the_time_since_the_last_school_day_is_not_a_gap() -> None:
    assert counted_back([date(2025, 7, 22)], date(2025, 8, 30)) == [date(2025, 7, 22)]


def test_only_pupils_on_roll_get_a_row_for_each_signal_of_the_pack() -> None:
    tables = school()
    pupil(tables, "leaves today", left_on=AS_OF)
    pupil(tables, "left yesterday", left_on=AS_OF - timedelta(1))
    pupil(tables, "joins tomorrow", enrolled_on=AS_OF + timedelta(1))

    rows = evaluate(tables, AS_OF)

    assert {row["pupil_id"] for row in rows} == {"P", "leaves today"}
    assert [row["signal"] for row in rows if row["pupil_id"] == "P"] == PACKS["school"]
    assert len(PACKS["school"]) == 8


def test_a_misspelt_threshold_is_refused() -> None:
    with pytest.raises(KeyError):
        evaluate(school(), AS_OF, thresholds={"attendance_momentum.drop": 1})


# --- attendance and punctuality --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((38, 40), (33, 38), ("flag", 33, 38)),  # 95.0% to 86.8%
        ((22, 25), (17, 20), ("flag", 17, 20)),  # 88% to 85%: exactly 3.0 points
        ((35, 40), (34, 40), ("clear", 34, 40)),  # 87.5% to 85%: 2.5 points
        ((30, 40), (40, 40), ("clear", 40, 40)),
        ((40, 40), (0, 19), ("too_few_marks", 0, 19)),
        ((19, 19), (0, 20), ("too_few_marks", 0, 20)),
    ],
)
def test_attendance_momentum(
    before: tuple[int, int], now: tuple[int, int], expected: tuple[Any, ...]
) -> None:
    tables = school()
    for days, (attended, possible) in ((B, before), (W, now)):
        marks(tables, days, ["/"] * attended + ["I"] * (possible - attended) + ["D", "-", None])

    row = told(tables, "attendance_momentum")

    assert said(row) == expected
    assert (row["window_from"], row["window_to"], row["threshold"]) == (W[0], AS_OF, 3.0)
    if row["reason"]:
        assert row["value"] is row["level"] is None
    else:
        assert row["level"] == pytest.approx(100 * now[0] / now[1])
        assert row["value"] == pytest.approx(row["level"] - 100 * before[0] / before[1])


@pytest.mark.parametrize(
    ("code", "numerator", "denominator"),
    [("V", 1, 1), ("J", 1, 1), ("J1", 0, 1), ("H", 0, 1), ("U", 0, 1), ("Y", 0, 0), ("#", 0, 0)],
)
def test_a_code_counts_as_attended_possible_or_neither(
    code: str, numerator: int, denominator: int
) -> None:
    tables = school()
    marks(tables, W, [code])

    assert said(told(tables, "attendance_momentum"))[1:] == (numerator, denominator)


def test_the_codes_are_those_of_the_contract(root: Path) -> None:
    path = root / "src/sightline/contract/codes/attendance_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        category = {row["code"]: row["category"] for row in csv.DictReader(file)}

    # "approved" here is "approved_educational_activity" there, and so on; "" is no mark.
    assert all(category[code].startswith(ours) for code, ours in CATEGORY.items() if code)
    assert category.keys() - {""} == CATEGORY.keys() - {None}


def test_marks_before_the_enrolment_after_as_of_or_on_a_closed_day_do_not_count() -> None:
    tables = school()
    tables["pupil"][0]["enrolled_on"] = W[1]
    sunday = W[-1] - timedelta(5)
    marks(tables, [W[0], W[1], sunday, W[-1]], ["/"] * 8)

    assert said(told(tables, "attendance_momentum", as_of=W[-2]))[1:] == (2, 2)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("LLLL", "LLLU", ("flag", 4, 40)),  # exactly 4, and as many as before
        ("LLLLL", "LLLL", ("clear", 4, 40)),  # fewer than before
        ("LLL", "LLL", ("clear", 3, 40)),
        ("LLLLLLLL", "LLLLL", ("clear", 5, 40)),
    ],
)
def test_persistent_lateness(before: str, now: str, expected: tuple[Any, ...]) -> None:
    tables = school()
    for days, late in ((B, before), (W, now)):
        marks(tables, days, [*late, *"/" * (40 - len(late))])

    row = told(tables, "persistent_lateness")

    assert said(row) == expected
    assert row["value"] == row["level"] == expected[1]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("LLLLL////", "LLLL//////", ("flag", 4, 10)),  # 9 arrivals before: nothing to compare
        ("LLLLL/////", "LLLL//////", ("clear", 4, 10)),
        ("", "UUUU//////", ("flag", 4, 10)),  # U arrives although it is an absence
        ("", "UUUU/////", ("too_few_arrivals", 4, 9)),
    ],
)
def test_lateness_needs_ten_arrivals(before: str, now: str, expected: tuple[Any, ...]) -> None:
    tables = school()
    marks(tables, B, before)
    marks(tables, W, now)

    assert said(told(tables, "persistent_lateness")) == expected


# --- behaviour -------------------------------------------------------------------------------


def concern(tables: Tables, day: date, severity: int, kind: str = "concern") -> None:
    add(tables, "behaviour", date=day, kind=kind, severity=severity)


def lesson(tables: Tables, weekday: int, start: time, end: time, **other: object) -> None:
    tables.setdefault("lesson", []).append(
        {
            "class_id": "C",
            "weekday": weekday,
            "cycle_week": None,
            "period": f"{start}",
            "session": "AM",
            "starts_at": start,
            "ends_at": end,
            "from_on": None,
            "to_on": None,
            **other,
        }
    )


def taught(end: time = time(10, 15), attended: int = 20) -> Tables:
    """P's class has a morning lesson from 9:00 every day; 75 minutes make exactly 25 hours in W."""
    tables = school()
    add(tables, "class_member", class_id="C", from_on=FIRST, to_on=None)
    for weekday in range(1, 6):
        lesson(tables, weekday, time(9, 0), end)
    marks(tables, W, ["/", "I"] * attended)
    return tables


@pytest.mark.parametrize(
    ("severities", "end", "expected"),
    [
        ([1, 2], time(10, 15), ("flag", 3, 25)),  # exactly 25 hours, exactly 3.0
        ([3], time(10, 15), ("clear", 3, 25)),  # one concern only
        ([3, 3], time(11, 30), ("flag", 6, 50)),
        ([3, 2], time(11, 30), ("clear", 5, 50)),  # 2.5
        ([5, 5], time(10, 12), ("too_few_hours", 10, 24)),
        ([], time(10, 15), ("nothing_recorded", 0, 25)),
    ],
)
def test_behaviour_rate(severities: list[int], end: time, expected: tuple[Any, ...]) -> None:
    tables = taught(end)
    for severity in severities:
        concern(tables, W[0], severity)
    concern(tables, W[0] - timedelta(1), 5)  # a Sunday
    concern(tables, B[-1], 5)

    row = told(tables, "behaviour_rate")

    assert said(row) == expected
    assert row["value"] == (None if row["reason"] else 25 * expected[1] / expected[2])


def test_praise_shows_that_the_school_records_and_weighs_nothing() -> None:
    tables = taught()
    pupil(tables, "other", left_on=W[5])
    add(tables, "behaviour", pupil_id="other", date=W[3], kind="praise", severity=5)

    assert said(told(tables, "behaviour_rate")) == ("clear", 0, 25)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 25),
        ({"session": "PM"}, 0),  # P was ill every afternoon
        ({"cycle_week": "A"}, 25),
        ({"cycle_week": "B"}, 0),
        ({"from_on": W[10]}, 12.5),
        ({"to_on": W[9]}, 12.5),
        ({"to_on": W[9], "from_on": W[9]}, 1.25),
        ({"class_id": "another"}, 0),
    ],
)
def test_hours_count_the_lessons_that_run(changed: Row, expected: float) -> None:
    tables = taught()
    for row in tables["school_day"]:
        row["cycle_week"] = "A"
    for row in tables["lesson"]:
        row.update(changed)

    assert said(told(tables, "behaviour_rate"))[2] == expected


def test_a_fortnightly_lesson_does_not_run_on_a_day_without_cycle_week() -> None:
    tables = taught()
    for row in tables["lesson"]:
        row["cycle_week"] = "A"

    assert said(told(tables, "behaviour_rate"))[2] == 0


@pytest.mark.parametrize(
    ("memberships", "expected"),
    [
        ([(FIRST, None), (W[0], None)], 25),  # overlapping: counted once
        ([(W[10], None)], 12.5),
        ([(FIRST, W[9])], 12.5),
        ([(FIRST, W[4]), (W[15], None)], 12.5),
        ([(FIRST - timedelta(1), None)], 0),  # older than P's enrolment: the row is ignored
    ],
)
def test_hours_count_the_days_of_membership(
    memberships: list[tuple[date, date | None]], expected: float
) -> None:
    tables = taught()
    tables["class_member"] = []
    for from_on, to_on in memberships:
        add(tables, "class_member", class_id="C", from_on=from_on, to_on=to_on)

    assert said(told(tables, "behaviour_rate"))[2] == expected


def test_hours_leave_out_sessions_not_attended() -> None:
    tables = taught(attended=19)

    facts = Facts(tables, DEFAULTS)

    assert hours(facts, tables["pupil"][0], AS_OF, set(W)) == 19 * 75 / 60


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([R[0], R[4], AS_OF], ("flag", 3, None)),
        ([R[4], AS_OF], ("clear", 2, None)),
        ([W[9], R[4], AS_OF, AS_OF + timedelta(1), R[4] + timedelta(1)], ("clear", 2, None)),
        ([W[9]], ("nothing_recorded", 0, None)),
    ],
)
def test_behaviour_recency(days: list[date], expected: tuple[Any, ...]) -> None:
    tables = school()
    for day in days:
        concern(tables, day, 1)

    row = told(tables, "behaviour_recency")

    assert said(row) == expected
    assert (row["window_from"], row["window_to"]) == (R[0], AS_OF)


def test_a_school_that_only_praised_has_recorded() -> None:
    tables = school()
    concern(tables, AS_OF, 5, kind="praise")

    assert said(told(tables, "behaviour_recency")) == ("clear", 0, None)


# --- progress, work, lessons -----------------------------------------------------------------


def result(tables: Tables, subject: str, day: date, **other: object) -> None:
    number = len(tables.get("assessment", []))
    row = {"result_id": f"R{number}", "scale": "step", "value": 4.0, "expected": 5.0, **other}
    add(tables, "assessment", subject=subject, date=day, **row)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([4.0, 4.0, 4.0], ("flag", -3, 3)),  # exactly -1.0
        ([3.9, 4.2, 3.9], ("flag", -3, 3)),  # exactly -1.0, though not in binary
        ([4.0, 4.0, 4.1], ("clear", -2.9, 3)),
        ([1.0, 1.0], ("too_few_subjects", -8, 2)),
        ([], ("too_few_subjects", 0, 0)),
    ],
)
def test_progress_variance(values: list[float], expected: tuple[Any, ...]) -> None:
    tables = school()
    for number, value in enumerate(values):
        result(tables, f"subject {number}", W[number], value=value)

    row = told(tables, "progress_variance")

    assert said(row) == (expected[0], pytest.approx(expected[1]), expected[2])
    last = W[len(values) - 1] if values else None
    assert (row["window_from"], row["window_to"]) == (W[0] if values else None, last)


@pytest.mark.parametrize(
    ("scale", "gap"), [("gcse_9_1", -1), ("scaled_score", -0.2), ("percent", -0.1), ("step", -1)]
)
def test_a_gap_is_in_steps_of_its_scale(scale: str, gap: float) -> None:
    tables = school()
    result(tables, "maths", AS_OF, scale=scale)

    assert told(tables, "progress_variance")["numerator"] == pytest.approx(gap)


def test_the_latest_usable_result_of_a_subject_counts() -> None:
    tables = school()
    tables["pupil"][0]["enrolled_on"] = FIRST - timedelta(365)
    result(tables, "maths", AS_OF - timedelta(1), value=0.0)
    result(tables, "maths", AS_OF, value=1.0, result_id="R9")
    result(tables, "maths", AS_OF, value=2.0, result_id="R10")  # "R10" < "R9" < "r1"
    result(tables, "maths", AS_OF, value=3.0, result_id="r1")
    result(tables, "maths", AS_OF, value=None, result_id="z1")
    result(tables, "maths", AS_OF, expected=None, result_id="z2")
    result(tables, "maths", AS_OF + timedelta(1), value=9.0)
    result(tables, "Maths", AS_OF, value=5.0)  # another subject
    result(tables, "too old", AS_OF - timedelta(180))
    result(tables, "just in", AS_OF - timedelta(179), value=4.0)

    row = told(tables, "progress_variance")

    assert said(row) == ("flag", -3, 3)
    assert row["window_from"] == AS_OF - timedelta(179)


def work(tables: Tables, due_on: date, status: str, subject: str = "maths") -> None:
    add(tables, "work", due_on=due_on, status=status, subject=subject)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["missing"] * 3 + ["submitted"] * 7, ("flag", 3, 10)),  # exactly 0.30
        (["missing"] * 2 + ["late"] * 5, ("clear", 2, 7)),
        (["missing"] * 2 + ["late"] * 3 + ["excused"] * 9, ("flag", 2, 5)),
        (["missing"] * 4 + ["excused"] * 9, ("too_little_work", 4, 4)),
    ],
)
def test_missing_work(statuses: list[str], expected: tuple[Any, ...]) -> None:
    tables = school()
    for status in statuses:
        work(tables, W[3], status)

    row = told(tables, "missing_work")

    assert said(row) == expected
    assert (row["window_from"], row["window_to"]) == (W[0], AS_OF)


def test_work_counts_over_the_whole_interval() -> None:
    tables = school()
    sunday = AS_OF + timedelta(2)
    for day in [W[0] - timedelta(1), W[0], W[4] + timedelta(1), sunday, sunday + timedelta(1)]:
        work(tables, day, "missing")

    row = told(tables, "missing_work", as_of=sunday)

    assert said(row) == ("too_little_work", 3, 3)
    assert row["window_to"] == AS_OF


def test_key_subjects_are_exact_text() -> None:
    tables = school()
    for subject in ["maths", "Maths", "english", "art"]:
        work(tables, AS_OF, "missing", subject)

    row = told(tables, "missing_work", thresholds={"missing_work.key_subjects": ["maths", "art"]})

    assert row["denominator"] == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["removed", "truant", "truant"], ("flag", 3, None)),
        (["removed", "truant", "late", "absent"], ("clear", 2, None)),
        (["present"], ("clear", 0, None)),
        ([], ("no_lesson_marks", 0, None)),
    ],
)
def test_disengagement(words: list[str], expected: tuple[Any, ...]) -> None:
    tables = school()
    add(tables, "lesson_mark", date=B[-1], period="1", mark="truant")
    for period, word in enumerate(words):
        add(tables, "lesson_mark", date=W[0], period=f"{period}", mark=word)

    assert said(told(tables, "disengagement")) == expected


# --- engagement against peers ----------------------------------------------------------------


def big_class(
    peers: int = 20, each: float = 10, own: float = 3, founded: date = FIRST, class_id: str = "V"
) -> Tables:
    tables = school()
    for number in range(peers):
        pupil(tables, f"peer {number}")
        row = {"pupil_id": f"peer {number}", "class_id": class_id}
        add(tables, "class_member", **row, from_on=founded, to_on=None)
        add(tables, "engagement", **row, date=AS_OF, kind="vle", quantity=each)
    add(tables, "class_member", class_id=class_id, from_on=founded, to_on=None)
    add(tables, "engagement", class_id=class_id, date=AS_OF, kind="vle", quantity=own)
    return tables


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (big_class(own=2.9), ("flag", 2.9, 10)),
        (big_class(own=0), ("flag", 0, 10)),
        (big_class(own=3), ("clear", 3, 10)),  # a share of exactly 0.30
        (big_class(own=0.03, each=0.1), ("clear", 0.03, 0.1)),
        (big_class(peers=19), ("no_class_counts", None, None)),  # 20 members with P
        (big_class(each=0), ("no_peer_use", None, None)),
        (big_class(founded=AS_OF - timedelta(28)), ("clear", 3, 10)),
        (big_class(founded=AS_OF - timedelta(27)), ("no_class_counts", None, None)),
    ],
)
def test_engagement_vs_peers(tables: Tables, expected: tuple[Any, ...]) -> None:
    row = told(tables, "engagement_vs_peers")

    assert said(row) == pytest.approx(expected)
    assert (row["window_from"], row["window_to"]) == (AS_OF - timedelta(13), AS_OF)


@pytest.mark.parametrize(("back", "outcome"), [(13, "clear"), (12, "cannot_tell")])
def test_a_class_counts_after_fourteen_days_of_membership(back: int, outcome: str) -> None:
    tables = big_class()
    tables["class_member"][-1]["from_on"] = AS_OF - timedelta(back)

    assert told(tables, "engagement_vs_peers")["outcome"] == outcome


def test_only_the_membership_that_covers_as_of_counts() -> None:
    tables = big_class()
    tables["class_member"][-1]["to_on"] = AS_OF - timedelta(13)
    add(tables, "class_member", class_id="V", from_on=AS_OF - timedelta(12), to_on=None)

    assert told(tables, "engagement_vs_peers")["reason"] == "no_class_counts"


def test_a_class_is_as_old_as_its_first_row_though_that_pupil_left() -> None:
    tables = big_class(founded=AS_OF - timedelta(20))
    pupil(tables, "left", left_on=W[0])
    row = {"pupil_id": "left", "class_id": "V"}
    add(tables, "class_member", **row, from_on=AS_OF - timedelta(28), to_on=AS_OF - timedelta(27))

    assert told(tables, "engagement_vs_peers")["outcome"] == "clear"


def test_use_that_does_not_count() -> None:
    tables = big_class(own=0)
    edge = {"class_id": "V", "quantity": 100}
    add(tables, "engagement", **edge, date=AS_OF - timedelta(14), kind="vle")
    add(tables, "engagement", **edge, date=AS_OF + timedelta(1), kind="vle")
    add(tables, "engagement", **edge, date=AS_OF, kind="library")
    add(tables, "engagement", class_id=None, quantity=100, date=AS_OF, kind="vle")
    assert said(told(tables, "engagement_vs_peers")) == ("flag", 0, 10)

    add(tables, "engagement", **edge, date=AS_OF - timedelta(13), kind="vle")
    assert said(told(tables, "engagement_vs_peers")) == ("clear", 100, 10)


def test_peers_use_from_before_their_own_enrolment_is_ignored() -> None:
    tables = big_class(peers=21)
    late_comer = tables["pupil"][1]
    late_comer["enrolled_on"] = AS_OF - timedelta(5)
    tables["class_member"][0]["from_on"] = AS_OF - timedelta(5)
    row = {"pupil_id": "peer 0", "class_id": "V", "kind": "vle"}
    add(tables, "engagement", **row, date=AS_OF - timedelta(6), quantity=1000)

    assert said(told(tables, "engagement_vs_peers")) == ("clear", 3, 10)


def test_peers_no_longer_on_roll_are_neither_counted_nor_averaged() -> None:
    tables = big_class(peers=21)
    tables["pupil"][1]["left_on"] = AS_OF - timedelta(1)
    assert said(told(tables, "engagement_vs_peers")) == ("clear", 3, 10)

    tables["pupil"][2]["left_on"] = AS_OF - timedelta(1)
    assert told(tables, "engagement_vs_peers")["reason"] == "no_class_counts"


def test_the_class_with_the_lowest_ratio_speaks() -> None:
    tables = big_class(own=5)
    second = big_class(own=4, class_id="U")
    for table in ("class_member", "engagement"):
        tables[table] += second[table]

    assert said(told(tables, "engagement_vs_peers")) == ("clear", 4, 10)


def test_of_classes_with_equal_ratios_the_first_by_id_speaks() -> None:
    tables = big_class(own=3)
    second = big_class(own=6, each=20, class_id="U")
    for table in ("class_member", "engagement"):
        tables[table] += second[table]

    assert said(told(tables, "engagement_vs_peers")) == ("clear", 6, 20)


# --- support ---------------------------------------------------------------------------------


def support(tables: Tables, aim: str, started_on: date, review_on: date = AS_OF) -> Row:
    row = {"aim_signal": aim, "started_on": started_on, "review_on": review_on, "ended_on": None}
    add(tables, "support", **row)
    return tables["support"][-1]


def shares(before: int, now: int) -> Tables:
    """So many of 10 pieces of work missing in B and in W, and a support that starts between."""
    tables = school()
    for days, missing in ((B, before), (W, now)):
        for number in range(10):
            work(tables, days[number], "missing" if number < missing else "submitted")
    support(tables, "missing_work", B[-1])
    return tables


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4, 4, ("flag", 1, 1)),
        (4, 5, ("flag", 1, 1)),  # worse
        (4, 3, ("clear", 0, 1)),  # a change of exactly 0.10
        (4, 0, ("clear", 0, 1)),
    ],
)
def test_support_without_change(before: int, now: int, expected: tuple[Any, ...]) -> None:
    row = told(shares(before, now), "support_without_change")

    assert said(row) == expected
    assert row["value"] == row["level"] == expected[1]
    assert (row["window_from"], row["window_to"], row["threshold"]) == (B[-1], AS_OF, 1)


def test_attendance_must_rise_for_a_support_to_have_helped() -> None:
    tables = school()
    support(tables, "attendance_momentum", OPEN[-1] - timedelta(7))
    marks(tables, B, ["/"] * 40)
    marks(tables, W, ["I"] * 20 + ["/"] * 20)

    # A week earlier W held 5 days of B and 15 later ones, 20 of 40 marks attended; so it does now.
    assert said(told(tables, "support_without_change")) == ("flag", 1, 1)


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({}, True),
        ({"review_on": AS_OF + timedelta(1)}, False),
        ({"started_on": AS_OF}, False),
        ({"ended_on": AS_OF}, True),
        ({"ended_on": AS_OF - timedelta(1)}, False),
    ],
)
def test_a_support_is_due(changed: Row, due: bool) -> None:
    tables = shares(4, 4)
    tables["support"][0].update(changed)

    row = told(tables, "support_without_change")

    assert said(row) == (("flag", 1, 1) if due else ("clear", 0, 0))
    if not due:
        assert (row["value"], row["window_from"], row["window_to"]) == (0, None, None)


def test_a_support_without_a_level_at_both_dates_cannot_be_told() -> None:
    tables = shares(4, 4)
    tables["pupil"][0]["enrolled_on"] = W[0]  # after the support started
    row = told(tables, "support_without_change")
    assert said(row) == ("no_level_at_both", 0, 1)
    assert (row["value"], row["window_from"], row["window_to"]) == (None, B[-1], AS_OF)


def test_one_support_with_levels_is_enough_to_tell() -> None:
    tables = shares(4, 0)
    support(tables, "progress_variance", B[0])

    row = told(tables, "support_without_change")

    assert said(row) == ("clear", 0, 2)
    assert row["window_from"] == B[0]


def test_a_level_exists_whatever_the_pack() -> None:
    tables = big_class(own=2)
    earlier = [
        {**row, "date": AS_OF - timedelta(14), "quantity": row["quantity"] / 2}
        for row in tables["engagement"]
    ]
    earlier[-1]["quantity"] = 0.5  # a share of 0.1, then 0.2: a change of exactly 0.10
    tables["engagement"] += earlier
    support(tables, "engagement_vs_peers", AS_OF - timedelta(14))
    assert said(told(tables, "support_without_change")) == ("clear", 0, 1)

    earlier[-1]["quantity"] = 0.6
    assert said(told(tables, "support_without_change")) == ("flag", 1, 1)


# --- the weekly list -------------------------------------------------------------------------


def flag(pupil_id: str, signal: str = "missing_work", value: float = 0.3) -> Row:
    threshold = {"missing_work": 0.3, "attendance_momentum": 3.0, "engagement_vs_peers": 0.3}
    return {
        "pupil_id": pupil_id,
        "signal": signal,
        "outcome": "flag",
        "value": value,
        "threshold": threshold.get(signal, 3.0),
    }


def untold(pupil_id: str) -> Row:
    return {"pupil_id": pupil_id, "signal": "behaviour_rate", "outcome": "cannot_tell"}


def listed(rows: Sequence[Row], before: Sequence[Row] = (), **other: Any) -> Weekly:
    return weekly(rows, before, as_of=AS_OF, school_days=OPEN, **other)


def names(found: Weekly) -> list[str]:
    return [entry.pupil_id for entry in found.shown]


def test_the_list_is_ordered_by_its_keys_from_left_to_right() -> None:
    rows = [
        flag("not new", value=0.5),
        flag("new", value=0.4),
        flag("new and stronger", value=0.45),
        flag("two themes"),
        flag("two themes", "disengagement", 3),
        flag("same theme twice", "behaviour_rate", 3),
        flag("same theme twice", "behaviour_recency", 3),
        flag("twice the threshold", "attendance_momentum", -6.0),
        flag("below a share", "engagement_vs_peers", 0.0),  # 0.3 / 0.01
    ]

    assert names(listed(rows, [flag("not new"), untold("new")])) == [
        "below a share",
        "twice the threshold",
        "two themes",
        "new and stronger",
        "new",
        "same theme twice",
        "not new",
    ]


def test_the_list_says_who_is_not_on_it() -> None:
    rows = [flag("A"), flag("B"), flag("C"), untold("A"), untold("D"), flag("E", value=0.5)]

    found = listed(rows, capacity=2, tie_break=lambda pupil_id: -ord(pupil_id), opted_out=["B"])

    assert names(found) == ["E", "C"]
    assert (found.met_threshold, found.could_not_tell, found.tie_at_the_cut) == (3, 1, True)
    assert not listed(rows, capacity=1).tie_at_the_cut
    assert not listed(rows, capacity=9).tie_at_the_cut


@pytest.mark.parametrize(
    ("kind", "until", "themes", "reason"),
    [
        ("in_hand", AS_OF + timedelta(1), {"work"}, "in_hand"),
        ("not_now", AS_OF + timedelta(1), {"work"}, "not_now"),
        ("in_hand", AS_OF, {"work"}, None),  # the review is due
        ("in_hand", AS_OF + timedelta(1), {"behaviour"}, None),  # work is a new theme
        ("watch", AS_OF + timedelta(1), {"work"}, None),
    ],
)
def test_a_decision_in_force_sets_a_pupil_aside(
    kind: str, until: date, themes: set[str], reason: str | None
) -> None:
    old = Decision("A", B[0], "not_now", AS_OF + timedelta(99), frozenset({"work"}))
    latest = Decision("A", B[1], kind, until, frozenset(themes))

    found = listed([flag("A")], decisions=[latest, old])

    assert found.set_aside.get("A") == reason
    assert names(found) == ([] if reason else ["A"])
    assert found.met_threshold == 1


def test_tiers_follow_reviews_strength_and_the_previous_list() -> None:
    decisions = [
        Decision("review due", B[0], "in_hand", AS_OF, frozenset({"work"})),
        Decision("strong, decided lately", OPEN[-15], "talk"),
        Decision("strong, decided long ago", OPEN[-16], "talk"),
        Decision("shown and decided on", OPEN[-5], "talk"),
    ]
    rows = [
        flag("review due"),
        flag("strong, decided lately", value=0.9),
        flag("strong, decided long ago", value=0.8),
        flag("shown and decided on"),
        flag("shown"),
    ]
    shown = Shown(OPEN[-6], frozenset({"shown", "shown and decided on"}))

    found = listed(rows, decisions=decisions, shown=shown)

    assert {entry.pupil_id: entry.keys[0] for entry in found.ordered} == {
        "review due": 0,
        "strong, decided long ago": 0,
        "shown": 1,
        "strong, decided lately": 2,
        "shown and decided on": 2,
    }


# --- random schools --------------------------------------------------------------------------


@given(made=schools(), seed=st.integers(0, 1000))
def test_any_random_school_gets_its_rows(made: tuple[Tables, date], seed: int) -> None:
    tables, as_of = made

    rows = evaluate(tables, as_of, thresholds=random_thresholds(seed))

    assert len(rows) == 8 * sum(on_roll(row, as_of) for row in tables["pupil"])
    for row in rows:
        untold = row["outcome"] == "cannot_tell"
        assert (row["value"] is None) == (row["level"] is None) == untold
        assert (row["reason"] is not None) == untold


def test_random_schools_come_back_from_their_seed() -> None:
    assert random_school(7) == random_school(7)
    assert random_school(7) != random_school(8)


def test_random_schools_pass_every_check_of_the_dictionary(tmp_path: Path) -> None:
    for seed in range(8):
        tables, _ = random_school(seed)
        write_canonical(tables, tmp_path / f"{seed}")
        day = date(2026, 11, 1)
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        account = load(Store(), tmp_path / f"{seed}", load_day=day, recorded_at=moment)

        assert account.quarantined == []
        assert {name: tally.accepted for name, tally in account.tables.items()} == {
            name: len(rows) for name, rows in tables.items()
        }
