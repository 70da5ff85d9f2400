"""What people change about their own account: how pages read, when mail comes, their sessions."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.people.actions.trail import noted
from sightline.people.models import User

__all__ = ["DIGEST", "SIZES", "end_sessions", "save_preferences"]

SIZES = {"": "Standard", "text-large": "Large", "text-larger": "Larger"}
DIGEST = {"monday": "Monday at 07:00", "sunday": "Sunday at 18:00", "never": "Never"}


@transaction.atomic
def save_preferences(
    *,
    by: User,
    at: datetime,
    size: str,
    plain_font: bool,
    calm: bool,
    shortcuts: bool,
    digest_at: str,
) -> User:
    """Keep how somebody reads and when the weekly mail comes. Raises ValidationError."""
    if size not in SIZES:
        raise ValidationError({"size": "Choose a text size."})
    if digest_at not in DIGEST:
        raise ValidationError({"digest_at": "Choose when the weekly mail comes."})
    words = [size, "plain-font" if plain_font else "", "calm" if calm else ""]
    by.reading = " ".join(word for word in words if word)
    by.shortcuts, by.digest_at = shortcuts, digest_at
    by.save(update_fields=["reading", "shortcuts", "digest_at"])
    noted(by=by, at=at, action="preferences", about=by)
    return by


@transaction.atomic
def end_sessions(*, by: User, at: datetime, keep: str, only: int | None = None) -> int:
    """End one of one's own sessions (`only`), or all but the one whose key is `keep`."""
    sessions = UserSession.objects.filter(user=by).exclude(session_key=keep)
    if only is not None:
        sessions = sessions.filter(pk=only)
    ended = [one.end() for one in sessions]
    noted(by=by, at=at, action="sessions_end", about=by, ended=len(ended))
    return len(ended)
