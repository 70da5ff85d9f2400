"""The school as a whole on the sheets' day: its calendar, how fresh each table is, its staff."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sightline.engine import literal
from sightline.sheets.calendar import Calendar
from sightline.sheets.rows import tuples
from sightline.sheets.source import Source
from sightline.sheets.types import Mark, SchoolFacts

__all__ = [
    "DATED",
    "facts_from",
    "fresh_to",
    "lacking_marks",
    "missing_share",
    "read_facts",
    "stored_facts",
]

DATED = {
    "attendance": "date",
    "lesson_mark": "date",
    "behaviour": "date",
    "assessment": "date",
    "work": "due_on",
    "engagement": "date",
    "note": "date",
}
LATEST_DAYS = 5  # over which marks are said to be missing


def read_facts(
    source: Source, calendar: Calendar, lacking: tuple[int, int], built_at: datetime
) -> SchoolFacts:
    """The facts of one school. `sheet_roll` is there; `lacking` is what `lacking_marks` says."""
    engine, school = source.engine, literal(source.school_id)
    about = engine.rows(f"SELECT name, phase FROM school WHERE school_id = {school}")[0]
    on_roll = tuples(
        engine,
        "SELECT year_group, count(*) FROM sheet_roll WHERE year_group IS NOT NULL "
        f"AND enrolled_on <= {literal(source.as_of)} GROUP BY ALL ORDER BY ALL",
    )
    return SchoolFacts(
        school_id=source.school_id,
        name=about["name"],
        phase=about["phase"],
        as_of=source.as_of,
        snapshot=source.snapshot,
        recorded_at=source.recorded_at,
        built_at=built_at,
        capacity=source.capacity,
        pack=source.pack,
        days=calendar.days,
        year_groups=dict(on_roll),
        fresh_to=fresh_to(source, DATED),
        missing_marks=missing_share(*lacking),
        staff=dict(sorted(source.staff.items())),
    )


def stored_facts(facts: SchoolFacts) -> dict[str, Any]:
    """The facts as plain values, for JSON."""
    told = dict(vars(facts))
    told |= {
        "as_of": facts.as_of.isoformat(),
        "recorded_at": facts.recorded_at.isoformat(),
        "built_at": facts.built_at.isoformat(),
        "days": [[day.isoformat(), *about] for day, about in facts.days.items()],
        "year_groups": list(facts.year_groups.items()),
        "fresh_to": {name: day.isoformat() for name, day in facts.fresh_to.items()},
    }
    return told


def facts_from(told: dict[str, Any]) -> SchoolFacts:
    """The facts that `stored_facts` was given."""
    told |= {
        "as_of": date.fromisoformat(told["as_of"]),
        "recorded_at": datetime.fromisoformat(told["recorded_at"]),
        "built_at": datetime.fromisoformat(told["built_at"]),
        "days": {date.fromisoformat(day): tuple(about) for day, *about in told["days"]},
        "year_groups": dict(told["year_groups"]),
        "fresh_to": {name: date.fromisoformat(day) for name, day in told["fresh_to"].items()},
    }
    return SchoolFacts(**told)


def fresh_to(source: Source, tables: Iterable[str]) -> dict[str, date]:
    """The latest date of some tables that have one, in the order of DATED."""
    asked = set(tables)
    union = " UNION ALL ".join(
        f"SELECT '{table}' AS name, max({column}) AS latest FROM {table} "
        f"WHERE school_id = {literal(source.school_id)} AND {column} <= {literal(source.today)}"
        for table, column in DATED.items()
        if table in asked
    )
    found = dict(tuples(source.engine, union)) if union else {}
    return {name: found[name] for name in DATED if found.get(name) is not None}


def lacking_marks(marks: Iterable[Sequence[Mark]], calendar: Calendar) -> tuple[int, int]:
    """How many of some pupils' marks were due on the last few days, and how many not made."""
    days = calendar.last(LATEST_DAYS)
    wanted = frozenset(days)
    due = [mark for one in marks for mark in one[-4 * len(days) :] if mark.on in wanted]
    return len(due), sum(mark.category == "missing" for mark in due)


def missing_share(due: int, without: int) -> float | None:
    """The share of marks due that were not made; None where none was due."""
    return round(without / due, 6) if due else None
