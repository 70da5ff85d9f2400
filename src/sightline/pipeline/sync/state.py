"""What is known of a source after its last syncs: one small file, whole at every moment.

sources/<name>.state.json. It is written after the snapshot is published and names that snapshot:
when the site is put back to an earlier one, the cursors no longer count and everything is asked for
again. It holds no rows and no names.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sightline.pipeline.sync.landing import write_whole
from sightline.sources.connectors import Part

__all__ = ["PartState", "SourceState", "read_state", "write_state"]


@dataclass(frozen=True)
class PartState:
    """One part: changes up to `watermark` are in; when it was last fetched, and last completely.

    `records` is how many it had when last fetched completely; `cursor` is the supplier's own.
    """

    watermark: datetime | None = None
    fetched_at: datetime | None = None
    whole_at: datetime | None = None
    records: int = 0
    cursor: str = ""


@dataclass
class SourceState:
    """All of it. `filled` is the share of rows in which a guarded field was filled, by view.column.

    `missing` counts by table the stored rows that the source no longer has, `missing_since` says
    since when; `totals` are the supplier's own counts; `outcome` tells of the last sync.
    """

    snapshot: int = 0
    parts: dict[str, PartState] = field(default_factory=dict)
    filled: dict[str, float] = field(default_factory=dict)
    templates: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    missing_since: dict[str, str] = field(default_factory=dict)
    totals: list[list[Any]] = field(default_factory=list)
    outcome: dict[str, Any] = field(default_factory=dict)

    def of(self, part: Part) -> PartState:
        return self.parts.get(part.name, PartState())


def read_state(path: Path, published: int) -> SourceState:
    """The state in a file. Its cursors count only up to the snapshot that is `published`."""
    try:
        given = json.loads(path.read_text())
    except (OSError, ValueError):  # none yet; or damaged, and then everything is asked for again
        return SourceState()
    parts = {name: _part(one) for name, one in given.pop("parts", {}).items()}
    state = SourceState(parts=parts, **given)
    if state.snapshot > published:
        state.parts = {}
    return state


def write_state(path: Path, state: SourceState) -> None:
    """Put a state in place of the one before."""
    value = asdict(state)
    for one in value["parts"].values():
        for name in ("watermark", "fetched_at", "whole_at"):
            one[name] = one[name].isoformat() if one[name] else None
    write_whole(path, json.dumps(value, indent=1))


def _part(given: dict[str, Any]) -> PartState:
    moments = {
        name: datetime.fromisoformat(given[name]) if given.get(name) else None
        for name in ("watermark", "fetched_at", "whole_at")
    }
    return PartState(**moments, records=given.get("records", 0), cursor=given.get("cursor", ""))
