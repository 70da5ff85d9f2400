"""A pupil's page, the same as text, as the pupil may see it, and who can see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sightline.triage.support_queries import strategies_of, supports_of, voice_of
from sightline.web.charts import in_words, three_widths
from sightline.web.door import page, pupil_or_404, school_sheets
from sightline.web.names import names_for
from sightline.web.pupil.access import who_can_see
from sightline.web.pupil.line import time_line
from sightline.web.pupil.own_words import told_to_pupil
from sightline.web.pupil.page import lower_first, pupil_page
from sightline.web.pupil.seen import place_of, seen_by

__all__ = ["pupil", "pupil_access", "pupil_show", "pupil_text"]


@page("page")
@require_GET
def pupil(request: HttpRequest, ref: str) -> HttpResponse:
    """One child, this year, side by side."""
    sheet, reason = pupil_or_404(request, ref, "page")
    whole_year = request.GET.get("show") == "year"
    shown = pupil_page(request, sheet, reason, whole_year=whole_year)
    return render(request, "sightline/pupil/page.html", {"page": shown})


@page("page")
@require_GET
def pupil_text(request: HttpRequest, ref: str) -> HttpResponse:
    """The same sentences as plain text, for those who copy without a script."""
    sheet, reason = pupil_or_404(request, ref, "page")
    context = {"page": pupil_page(request, sheet, reason)}
    kind = "text/plain; charset=utf-8"
    return render(request, "sightline/pupil/page.txt", context, content_type=kind)


@page("page")
@require_GET
def pupil_show(request: HttpRequest, ref: str) -> HttpResponse:
    """The screen turned round: the pupil's own past, without staff notes, rules or other names."""
    sheet, _ = pupil_or_404(request, ref, "page")
    sheets = school_sheets(request, sheet.school_id)
    seen = seen_by(request, sheet)
    supports = supports_of(ref) if seen.figures("support") else []
    line = time_line(seen, sheets, sheet, notes=None, supports=supports, own=True)
    context = {
        "ref": ref,
        "name": names_for(request).pupil_names(sheet.school_id, [ref])[ref],
        "voice": voice_of(ref) if seen.events("voice") else None,
        "noticed": told_to_pupil(seen, sheet),
        "supports": [one for one in supports if one.ended_on is None],
        "strategies": strategies_of([ref]).get(ref, []) if seen.events("strategies") else [],
        "drawing": three_widths(line),
        "drawing_words": in_words(line),
    }
    return render(request, "sightline/pupil/show.html", context)


@page("page")
@require_GET
def pupil_access(request: HttpRequest, ref: str) -> HttpResponse:
    """Who can see this page, counted by role and by reason."""
    sheet, reason = pupil_or_404(request, ref, "page")
    name = names_for(request).pupil_names(sheet.school_id, [ref])[ref]
    visit = request.visit  # type: ignore[attr-defined]
    allowed = who_can_see(place_of(request, sheet), name.given, visit.viewer.at)
    context = {"ref": ref, "name": name, "because": lower_first(reason.words), "allowed": allowed}
    return render(request, "sightline/pupil/access.html", context)
