"""Rows that their source has taken back: they end as history, and are known to have gone since.

The engine holds `withdrawn_rows`: key columns as text, any of the table's. A stored row is meant
when it equals all that are given; an id also when it is composed of the one given (`7~12` of `7`).
`named_rows` are the keys of every row of this load, refused ones too: those are not gone.
"""

from datetime import date, timedelta

from sightline.contract import Table
from sightline.engine import Engine, identifier, literal
from sightline.warehouse.schema import KNOWN_FROM, LOAD, fact_columns, fact_key

__all__ = [
    "ENDS",
    "MARKERS",
    "key_text",
    "marker_rows",
    "missing_rows",
    "sort_withdrawn",
    "without_withdrawn",
]

MARKERS = "withdrawn"  # the table of markers, kept beside the history of the others
# A row of these tables is not untrue when its source no longer gives it: it has come to its end.
ENDS = {
    "pupil": "left_on",
    "class_member": "to_on",
    "lesson": "to_on",
    "school_event": "to_on",
    "support": "ended_on",
}
STARTS = {"pupil": "enrolled_on", "support": "started_on"}


def sort_withdrawn(engine: Engine, table: Table, given: list[str], day: date) -> int:
    """Make `gone`, `changed` and `earlier` (as merge.compare does); returns how many rows go.

    Tables of ENDS come to their end on the day before `day`; the rows of others just go.
    """
    meant = " AND ".join(_meant(name, composed=name == fact_key(table)[0]) for name in given)
    engine.create(
        "gone",
        f"SELECT s.* FROM stored AS s "
        f"WHERE EXISTS (SELECT 1 FROM withdrawn_rows AS w WHERE {meant}) AND NOT EXISTS "
        f"(SELECT 1 FROM named_rows AS n WHERE n.key = {key_text(table, 's')})"
        + (f" AND {_goes_on(table, day)}" if table.name in ENDS else ""),
    )
    columns = ", ".join(identifier(name) for name in fact_columns(table))
    last = f" REPLACE ({_last_day(table, day)})" if table.name in ENDS else ""
    engine.create("changed", f"SELECT *{last} FROM (SELECT {columns} FROM gone)")
    nothing = f"SELECT {columns}, CAST(NULL AS INTEGER) AS of_load FROM gone LIMIT 0"
    engine.create("earlier", nothing)
    return int(engine.value("SELECT count(*) FROM gone"))


def key_text(table: Table, alias: str) -> str:
    """SQL: a row's key as one text."""
    cells = (
        f"coalesce(CAST({alias}.{identifier(name)} AS VARCHAR), chr(30))"
        for name in fact_key(table)
    )
    return f"concat_ws(chr(31), {', '.join(cells)})"


def marker_rows(table: Table, known_from: str, load: int) -> str:
    """SQL: a marker for each row of `gone`."""
    return (
        f"SELECT {literal(table.name)} AS of_table, {key_text(table, 'g')} AS key, g.school_id, "
        f"{known_from} AS {KNOWN_FROM}, CAST({load} AS INTEGER) AS {LOAD} FROM gone AS g"
    )


def missing_rows(table: Table) -> str:
    """SQL: the keys, as text, of stored rows that this load does not name."""
    listed = ", ".join(
        f"CAST(s.{identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in fact_key(table)
    )
    goes_on = f" AND s.{ENDS[table.name]} IS NULL" if table.name in ENDS else ""
    return (
        f"SELECT {listed} FROM stored AS s WHERE NOT EXISTS (SELECT 1 FROM named_rows AS n "
        f"WHERE n.key = {key_text(table, 's')}){goes_on}"
    )


def without_withdrawn(table: Table, versions: str, then: str) -> str:
    """SQL: the versions of rows less those that were known by then to have gone."""
    return (
        f"SELECT v.* FROM ({versions}) AS v WHERE NOT EXISTS (SELECT 1 FROM markers AS m "
        f"WHERE m.of_table = {literal(table.name)} AND m.key = {key_text(table, 'v')} "
        f"AND m.{then} AND m.{LOAD} > v.{LOAD})"
    )


def _meant(name: str, *, composed: bool) -> str:
    stored, wanted = f"CAST(s.{identifier(name)} AS VARCHAR)", f"w.{identifier(name)}"
    also = f" OR starts_with({stored}, {wanted} || '~')" if composed else ""
    return f"({stored} IS NOT DISTINCT FROM {wanted}{also})"


def _goes_on(table: Table, day: date) -> str:
    """SQL: the row has no end yet, or one that lies ahead."""
    end = f"s.{ENDS[table.name]}"
    return f"({end} IS NULL OR {end} >= {literal(day)})"


def _last_day(table: Table, day: date) -> str:
    """SQL: the day before, but never before the row's first day."""
    start, yesterday = STARTS.get(table.name, "from_on"), literal(day - timedelta(days=1))
    return f"greatest({start}, {yesterday}) AS {ENDS[table.name]}"
