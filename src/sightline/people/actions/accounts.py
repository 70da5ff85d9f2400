"""Accounts: the first one, invitations, new links, a new second factor, and closing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from sightline.people.actions import links
from sightline.people.actions.grants import Asked, active_administrators, give
from sightline.people.actions.trail import noted
from sightline.people.models import Grant, ProposedGrant, User

__all__ = [
    "accept",
    "accept_by_sign_on",
    "close",
    "first_code",
    "invite",
    "link_holder",
    "new_link",
    "reset_second_factor",
    "start",
]


def first_code(*, at: datetime) -> str | None:
    """A one-time code to make the first administrator with; None when there is one already."""
    if active_administrators(at.date()):
        return None
    with transaction.atomic():
        return links.fresh(None, at)


@transaction.atomic
def start(*, code: str, name: str, email: str, password: str, at: datetime) -> User:
    """Make the first administrator, of the whole trust. Raises ValidationError."""
    invitation = links.unused(code, at, first=True)
    if invitation is None or active_administrators(at.date()):
        raise ValidationError({"code": "This code is not the one on the console, or it is over."})
    user = _made(name=name, email=email, school_id="", staff_id="", at=at)
    _set_password(user, password)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    reason = "First administrator, from the code on the console"
    Grant.objects.create(
        user=user,
        role="administrator",
        scope="trust",
        from_on=at.date(),
        reason=reason,
        given_at=at,
    )
    noted(by=user, at=at, action="first_administrator", about=user)
    return user


@transaction.atomic
def invite(
    *,
    by: User | None,
    at: datetime,
    name: str,
    email: str,
    school_id: str = "",
    staff_id: str = "",
    asked: Sequence[Asked] = (),
) -> tuple[User, str]:
    """Make a colleague's account with what they may see; returns it and the link's secret.

    `by` is None for the command line. Raises ValidationError.
    """
    if staff_id and User.objects.filter(staff_id=staff_id, is_active=True).exists():
        raise ValidationError({"staff_id": "This person has an account already."})
    user = _made(name=name, email=email, school_id=school_id, staff_id=staff_id, at=at)
    noted(by=by, at=at, action="account_invite", about=user)
    for one in asked:
        give(by=by, at=at, user=user, asked=one)
    return user, links.fresh(user, at)


@transaction.atomic
def new_link(*, by: User | None, at: datetime, user: User) -> str:
    """A new one-time link, to set a password with; the old password and its sessions end."""
    _not_oneself(by, user, "a link")
    if not user.is_active:
        raise ValidationError({"account": "This account is closed."})
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _end_sessions(user)
    noted(by=by, at=at, action="account_link", about=user)
    return links.fresh(user, at)


@transaction.atomic
def link_holder(*, token: str, at: datetime) -> User | None:
    """Whose link this is, while it may be used."""
    found = links.unused(token, at)
    return found.user if found and found.user and found.user.is_active else None


@transaction.atomic
def accept(*, token: str, password: str, at: datetime) -> User:
    """Set one's own password by a link, which is then used up. Raises ValidationError."""
    invitation = links.unused(token, at)
    user = invitation.user if invitation else None
    if invitation is None or user is None or not user.is_active:
        raise ValidationError({"password": "This link was used or is over: ask for a new one."})
    _set_password(user, password)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    noted(by=user, at=at, action="account_accept", about=user)
    return user


@transaction.atomic
def accept_by_sign_on(*, token: str, at: datetime) -> User | None:
    """Use a link up by coming through the school's sign-on; None when it may not be used."""
    invitation = links.unused(token, at)
    user = invitation.user if invitation else None
    if invitation is None or user is None or not user.is_active:
        return None
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    noted(by=user, at=at, action="account_accept", about=user, way="sign-on")
    return user


@transaction.atomic
def close(*, by: User | None, at: datetime, user: User, why: str = "closed") -> User:
    """Close an account: sessions end at once, grants today, links and proposals with it.

    `why` is a word for the record: closed or left. Raises ValidationError.
    """
    _not_oneself(by, user, "an end")
    if not user.is_active:
        raise ValidationError({"account": "This account is closed already."})
    user.is_active, user.closed_at = False, at
    user.set_unusable_password()
    user.save(update_fields=["is_active", "closed_at", "password"])
    last = at.date() - timedelta(days=1)
    user.grants.filter(Q(to_on__isnull=True) | Q(to_on__gt=last)).update(to_on=last)
    ProposedGrant.objects.filter(user=user, settled_at__isnull=True).update(
        settled_at=at, settled_by=by, agreed=False
    )
    user.invitations.filter(used_at__isnull=True).delete()
    _end_sessions(user)
    noted(by=by, at=at, action="account_close", about=user, why=why)
    return user


@transaction.atomic
def reset_second_factor(*, by: User, at: datetime, user: User) -> None:
    """Forget a colleague's second factors (a lost phone): they set up a new one at sign-in."""
    _not_oneself(by, user, "a new second factor")
    gone, _ = Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    noted(by=by, at=at, action="second_factor_reset", about=user, removed=gone)


def _made(*, name: str, email: str, school_id: str, staff_id: str, at: datetime) -> User:
    name, email = " ".join(name.split()), email.strip().lower()
    if not name:
        raise ValidationError({"name": "Enter the person's name as colleagues know it."})
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError({"email": "Enter a whole e-mail address."}) from None
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": "There is an account with this address already."})
    user = User(name=name, email=email, school_id=school_id, staff_id=staff_id, created_at=at)
    user.set_unusable_password()
    user.save()
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": " ".join(error.messages)}) from error
    user.set_password(password)
    user.save(update_fields=["password"])


def _not_oneself(by: User | None, user: User, what: str) -> None:
    if by is not None and by.pk == user.pk:
        raise ValidationError({"account": f"Another administrator has to give you {what}."})


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
