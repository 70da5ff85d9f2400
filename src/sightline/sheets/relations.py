"""The year's rows of the pupils asked about, as relations that every part of a sheet reads."""

from collections.abc import Collection

from sightline.engine import literal
from sightline.engine.text import literals
from sightline.sheets.calendar import Calendar, make_days
from sightline.sheets.register import code_table
from sightline.sheets.rows import made
from sightline.sheets.source import Source
from sightline.signals.run import VIEWS

__all__ = ["make_pupils", "make_relations"]


def make_pupils(
    source: Source, *, year_group: int | None = None, pupils: Collection[str] | None = None
) -> None:
    """Make `sheet_roll`: on roll on the sheets' day or come since; `sheet_pupil` of it, `enrolled`.

    `pupils` are those of them whose sheets are wanted; without it all are.
    """
    wanted = [
        f"school_id = {literal(source.school_id)}",
        f"enrolled_on <= {literal(source.today)}",
        f"(left_on IS NULL OR left_on >= {literal(source.as_of)})",
    ]
    if year_group is not None:
        wanted.append(f"year_group = {year_group}")
    source.engine.create(
        "sheet_roll",
        "SELECT pupil_ref, school_id, enrolled_on, left_on, year_group, registration_group, sex, "
        "sen_status, eal, disadvantaged, CAST(row_number() OVER (ORDER BY pupil_ref) AS integer) "
        f"AS pupil_no FROM pupil WHERE {' AND '.join(wanted)}",
    )
    asked = "TRUE" if pupils is None else f"pupil_ref IN {literals(sorted(pupils))}"
    source.engine.create("sheet_pupil", f"SELECT * FROM sheet_roll WHERE {asked}")
    source.engine.create(
        "enrolled", "SELECT pupil_ref, school_id, enrolled_on, pupil_no FROM sheet_pupil"
    )


def make_relations(source: Source, calendar: Calendar) -> None:
    """Make `sheet_session`, `sheet_behaviour`, `sheet_work`, `sheet_out` and `sheet_use`.

    Rows before a pupil's enrolment are ignored, as in the signals. Replaces `lesson_slot`.
    """
    engine = source.engine
    make_days(engine, calendar)
    engine.register("sheet_code", code_table())
    engine.create("lesson_slot", (VIEWS / "lesson_slot.sql").read_text(encoding="utf-8"))
    engine.create("sheet_session", made("session"))
    for name, query in _this_years_rows(source, calendar).items():
        engine.create(name, query)


def _this_years_rows(source: Source, calendar: Calendar) -> dict[str, str]:
    year = f"BETWEEN {literal(calendar.first)} AND {literal(source.as_of)}"
    own = "INNER JOIN enrolled ON one.pupil_ref = enrolled.pupil_ref"
    since = f"{own} AND one.date >= enrolled.enrolled_on WHERE one.date {year}"
    return {
        "sheet_behaviour": f"SELECT one.* FROM behaviour AS one {since}",
        "sheet_work": "SELECT one.pupil_ref, one.due_on AS date, "
        "CAST(count(*) AS integer) AS due, "
        "CAST(count(CASE WHEN one.status = 'missing' THEN 1 END) AS integer) AS missing "
        f"FROM work AS one {own} AND one.due_on >= enrolled.enrolled_on "
        f"WHERE one.status <> 'excused' AND one.due_on {year} "
        "GROUP BY one.pupil_ref, one.due_on",
        "sheet_out": "SELECT one.pupil_ref, one.date, one.period, "
        f"coalesce(one.class_id, '') AS class_id, one.mark FROM lesson_mark AS one {since} "
        "AND one.mark IN ('removed', 'truant')",
        "sheet_use": "SELECT one.pupil_ref, one.date, sum(one.quantity) AS quantity "
        f"FROM engagement AS one {since} AND one.kind = 'vle' GROUP BY one.pupil_ref, one.date",
    }
