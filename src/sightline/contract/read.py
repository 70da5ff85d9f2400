"""One contract file, read strictly: what is not understood is refused.

The Open Data Contract Standard allows more than is read here. A rule that is written down and not
applied is worse than none, so a key that nothing reads is an error naming the file and the key.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sightline.contract.strict import faults_of, one_of, only, properties
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

__all__ = ["read_table"]

EARLIEST = date(2000, 1, 1)
REGISTER = ("purpose", "lawfulBasis", "retention", "owner")
TABLE_PROPERTIES = ("order", "requiredWhen", "marks")
COLUMN_PROPERTIES = ("mayLieAhead", "earliest", "codeList", "mapping", "check", "vault", *REGISTER)
CONTRACT_KEYS = {
    "apiVersion", "kind", "id", "name", "version", "status", "domain", "description", "schema",
    "slaProperties", "customProperties",
}  # fmt: skip
TABLE_KEYS = {
    "name", "physicalName", "logicalType", "physicalType", "description", "properties",
    "customProperties",
}  # fmt: skip
COLUMN_KEYS = {
    "name", "logicalType", "required", "primaryKey", "primaryKeyPosition", "description",
    "classification", "relationships", "examples", "logicalTypeOptions", "quality",
    "customProperties",
}  # fmt: skip


def read_table(path: Path) -> Table:
    """One table from its file. Raises ContractError naming the file and the key at fault."""
    where = path.name
    # The C loader reads all files in some 20 ms; the pure one would eat a second of a cold start.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with faults_of(where):
        document = yaml.load(path.read_bytes(), Loader=loader)
        only(where, document, CONTRACT_KEYS)
        if document["name"] != path.stem:
            raise ContractError(where, f"name is `{document['name']}`, not that of the file")
        return _table(where, document)


def _table(where: str, document: Mapping[str, Any]) -> Table:
    told = document["description"]
    only(f"{where}, description", told, ("purpose", "usage", "limitations"))
    (schema,) = document["schema"]
    only(f"{where}, schema", schema, TABLE_KEYS)
    defaults = properties(where, document, REGISTER)
    rules = properties(f"{where}, schema", schema, TABLE_PROPERTIES)
    columns = tuple(_column(where, one, defaults) for one in schema["properties"])
    (sla,) = document["slaProperties"]
    only(f"{where}, slaProperties", sla, ("property", "value", "unit", "element"))
    conditions = rules.get("requiredWhen", ())
    for rule in conditions:
        only(f"{where}, requiredWhen", rule, ("column", "when", "is"))
    return Table(
        name=document["name"],
        grain=schema["description"],
        description=told["purpose"],
        usage=told["usage"],
        limitations=told["limitations"],
        columns=columns,
        key=_key(where, columns),
        order=tuple(Order(pair[0], pair[1], pair[2:] == ["<"]) for pair in rules.get("order", ())),
        required_when=tuple(
            RequiredWhen(rule["column"], rule["when"], rule["is"]) for rule in conditions
        ),
        marks=rules.get("marks", False),
        retention=Retention(sla["value"], sla["unit"], sla["element"]),
    )


def _column(where: str, entry: Mapping[str, Any], defaults: Mapping[str, str]) -> Column:
    here = f"{where}, column {entry['name']}"
    only(here, entry, COLUMN_KEYS)
    extra = {**defaults, **properties(here, entry, COLUMN_PROPERTIES)}
    options = entry.get("logicalTypeOptions", {})
    only(here, options, ("minimum", "maximum"))
    for name in REGISTER:
        if not extra.get(name):
            raise ContractError(here, f"`{name}` is missing from the privacy register")
    return Column(
        name=entry["name"],
        type=one_of(here, "logicalType", entry.get("logicalType"), TYPES),
        required=entry.get("required", False),
        key_position=entry["primaryKeyPosition"] if entry.get("primaryKey") else None,
        description=entry["description"],
        allowed=_allowed(here, entry),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        may_lie_ahead=extra.get("mayLieAhead", False),
        earliest=date.fromisoformat(extra["earliest"]) if "earliest" in extra else EARLIEST,
        references=_references(here, entry),
        mapping=extra.get("mapping"),
        check=extra.get("check"),
        code_list=extra.get("codeList"),
        vault=extra.get("vault", False),
        classification=one_of(here, "classification", entry.get("classification"), CLASSIFICATIONS),
        purpose=extra["purpose"],
        lawful_basis=extra["lawfulBasis"],
        retention=extra["retention"],
        owner=extra["owner"],
        examples=tuple(entry.get("examples", ())),
    )


def _allowed(where: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of the one quality rule a column may have: that none is invalid."""
    if "quality" not in entry:
        return ()
    (rule,) = entry["quality"]
    only(where, rule, ("type", "metric", "arguments", "mustBe"))
    if (rule["type"], rule["metric"], rule["mustBe"]) != ("library", "invalidValues", 0):
        raise ContractError(where, "quality holds a rule other than invalidValues mustBe 0")
    only(where, rule["arguments"], ("validValues",))
    return tuple(str(value) for value in rule["arguments"]["validValues"])


def _references(where: str, entry: Mapping[str, Any]) -> tuple[str, str] | None:
    if "relationships" not in entry:
        return None
    (relationship,) = entry["relationships"]
    only(where, relationship, ("to",))
    table, column = relationship["to"].split(".")
    return table, column


def _key(where: str, columns: Sequence[Column]) -> tuple[str, ...]:
    parts = sorted((one.key_position, one.name) for one in columns if one.key_position is not None)
    if not parts or [position for position, _ in parts] != list(range(1, len(parts) + 1)):
        raise ContractError(where, "primaryKeyPosition must count 1, 2, 3 and so on")
    return tuple(name for _, name in parts)
