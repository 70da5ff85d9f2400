"""Break-glass: one person, one pupil, one hour; another is told at once, and reviews it later."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.governance.emergencies import may_review, reviewers
from sightline.people.models import EmergencyAccess, User
from sightline.record.chain import changed

__all__ = ["HOUR", "end_early", "open_page", "review"]

HOUR = timedelta(hours=1)
SHORTEST_REASON = 10  # letters: "urgent" says nothing
OUTCOMES = ("justified", "not_justified")


@transaction.atomic
def open_page(
    *, by: User, at: datetime, school_id: str, pupil_ref: str, reason: str, told: User | None
) -> EmergencyAccess:
    """Open a pupil's page for an hour. The caller has checked the deed. Raises ValidationError."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ValidationError({"reason": "Say in a sentence why you need to see this page now."})
    if told is None or told not in reviewers(school_id, at, but=by):
        raise ValidationError({"told": "Choose who is told."})
    held = EmergencyAccess.objects.filter(user=by, pupil_ref=pupil_ref, ends_at__gt=at)
    if held.exists():
        raise ValidationError({"pupil": "You have this page open already."})
    access = EmergencyAccess.objects.create(
        user=by,
        school_id=school_id,
        pupil_ref=pupil_ref,
        reason=reason,
        started_at=at,
        ends_at=at + HOUR,
        told=told,
    )
    _noted(by, at, "emergency_open", access, told=told.pk)
    return access


@transaction.atomic
def end_early(*, by: User, at: datetime, access: EmergencyAccess) -> EmergencyAccess:
    """End one's own emergency access before its hour is over. Raises ValidationError."""
    if access.user_id != by.pk:
        raise ValidationError({"access": "Only the person who opened it can end it."})
    if access.ends_at > at:
        access.ends_at = at
        access.save(update_fields=["ends_at"])
        _noted(by, at, "emergency_end", access)
    return access


@transaction.atomic
def review(
    *, by: User, at: datetime, access: EmergencyAccess, outcome: str, note: str = ""
) -> EmergencyAccess:
    """Say whether it was justified. Raises ValidationError."""
    access = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if access.user_id == by.pk:
        raise ValidationError({"outcome": "A colleague has to review your own access."})
    if not may_review(by, access, at):
        raise ValidationError({"outcome": "This is not yours to review."})
    if access.reviewed_at is not None:
        raise ValidationError({"outcome": "This was reviewed already."})
    if outcome not in OUTCOMES:
        raise ValidationError({"outcome": "Choose whether it was justified."})
    if outcome == "not_justified" and not note.strip():
        raise ValidationError({"note": "Say what will be done about it."})
    access.reviewed_by, access.reviewed_at = by, at
    access.outcome, access.review_note = outcome, note.strip()
    access.save(update_fields=["reviewed_by", "reviewed_at", "outcome", "review_note"])
    _noted(by, at, "emergency_review", access, outcome=outcome)
    return access


def _noted(by: User, at: datetime, action: str, access: EmergencyAccess, **detail: Any) -> None:
    what = {"area": "page", "school_id": access.school_id, "subject": access.pupil_ref}
    changed(by=by, at=at, action=action, **what, access=access.pk, **detail)
