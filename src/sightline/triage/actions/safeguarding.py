"""Recording that the safeguarding path was used: by whom and when, never about whom or what."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.people.models import User
from sightline.record.chain import changed
from sightline.triage.models import Signpost
from sightline.triage.safeguarding_queries import may_answer

__all__ = ["answer", "use_path"]

SAME_PRESS = timedelta(minutes=1)
"""Two presses of the button within so long are one alert."""


@transaction.atomic
def use_path(*, by: User, at: datetime, school_id: str, urgent: bool) -> Signpost:
    """Record that the path was used; the caller sends the alert of an urgent one."""
    again = Signpost.objects.filter(
        used_by=by, school_id=school_id, urgent=urgent, used_at__gt=at - SAME_PRESS, used_at__lte=at
    ).first()
    if again:
        return again
    signpost = Signpost.objects.create(school_id=school_id, used_by=by, used_at=at, urgent=urgent)
    _record(by, at, "safeguarding_path", signpost)
    return signpost


@transaction.atomic
def answer(*, by: User, at: datetime, signpost: Signpost) -> Signpost:
    """Mark an alert as answered: the safeguarding lead or a senior leader of the school may."""
    signpost = Signpost.objects.select_for_update().get(pk=signpost.pk)
    if not may_answer(by, signpost.school_id, at.date()):
        raise ValidationError(
            {"answer": "The safeguarding lead or a senior leader marks an alert as answered."}
        )
    if signpost.answered_at is None:
        signpost.answered_by, signpost.answered_at = by, at
        signpost.save(update_fields=["answered_by", "answered_at"])
        _record(by, at, "safeguarding_answered", signpost)
    return signpost


def _record(by: User, at: datetime, action: str, signpost: Signpost) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="process",
        school_id=signpost.school_id,
        subject=f"signpost {signpost.pk}",
    )
