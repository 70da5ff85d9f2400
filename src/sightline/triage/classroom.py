"""What a teacher has said, after a lesson, of the lines that are to help there."""

from collections.abc import Iterable
from datetime import date

from sightline.people.models import User
from sightline.triage.models import StrategyFeedback

__all__ = ["said_today"]


def said_today(user: User, class_id: str, notes: Iterable[int], on: date) -> dict[int, bool]:
    """What this teacher said today in this class, by the line's number: whether it helped."""
    rows = StrategyFeedback.objects.filter(
        by=user, class_id=class_id, strategy_id__in=set(notes), on=on
    )
    return dict(rows.values_list("strategy_id", "helped"))
