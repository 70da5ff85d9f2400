"""What the references of a row are checked against: the store as it is after each parent table."""

import pyarrow as pa

from sightline.contract import Contract, Table
from sightline.engine import Engine, identifier
from sightline.people import Keys
from sightline.warehouse import Draft, key_text

__all__ = [
    "PARENTS",
    "refresh_known",
    "register_named",
    "register_refs",
    "register_withdrawn",
    "staff_loaded",
]

# table -> the query over its stored rows (`stored_known`) that later checks join.
PARENTS = {
    "school": "SELECT school_id FROM stored_known",
    "school_day": "SELECT school_id, date FROM stored_known WHERE kind = 'open'",
    "class": "SELECT class_id, school_id FROM stored_known",
    "staff": "SELECT staff_id FROM stored_known",
    "pupil": "SELECT pupil_ref, school_id, enrolled_on, left_on FROM stored_known",
}


def refresh_known(engine: Engine, draft: Draft, table: Table) -> None:
    """Make `known_<table>` (`known_day` for the calendar) from what the draft now holds.

    It is read where a row refers to it: of a few rows, few checks do.
    """
    name = "known_day" if table.name == "school_day" else f"known_{table.name}"
    stored = f"stored_known_{table.name}"
    draft.view(stored, table)
    engine.view(name, PARENTS[table.name].replace("stored_known", stored))


def register_refs(engine: Engine, keys: Keys, table: Table) -> None:
    """Make `ref_of(pupil_id, pupil_ref)` for the pupil ids in `typed_<table>`."""
    engine.run("CREATE OR REPLACE TEMP TABLE ref_of (pupil_id VARCHAR, pupil_ref VARCHAR)")
    if "pupil_id" not in {column.name for column in table.columns}:
        return
    ids = engine.sql(f"SELECT DISTINCT pupil_id FROM typed_{table.name}")
    refs = keys.pupil_refs(ids.column("pupil_id").to_pylist())
    engine.register("ref_rows", ids.append_column("pupil_ref", [refs]))
    engine.run("INSERT INTO ref_of SELECT pupil_id, pupil_ref FROM ref_rows")
    engine.forget("ref_rows")


def register_named(engine: Engine, keys: Keys, table: Table) -> None:
    """Make `named_rows(key)`: the keys of all rows of this load, refused ones too."""
    listed = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {name}" for name in table.key)
    engine.create("named_given", f"SELECT DISTINCT {listed} FROM judged_{table.name}")
    _by_ref(engine, keys, "named_given")
    engine.create("named_rows", f"SELECT {key_text(table, 'r')} AS key FROM named_given AS r")
    engine.forget("named_given")


def register_withdrawn(engine: Engine, keys: Keys, given: list[str]) -> list[str]:
    """Turn `withdrawn_rows` to the columns as stored; returns them, `pupil_ref` for `pupil_id`."""
    if given:
        _by_ref(engine, keys, "withdrawn_rows")
    return ["pupil_ref" if name == "pupil_id" else name for name in given]


def _by_ref(engine: Engine, keys: Keys, relation: str) -> None:
    """Let a relation's `pupil_id` become the `pupil_ref` of that id."""
    rows = engine.sql(f"SELECT * FROM {relation}")
    if "pupil_id" in rows.column_names:
        refs = keys.pupil_refs([one or "" for one in rows.column("pupil_id").to_pylist()])
        at = rows.column_names.index("pupil_id")
        engine.register("rows_by_ref", rows.set_column(at, "pupil_ref", [pa.array(refs)]))
        engine.create(relation, "SELECT * FROM rows_by_ref")
        engine.forget("rows_by_ref")


def staff_loaded(draft: Draft, contract: Contract, collected: tuple[str, ...]) -> bool:
    """Whether staff ids can be checked at all."""
    state = draft.tables.get(contract.table("staff").name)
    return "staff" in collected or bool(state and state.rows)
