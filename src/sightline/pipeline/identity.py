"""The vault's side of a load: what it holds of the incoming rows, and what it must now hold."""

from datetime import date

import pyarrow as pa

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.people import Vault
from sightline.warehouse import fact_key

__all__ = ["register_sealed", "seal_changed", "seal_pupil_ids"]


def register_sealed(engine: Engine, vault: Vault, table: Table) -> str | None:
    """Make `sealed_<table>` (key, vault columns) for the incoming rows; None without any."""
    columns = [column for column in table.columns if column.vault]
    if not columns:
        return None
    (key,) = fact_key(table)
    refs = engine.sql(f"SELECT DISTINCT {identifier(key)} AS ref FROM settled_{table.name}")
    held = vault.read(table.name, refs.column("ref").to_pylist())
    data: dict[str, pa.Array] = {key: pa.array(list(held), pa.string())}
    for column in columns:
        values = [value.get(column.name) for value in held.values()]
        if column.type == "date":
            days = [date.fromisoformat(value) if value else None for value in values]
            data[column.name] = pa.array(days, pa.date32())
        else:
            data[column.name] = pa.array(values, pa.string())
    name = f"sealed_{table.name}"
    engine.register(name, pa.table(data))
    return name


def seal_changed(engine: Engine, vault: Vault, table: Table, load: int) -> None:
    """Put the vault columns of the changed rows into the vault."""
    columns = [column.name for column in table.columns if column.vault]
    if not columns:
        return
    (key,) = fact_key(table)
    listed = ", ".join(
        f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in columns
    )
    rows = engine.rows(f"SELECT {identifier(key)} AS ref, {listed} FROM changed")
    vault.put(table.name, load, {row.pop("ref"): row for row in rows})


def seal_pupil_ids(engine: Engine, vault: Vault, load: int) -> None:
    """Remember which of the source's pupil ids each new pseudonym stands for."""
    rows = engine.rows("SELECT pupil_ref, pupil_id FROM ref_of SEMI JOIN changed USING (pupil_ref)")
    vault.put("pupil", load, {row["pupil_ref"]: {"pupil_id": row["pupil_id"]} for row in rows})
