"""What is past its time is removed, room by room, and the counts are recorded."""

from datetime import datetime

from django.db import transaction

from sightline.governance.privacy import rooms
from sightline.record.chain import Entry, record

__all__ = ["purge"]


@transaction.atomic
def purge(at: datetime) -> dict[str, int]:
    """Remove the rows that no table's `keep` allows any more; how many, by table.

    The record itself is append-only: it is kept for seven years and then, as a whole, by hand.
    """
    counts: dict[str, int] = {}
    for _, room in rooms():
        counts |= room.purge(at)
    if any(counts.values()):
        record([Entry("purge", "record", "", "", "Past its time", counts)], at=at, actor="system")
    return counts
