"""How a school's registers add up: counted in one query, for a day's total and for a weekday's.

In: a site, a school and the dates. Out: counts of marks; no pupil in them. A session counts as the
dictionary's codes say: possible, attended, absent or neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from sightline.contract import attendance_codes, read_contract
from sightline.engine import Engine, literal
from sightline.site import Site, open_site
from sightline.warehouse import open_snapshot

__all__ = ["Register", "SessionCount", "YearDay", "register_of"]

ATTENDED = ("present", "approved_educational_activity")
ABSENT = ("authorised_absence", "unauthorised_absence")


@dataclass(frozen=True)
class SessionCount:
    """One session of one day: `on_roll` pupils and what their marks were.

    `after_close` came after the register closed (counted absent); `elsewhere` were at an approved
    activity (counted attended); `others` are marks of pupils who were not on roll, counted nowhere
    else, of which `others_attended`.
    """

    on: date
    session: str
    on_roll: int
    possible: int
    attended: int
    not_possible: int
    missing: int
    after_close: int
    elsewhere: int
    others: int
    others_attended: int


@dataclass(frozen=True)
class YearDay:
    """A year group on one weekday (1 is Monday): its pupils, sessions possible and missed."""

    year_group: int
    weekday: int
    pupils: int
    possible: int
    absent: int


@dataclass(frozen=True)
class Register:
    """A school's registers from one date to another."""

    sessions: Mapping[tuple[date, str], SessionCount]
    year_days: Sequence[YearDay]


def register_of(site: Site, school_id: str, since: date, until: date) -> Register:
    """A school's registers. Counted once for each published snapshot. Raises `no_data`."""
    number = site.warehouse.require().number
    return _counted(site.folder, number, school_id, since, until)


@lru_cache(maxsize=64)
def _counted(folder: Path, number: int, school_id: str, since: date, until: date) -> Register:
    site = open_site(folder)
    with site.warehouse.reading() as snapshot, Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, read_contract(), schools=[school_id])
        engine.create("marked", _marked(school_id, since, until))
        sessions = [SessionCount(**row) for row in engine.rows(SESSIONS)]
        year_days = [YearDay(**row) for row in engine.rows(YEAR_DAYS)]
    return Register({(one.on, one.session): one for one in sessions}, year_days)


def _marked(school_id: str, since: date, until: date) -> str:
    """Every pupil and open session, on roll or not, with the category of the mark."""
    rows = ([code.code, code.category, code.late] for code in attendance_codes())
    codes = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    return f"""
        WITH code(code, category, late) AS (VALUES {codes}),
        day AS (
            SELECT date FROM school_day WHERE school_id = {literal(school_id)}
            AND kind = 'open' AND date BETWEEN {literal(since)} AND {literal(until)}
        ),
        expected AS (
            SELECT p.pupil_ref, p.year_group, day.date, half.session
            FROM pupil AS p CROSS JOIN (VALUES ('AM'), ('PM')) AS half(session)
            JOIN day ON day.date >= p.enrolled_on
            AND (p.left_on IS NULL OR day.date <= p.left_on)
            WHERE p.school_id = {literal(school_id)}
        ),
        made AS (
            SELECT a.pupil_ref, a.date, a.session, code.category, coalesce(code.late, '') AS late
            FROM attendance AS a JOIN day ON day.date = a.date
            LEFT JOIN code ON code.code = a.code WHERE a.school_id = {literal(school_id)}
        )
        SELECT coalesce(e.date, m.date) AS date, coalesce(e.session, m.session) AS session,
            coalesce(e.pupil_ref, m.pupil_ref) AS pupil_ref, e.year_group,
            e.pupil_ref IS NOT NULL AS on_roll, coalesce(m.category, 'missing') AS category,
            coalesce(m.late, '') AS late
        FROM expected AS e FULL JOIN made AS m
        ON m.pupil_ref = e.pupil_ref AND m.date = e.date AND m.session = e.session
    """


def _among(categories: Sequence[str]) -> str:
    return f"category IN ({', '.join(literal(one) for one in categories)})"


SESSIONS = f"""
    SELECT date AS on, session,
        count(*) FILTER (on_roll) AS on_roll,
        count(*) FILTER (on_roll AND {_among(ATTENDED + ABSENT)}) AS possible,
        count(*) FILTER (on_roll AND {_among(ATTENDED)}) AS attended,
        count(*) FILTER (on_roll AND category = 'not_possible') AS not_possible,
        count(*) FILTER (on_roll AND category = 'missing') AS missing,
        count(*) FILTER (on_roll AND late = 'after_registers_closed') AS after_close,
        count(*) FILTER (on_roll AND category = 'approved_educational_activity') AS elsewhere,
        count(*) FILTER (NOT on_roll AND {_among(ATTENDED + ABSENT)}) AS others,
        count(*) FILTER (NOT on_roll AND {_among(ATTENDED)}) AS others_attended
    FROM marked GROUP BY 1, 2 ORDER BY 1, 2
"""
YEAR_DAYS = f"""
    SELECT year_group, isodow(date) AS weekday, count(DISTINCT pupil_ref) AS pupils,
        count(*) FILTER ({_among(ATTENDED + ABSENT)}) AS possible,
        count(*) FILTER ({_among(ABSENT)}) AS absent
    FROM marked WHERE on_roll AND year_group IS NOT NULL AND isodow(date) <= 5
    GROUP BY 1, 2 ORDER BY 1, 2
"""
