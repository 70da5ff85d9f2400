"""The contract as data: what every table and column means, may hold, is for and how long it stays.

One file of the Open Data Contract Standard v3 describes one table of the data dictionary. The same
objects drive the checks, the generated reference pages and the privacy register.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sightline.contract.read import read_table
from sightline.contract.table import (
    CLASSIFICATIONS,
    TYPES,
    Column,
    ContractError,
    Order,
    RequiredWhen,
    Retention,
    Table,
)

__all__ = [
    "CLASSIFICATIONS",
    "CODES",
    "TABLES",
    "TYPES",
    "Column",
    "Contract",
    "ContractError",
    "Order",
    "RequiredWhen",
    "Retention",
    "Table",
    "read_contract",
    "read_table",
]

FOLDER = Path(__file__).parent / "tables"
CODES = Path(__file__).parent / "codes"
# Every table, parents before children: the order of checking, storing and the reference pages.
TABLES = (
    "school",
    "school_day",
    "class",
    "staff",
    "lesson",
    "school_event",
    "pupil",
    "pupil_identity",
    "class_member",
    "attendance",
    "lesson_mark",
    "behaviour",
    "assessment",
    "work",
    "engagement",
    "support",
    "note",
)


@dataclass(frozen=True)
class Contract:
    """Every table, parents before the tables that refer to them."""

    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name; KeyError when there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


@cache
def read_contract(folder: Path = FOLDER) -> Contract:
    """The contract of every table, read once per process. Raises ContractError."""
    for path in folder.glob("*.yml"):
        if path.stem not in TABLES:
            raise ContractError(path.name, f"`{path.stem}` is not a table of the dictionary")
    contract = Contract(tuple(read_table(folder / f"{name}.yml") for name in TABLES))
    known = {(table.name, column.name) for table in contract.tables for column in table.columns}
    for table in contract.tables:
        _check_rules(table, known)
        for column in table.columns:
            _check_column(table, column, known)
    return contract


def _check_rules(table: Table, known: set[tuple[str, str]]) -> None:
    """Rules over two columns, and the clock of retention, must name columns there are."""
    used = [(table.name, name) for rule in table.order for name in (rule.first, rule.last)]
    used += [(table.name, name) for rule in table.required_when for name in rule[:2]]
    owner, _, clock = table.retention.element.partition(".")
    for place in [*used, (owner, clock)]:
        if place not in known:
            what = f"a rule names the unknown column `{'.'.join(place)}`"
            raise ContractError(f"{table.name}.yml", what)


def _check_column(table: Table, column: Column, known: set[tuple[str, str]]) -> None:
    where = f"{table.name}.yml, column {column.name}"
    if column.references:
        parents = TABLES[: TABLES.index(table.name)]
        if column.references not in known or column.references[0] not in parents:
            raise ContractError(where, "relationships refers to no column of an earlier table")
    if column.code_list and not (CODES / f"{column.code_list}.csv").is_file():
        raise ContractError(where, f"codeList `{column.code_list}` is not a file of codes/")
    if column.classification == "special_category" and "Art 9(2)" not in column.lawful_basis:
        raise ContractError(where, "lawfulBasis names no condition of Article 9")
