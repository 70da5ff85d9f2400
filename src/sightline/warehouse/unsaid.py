"""Columns that a source does not have say nothing of the rows it brings: what is stored stays."""

from collections.abc import Collection

from sightline.contract import Table
from sightline.engine import Engine, identifier
from sightline.warehouse.draft import Draft
from sightline.warehouse.schema import fact_columns, fact_key

__all__ = ["keep_unsaid"]


def keep_unsaid(engine: Engine, draft: Draft, table: Table, unsaid: Collection[str]) -> None:
    """Fill the columns `unsaid` of `settled_<table>` with what is stored under the same key."""
    kept = [name for name in fact_columns(table) if name in unsaid and name not in table.key]
    if not kept or not draft.view("stored_said", table):
        return
    settled = "settled_" + table.name
    on_key = " AND ".join(
        f"i.{identifier(name)} IS NOT DISTINCT FROM s.{identifier(name)}"
        for name in fact_key(table)
    )
    filled = ", ".join(
        f"coalesce(i.{identifier(name)}, s.{identifier(name)}) AS {identifier(name)}"
        for name in kept
    )
    engine.create(
        "filled",
        f"SELECT i.* REPLACE ({filled}) FROM {identifier(settled)} AS i "
        f"LEFT JOIN stored_said AS s ON {on_key}",
    )
    engine.forget(settled)
    engine.create(settled, "SELECT * FROM filled")
    engine.forget("filled")
