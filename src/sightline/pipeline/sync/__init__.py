"""Sync: what changed at a source reaches the published snapshot, each row exactly once.

In: a site with a configured source, a clock. Out: a snapshot, and the source's cursors moved on.
The command line, the worker and the pages call it; it calls the connectors and `load`.
"""

from sightline.pipeline.sync.due import is_due, is_quiet
from sightline.pipeline.sync.guard import Held
from sightline.pipeline.sync.run import sync
from sightline.pipeline.sync.state import PartState, SourceState, read_state
from sightline.pipeline.sync.status import Status, read_status
from sightline.pipeline.sync.types import Choices, Clock, Step, Synced

__all__ = [
    "Choices",
    "Clock",
    "Held",
    "PartState",
    "SourceState",
    "Status",
    "Step",
    "Synced",
    "is_due",
    "is_quiet",
    "read_state",
    "read_status",
    "sync",
]
