"""Copies of the meeting pack: each has a number and is recorded as an export."""

from datetime import datetime

from django.db import transaction

from sightline.messages.models import PackCopy
from sightline.people.models import User
from sightline.record.chain import changed
from sightline.triage.models import Meeting

__all__ = ["number_copy"]


@transaction.atomic
def number_copy(*, by: User, at: datetime, meeting: Meeting, what: str, pupils: int) -> int:
    """The number of a copy that is about to be made; `what` is "pdf" or "page"."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)  # one number for each copy
    number = PackCopy.objects.filter(meeting=meeting).count() + 1
    PackCopy.objects.create(meeting=meeting, number=number, made_by=by, made_at=at)
    changed(
        by=by,
        at=at,
        action="export",
        area="week",
        school_id=meeting.school_id,
        subject=f"meeting {meeting.pk}",
        what=f"pack {what}",
        copy=number,
        rows=pupils,
    )
    return number
