"""The two reference pages made from the contract, as Markdown: the dictionary and the register."""

from collections.abc import Iterable, Mapping, Sequence

from sightline.contract.codes import AttendanceCode, attendance_codes
from sightline.contract.model import CLASSIFICATIONS, Column, Contract, Table, read_contract
from sightline.contract.privacy import RETENTION, Entry, privacy_register

__all__ = ["dictionary_markdown", "privacy_markdown"]

GROUPS = {
    "Where things happen": ("school", "school_day", "class", "lesson", "school_event"),
    "Who": ("pupil", "pupil_identity", "staff", "class_member"),
}
REST = "What happened"
MADE = "<!-- Made from src/sightline/contract; change the files there, not this page. -->"

DICTIONARY = """\
# Data dictionary

Every source is mapped to these tables, and everything else in Sightline reads only these. A folder
of CSV files named after the tables, with these columns, is itself a source: the profile
`canonical`. Dates are `YYYY-MM-DD`, times `HH:MM`, timestamps ISO 8601 (UTC when they have no
offset), booleans `true` or `false`; an empty cell has no value.

A date lies between 1 January 2000 and the day of the load, unless its row says otherwise. A row
that breaks a rule is set aside with its reason, and so are the rows that refer to it."""

REGISTER = """\
# Privacy register

One entry for each column Sightline holds: what it is, why it is held, on what basis, for how long,
and who in the school answers for it. It is a starting text for the school's own record of
processing: the data protection officer confirms it or changes it in the contract files. A school
outside the public sector needs another basis than public task.

The register says how long rows are to stay; `sightline compact` deletes those past it."""


def dictionary_markdown(contract: Contract | None = None) -> str:
    """docs/reference/dictionary.md: every table, column and rule, and the attendance codes."""
    contract = contract or read_contract()
    grouped = [name for names in GROUPS.values() for name in names]
    rest = tuple(table.name for table in contract.tables if table.name not in grouped)
    parts = [MADE, DICTIONARY]
    for heading, names in {**GROUPS, REST: rest}.items():
        parts += [f"## {heading}", *(_table(contract.table(name)) for name in names)]
    return "\n\n".join([*parts, "## Attendance codes", _codes()]) + "\n"


def privacy_markdown(contract: Contract | None = None) -> str:
    """docs/reference/privacy-register.md: the classes used, then one table for each table."""
    contract = contract or read_contract()
    entries = privacy_register(contract)
    parts = [MADE, REGISTER, "## Classifications", _meanings(CLASSIFICATIONS)]
    parts += ["## How long", _meanings(RETENTION)]
    for table in contract.tables:
        own = [entry for entry in entries if entry.table == table.name]
        parts += [f"## {table.name}", f"{table.description} {table.limitations}", _entries(own)]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    head = ["column", "type", "meaning", "allowed"]
    rows = [
        [f"`{c.name}`{'*' if c.required else ''}", c.type, c.description, _allowed(c)]
        for c in table.columns
    ]
    parts = [f"### {table.name}", table.description, table.usage, f"*Limits.* {table.limitations}"]
    parts += ["`*` = required. " + " ".join([f"Key: {_names(table.key)}.", *_rules(table)])]
    return "\n\n".join([*parts, _markdown_table(head, rows)])


def _rules(table: Table) -> list[str]:
    told = [f"`{o.first}` {'<' if o.strict else '<='} `{o.last}`." for o in table.order]
    for rule in table.required_when:
        told.append(f"`{rule.column}` is required when `{rule.when}` is `{rule.equals}`.")
    if table.marks:
        told.append("A mark lies on an open day and within the pupil's time on roll.")
    return told


def _allowed(column: Column) -> str:
    """What a value may be, in words; empty where its type says all."""
    told = [_names(column.allowed)] if column.allowed else []
    if column.code_list:
        told.append("an [attendance code](#attendance-codes)")
    if column.minimum is not None and column.maximum is not None:
        told.append(f"{column.minimum} to {column.maximum}")
    elif column.minimum is not None:
        told.append(f"{column.minimum} or more")
    if column.references:
        parent, name = column.references
        told.append(f"a `{name}` of [{parent}](#{parent})")
    if column.may_lie_ahead:
        told.append("may lie ahead")
    if column.type == "date" and column.earliest.year != 2000:
        told.append(f"{column.earliest} or later")
    if column.check:
        told.append(f"passes the {column.check.upper()} check")
    if column.mapping:
        told.append(f"words of the source are translated by `mappings/{column.mapping}.csv`")
    if column.vault:
        told.append("kept in the identity vault")
    return "; ".join(told)


def _codes() -> str:
    rows = [
        [f"`{code.code}`", code.meaning, _words(code.category), _words(code.late), _in_force(code)]
        for code in attendance_codes()
    ]
    return _markdown_table(["code", "meaning", "category", "late", "in force"], rows)


def _in_force(code: AttendanceCode) -> str:
    parts = [f"from {code.valid_from}"] if code.valid_from else []
    parts += [f"to {code.valid_to}"] if code.valid_to else []
    parts += [f"then {_names(code.replaced_by.split())}"] if code.replaced_by else []
    return " ".join(parts)


def _entries(entries: Sequence[Entry]) -> str:
    head = ["column", "class", "purpose", "lawful basis", "how long", "owner"]
    rows = [
        [
            f"`{entry.column}`",
            _words(entry.classification),
            entry.purpose,
            entry.lawful_basis,
            _words(entry.retention),
            entry.owner,
        ]
        for entry in entries
    ]
    return _markdown_table(head, rows)


def _words(code: str) -> str:
    return code.replace("_", " ")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _meanings(meanings: Mapping[str, str]) -> str:
    rows = [[_words(name), meaning] for name, meaning in meanings.items()]
    return _markdown_table(["name", "meaning"], rows)


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(c.replace('|', '&#124;') for c in cells)} |" for cells in lines
    )
