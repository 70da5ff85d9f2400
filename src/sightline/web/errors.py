"""Pages for what went wrong: what happened, what is safe, what to do; never another's markup."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["broken", "not_allowed", "not_found", "not_recorded", "stale_form"]


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Absent and forbidden look the same."""
    return render(request, "sightline/errors/404.html", status=404)


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "sightline/errors/403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return render(request, "sightline/errors/stale_form.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "sightline/errors/500.html", status=500)


def not_recorded(request: HttpRequest, error: Exception) -> HttpResponse:
    """The look could not be recorded, so nothing is shown and nothing was changed."""
    return render(request, "sightline/errors/not_recorded.html", status=503)
