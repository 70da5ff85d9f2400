"""One-time ways in: the first administrator's code and the links that administrators pass on."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sightline.people.models import Invitation, User

__all__ = ["CODE_LASTS", "LINK_LASTS", "fresh", "unused"]

CODE_LASTS = timedelta(hours=24)
LINK_LASTS = timedelta(days=7)
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # none that could be taken for another
GROUPS, GROUP = 4, 4


def fresh(user: User | None, at: datetime) -> str:
    """A new secret for a user, or for the first administrator (None); older ones end."""
    Invitation.objects.filter(user=user, used_at__isnull=True).delete()
    if user is None:
        token = "-".join(
            "".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)
        )
    else:
        token = secrets.token_urlsafe(32)
    lasts = CODE_LASTS if user is None else LINK_LASTS
    Invitation.objects.create(user=user, token_hash=_hash(token), made_at=at, expires_at=at + lasts)
    return token


def unused(token: str, at: datetime, *, first: bool = False) -> Invitation | None:
    """The invitation a secret belongs to, if it may still be used. Locks it for the caller."""
    return (
        Invitation.objects.select_for_update()
        .filter(
            token_hash=_hash(token.strip().lower() if first else token),
            user__isnull=first,
            used_at__isnull=True,
            made_at__lte=at,
            expires_at__gt=at,
        )
        .first()
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
