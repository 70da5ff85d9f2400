"""How a figure came about: rule, dates, sum, and the rows behind it where they may be seen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sightline.web.door import page, pupil_or_404
from sightline.web.week.explained import explained

__all__ = ["explain"]


@page("page")
@require_GET
def explain(request: HttpRequest, ref: str, signal: str) -> HttpResponse:
    """The whole story of one figure about one pupil."""
    sheet, reason = pupil_or_404(request, ref, "page")
    told = explained(request, sheet, signal, reason)
    return render(
        request, "sightline/week/explain.html", {"told": told, "wrong_url": told.wrong_url}
    )
