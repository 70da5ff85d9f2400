"""Check the rows of one table: first each row by itself, then against the other tables.

Everything is SQL over whole columns. In: a raw relation of text. Out: a relation `good_<table>` of
typed rows that may be stored, and `refused_<table>` of those that may not, each with its reason.
"""

from collections.abc import Collection, Sequence
from datetime import date

from sightline.contract.codes import attendance_codes
from sightline.contract.model import Column, Table
from sightline.contract.rules import Rule, parsed, row_rules
from sightline.engine import Engine, identifier, literal

__all__ = ["check_references", "check_rows", "value_columns"]

PLACE = "_file, _row, _rows"
UNKNOWN = {
    "pupil": "Load the pupil in pupil.csv, or correct the pupil_id.",
    "class": "Load the class in class.csv, or correct the class_id.",
    "school": "Load the school in school.csv, or correct the school_id.",
    "staff": "Load the member of staff in staff.csv, or correct the staff_id.",
}


def check_rows(
    engine: Engine, table: Table, raw: str, load_day: date, mapped: Collection[str]
) -> None:
    """Judge each row by itself: makes `typed_<table>` and `refused_<table>`.

    `raw` is read once. `mapped` names the mappings of the site for which the engine holds a
    relation `words_<mapping>(word, standard)`; their words are translated before the check.
    """
    rules = row_rules(table, load_day, tuple(code.code for code in attendance_codes()))
    words = [column for column in table.columns if column.mapping in mapped]
    replaced = ", ".join(f"coalesce({_word(c)}.standard, raw.{_q(c)}) AS {_q(c)}" for c in words)
    joins = "".join(
        f" LEFT JOIN {identifier('words_' + str(c.mapping))} AS {_word(c)}"
        f" ON {_word(c)}.word = lower(trim(raw.{_q(c)}))"
        for c in words
    )
    types = ", ".join(f"{parsed(c)} AS {identifier('t_' + c.name)}" for c in table.columns)
    engine.run(
        f"CREATE OR REPLACE TABLE {identifier('judged_' + table.name)} AS "
        f"WITH translated AS (SELECT raw.*{f' REPLACE ({replaced})' if words else ''} "
        f"FROM {identifier(raw)} AS raw{joins}), "
        f"typed AS (SELECT *, {types} FROM translated), "
        f"judged AS (SELECT *, {_first_broken(rules)} AS _fault FROM typed) "
        f"SELECT {PLACE}, {', '.join(f't_{c.name} AS {_q(c)}' for c in table.columns)}, _fault, "
        f"{_refused_value(rules)} AS _value FROM judged"
    )
    _keep_refused(engine, table, rules, "judged_", create=True)
    columns = ", ".join(_q(column) for column in table.columns)
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {identifier('typed_' + table.name)} AS "
        f"SELECT {PLACE}, {columns} FROM {identifier('judged_' + table.name)} WHERE _fault IS NULL"
    )


def check_references(engine: Engine, table: Table, *, staff: bool) -> None:
    """Judge rows against the other tables: makes `good_<table>` and adds to `refused_<table>`.

    The engine holds `known_school`, `known_class(class_id, school_id)`, `known_staff`,
    `known_pupil(pupil_ref, school_id, enrolled_on, left_on)`, `known_day(school_id, date)` (open
    days) and `ref_of(pupil_id, pupil_ref)` for every pupil id in these rows. A good row carries
    `pupil_ref` beside `pupil_id`, and the `school_id` under which it is kept.
    """
    joins, rules = _reference_rules(table, staff)
    names = {column.name for column in table.columns}
    added = ["r.pupil_ref"] if "pupil_id" in names else []
    if "school_id" not in names:
        added.append("p.school_id" if "pupil_id" in names else "c_class_id.school_id")
    columns = [f"t.{_q(column)}" for column in table.columns] + added
    engine.run(
        f"CREATE OR REPLACE TABLE {identifier('referred_' + table.name)} AS "
        f"SELECT *, {_refused_value(rules)} AS _value FROM ("
        f"SELECT {', '.join(f't.{part.strip()}' for part in PLACE.split(','))}, "
        f"{', '.join(columns)}, {_first_broken(rules)} AS _fault "
        f"FROM {identifier('typed_' + table.name)} AS t {joins})"
    )
    _keep_refused(engine, table, rules, "referred_", create=False)
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {identifier('good_' + table.name)} AS "
        f"SELECT * EXCLUDE (_fault, _value) FROM {identifier('referred_' + table.name)} "
        "WHERE _fault IS NULL"
    )


