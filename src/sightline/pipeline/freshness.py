"""How fresh and how complete the stored data is, by table and school."""

from datetime import date
from typing import Any

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.site import Site
from sightline.warehouse import open_snapshot

__all__ = ["freshness"]

# The date of a row, for tables whose rows have one that is in the past.
DATED = {
    "attendance": "date",
    "lesson_mark": "date",
    "behaviour": "date",
    "assessment": "date",
    "work": "due_on",
    "engagement": "date",
    "support": "started_on",
    "note": "date",
}


def freshness(site: Site, day: date) -> list[dict[str, Any]]:
    """Per school and table: rows and latest date; for attendance how many expected marks lack.

    Expected marks are open days up to `day` x AM and PM x pupils on roll. `days_without_any` counts
    open days, up to the latest date of the table, on which it has no row. Raises `no_data`.
    """
    warehouse = site.warehouse
    with warehouse.reading() as snapshot, Engine() as engine:
        open_snapshot(engine, warehouse, snapshot, read_contract())
        found = []
        for table, dated in DATED.items():
            rows = engine.rows(
                f"SELECT school.school_id, count(t.{dated}) AS rows, max(t.{dated}) AS latest "
                f"FROM school LEFT JOIN {table} AS t ON t.school_id = school.school_id "
                f"AND t.{dated} <= {literal(day)} GROUP BY 1 ORDER BY 1"
            )
            register = table in ("attendance", "lesson_mark")
            gaps = _days_without(engine, table, dated) if register else {}
            marks = _missing_marks(engine, day) if table == "attendance" else {}
            for row in rows:
                school = row["school_id"]
                days = {"days_without_any": gaps.get(school, 0)} if register else {}
                found.append({"table": table, **row, **days, **marks.get(school, {})})
        return found


def _days_without(engine: Engine, table: str, dated: str) -> dict[str, int]:
    rows = engine.rows(
        f"WITH had AS (SELECT DISTINCT school_id, {dated} AS date FROM {table}), "
        "last AS (SELECT school_id, max(date) AS date FROM had GROUP BY 1) "
        "SELECT d.school_id, count(*) AS days FROM school_day AS d JOIN last USING (school_id) "
        "WHERE d.kind = 'open' AND d.date <= last.date AND NOT EXISTS "
        "(SELECT 1 FROM had WHERE had.school_id = d.school_id AND had.date = d.date) GROUP BY 1"
    )
    return {row["school_id"]: row["days"] for row in rows}


def _missing_marks(engine: Engine, day: date) -> dict[str, dict[str, Any]]:
    rows = engine.rows(
        "WITH expected AS (SELECT p.school_id, count(*) * 2 AS marks FROM pupil AS p "
        "JOIN school_day AS d ON d.school_id = p.school_id AND d.kind = 'open' "
        f"AND d.date <= {literal(day)} AND d.date >= p.enrolled_on "
        "AND (p.left_on IS NULL OR d.date <= p.left_on) GROUP BY 1), "
        "made AS (SELECT a.school_id, count(*) AS marks FROM attendance AS a "
        "JOIN school_day AS d ON d.school_id = a.school_id AND d.date = a.date AND d.kind = 'open' "
        f"WHERE a.date <= {literal(day)} AND coalesce(a.code, '-') <> '-' GROUP BY 1) "
        "SELECT e.school_id, e.marks AS expected, coalesce(m.marks, 0) AS made "
        "FROM expected AS e LEFT JOIN made AS m USING (school_id)"
    )
    return {
        row["school_id"]: {
            "expected_marks": row["expected"],
            "share_missing": round(1 - row["made"] / row["expected"], 6),
        }
        for row in rows
        if row["expected"]
    }
