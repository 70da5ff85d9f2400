"""Which pupils and weeks have rows that were not yet known then as they stand now."""

import re
from collections.abc import Iterable, Sequence

from sightline.engine import literal
from sightline.insights.backtest.as_known import DATED, tables
from sightline.signals import Signal
from sightline.signals.run import VIEW_NAMES, VIEWS, SqlEngine
from sightline.warehouse import fact_columns, fact_key, key_text

__all__ = ["amended_tables", "as_they_stand", "find_late", "read_by"]

# Whose rows are read for everyone in a school or class, not for the pupil alone.
SHARED = {"school_day", "class_member", "lesson", "engagement"}


def read_by(signal: Signal) -> list[str]:
    """The curated tables that a signal and the views below it read."""
    text = re.sub(r"--[^\n]*", "", signal.sql) + " calendar window_day enrolled"
    if re.search(r"\blevel\b.*\baim\b|\baim\b.*\blevel\b", text, re.DOTALL):
        return list(tables())  # support is judged by other signals' levels
    for name in reversed(VIEW_NAMES):
        if re.search(rf"\b{name}\b", text):
            text += (VIEWS / f"{name}.sql").read_text(encoding="utf-8")
    return [name for name in tables() if re.search(rf"\b{name}\b", text)]


def amended_tables(engine: SqlEngine) -> list[str]:
    """The tables of which replaced rows are kept."""
    return [name for name in tables() if engine.rows(f"SELECT 1 AS one FROM past_{name} LIMIT 1")]


def find_late(engine: SqlEngine, names: Iterable[str], amended: Sequence[str]) -> tuple[int, int]:
    """Make `late_week` and `late_school_week`: of `asked_week`, those to judge as known then.

    The first for the pupil's own rows, the second for everyone in a school whose calendar, classes
    or use of the platform were put right later. Returns how many there are of each.
    """
    own: list[str] = []
    shared: list[str] = []
    for name in names:
        if name in DATED and name != "pupil":
            (shared if name in SHARED else own).extend(spans(name, name in amended))
    nobody = (
        "SELECT NULL::VARCHAR AS pupil_ref, NULL::VARCHAR AS school_id, NULL::DATE AS event_on, "
        "NULL::DATE AS known_on WHERE FALSE"
    )
    engine.create("late_row", " UNION ALL ".join([nobody, *own]))
    engine.create("late_school_row", " UNION ALL ".join([nobody, *shared]))
    joined = "SELECT DISTINCT a.pupil_ref, a.school_id, a.as_of FROM asked_week AS a INNER JOIN"
    then = "l.event_on <= a.as_of AND l.known_on > a.as_of"
    engine.create(
        "late_school_week", f"{joined} late_school_row AS l ON a.school_id = l.school_id AND {then}"
    )
    engine.create(
        "late_week",
        f"{joined} late_row AS l ON a.pupil_ref = l.pupil_ref AND {then} "
        "ANTI JOIN late_school_week AS s ON s.pupil_ref = a.pupil_ref AND s.as_of = a.as_of",
    )
    counts = engine.rows(
        "SELECT (SELECT count(*) FROM late_week) AS own, "
        "(SELECT count(*) FROM late_school_week) AS shared"
    )[0]
    return int(counts["own"]), int(counts["shared"])


def spans(name: str, amended: bool) -> list[str]:
    """SQL: rows with the day of the event and the day from which they are as they stand now."""
    table = tables()[name]
    columns, day = fact_columns(table), DATED[name]
    who = "pupil_ref" if "pupil_ref" in columns else "NULL AS pupil_ref"
    found = []
    if "recorded_at" in columns:
        found.append(
            f"SELECT {who}, school_id, {day}, CAST(recorded_at AS DATE) FROM whole_{name} "
            f"WHERE CAST(recorded_at AS DATE) > {day}"
        )
    if amended:
        same = " AND ".join(f"w.{one} IS NOT DISTINCT FROM p.{one}" for one in fact_key(table))
        of = who.replace("pupil_ref", "p.pupil_ref", 1) if who == "pupil_ref" else who
        found.append(
            f"SELECT {of}, p.school_id, p.{day}, CAST(greatest(w._known_from, m._known_from) "
            f"AS DATE) FROM past_{name} AS p LEFT JOIN whole_{name} AS w ON {same} "
            f"LEFT JOIN markers AS m ON m.of_table = {literal(name)} "
            f"AND m.key = {key_text(table, 'p')}"
        )
    return found


def as_they_stand(engine: SqlEngine, names: Iterable[str]) -> int:
    """How many pupil-weeks rest on rows of which nothing says that they were known then.

    Such rows do not say when they were recorded, and came with a load more than a week later, or
    are of a table that keeps no such moments.
    """
    parts = []
    for name in names:
        if name not in DATED or name in ("pupil", "school_day", "lesson", "class_member"):
            continue
        timed = "recorded_at" in fact_columns(tables()[name])
        moment = "max(CAST(_known_from AS DATE))" if timed else "DATE '9999-12-31'"
        where = " WHERE recorded_at IS NULL" if timed else ""
        parts.append(
            f"SELECT school_id, {DATED[name]} AS day, {moment} AS known_on "
            f"FROM whole_{name}{where} GROUP BY ALL"
        )
    if not parts:
        return 0
    found = engine.rows(
        "SELECT count(*) AS n FROM asked_week AS a SEMI JOIN "
        "(SELECT DISTINCT w.school_id, w.as_of FROM "
        "(SELECT DISTINCT school_id, as_of FROM asked_week) AS w "
        f"INNER JOIN ({' UNION ALL '.join(parts)}) AS r ON r.school_id = w.school_id "
        "AND r.day BETWEEN w.as_of - 27 AND w.as_of AND r.known_on > w.as_of + 7) AS s "
        "ON a.school_id = s.school_id AND a.as_of = s.as_of"
    )
    return int(found[0]["n"])
