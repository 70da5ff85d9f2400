"""My account, staying signed in, and seeing pages as a colleague would."""

from dataclasses import replace
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_POST

from sightline.access import may
from sightline.people.actions.own import DIGEST, SIZES, end_sessions, save_preferences
from sightline.people.actions.viewing import start_viewing, stop_viewing
from sightline.people.queries import accounts, roles_held, sessions_of
from sightline.web.door import page, public
from sightline.web.forms.mistakes import mistakes

__all__ = ["me", "stay", "view_as"]

FEED_PART = "sightline/messages/feed_part.html"


@page("", pupils=False)
def me(request: HttpRequest) -> HttpResponse:
    """What I may see, where I am signed in, how pages read, when mail comes."""
    if request.method != "POST":
        return _me(request, [])
    try:
        done = _change_own(request)
    except ValidationError as error:
        return _me(request, mistakes(error))
    return HttpResponseRedirect(f"{reverse('me')}?done={done}", status=303)


def _change_own(request: HttpRequest) -> str:
    posted, by = request.POST, request.visit.by()  # type: ignore[attr-defined]
    if posted.get("do") == "sessions":
        only = posted.get("session", "")
        key = request.session.session_key or ""
        end_sessions(**by, keep=key, only=int(only) if only.isdigit() else None)
        return "sessions"
    save_preferences(
        **by,
        size=posted.get("size", ""),
        plain_font="plain_font" in posted,
        calm="calm" in posted,
        shortcuts="shortcuts" in posted,
        digest_at=posted.get("digest_at", ""),
    )
    return "preferences"


def _me(request: HttpRequest, errors: list[tuple[str, str]]) -> HttpResponse:
    user, visit = request.user, request.visit  # type: ignore[attr-defined]
    said = {"preferences": "Your choices are kept.", "sessions": "Those sessions have ended."}
    context: dict[str, Any] = {
        "errors": errors,
        "done": said.get(request.GET.get("done", ""), ""),
        "held": roles_held(user, visit.viewer.at),
        "sessions": sessions_of(user, request.session.session_key or ""),
        "factors": [one.wrap() for one in _factors(user)],
        "sign_ons": list(SocialAccount.objects.filter(user=user)),
        "offers_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "sizes": SIZES,
        "size": next((w for w in user.reading.split() if w in SIZES), ""),
        "reading_words": user.reading.split(),
        "digests": DIGEST,
        "feed_part": _feed_part(),
    }
    return render(request, "sightline/account/me.html", context, status=422 if errors else 200)


def _factors(user: Any) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user).order_by("created_at"))


def _feed_part() -> str:
    """The calendar's part of the page, where messages has one."""
    try:
        get_template(FEED_PART)
    except TemplateDoesNotExist:
        return ""
    return FEED_PART


@public
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Still here: the middleware has noted it. 401 tells the script to cover the page."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


@page("", pupils=False)
def view_as(request: HttpRequest) -> HttpResponse:
    """Choose a colleague, or go back to one's own pages."""
    visit = request.visit  # type: ignore[attr-defined]
    held = may(replace(visit.viewer, within=None), "view_as")
    if held is None:
        raise Http404
    colleagues = [
        one
        for one in accounts(visit.viewer.at)
        if one.user.is_active and one.held and one.user.pk != request.user.pk and _same(one, held)
    ]
    if request.method == "POST":
        return _switch(request, {str(one.user.pk) for one in colleagues})
    return render(request, "sightline/account/view_as.html", {"colleagues": colleagues})


def _same(account: Any, held: Any) -> bool:
    """Whether somebody works at the school where the viewer may do this."""
    return held.scope == "trust" or account.user.school_id in ("", held.school_id)


def _switch(request: HttpRequest, allowed: set[str]) -> HttpResponse:
    by = request.visit.by()  # type: ignore[attr-defined]
    before = request.session.pop("view_as", None)
    if before is not None:
        stop_viewing(**by, colleague=before)
    chosen = request.POST.get("colleague", "")
    if "stop" in request.POST:
        return HttpResponseRedirect(reverse("home"), status=303)
    if chosen not in allowed:
        raise Http404
    request.session["view_as"] = start_viewing(**by, colleague=int(chosen))
    return HttpResponseRedirect(reverse("home"), status=303)
