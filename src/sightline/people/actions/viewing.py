"""Seeing pages as a colleague would: when it began and ended."""

from datetime import datetime

from django.db import transaction
from django.http import Http404

from sightline.people.actions.trail import noted
from sightline.people.models import User

__all__ = ["start_viewing", "stop_viewing"]


@transaction.atomic
def start_viewing(*, by: User, at: datetime, colleague: int) -> int:
    """Record the start; returns the colleague's id. The caller has checked the deed."""
    other = User.objects.filter(pk=colleague, is_active=True).exclude(pk=by.pk).first()
    if other is None:
        raise Http404
    noted(by=by, at=at, action="view_as_start", about=other)
    return other.pk


@transaction.atomic
def stop_viewing(*, by: User, at: datetime, colleague: int) -> None:
    """Record the end."""
    other = User.objects.filter(pk=colleague).first()
    if other is not None:
        noted(by=by, at=at, action="view_as_stop", about=other)
