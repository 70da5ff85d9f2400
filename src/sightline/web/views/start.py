"""The first administrator, an invitation's own password, and why a second factor is needed."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sightline.people.actions.accounts import accept, link_holder
from sightline.people.actions.accounts import start as start_site
from sightline.people.actions.grants import active_administrators
from sightline.web.clock import now
from sightline.web.door import page, public
from sightline.web.entering import enter, too_often
from sightline.web.forms.mistakes import mistakes
from sightline.web.second_factor import INVITED_BY, passed

__all__ = ["invitation", "second_factor", "start"]

TRIES = "5/5m/ip,50/d/key"
WAIT = [("id_code", "That was tried too often. Wait five minutes, then try again.")]


@public
def start(request: HttpRequest) -> HttpResponse:
    """Make the first administrator with the code on the console; nowhere once there is one."""
    moment = now()
    if active_administrators(moment.date()):
        raise Http404
    typed = {name: request.POST.get(name, "") for name in ("code", "name", "email")}
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        if too_often(request, "start", TRIES):
            errors = WAIT
        else:
            try:
                password = request.POST.get("password", "")
                user = start_site(**typed, password=password, at=moment)
                return enter(request, user, reverse("second_factor"))
            except ValidationError as error:
                errors = mistakes(error)
    context = {"errors": errors, "typed": typed, "wrong": dict(errors)}
    return render(request, "sightline/account/start.html", context, status=422 if errors else 200)


@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set one's own password by a one-time link, or come in by the school's sign-on."""
    moment = now()
    user = link_holder(token=token, at=moment)
    if user is None:
        return render(request, "sightline/account/link_over.html", status=404)
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and not too_often(request, "invitation", "20/5m/ip"):
        try:
            user = accept(token=token, password=request.POST.get("password", ""), at=moment)
            request.session.pop(INVITED_BY, None)
            return enter(request, user, reverse("second_factor"))
        except ValidationError as error:
            errors = mistakes(error)
    request.session[INVITED_BY] = token
    context = {"person": user, "errors": errors, "wrong": dict(errors)}
    return render(
        request, "sightline/account/invitation.html", context, status=422 if errors else 200
    )


@page("", pupils=False)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why it is needed, and the two ways to set one up."""
    if passed(request) and Authenticator.objects.filter(user=request.user).exists():
        return redirect(settings.LOGIN_REDIRECT_URL)
    has_one = Authenticator.objects.filter(user=request.user).exists()
    context = {"required": settings.MFA_REQUIRED, "has_one": has_one}
    return render(request, "sightline/account/second_factor.html", context)
