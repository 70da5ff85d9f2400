"""The pieces of code that speed.py runs in processes of their own: ours, the floor, and pandas."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

SCHOOL_DAYS_BACK = 20


def signals(site: str, first: str, weeks: str) -> None:
    """Every school-pack signal for so many weekly dates, rows counted in the engine."""
    from sightline.pipeline import opened
    from sightline.site import open_site

    dates = [date.fromisoformat(first) + timedelta(days=7 * n) for n in range(int(weeks))]
    with opened(open_site(Path(site))) as study:
        study.signals(dates, names=study.names("school"))
        rows = study.engine.rows(
            "SELECT count(*) AS rows, count(*) FILTER (WHERE outcome = 'flag') AS flags FROM result"
        )[0]
    print(json.dumps(rows))


def _files(site: str, table: str) -> list[str]:
    from sightline.site import open_site

    warehouse = open_site(Path(site)).warehouse
    state = warehouse.require().tables[table]
    return [str(warehouse.table_folder(table) / file.path) for file in state.files]


def floor_scan(site: str, first: str, last: str) -> None:
    """DuckDB merely reading the columns the school pack needs, for the dates it needs."""
    import duckdb

    columns = {
        "attendance": ("date", "pupil_ref, date, session, code"),
        "lesson_mark": ("date", "pupil_ref, date, mark"),
        "behaviour": ("date", "pupil_ref, date, kind, severity"),
        "work": ("due_on", "pupil_ref, due_on, status, subject"),
        "assessment": ("date", "pupil_ref, date, subject, value, expected"),
    }
    for table, (dated, names) in columns.items():
        hashed = " + ".join(f"sum(hash({name.strip()}))" for name in names.split(","))
        duckdb.sql(
            f"SELECT {hashed} FROM read_parquet({_files(site, table)!r}) "
            f"WHERE {dated} BETWEEN DATE '{first}' AND DATE '{last}'"
        ).fetchall()
    for table in ("pupil", "class_member", "lesson", "school_day", "support"):
        duckdb.sql(
            f"SELECT count(*), sum(hash(t)) FROM read_parquet({_files(site, table)!r}) AS t"
        ).fetchall()


def floor_csv(folder: str) -> None:
    """DuckDB merely reading every cell of every CSV file."""
    import duckdb

    for path in sorted(Path(folder).glob("*.csv")):
        duckdb.sql(
            f"SELECT sum(hash(t)) FROM read_csv('{path}', all_varchar = true, header = true, "
            "delim = ',', quote = '\"', escape = '\"') AS t"
        ).fetchall()


def pandas_two(site: str, as_of: str) -> None:
    """attendance_momentum and behaviour_rate as an analyst would write them, for one date."""
    import pandas as pd
    import pyarrow.dataset as ds

    def table(name: str, columns: list[str], since: str | None = None) -> pd.DataFrame:
        data = ds.dataset(_files(site, name), partitioning=ds.partitioning(flavor="hive"))
        kept = ds.field("date") >= pd.Timestamp(since).date() if since else None
        return data.to_table(columns=columns, filter=kept).to_pandas()

    day = pd.Timestamp(as_of)
    calendar = table("school_day", ["school_id", "date", "kind", "cycle_week"])
    calendar["date"] = pd.to_datetime(calendar["date"])
    calendar = calendar[(calendar.kind == "open") & (calendar.date <= day)]
    calendar = calendar.sort_values("date")
    calendar["back"] = calendar.groupby("school_id").cumcount(ascending=False)
    window = calendar[calendar.back < 2 * SCHOOL_DAYS_BACK]
    since = str(window.date.min().date())
    present = {"/", "\\", "L", "K", "V", "P", "W", "B", "J"}
    outside = {"D", "X", "Q", "Z", "#", "Y", "-", *(f"Y{n}" for n in range(1, 8))}
    marks = table("attendance", ["school_id", "pupil_ref", "date", "session", "code"], since)
    marks["date"] = pd.to_datetime(marks["date"])
    marks = marks.merge(window, on=["school_id", "date"])
    marks["possible"] = marks.code.notna() & ~marks.code.isin(outside)
    marks["attended"] = marks.code.isin(present)
    marks["now"] = marks.back < SCHOOL_DAYS_BACK
    sums = marks.groupby(["pupil_ref", "now"])[["possible", "attended"]].sum().unstack()
    rate = 100 * sums["attended"] / sums["possible"]
    momentum = (rate[True] - rate[False]) <= -3
    members = table("class_member", ["class_id", "pupil_ref", "from_on", "to_on"])
    lessons = table(
        "lesson", ["class_id", "weekday", "cycle_week", "session", "starts_at", "ends_at"]
    )
    minutes = pd.to_timedelta(lessons.ends_at + ":00") - pd.to_timedelta(lessons.starts_at + ":00")
    lessons["minutes"] = minutes.dt.total_seconds() / 60
    slots = members.merge(lessons, on="class_id")
    slots = slots.groupby(
        ["pupil_ref", "weekday", "cycle_week", "session"], dropna=False
    ).minutes.sum()
    attended = marks[marks.attended & marks.now].copy()
    attended["weekday"] = attended.date.dt.weekday + 1
    hours = attended.merge(
        slots.reset_index(), on=["pupil_ref", "weekday", "cycle_week", "session"]
    )
    hours = hours.groupby("pupil_ref").minutes.sum() / 60
    concerns = table("behaviour", ["school_id", "pupil_ref", "date", "kind", "severity"], since)
    concerns["date"] = pd.to_datetime(concerns["date"])
    concerns = concerns[concerns.kind == "concern"].merge(
        window[window.back < SCHOOL_DAYS_BACK], on=["school_id", "date"]
    )
    severity = concerns.groupby("pupil_ref").severity.agg(["sum", "count"])
    rates = 25 * severity["sum"].reindex(hours.index, fill_value=0) / hours
    events = severity["count"].reindex(hours.index, fill_value=0)
    behaviour = (rates >= 3) & (events >= 2) & (hours >= 25)
    print(json.dumps({"momentum": int(momentum.sum()), "behaviour": int(behaviour.sum())}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
