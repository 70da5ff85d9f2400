"""Raw views: a supplier's files as they are, in the engine, for a profile's SQL to read."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from sightline.engine import Engine, identifier, literal
from sightline.kit import SightlineError, sentence_list
from sightline.sources.ledger import Ledger
from sightline.sources.prepare import Prepared
from sightline.sources.profile import View
from sightline.sources.types import Wanted

__all__ = ["load_macros", "load_view", "make_relation", "settings_in"]

MACROS = files("sightline.sources") / "profiles" / "macros.sql"
STREAM = "source__stream"


def load_macros(engine: Engine, own: str) -> None:
    """The SQL functions that every profile may use, and the profile's own."""
    engine.run(MACROS.read_text("utf-8"))
    if own:
        engine.run(own)


def load_view(engine: Engine, view: View, sources: Sequence[Prepared], ledger: Ledger) -> None:
    """Read every file of one kind into the table `raw_<view>`.

    Without any file it is an empty table, so that SQL over several views always runs.
    """
    columns = [column.name for column in view.columns]
    held = columns + (["heading", "cell"] if view.wide else [])
    typed = ", ".join(f"{identifier(column)} VARCHAR" for column in held)
    table = identifier(f"raw_{view.name}")
    engine.run(f"CREATE OR REPLACE TEMP TABLE {table} ({typed}, _file VARCHAR, _row BIGINT)")
    for source in sources:
        stream, _ = ledger.stream(source, columns, view.feeds)
        engine.register(STREAM, stream)
        engine.run(f"INSERT INTO {table} {_selection(view, source)}")
        engine.forget(STREAM)
        if source.file.name in ledger.stopped[view.feeds]:
            engine.run(f"DELETE FROM {table} WHERE _file = {literal(source.file.name)}")


def _selection(view: View, source: Prepared) -> str:
    """The stream's rows with blanks given their meaning and a wide block turned into rows."""
    cells = []
    for column in view.columns:
        cell = identifier(column.name)
        if column.name in view.blank_is and column.name in source.layout.positions:
            cell = f"coalesce({cell}, {literal(view.blank_is[column.name])}) AS {cell}"
        cells.append(cell)
    listed = ", ".join(cells)
    if not source.layout.wide:
        return f"SELECT {listed}, _file, _row FROM {STREAM}"
    block = ", ".join(
        f"{{'heading': {literal(heading)}, 'cell': _wide{at}}}"
        for at, heading in source.layout.wide
    )
    return (
        f"SELECT {listed}, _block.heading, _block.cell, _file, _row "
        f"FROM (SELECT *, unnest([{block}]) AS _block FROM {STREAM})"
    )


def make_relation(
    engine: Engine, name: str, sql: str, wanted: Wanted, where: str
) -> frozenset[str]:
    """A view of that name over a profile's SQL, with every wanted column as text.

    Returns the wanted columns that the SQL does not give; they are empty.
    """
    given = {row["column_name"] for row in engine.rows(f"DESCRIBE {sql}")}
    unknown = given - set(wanted.columns) - {"_file", "_row", "_rows"}
    if unknown or not {"_file", "_row"} <= given:
        odd = sentence_list(sorted(unknown)) or "no _file and _row"
        raise SightlineError("bad_profile", where, f"the SQL gives {odd}")
    cells = [
        f"NULLIF(CAST({identifier(column)} AS VARCHAR), '') AS {identifier(column)}"
        if column in given
        else f"CAST(NULL AS VARCHAR) AS {identifier(column)}"
        for column in wanted.columns
    ]
    rows = "CAST(_rows AS BIGINT)" if "_rows" in given else "CAST(1 AS BIGINT)"
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT {', '.join(cells)}, "
        f"CAST(_file AS VARCHAR) AS _file, CAST(_row AS BIGINT) AS _row, {rows} AS _rows "
        f"FROM ({sql})"
    )
    return frozenset(wanted.columns) - given


def settings_in(sql: str, settings: Mapping[str, str | None]) -> set[str]:
    """The settings that a piece of SQL asks for."""
    return {name for name in settings if re.search(rf"(?<![:\w]):{name}\b", sql)}
