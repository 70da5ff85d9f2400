"""Metamorphic claims: row order, other schools and later rows never change a figure."""

from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.test_signals_equal_plain_reading import assert_same, by_sql
from tests.support import random_schools

Tables = dict[str, list[dict[str, Any]]]
SEEDS = st.integers(0, 10**9)
DATE_OF = {
    "attendance": "date",
    "lesson_mark": "date",
    "behaviour": "date",
    "assessment": "date",
    "work": "due_on",
    "engagement": "date",
}


def renamed(tables: Tables, suffix: str) -> Tables:
    """The same site with every id changed, so that two sites can live side by side."""
    copied = deepcopy(tables)
    for rows in copied.values():
        for row in rows:
            for name, value in row.items():
                if name.endswith("_id") and value is not None:
                    row[name] = f"{value}{suffix}"
    return copied


@settings(max_examples=8)
@given(seed=SEEDS)
def test_row_order_changes_nothing(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    shuffled = {name: Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert_same(by_sql(shuffled, [as_of], "school"), by_sql(tables, [as_of], "school"))


@settings(max_examples=8)
@given(seed=SEEDS)
def test_another_school_changes_nothing(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    other = renamed(random_schools.random_school(seed + 1)[0], "-other")
    both = {name: [*tables.get(name, []), *other.get(name, [])] for name in {*tables, *other}}
    found = by_sql(both, [as_of], "school")
    mine = {key: row for key, row in found.items() if not key[1].endswith("-other")}
    assert_same(mine, by_sql(tables, [as_of], "school"))


@settings(max_examples=8)
@given(seed=SEEDS)
def test_rows_after_the_date_change_nothing(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    cut = {name: [row for row in rows if seen(name, row, as_of)] for name, rows in tables.items()}
    earlier = as_of - timedelta(days=3)
    for day in (as_of, earlier):
        only = {name: [r for r in rows if seen(name, r, day)] for name, rows in cut.items()}
        assert_same(by_sql(tables, [day], "school"), by_sql(only, [day], "school"))


def seen(table: str, row: dict[str, Any], as_of: date) -> bool:
    return table not in DATE_OF or row[DATE_OF[table]] <= as_of
