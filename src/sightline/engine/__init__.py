"""The engine: SQL in, Arrow out. The only room that imports DuckDB.

In: SQL text, Arrow tables and streams, lists of Parquet files. Out: Arrow tables or plain rows.
Every room that runs SQL receives an `Engine`; none keeps one longer than a command.
"""

from sightline.engine.duck import Engine
from sightline.engine.lists import columns_of
from sightline.engine.text import identifier, literal

__all__ = ["Engine", "columns_of", "identifier", "literal"]
