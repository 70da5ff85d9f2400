"""What colleagues decided while somebody has the list open. Numbers on the list, never names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from sightline.triage.queries import Row

__all__ = ["Update", "Updates", "updates_of"]


@dataclass(frozen=True)
class Update:
    """One decision by somebody else."""

    listing: int
    position: int
    by: str
    at: str


@dataclass(frozen=True)
class Updates:
    """Where the meeting stands."""

    done: int
    total: int
    by_others: Sequence[Update]


def updates_of(rows: Sequence[Row], me: int) -> Updates:
    """The state of a list, with the decisions of everybody but the one who asks."""
    decided = [one for one in rows if one.decision]
    return Updates(
        len(decided),
        len(rows),
        [
            Update(
                one.listing.pk,
                one.listing.position,
                one.decision.decided_by.name,
                f"{timezone.localtime(one.decision.decided_at):%H:%M}",
            )
            for one in decided
            if one.decision and one.decision.decided_by_id != me
        ],
    )
