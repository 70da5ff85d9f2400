"""A signal that looks ahead is refused, and what was not known on a day plays no part in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.support.curated import arrow_tables
from tests.support.past import register_past

from sightline.engine import Engine
from sightline.insights.backtest.as_known import show_as_known
from sightline.insights.backtest.as_known import tables as backtest_tables
from sightline.insights.backtest.replay import Replay, ask_weeks, is_proved, replay
from sightline.kit import SightlineError
from sightline.signals import Signal, read_library, values_of
from sightline.warehouse import key_text

LIBRARY = read_library()
MONDAY = date(2026, 1, 12)
WEEKS = [MONDAY + timedelta(days=7 * n) for n in range(5)]
SCHOOL = {"school_id": "S1", "name": "Made-up", "phase": "secondary"}
ROW = """
    SELECT s.pupil_ref, s.school_id, s.as_of, CASE WHEN {counted} >= :min_events THEN 'flag'
        ELSE 'clear' END AS outcome, NULL AS reason, {counted} AS value, {counted} AS level,
        {counted} AS numerator, NULL AS denominator, s.as_of AS window_from, s.as_of AS window_to,
        1 AS days, NULL AS earlier_numerator, NULL AS earlier_denominator
    FROM scope AS s INNER JOIN pupil AS p ON s.pupil_ref = p.pupil_ref
"""
LEAKS = {
    "tomorrows_marks": "(SELECT count(*) FROM attendance AS m WHERE m.pupil_ref = s.pupil_ref "
    "AND m.code = 'N' AND m.date BETWEEN s.as_of AND s.as_of + 1)",
    "when_they_leave": "(CASE WHEN p.left_on < s.as_of + 30 THEN 9 ELSE 0 END)",
    "by_another_name": "(SELECT count(*) FROM whole_attendance AS m "
    "WHERE m.pupil_ref = s.pupil_ref AND m.code = 'N')",
    "how_it_ended": "(CASE WHEN p.final_result = 'withdrawn' THEN 9 ELSE 0 END)",
}
HONEST = (
    "(SELECT count(*) FROM attendance AS m WHERE m.pupil_ref = s.pupil_ref "
    "AND m.code = 'N' AND m.date BETWEEN s.as_of - 6 AND s.as_of)"
)


def own(name: str, counted: str) -> Signal:
    """A school's own signal, made from the parameters of one of the product."""
    return replace(LIBRARY["behaviour_recency"], name=name, sql=ROW.format(counted=counted))


def past(**pupil: Any) -> dict[str, list[dict[str, Any]]]:
    """One pupil absent on three Tuesdays; one always there; six weeks of open days."""
    days = [MONDAY + timedelta(days=n) for n in range(42) if n % 7 < 5]
    pupils = [
        {"pupil_id": one, "school_id": "S1", "enrolled_on": date(2025, 9, 1), "year_group": 9}
        for one in ("P1", "P2")
    ]
    pupils[0] |= pupil
    marks = [
        {
            "pupil_id": one,
            "date": day,
            "session": "AM",
            "code": "N" if one == "P1" and n % 5 == 1 else "/",
        }
        for one in ("P1", "P2")
        for n, day in enumerate(days)
    ]
    calendar = [{"school_id": "S1", "date": day, "kind": "open"} for day in days]
    return {"school": [SCHOOL], "school_day": calendar, "pupil": pupils, "attendance": marks}


def replayed(signal: Signal, tables: dict[str, Any], threshold: float = 2, **more: Any) -> Replay:
    library = LIBRARY | {signal.name: signal}
    with Engine(threads=1) as engine:
        register_past(engine, tables, **more)
        ask_weeks(engine, WEEKS, ["S1"])
        values = values_of(library, {}, "defaults")
        return replay(engine, library, signal.name, values, (threshold,), WEEKS)


@pytest.mark.parametrize("name", LEAKS)
def test_a_signal_that_looks_ahead_is_refused(name: str) -> None:
    tables = past(left_on=WEEKS[3] + timedelta(days=2), final_result="withdrawn")
    with pytest.raises(SightlineError, match=f"`{name}` looks ahead"):
        replayed(own(name, LEAKS[name]), tables)


def test_a_signal_of_the_product_that_was_changed_is_held_to_the_same() -> None:
    changed = own("behaviour_recency", LEAKS["tomorrows_marks"])
    assert not is_proved(changed)
    with pytest.raises(SightlineError, match="looks ahead"):
        replayed(changed, past())


def test_a_schools_own_signal_that_reads_only_the_past_is_replayed_week_by_week() -> None:
    told = replayed(own("absent_lately", HONEST), past())
    assert told.value[told.refs.index("P1")].tolist() == [0, 1, 1, 1, 1]
    assert not told.listed_at[2].any()


# ------------------------------------------------------------------ as known then


