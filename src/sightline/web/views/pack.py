"""The meeting pack: a page to print, and the same as a tagged PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from sightline.messages.actions.packs import number_copy
from sightline.triage.queries import meeting_rows
from sightline.web.charts.palette import PAPER, SCREEN, Palette
from sightline.web.door import page
from sightline.web.finishing import meeting_or_404
from sightline.web.groups import Group, group_or_404
from sightline.web.pack.contents import Pack, pack_of
from sightline.web.pack.paper import as_pdf, paper_is_possible

__all__ = ["pack", "pack_pdf"]


@page("export")
@require_safe
def pack(request: HttpRequest, group: str) -> HttpResponse:
    """The pack as a page; each opening is a numbered copy."""
    found = _group(request, group)
    context = {"pack": _contents(request, found, "page", SCREEN), "group": found}
    return render(request, "sightline/pack/page.html", context)


@page("export")
@require_safe
def pack_pdf(request: HttpRequest, group: str) -> HttpResponse:
    """The pack as a PDF; where this machine cannot draw one, a page says so."""
    found = _group(request, group)
    if not paper_is_possible():
        return render(request, "sightline/pack/no_paper.html", {"group": found}, status=503)
    contents = _contents(request, found, "pdf", PAPER)
    data = as_pdf(render_to_string("sightline/pack/paper.html", {"pack": contents}))
    name = f"meeting-pack-{found.word}-copy-{contents.copy}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _group(request: HttpRequest, word: str) -> Group:
    """A group whose list the viewer may both see and take out as a file."""
    group_or_404(request, word, "export")
    return group_or_404(request, word, "week")


def _contents(request: HttpRequest, group: Group, what: str, palette: Palette) -> Pack:
    meeting = meeting_or_404(request, group)
    visit = request.visit  # type: ignore[attr-defined]
    rows = len(meeting_rows(meeting, visit.viewer.on))
    copy = number_copy(**visit.by(), meeting=meeting, what=what, pupils=rows)
    return pack_of(request, group, meeting, palette, copy)
