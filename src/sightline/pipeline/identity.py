"""The vault's side of a load: what it holds of the incoming rows, and what it must now hold."""

from datetime import date

import pyarrow as pa

from sightline.contract import Contract, Table
from sightline.engine import Engine, identifier
from sightline.people import Vault
from sightline.warehouse import Draft, fact_key

__all__ = ["register_known_upns", "register_sealed", "seal_changed", "seal_pupil_ids"]


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


def register_known_upns(engine: Engine, draft: Draft, contract: Contract, vault: Vault) -> None:
    """Make `known_upn` and `known_mark`, for profiles that `needs: [known_upn]`; call before them.

    known_upn   each stored pupil with a UPN: upn, date_of_birth, pupil_ref, pupil_id and every
                other column of the pupil as stored. Of several with one UPN (a pupil who has moved
                within a trust) those on roll come first, then those enrolled last; `same_upn` is
                how many are equally likely.
    known_mark  pupil_id, date and session of every stored mark of those pupils

    UPNs and dates of birth are only in the engine's memory, for this one load.
    """
    identities, ids = vault.read("pupil_identity"), vault.read("pupil")
    known = [
        (one["upn"], one["date_of_birth"], ref, ids[ref]["pupil_id"])
        for ref, one in identities.items()
        if one.get("upn") and ref in ids
    ]
    names = ("upn", "date_of_birth", "pupil_ref", "pupil_id")
    columns = [pa.array([row[n] for row in known], pa.string()) for n in range(len(names))]
    engine.register("known_upn__vault", pa.table(columns, names=list(names)))
    draft.view("known_upn__pupil", contract.table("pupil"))
    draft.view("known_upn__mark", contract.table("attendance"))
    engine.view(
        "known_upn",
        "SELECT *, count(*) OVER (PARTITION BY upn) AS same_upn FROM ("
        "SELECT v.upn, v.date_of_birth, v.pupil_id, p.* FROM known_upn__vault AS v "
        "JOIN known_upn__pupil AS p ON p.pupil_ref = v.pupil_ref QUALIFY rank() OVER ("
        "PARTITION BY v.upn ORDER BY p.left_on DESC NULLS FIRST, p.enrolled_on DESC) = 1)",
    )
    engine.view(
        "known_mark",
        "SELECT v.pupil_id, m.date, m.session FROM known_upn__mark AS m "
        "JOIN known_upn__vault AS v ON v.pupil_ref = m.pupil_ref",
    )
