"""How long the meeting will still take, from how long each decision has taken so far."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

__all__ = ["minutes_left"]

LONGEST_PAUSE = timedelta(minutes=20)
"""A longer pause is a break, or another day, and says nothing about the pace."""
LONGEST = 90


def minutes_left(decided_at: Sequence[datetime], waiting: int) -> int | None:
    """Minutes for those still waiting; None where there is nothing to go by."""
    times = sorted(decided_at)
    steps = [
        (later - earlier).total_seconds()
        for earlier, later in pairwise(times)
        if later - earlier <= LONGEST_PAUSE
    ]
    if not steps or not waiting:
        return None
    minutes = ceil(waiting * sum(steps) / len(steps) / 60)
    return minutes if 1 <= minutes <= LONGEST else None
