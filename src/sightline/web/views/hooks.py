"""Where a supplier calls when something has changed. Nothing in the call is believed.

The address holds a secret of its own for each source. A call only says where to look: what has
changed is fetched through the supplier's interface, with the school's credentials.
"""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sightline.kit import SightlineError
from sightline.pipeline.sync.calls import Wish, note_wish
from sightline.sources.connectors import connector
from sightline.web.clock import now
from sightline.web.door import public

__all__ = ["hook"]

LARGEST = 64 * 1024  # bytes


@public
@csrf_exempt
@require_POST
def hook(request: HttpRequest, name: str, secret: str) -> HttpResponse:
    """Note what a call asks for; an unknown source, secret or body all answer 404."""
    sources = settings.SITE.sources
    try:
        source = sources.read(name)
        expected = sources.secrets(name).get("hook", "")
        known = connector(source.kind)
    except SightlineError as error:
        raise Http404 from error
    if not expected or not hmac.compare_digest(expected.encode(), secret.encode()):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        raise Http404
    called = known.called(source, request.body)
    if called is None or not source.on:
        raise Http404
    wish = Wish(called.parts, full=called.full, notice=called.notice)
    note_wish(settings.SITE, name, wish, now())
    return HttpResponse(status=202)
