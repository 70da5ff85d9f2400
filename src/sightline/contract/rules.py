"""What makes one row refusable, as SQL conditions made from the contract.

The order of the rules is the order in which a row is judged: the first that holds is its reason.
Every column of the raw relation is text; `t_<column>` is the same value parsed to its type.
"""

from dataclasses import dataclass
from datetime import date

from sightline.contract.model import Column, Table
from sightline.engine import identifier, literal
from sightline.kit import sentence_list

__all__ = ["REASONS", "Rule", "parsed", "row_rules"]

# reason -> the clause that follows the value: "'PM2' is not one of the allowed values."
REASONS: dict[str, str] = {
    "missing_value": "a required value is missing",
    "not_a_date": "is not a date",
    "not_a_time": "is not a time",
    "not_a_timestamp": "is not a date and time",
    "not_an_integer": "is not a whole number",
    "not_a_number": "is not a number",
    "not_a_boolean": "is neither true nor false",
    "not_allowed": "is not one of the allowed values",
    "out_of_range": "is outside the allowed range",
    "date_out_of_range": "is too early, or after the day of the load",
    "upn_check_letter": "is not a valid UPN",
    "wrong_order": "comes before the date or time it must follow",
    "unknown_pupil": "is no pupil that was accepted",
    "unknown_class": "is no class that was accepted",
    "unknown_school": "is no school that was accepted",
    "unknown_staff": "is no member of staff that was accepted",
    "not_open": "the school was not open that day",
    "not_on_roll": "the pupil was not on roll that day",
    "conflict": "two rows have the same key and different values",
}
TIMESTAMP = (
    r"\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
    r"(Z|[+-]\d{2}(:?\d{2})?)?)?"
)
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@dataclass(frozen=True)
class Rule:
    """`when` (SQL) holds for a row that breaks the rule; `column` is the one to correct."""

    reason: str
    column: str
    when: str
    remedy: str


def parsed(column: Column) -> str:
    """SQL for a text column as its own type; NULL where it cannot be."""
    name = identifier(column.name)
    types = {"date": "DATE", "timestamp": "TIMESTAMPTZ", "integer": "INTEGER", "number": "DOUBLE"}
    if column.type == "boolean":
        return f"CASE {name} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    if column.type in types:
        return f"TRY_CAST({name} AS {types[column.type]})"
    return name  # text, and times of day, which are kept as HH:MM


def row_rules(table: Table, load_day: date, codes: tuple[str, ...]) -> list[Rule]:
    """Every rule that needs nothing but the row itself, in the order of judgement."""
    rules: list[Rule] = []
    for column in table.columns:
        rules += _column_rules(column, load_day, codes)
    for needed in table.required_when:
        name, when = identifier(needed.column), identifier(needed.when)
        broken = f"{name} IS NULL AND {when} = {literal(needed.equals)}"
        remedy = f"Give {needed.column} whenever {needed.when} is {needed.equals}."
        rules.append(Rule("missing_value", needed.column, broken, remedy))
    for first, last, strict in table.order:
        sign, tail = (">=", ".") if strict else (">", " or be the same.")
        broken = f"{identifier('t_' + first)} {sign} {identifier('t_' + last)}"
        remedy = f"Correct the export: {first} must come before {last}{tail}"
        rules.append(Rule("wrong_order", last, broken, remedy))
    return rules


def _column_rules(column: Column, load_day: date, codes: tuple[str, ...]) -> list[Rule]:
    name, typed = identifier(column.name), identifier("t_" + column.name)
    rules = []
    if column.required:
        remedy = f"Fill in {column.name}: a row cannot be used without it."
        rules.append(Rule("missing_value", column.name, f"{name} IS NULL", remedy))
    rules += _type_rules(column, name, typed)
    allowed = codes if column.code_list else column.allowed
    if allowed:
        when = f"{name} NOT IN ({', '.join(literal(value) for value in allowed)})"
        rules.append(Rule("not_allowed", column.name, when, _allowed_remedy(column, allowed)))
    if column.minimum is not None or column.maximum is not None:
        rules.append(_range_rule(column, f"TRY_CAST({name} AS DOUBLE)"))
    if column.type == "date":
        rules.append(_date_rule(column, typed, load_day))
    if column.check == "upn":
        remedy = "Check the UPN against the school's MIS; its first letter must fit the digits."
        rules.append(Rule("upn_check_letter", column.name, _bad_upn(name), remedy))
    return rules


