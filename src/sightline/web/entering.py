"""Sign somebody in who has just set a password, by the same path as everybody else."""

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from sightline.people.models import User

__all__ = ["enter", "too_often"]


def enter(request: HttpRequest, user: "User", to: str) -> HttpResponse:
    """Sign in with the password just set; a second factor there already is still asked for."""
    response: HttpResponse = perform_password_login(
        request, {"email": user.email}, Login(user=user, redirect_url=to, email=user.email)
    )
    return response


def too_often(request: HttpRequest, action: str, rates: str) -> bool:
    """Whether this was tried too often; counted over all processes. Rates as "5/5m/ip"."""
    used = ratelimit.consume(
        request, app="sightline", action=action, key=action, config={action: rates}
    )
    return used is None
