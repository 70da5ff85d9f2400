"""The shapes a contract file is read into: a table, its columns, and the rules between columns."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sightline.kit.errors import SightlineError

__all__ = [
    "CLASSIFICATIONS",
    "TYPES",
    "Column",
    "ContractError",
    "Order",
    "RequiredWhen",
    "Retention",
    "Table",
]

TYPES = ("string", "integer", "number", "boolean", "date", "time", "timestamp")
# classification -> what it means; from what anyone may know to what needs a condition of Article 9.
CLASSIFICATIONS = {
    "public": "Anyone may know it.",
    "internal": "About the school and not about a person.",
    "pseudonymous": "Stands for a person or one of their records without naming them.",
    "personal": "About a person.",
    "identity": "Names a person. Kept in the identity vault.",
    "special_category": "Can tell of health, belief, origin or an offence, so its lawful basis"
    " names a condition of Article 9.",
}


class ContractError(SightlineError):
    """A contract file that cannot be relied on; `where` names the file and the part of it."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__("bad_contract", where, what)


class Order(NamedTuple):
    """Two columns whose values must be in order: first <= last, or first < last when strict."""

    first: str
    last: str
    strict: bool


class RequiredWhen(NamedTuple):
    """`column` must have a value in rows where the column `when` is `equals`."""

    column: str
    when: str
    equals: str


class Retention(NamedTuple):
    """How long rows stay: `value` school years, the first being that of the date in `element`.

    `element` is "table.column"; the table is another one where rows have no date of their own.
    """

    value: int
    unit: str
    element: str


@dataclass(frozen=True)
class Column:
    """One column: its type and checks, then its entry in the privacy register.

    `allowed`, `minimum` and `maximum` are empty where there is no such rule; `earliest` applies to
    dates. `references` is (table, column). `code_list` names a file of codes/ that holds the
    allowed values, `mapping` a file of the site's mappings/ that translates words before the check,
    `check` a check by name. A `vault` column never reaches the warehouse.
    """

    name: str
    type: str
    required: bool
    key_position: int | None
    description: str
    allowed: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    may_lie_ahead: bool
    earliest: date
    references: tuple[str, str] | None
    mapping: str | None
    check: str | None
    code_list: str | None
    vault: bool
    classification: str
    purpose: str
    lawful_basis: str
    retention: str
    owner: str
    examples: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """One table. `grain` says what one row is; `key` names the columns that identify it."""

    name: str
    grain: str
    description: str
    usage: str
    limitations: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[Order, ...]
    required_when: tuple[RequiredWhen, ...]
    marks: bool
    retention: Retention

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")
