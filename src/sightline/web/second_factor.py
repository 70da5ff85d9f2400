"""Has this session shown a second factor: here, or by the school's own sign-on?"""

from typing import TYPE_CHECKING, Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

if TYPE_CHECKING:
    from sightline.people.models import User

__all__ = ["INVITED_BY", "just_added", "passed", "vouch"]

INVITED_BY = "invited_by"  # session: the one-time link somebody came with
VOUCHED_FOR = "multi_factor_sign_on"  # session: whom the school's sign-on asked for more


def passed(request: HttpRequest) -> bool:
    """True only for what this session itself went through.

    That the account has a second factor is not enough: the session may be from before it had one.
    """
    if request.session.get(VOUCHED_FOR) == request.user.pk:
        return True
    return any(
        one.get("method") == "mfa" for one in get_authentication_records(request, request.user)
    )


def vouch(request: HttpRequest, user: "User") -> None:
    """Note that the school's sign-on asked this person for a second factor."""
    request.session[VOUCHED_FOR] = user.pk


def just_added(request: HttpRequest, user: "User", authenticator: Any, **_: Any) -> None:
    """Whoever sets up a second factor has just shown it: allauth's signal for it."""
    if request is not None and authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type
        )
