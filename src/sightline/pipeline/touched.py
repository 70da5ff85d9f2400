"""Whose sheets a load changed, where that can be proven to be a few pupils' alone."""

from collections.abc import Collection, Mapping
from datetime import date

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.engine.text import literals
from sightline.pipeline.study import Study
from sightline.warehouse import rows_since

__all__ = ["BY_PUPIL", "touched_pupils"]

MARKS = frozenset(("attendance", "lesson_mark"))
BY_PUPIL = MARKS | {"behaviour", "assessment", "work", "engagement", "support", "note"}
"""Tables whose rows say something of one pupil, and of others only in ways looked at here."""
SCHOOL_WIDE = ("behaviour", "lesson_mark")
"""Signals ask whether a school recorded any of these at all in a stretch of days."""


def touched_pupils(
    study: Study,
    school_id: str,
    tables: Collection[str],
    *,
    load: int,
    digests: Mapping[str, str],
    as_of: date,
) -> set[str] | None:
    """The pupils whose sheets differ from those of an earlier load; None where all may.

    `tables` of BY_PUPIL changed since; `digests` are those of the school's rows after that load.
    """
    found: set[str] = set()
    for name in sorted(tables):
        table = read_contract().table(name)
        digest = digests.get(name, "")
        where = study.engine, study.site.warehouse, study.snapshot, table, school_id
        if not rows_since(*where, load=load, digest=digest):
            return None
        if name in SCHOOL_WIDE and not _days_stay(study.engine, name, school_id, load, as_of):
            return None
        if name == "engagement" and not _platform_stays(study.engine, school_id, load):
            return None
        found |= _refs(study.engine, "SELECT pupil_ref FROM came UNION SELECT pupil_ref FROM went")
        if name == "engagement":
            found |= _classmates(study.engine)
    return found


def _refs(engine: Engine, query: str) -> set[str]:
    return {row["pupil_ref"] for row in engine.rows(query)}


def _classmates(engine: Engine) -> set[str]:
    """Whoever is or was in a class with changed use: they are compared with one another."""
    return _refs(
        engine,
        "SELECT DISTINCT pupil_ref FROM class_member WHERE class_id IN "
        "(SELECT class_id FROM came UNION SELECT class_id FROM went)",
    )


def _platform_stays(engine: Engine, school_id: str, load: int) -> bool:
    """Whether the school had, and has, use of a platform whatever changed."""
    return bool(
        engine.rows(
            f"SELECT 1 AS one FROM engagement WHERE school_id = {literal(school_id)} "
            f"AND kind = 'vle' AND _load <= {load} LIMIT 1"
        )
    )


def _days_stay(engine: Engine, table: str, school_id: str, load: int, as_of: date) -> bool:
    """Whether no stretch of days can have begun or ceased to hold any row.

    None can where each changed day has a row that did not change. The latest school day may be
    without: a stretch that holds it holds the day before.
    """
    days = [
        row["date"]
        for row in engine.rows("SELECT date FROM came UNION SELECT date FROM went")
        if row["date"] is not None and row["date"] <= as_of
    ]
    opened = [
        row["date"]
        for row in engine.rows(
            f"SELECT date FROM school_day WHERE school_id = {literal(school_id)} "
            f"AND kind = 'open' AND date <= {literal(as_of)} ORDER BY date DESC LIMIT 2"
        )
    ]
    also = opened[1:] if opened and opened[0] in days else []
    kept = {
        row["date"]
        for row in engine.rows(
            f"SELECT DISTINCT date FROM {table} WHERE school_id = {literal(school_id)} "
            f"AND _load <= {load} AND date IN {literals(days + also)}"
        )
    }
    without = set(days) - kept
    return not without or (without == set(opened[:1]) and set(also) <= kept and bool(also))
