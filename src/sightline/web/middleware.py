"""What holds for every page: nothing is kept by the browser, and idle sessions end."""

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

__all__ = ["SafePages"]

BACKGROUND = frozenset({"week_updates"})  # asked for by an open page, not by a person
FORGET = '"cache", "cookies", "storage"'


class SafePages:
    """Adds `Cache-Control: no-store`, ends sessions that have been idle too long, and has the
    browser forget everything at sign-out.

    Saving a draft and `stay` are signs of life like any page; a page that looks by itself whether a
    colleague has decided something is not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        if signed_in and self._idle(request):
            logout(request)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = FORGET
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note that somebody is there, a minute apart so that not every page is a write."""
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.url_name in BACKGROUND):
            return
        seen, moment = request.session.get("seen"), int(time())
        if not seen or moment - seen > 60:
            request.session["seen"] = moment

    @staticmethod
    def _idle(request: HttpRequest) -> bool:
        seen = request.session.get("seen")
        return bool(seen) and int(time()) - seen > settings.SESSION_IDLE_SECONDS
