"""Run signals: every pupil asked about, on every date asked about, in one pass of SQL.

The engine holds the curated tables and `scope(pupil_ref, school_id, as_of)`. The same SQL serves
one pupil, today's list and every week of a year. No clock: the dates asked about are the argument.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from sightline.contract import attendance_codes
from sightline.engine import literal
from sightline.engine.text import literals
from sightline.signals.definition import Signal, Values

__all__ = ["RESULT_COLUMNS", "SqlEngine", "evaluate", "make_scope", "run"]

VIEWS = Path(__file__).parent / "views"
# In the order in which they read each other.
VIEW_NAMES = ["calendar", "window_day", "enrolled", "attendance_day", "lesson_slot", "lesson_day"]
RESULT_COLUMNS = {
    "pupil_ref": "varchar",
    "school_id": "varchar",
    "as_of": "date",
    "outcome": "varchar",
    "reason": "varchar",
    "value": "double",
    "level": "double",
    "numerator": "double",
    "denominator": "double",
    "window_from": "date",
    "window_to": "date",
    "days": "integer",
    "earlier_numerator": "double",
    "earlier_denominator": "double",
}


NO_DATE = date(1970, 1, 1)  # stands in where nobody is asked about


class SqlEngine(Protocol):
    """All that signals ask of an engine: DuckDB today, another when one machine is outgrown."""

    def create(self, name: str, query: str) -> None: ...
    def view(self, name: str, query: str) -> None: ...
    def register(self, name: str, data: pa.Table) -> None: ...
    def rows(self, query: str) -> list[dict[str, Any]]: ...


def make_scope(
    engine: SqlEngine,
    dates: Iterable[date],
    *,
    schools: Sequence[str] | None = None,
    year_group: int | None = None,
    pupils: Sequence[str] | None = None,
) -> None:
    """Make `scope`: the pupils on roll on each date, of these schools, year group and refs."""
    engine.register("asked_date", pa.table({"as_of": pa.array(sorted(set(dates)), pa.date32())}))
    conditions = [
        "pupil.enrolled_on <= asked_date.as_of",
        "(pupil.left_on IS NULL OR pupil.left_on >= asked_date.as_of)",
    ]
    if schools is not None:
        conditions.append(f"pupil.school_id IN {literals(schools)}")
    if year_group is not None:
        conditions.append(f"pupil.year_group = {year_group}")
    if pupils is not None:
        conditions.append(f"pupil.pupil_ref IN {literals(pupils)}")
    engine.create(
        "scope",
        "SELECT pupil.pupil_ref, pupil.school_id, asked_date.as_of FROM pupil "
        f"INNER JOIN asked_date ON {' AND '.join(conditions)}",
    )


def run(
    engine: SqlEngine, library: Mapping[str, Signal], names: Sequence[str], values: Values
) -> None:
    """Make `result`: one row for each pupil in scope, signal and date, as RESULT_COLUMNS.

    `names` are the signals to run. The levels that support is judged by come from the same rules,
    run first for the pupils and dates concerned, whatever the pack.
    """
    codes = [code for code in attendance_codes() if code.category != "missing"]
    attended = [code.category in ("present", "approved_educational_activity") for code in codes]
    possible = [code.category != "not_possible" for code in codes]
    after = [code.late == "after_registers_closed" for code in codes]
    columns = {
        "code": [code.code for code in codes],
        "possible": [int(one) for one in possible],
        "attended": [int(one) for one in attended],
        "late": [int(bool(code.late)) for code in codes],
        "arrived": [int(a or u) for a, u in zip(attended, after, strict=True)],
    }
    engine.register("attendance_code", pa.table(columns))
    subjects = pa.array(values.get("missing_work.key_subjects", []), pa.string())
    engine.register("key_subject", pa.table({"subject": subjects}))
    if "support_without_change" in names:
        _make_levels(engine, library, values)
    evaluate(engine, [library[name] for name in names], values, "result")


def evaluate(engine: SqlEngine, signals: Sequence[Signal], values: Values, into: str) -> None:
    """Run signals over `scope` and keep their rows, with the signal's name, as relation `into`."""
    needed = _needed_views(signals)
    bounds = _bounds(engine, signals, values)
    for name in VIEW_NAMES:
        if name in needed:
            sql = (VIEWS / f"{name}.sql").read_text(encoding="utf-8")
            engine.create(name, render(sql, bounds))
        if name == "window_day":
            first = engine.rows("SELECT min(date) AS first FROM window_day")[0]["first"]
            bounds["first_date"] = first or bounds["first_as_of"]
    for signal in signals:
        own = {p.name: values[f"{signal.name}.{p.name}"] for p in signal.parameters}
        engine.create(f"result_{signal.name}", render(signal.sql, own | bounds))
    engine.view(
        into,
        " UNION ALL ".join(
            f"SELECT {literal(signal.name)} AS signal, "
            + ", ".join(_result_column(name, kind) for name, kind in RESULT_COLUMNS.items())
            + f" FROM result_{signal.name}"
            for signal in signals
        ),
    )