def _type_rules(column: Column, name: str, typed: str) -> list[Rule]:
    forms = {
        "date": (
            "not_a_date",
            f"{typed} IS NULL OR length({name}) <> 10 OR CAST({typed} AS VARCHAR) <> {name}",
            "Write the date as YYYY-MM-DD, for example 2025-09-03.",
        ),
        "time": (
            "not_a_time",
            f"NOT regexp_full_match({name}, '([01][0-9]|2[0-3]):[0-5][0-9]')",
            "Write the time as HH:MM on the 24-hour clock, for example 08:45.",
        ),
        "timestamp": (
            "not_a_timestamp",
            f"{typed} IS NULL OR NOT regexp_full_match({name}, {literal(TIMESTAMP)})",
            "Write the moment as YYYY-MM-DDTHH:MM:SS, with Z or an offset if it is not UTC.",
        ),
        "integer": (
            "not_an_integer",
            f"NOT regexp_full_match({name}, '[+-]?[0-9]+')"
            # Digits too many for an integer are out of range where there is one.
            + (f" OR {typed} IS NULL" if column.maximum is None else ""),
            "Write a whole number in digits.",
        ),
        "number": (
            "not_a_number",
            f"{typed} IS NULL OR NOT isfinite({typed}) "
            f"OR NOT regexp_full_match({name}, {literal(NUMBER)})",
            "Write a number in digits, with a full stop before decimals.",
        ),
        "boolean": ("not_a_boolean", f"{typed} IS NULL", "Write true or false."),
    }
    if column.type not in forms:
        return []
    reason, when, remedy = forms[column.type]
    return [Rule(reason, column.name, f"{name} IS NOT NULL AND ({when})", remedy)]


def _allowed_remedy(column: Column, allowed: tuple[str, ...]) -> str:
    words = sentence_list([*allowed], "or") if len(allowed) <= 8 else "a code in the dictionary"
    mapping = f", or give its meaning in mappings/{column.mapping}.csv" if column.mapping else ""
    return f"Use {words}: correct the export{mapping}."


def _range_rule(column: Column, typed: str) -> Rule:
    low, high = column.minimum, column.maximum
    parts = [f"{typed} < {low}"] if low is not None else []
    parts += [f"{typed} > {high}"] if high is not None else []
    span = f"{low} to {high}" if high is not None else f"{low} or more"
    remedy = f"Correct the value: {column.name} is {span}."
    return Rule("out_of_range", column.name, " OR ".join(parts), remedy)


def _date_rule(column: Column, typed: str, load_day: date) -> Rule:
    when = f"{typed} < {literal(column.earliest)}"
    remedy = f"Correct the date: {column.name} is {column.earliest} or later"
    if not column.may_lie_ahead:
        when += f" OR {typed} > {literal(load_day)}"
        remedy += f" and not after the day of the load, {load_day}"
    return Rule("date_out_of_range", column.name, when, remedy + ".")


def _bad_upn(name: str) -> str:
    """The weighted sum of characters 2 to 13 picks the check letter (DfE's guide to UPNs)."""
    terms = " + ".join(
        f"{place} * (CASE WHEN substr({name}, {place}, 1) BETWEEN '0' AND '9' "
        f"THEN ascii(substr({name}, {place}, 1)) - 48 "
        f"ELSE strpos('{UPN_LETTERS}', substr({name}, {place}, 1)) - 1 END)"
        for place in range(2, 14)
    )
    shape = f"regexp_full_match({name}, '[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]')"
    letter = f"substr('{UPN_LETTERS}', 1 + (({terms}) % 23), 1) = substr({name}, 1, 1)"
    return f"{name} IS NOT NULL AND NOT ({shape} AND {letter})"