def lessons(code: str, recorded: datetime | None) -> dict[str, Any]:
    """40 days of marks for P1 and P2; P1's of the first week come as `code`."""
    tables = past()
    for row in tables["attendance"]:
        row["code"] = "/"
        if row["pupil_id"] == "P1" and row["date"] < MONDAY + timedelta(days=7):
            row |= {"code": code, "recorded_at": recorded}
    return tables


def weekly_value(tables: dict[str, Any], **more: Any) -> list[float]:
    told = replayed(own("absent_lately", HONEST), tables, **more)
    return [float(one) for one in told.value[told.refs.index("P1")]]


def test_a_mark_recorded_three_weeks_later_was_not_known_before() -> None:
    late = datetime(2026, 2, 5, 9, tzinfo=UTC)
    tables = lessons("N", late)
    with Engine(threads=1) as engine:
        register_past(engine, tables)
        ask_weeks(engine, WEEKS, ["S1"])
        library = LIBRARY
        values = values_of(library, {"attendance_momentum.min_possible": 10}, "defaults")
        told = replay(engine, library, "attendance_momentum", values, (3.0,), WEEKS)
    known = told.later_known
    assert known == 4  # P1 in the weeks of 12 January to 2 February; on 9 February all is known


def amended(moment: datetime) -> dict[str, Any]:
    """The first week's marks came as present and were put right to N at a moment."""
    tables = lessons("N", None)
    before = [
        {**row, "code": "/"}
        for row in tables["attendance"]
        if row["pupil_id"] == "P1" and row["date"] < MONDAY + timedelta(days=7)
    ]
    rows = arrow_tables({**tables, "attendance": before})["attendance"]
    replaced = stamped(rows, datetime(2026, 1, 9, tzinfo=UTC), 1)
    return {"tables": tables, "replaced": {"attendance": replaced}, "moment": moment}


def stamped(rows: pa.Table, moment: datetime, load: int) -> pa.Table:
    column = rows.column_names.index("_known_from")
    known = pa.array([moment] * len(rows), rows.schema.field("_known_from").type)
    rows = rows.set_column(column, rows.schema.field("_known_from"), known)
    loads = pa.array([load] * len(rows), pa.int32())
    return rows.set_column(column + 1, rows.schema.field("_load"), loads)


def test_a_mark_put_right_later_is_judged_as_it_stood_on_the_day() -> None:
    """Five marks N are as they stand; until 22 January they were present."""
    made = amended(datetime(2026, 1, 22, tzinfo=UTC))
    library = LIBRARY
    with Engine(threads=1) as engine:
        register_past(engine, made["tables"], made["replaced"])
        whole = arrow_tables(made["tables"])["attendance"]
        engine.register("whole_attendance", stamped(whole, made["moment"], 2))
        ask_weeks(engine, WEEKS, ["S1"])
        told = replay(
            engine, library, "attendance_momentum", values_of(library, {}, "x"), (3.0,), WEEKS
        )
        seen = []
        for day in (date(2026, 1, 21), date(2026, 1, 22)):
            show_as_known(engine, day, ["attendance"])
            query = "SELECT code, count(*) AS n FROM attendance WHERE pupil_ref = 'P1' GROUP BY ALL"
            seen.append({row["code"]: row["n"] for row in engine.rows(query)})
        asked = engine.rows("SELECT pupil_ref, as_of FROM late_week ORDER BY as_of, pupil_ref")
    assert [row["as_of"] for row in asked] == WEEKS[:2]
    assert {row["pupil_ref"] for row in asked} == {"P1"}
    assert told.later_known == 2
    assert seen == [{"/": 8}, {"/": 4, "N": 5}]  # school days from 12 January


def test_a_mark_its_source_took_back_is_there_until_then() -> None:
    """Five marks of the first week came on 9 January and were taken back on 22 January."""
    tables = past()
    gone = [row for row in tables["attendance"] if row["pupil_id"] == "P1"][:5]
    rest = [row for row in tables["attendance"] if row not in gone]
    rows = arrow_tables({**tables, "attendance": gone})["attendance"]
    replaced = stamped(rows, datetime(2026, 1, 9, tzinfo=UTC), 1)
    taken = datetime(2026, 1, 22, tzinfo=UTC)
    table = backtest_tables()["attendance"]
    with Engine(threads=1) as engine:
        engine.register("gone", replaced)
        keys = engine.rows(f"SELECT {key_text(table, 'g')} AS key FROM gone AS g")
        markers = [
            {"of_table": "attendance", "key": row["key"], "school_id": "S1"}
            | {"_known_from": taken, "_load": 2}
            for row in keys
        ]
        register_past(engine, {**tables, "attendance": rest}, {"attendance": replaced}, markers)
        counts = []
        for day in (date(2026, 1, 16), date(2026, 1, 21), date(2026, 1, 22)):
            show_as_known(engine, day, ["attendance"])
            query = "SELECT count(*) AS n FROM attendance WHERE pupil_ref = 'P1'"
            counts.append(engine.rows(query)[0]["n"])
    assert counts == [5, 8, 4]
