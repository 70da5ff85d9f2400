"""What the references of a row are checked against: the store as it is after each parent table."""

from sightline.contract import Contract, Table
from sightline.engine import Engine
from sightline.people import Keys
from sightline.warehouse import Draft

__all__ = ["PARENTS", "refresh_known", "register_refs"]

# table -> the query over its stored rows (`stored_known`) that later checks join.
PARENTS = {
    "school": "SELECT school_id FROM stored_known",
    "school_day": "SELECT school_id, date FROM stored_known WHERE kind = 'open'",
    "class": "SELECT class_id, school_id FROM stored_known",
    "staff": "SELECT staff_id FROM stored_known",
    "pupil": "SELECT pupil_ref, school_id, enrolled_on, left_on FROM stored_known",
}


def refresh_known(engine: Engine, draft: Draft, table: Table) -> None:
    """Make `known_<table>` (`known_day` for the calendar) from what the draft now holds."""
    name = "known_day" if table.name == "school_day" else f"known_{table.name}"
    draft.view("stored_known", table)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {PARENTS[table.name]}")


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


def staff_loaded(draft: Draft, contract: Contract, collected: tuple[str, ...]) -> bool:
    """Whether staff ids can be checked at all."""
    state = draft.tables.get(contract.table("staff").name)
    return "staff" in collected or bool(state and state.rows)
