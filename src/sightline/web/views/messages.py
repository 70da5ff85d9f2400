"""Calendars: the private feed, its addresses under My account, and one review as a file."""

import hashlib
import time
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sightline.messages.actions.feeds import make_feed, read_feed, revoke_feed
from sightline.messages.feed import review_bytes
from sightline.messages.links import link
from sightline.triage.support_queries import support_of
from sightline.web.clock import now
from sightline.web.door import page, public, pupil_or_404

__all__ = ["calendar", "calendar_end", "calendars", "review_ics"]

CALENDAR = "text/calendar; charset=utf-8"
A_MINUTE = 120  # readings from one address: calendar services read for many people
SHOWN_ONCE = "calendar_token"


@public
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A private feed. Whoever has the address has the dates, and nothing more is in it."""
    if _too_many(request):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    data = read_feed(token, at=now())
    if data is None:
        raise Http404
    etag = quote_etag(hashlib.sha256(data).hexdigest()[:32])
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(data, content_type=CALENDAR, headers=headers)


@page(pupils=False)
@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """One's own addresses; a POST makes one, which is shown once."""
    visit = request.visit  # type: ignore[attr-defined]
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            request.session[SHOWN_ONCE] = make_feed(**visit.by())
        except ValidationError as error:
            errors = [("", some[0]) for some in error.message_dict.values()]
        else:
            return _to_calendars()
    token = request.session.pop(SHOWN_ONCE, "")
    context: dict[str, Any] = {
        "address": link("calendar", token=token) if token else "",
        "errors": errors,
    }
    template = "sightline/messages/calendars.html"
    return render(request, template, context, status=422 if errors else 200)


@page(pupils=False)
@require_POST
def calendar_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own addresses."""
    if not revoke_feed(**request.visit.by(), pk=pk):  # type: ignore[attr-defined]
        raise Http404
    return _to_calendars()


@page("support")
@require_safe
def review_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """The next review of one support, as a file for a calendar."""
    support = support_of(pk)
    if support is None or support.ended_on:
        raise Http404
    pupil_or_404(request, support.pupil_ref, "support")
    data = review_bytes(support.pk, support.review_on, support.made_at)
    headers = {"Content-Disposition": 'attachment; filename="review.ics"'}
    return HttpResponse(data, content_type=CALENDAR, headers=headers)


def _to_calendars() -> HttpResponse:
    response = redirect(reverse("calendars"))
    response.status_code = 303
    return response


def _too_many(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    key = f"calendar:{address}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > A_MINUTE
    except ValueError:  # it ran out between the two lines
        return False