def value_columns(table: Table) -> list[str]:
    """The columns by which two rows are compared: all of the dictionary's, after parsing."""
    return [column.name for column in table.columns]


def _reference_rules(table: Table, staff: bool) -> tuple[str, list[Rule]]:
    joins, rules = "", []
    for column in table.columns:
        if column.references is None or column.references[0] == table.name:
            continue
        parent = column.references[0]
        if parent == "staff" and not staff:
            continue
        alias = "p" if parent == "pupil" else f"c_{column.name}"
        key = f"t.{_q(column)}"
        if parent == "pupil":
            joins += f" LEFT JOIN ref_of AS r ON r.pupil_id = {key}"
            joins += " LEFT JOIN known_pupil AS p ON p.pupil_ref = r.pupil_ref"
            missing = "p.pupil_ref IS NULL"
        else:
            joins += f" LEFT JOIN known_{parent} AS {alias} ON {alias}.{parent}_id = {key}"
            missing = f"{key} IS NOT NULL AND {alias}.{parent}_id IS NULL"
        rules.append(Rule(f"unknown_{parent}", column.name, missing, UNKNOWN[parent]))
    if table.name == "pupil":
        joins += " LEFT JOIN ref_of AS r ON r.pupil_id = t.pupil_id"
    if table.marks:
        joins += " LEFT JOIN known_day AS d ON d.school_id = p.school_id AND d.date = t.date"
        rules += _mark_rules(table)
    return joins, rules


def _mark_rules(table: Table) -> list[Rule]:
    """Marks need an open day and a pupil on roll (dictionary, Checks); two kinds are excepted."""
    closed = "d.date IS NULL"
    off_roll = "(t.date < p.enrolled_on OR t.date > p.left_on)"
    excepted = "FALSE"
    if table.name == "attendance":
        no_mark = "coalesce(t.code, '-') IN ('#', '-')"
        excepted = f"(({closed} AND {no_mark}) OR (coalesce({off_roll}, FALSE) AND t.code = 'Z'))"
        excepted = f"coalesce({excepted}, FALSE)"
    remedy_day = "Correct the date, or correct that day's kind in school_day.csv."
    remedy_roll = "Correct the date, or the pupil's enrolled_on and left_on in pupil.csv."
    return [
        Rule("not_open", "date", f"{closed} AND NOT {excepted}", remedy_day),
        Rule("not_on_roll", "date", f"{off_roll} AND NOT {excepted}", remedy_roll),
    ]


def _first_broken(rules: Sequence[Rule]) -> str:
    cases = " ".join(f"WHEN {rule.when} THEN {n}" for n, rule in enumerate(rules, start=1))
    return f"CASE {cases} END" if rules else "CAST(NULL AS INTEGER)"


def _refused_value(rules: Sequence[Rule]) -> str:
    cases = " ".join(
        f"WHEN {n} THEN CAST({identifier(rule.column)} AS VARCHAR)"
        for n, rule in enumerate(rules, start=1)
    )
    return f"CASE _fault {cases} END" if rules else "CAST(NULL AS VARCHAR)"


def _keep_refused(
    engine: Engine, table: Table, rules: Sequence[Rule], prefix: str, *, create: bool
) -> None:
    listed = ", ".join(
        f"({n}, {literal(rule.column)}, {literal(rule.reason)}, {literal(rule.remedy)})"
        for n, rule in enumerate(rules, start=1)
    )
    rule_rows = f"VALUES {listed}" if rules else "SELECT NULL, NULL, NULL, NULL WHERE FALSE"
    refused = identifier("refused_" + table.name)
    query = (
        f'SELECT _file AS file, _row AS row, {literal(table.name)} AS "table", '
        f'rule."column", _value AS value, rule.reason, rule.remedy '
        f"FROM {identifier(prefix + table.name)} AS judged "
        f'JOIN ({rule_rows}) AS rule(number, "column", reason, remedy) '
        "ON rule.number = judged._fault"
    )
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {refused} AS {query}"
        if create
        else f"INSERT INTO {refused} {query}"
    )


def _q(column: Column) -> str:
    return identifier(column.name)


def _word(column: Column) -> str:
    return identifier("word_" + column.name)