def _bounds(engine: SqlEngine, signals: Sequence[Signal], values: Values) -> dict[str, Any]:
    """What the SQL may take for granted, so that no row outside every window is read.

    `days_back` school days cover the longest window; `lesson_days` is that of behaviour_rate.
    """
    asked = engine.rows("SELECT min(as_of) AS first, max(as_of) AS last FROM scope")[0]
    back = [
        values[f"{signal.name}.window_days"] + values.get(f"{signal.name}.baseline_days", 0)
        for signal in signals
        if re.search(r"\bwindow_day\b", signal.sql)
    ]
    return {
        "first_as_of": asked["first"] or NO_DATE,
        "last_date": asked["last"] or NO_DATE,
        "days_back": max(back, default=1),
        "lesson_days": values.get("behaviour_rate.window_days", 20),
    }


def _result_column(name: str, kind: str) -> str:
    """No data is never a figure: what cannot be told has neither value nor level."""
    told = f"CASE WHEN outcome <> 'cannot_tell' THEN {name} END"
    return f"CAST({told if name in ('value', 'level') else name} AS {kind}) AS {name}"


def render(sql: str, values: Mapping[str, Any]) -> str:
    """SQL with each :name replaced by its value as a literal; comments are dropped."""
    bare = re.sub(r"--[^\n]*", "", sql)

    def value(found: re.Match[str]) -> str:
        one = values[found.group(1)]
        return str(one) if isinstance(one, int | float) else literal(one)

    return re.sub(r"(?<!:):([a-z_]+)", value, bare)


def _needed_views(signals: Sequence[Signal]) -> set[str]:
    """The views a signal reads, and those that they read."""
    needed: set[str] = {"calendar", "window_day", "enrolled"}
    text = " ".join(signal.sql for signal in signals)
    for name in reversed(VIEW_NAMES):
        if re.search(rf"\b{name}\b", text):
            needed.add(name)
            text += (VIEWS / f"{name}.sql").read_text(encoding="utf-8")
    return needed


def _make_levels(engine: SqlEngine, library: Mapping[str, Signal], values: Values) -> None:
    """Make `aim` and `level`: the levels at the start of each due support and on the date asked."""
    aims = [signal for signal in library.values() if signal.better]
    engine.register(
        "aim",
        pa.table(
            {
                "signal": [signal.name for signal in aims],
                "direction": [1.0 if signal.better == "higher" else -1.0 for signal in aims],
                "meaningful_change": [
                    float(values[f"{signal.name}.meaningful_change"]) for signal in aims
                ],
            }
        ),
    )
    engine.create("asked_scope", "SELECT * FROM scope")
    engine.create(
        "due_support",
        "SELECT DISTINCT scope.pupil_ref, support.aim_signal, support.started_on, scope.as_of "
        "FROM scope INNER JOIN support ON scope.pupil_ref = support.pupil_ref "
        "AND support.started_on < scope.as_of AND support.review_on <= scope.as_of "
        "AND (support.ended_on IS NULL OR support.ended_on >= scope.as_of)",
    )
    wanted = engine.rows("SELECT DISTINCT aim_signal FROM due_support ORDER BY aim_signal")
    engine.create(
        "scope",
        "SELECT pupil.pupil_ref, pupil.school_id, dates.as_of FROM ("
        "SELECT pupil_ref, started_on AS as_of FROM due_support UNION "
        "SELECT pupil_ref, as_of FROM due_support) AS dates "
        "INNER JOIN pupil ON pupil.pupil_ref = dates.pupil_ref "
        "AND pupil.enrolled_on <= dates.as_of "
        "AND (pupil.left_on IS NULL OR pupil.left_on >= dates.as_of)",
    )
    # Without any due support the rules still run, over nobody, so that `level` has its columns.
    chosen = [library[row["aim_signal"]] for row in wanted] or aims[:1]
    evaluate(engine, chosen, values, "level_result")
    engine.create("level", "SELECT signal, pupil_ref, as_of, level FROM level_result")
    engine.create("scope", "SELECT * FROM asked_scope")
