"""How much of what is stored must be written again for a few amended rows: as little as it takes.

Of a school with many rows only the months from the earliest amended day on are written again, so
that a corrected mark of this week costs the same in July as in September.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.engine.text import literals
from sightline.warehouse.digest import digests, xor
from sightline.warehouse.schema import GROWN, fact_columns, fact_schema
from sightline.warehouse.snapshot import TableState

__all__ = [
    "amended_digests",
    "crowded",
    "day_column",
    "first_month",
    "schools_in",
    "with_earlier",
]

FEW = 20_000  # rows of a school that are as quickly written again whole
FILES = 24  # of one school, from which on small ones are written as one
DAYS = ("date", "due_on")
NOTHING = "0" * 32


def day_column(table: Table) -> str | None:
    """The column by whose months a table can be written in parts; None where there is none."""
    return next((name for name in DAYS if name in fact_columns(table)), None)


def crowded(state: TableState | None) -> set[str]:
    """The schools whose rows lie in too many files."""
    files = Counter(file.school_id for file in state.files) if state else Counter[str]()
    return {school for school, count in files.items() if count >= FILES}


def schools_in(engine: Engine, *queries: str) -> set[str]:
    """The schools of the rows of some queries."""
    rows = " UNION ".join(f"SELECT school_id FROM ({query})" for query in queries)
    return {str(row["school_id"]) for row in engine.rows(rows)}


def first_month(
    engine: Engine, table: Table, state: TableState, schools: set[str], *queries: str
) -> date | None:
    """The first day of the earliest month of some rows; None where all is to be written again."""
    column = day_column(table)
    rows = sum(file.rows for file in state.files if file.school_id in schools)
    if column is None or table.name in GROWN or rows < FEW * len(schools):
        return None
    days = " UNION ALL ".join(f"SELECT {identifier(column)} AS day FROM ({q})" for q in queries)
    told = engine.rows(f"SELECT min(day) AS first, count(*) - count(day) AS none FROM ({days})")[0]
    first: date | None = told["first"]
    return None if first is None or told["none"] else first.replace(day=1)


def amended_digests(
    engine: Engine, table: Table, before: Mapping[str, str], gone: str, added: str
) -> dict[str, str]:
    """The digests by school when some rows of them have gone and others have been added."""
    found = dict(before)
    for query in (gone, added):
        for school, digest in digests(engine, table, query).items():
            found[school] = xor(found.get(school), digest)
    return {school: digest for school, digest in found.items() if digest != NOTHING}


def with_earlier(table: Table, query: str, schools: set[str]) -> str:
    """SQL: the rows of a query for some schools, and those of `stored_history`."""
    columns = ", ".join(identifier(name) for name in fact_schema(table).names)
    every = f"SELECT {columns} FROM stored_history UNION ALL SELECT {columns} FROM ({query})"
    return f"SELECT * FROM ({every}) WHERE school_id IN {literals(sorted(schools))}"
