"""The curated tables: one dated, published source of truth in an open format (Delta Lake).

In: settled rows of a load, in the engine. Out: views over the files of one published snapshot.
Names, UPNs, birth dates and note text never come in. The only room that imports deltalake.
"""

from sightline.warehouse.changes import rows_since
from sightline.warehouse.compact import Compacted, compact
from sightline.warehouse.draft import Draft, Merged
from sightline.warehouse.read import narrow_snapshot, open_snapshot
from sightline.warehouse.schema import fact_columns, fact_key, fact_schema, kept_tables
from sightline.warehouse.snapshot import Snapshot, TableState
from sightline.warehouse.store import Warehouse
from sightline.warehouse.unsaid import keep_unsaid
from sightline.warehouse.withdraw import key_text

__all__ = [
    "Compacted",
    "Draft",
    "Merged",
    "Snapshot",
    "TableState",
    "Warehouse",
    "compact",
    "fact_columns",
    "fact_key",
    "fact_schema",
    "keep_unsaid",
    "kept_tables",
    "key_text",
    "narrow_snapshot",
    "open_snapshot",
    "rows_since",
]
