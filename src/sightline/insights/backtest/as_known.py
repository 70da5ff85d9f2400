"""The tables as they stood at the end of a day: nothing dated later, nothing known only later.

The engine holds every curated table as `whole_<table>`, replaced rows as `past_<table>` and what a
source has taken back as `markers`. A signal's SQL reads none of these: it sees views of the plain
names, made here. Outcomes are worked out from the whole tables, under names that no rule can reach.

What counts as known: a row from the moment it was recorded, where it says so; a row that was
amended, by the loads that brought its versions. Where neither reaches back to the day, as after one
load of a whole year, the date of the event itself.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from sightline.contract import Table, read_contract
from sightline.engine import identifier, literal
from sightline.signals.run import SqlEngine
from sightline.warehouse import fact_columns, fact_key, kept_tables, key_text

__all__ = [
    "DATED",
    "ENDS",
    "UNDATED",
    "UNTOLD",
    "copy_of",
    "show_as_known",
    "show_copies",
    "show_dated",
    "show_whole",
    "tables",
]

# The day of each row; a row dated later is not there yet.
DATED = {
    "school_day": "date",
    "attendance": "date",
    "lesson_mark": "date",
    "behaviour": "date",
    "assessment": "date",
    "work": "due_on",
    "engagement": "date",
    "note": "date",
    "support": "started_on",
    "class_member": "from_on",
    "lesson": "from_on",
    "school_event": "from_on",
    "pupil": "enrolled_on",
}
# An end that lies ahead is not known yet.
ENDS = {
    "pupil": "left_on",
    "class_member": "to_on",
    "lesson": "to_on",
    "school_event": "to_on",
    "support": "ended_on",
    "staff": "left_on",
}
UNTOLD = {"pupil": ("final_result",)}  # known only when all is over
UNDATED = {"school", "class", "staff"}


def tables() -> dict[str, Table]:
    """Every curated table by name."""
    return {table.name: table for table in kept_tables(read_contract())}


def show_whole(engine: SqlEngine) -> None:
    """Let the plain names show everything there is: for rules proved not to look ahead."""
    for name in tables():
        engine.view(name, f"SELECT * FROM whole_{name}")


def show_dated(engine: SqlEngine, day: date) -> None:
    """Let the plain names show what is dated up to a day."""
    for name in tables():
        engine.view(name, dated(name, f"SELECT * FROM whole_{name}", day))


def show_as_known(engine: SqlEngine, day: date, amended: Collection[str]) -> None:
    """Let the plain names show what is dated up to a day and was known by its end.

    `amended` names the tables that have replaced rows.
    """
    for name, table in tables().items():
        moment = literal(datetime.combine(day + timedelta(days=1), time(), UTC))
        rows = known(table, f"whole_{name}", f"past_{name}", moment, name in amended)
        engine.view(name, dated(name, f"SELECT * EXCLUDE (moment) FROM ({rows})", day))


def show_copies(
    engine: SqlEngine, pairs: str, names: Collection[str], amended: Collection[str]
) -> None:
    """Let the plain names show a copy of each pupil for each day of `pairs`, as known by its end.

    `pairs` is a relation (pupil_ref, as_of); a copy is called after both: see `copy_of`. One run of
    a signal over the copies judges them all; it reads the tables of `names`. Other pupils' rows
    stay, for what is asked of a whole school; nothing is cut off after the day, so this is for
    rules proved not to look ahead.
    """
    for name, table in tables().items():
        if name not in names or "pupil_ref" not in fact_columns(table):
            engine.view(name, f"SELECT * FROM whole_{name}")
            continue
        whole, past = (
            f"(SELECT r.*, CAST(l.as_of + 1 AS TIMESTAMPTZ) AS moment, {copy_of('l')} AS copy "
            f"FROM {kind}_{name} AS r INNER JOIN {pairs} AS l ON r.pupil_ref = l.pupil_ref)"
            for kind in ("whole", "past")
        )
        rows = known(table, whole, past, "moment", name in amended, also="copy")
        # Kept, not a view: it is read several times.
        engine.create(
            f"copied_{name}",
            f"SELECT * EXCLUDE (moment, copy) REPLACE (copy AS pupil_ref) FROM ({rows})",
        )
        engine.view(name, f"SELECT * FROM whole_{name} UNION ALL SELECT * FROM copied_{name}")


def copy_of(alias: str) -> str:
    """SQL: what a pupil's copy for a day is called."""
    return f"{alias}.pupil_ref || '@' || CAST({alias}.as_of AS VARCHAR)"


def dated(name: str, rows: str, day: date) -> str:
    """SQL: of these rows what is dated up to a day, with what lies ahead of it left empty."""
    changed = [f"NULL AS {column}" for column in UNTOLD.get(name, ())]
    if name in ENDS:
        end = ENDS[name]
        changed.append(f"CASE WHEN {end} <= {literal(day)} THEN {end} END AS {end}")
    shown = f"* REPLACE ({', '.join(changed)})" if changed else "*"
    column = DATED.get(name)
    where = f" WHERE {column} IS NULL OR {column} <= {literal(day)}" if column else ""
    return f"SELECT {shown} FROM ({rows}) AS stored{where}"


def known(
    table: Table, whole: str, past: str, moment: str, amended: bool, *, also: str = ""
) -> str:
    """SQL: of every row the version known before a moment, with `moment` and `also` beside it.

    `whole` and `past` are the present and the replaced rows; `moment` is a literal, or a column of
    both, as is `also`, by which versions are kept apart too.
    """
    name = table.name
    recorded = "recorded_at" in fact_columns(table)
    columns = ", ".join(identifier(one) for one in [*fact_columns(table), "_known_from", "_load"])
    columns += f", {moment} AS moment" + (f", {also}" if also else "")
    told = f"(recorded_at IS NULL OR recorded_at < {moment})" if recorded else "TRUE"
    if not amended:
        return f"SELECT {columns} FROM {whole} AS w WHERE {told}"
    key = [identifier(one) for one in fact_key(table)]
    same = " AND ".join(f"p.{one} IS NOT DISTINCT FROM w.{one}" for one in key)
    replaced = f"EXISTS (SELECT 1 FROM past_{name} AS p WHERE {same})"
    latest = "then_known DESC, _load DESC" + (", recorded_at DESC NULLS LAST" if recorded else "")
    undated = (
        "NOT coalesce(bool_or(recorded_at IS NOT NULL) OVER one, FALSE)" if recorded else "TRUE"
    )
    version = f"{columns}, _known_from < {moment} AS then_known"
    apart = ", ".join([*key, *([also] if also else [])])
    plain = columns.replace(f"{moment} AS moment", "moment")
    return f"""
        SELECT {columns} FROM {whole} AS w WHERE {told} AND NOT {replaced}
        UNION ALL
        SELECT {plain} FROM (
            SELECT *, row_number() OVER (one ORDER BY {latest}) AS place,
                bool_or(then_known) OVER one AS any_known, {undated} AS undated
            FROM (
                SELECT {version}, TRUE AS now FROM {whole} AS w WHERE {replaced}
                UNION ALL
                SELECT {version}, FALSE AS now FROM {past} AS v
            ) AS v
            WINDOW one AS (PARTITION BY {apart})
        ) AS v
        WHERE CASE WHEN any_known THEN place = 1 ELSE now AND undated END
            AND NOT (any_known AND EXISTS (
                SELECT 1 FROM markers AS m WHERE m.of_table = {literal(name)}
                AND m.key = {key_text(table, "v")} AND m._known_from < v.moment
                AND m._load > v._load))
    """
