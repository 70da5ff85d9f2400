"""The connections to other systems: where each stands, and what only a person can decide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.access import Viewer, may
from sightline.pipeline.sync.calls import Wish
from sightline.web.clock import now
from sightline.web.door import page
from sightline.web.homes.ask_sources import ask_source, switch_source
from sightline.web.homes.school import home_page
from sightline.web.homes.sources import SourceLine, source_lines

__all__ = ["sources", "sources_now"]

SAID = {
    "sync": "Asked. It begins within a second.",
    "full": "Asked for everything. It begins within a second.",
    "accept": "What was held back is fetched again and used.",
    "end": "The rows that are gone there end with the next complete fetch, which begins now.",
    "on": "Switched on.",
    "off": "Switched off. What it brought stays.",
}


@page("data", pupils=False)
def sources(request: HttpRequest) -> HttpResponse:
    """Every connection of the viewer's schools: progress, what is held back, what is missing."""
    viewer = request.visit.viewer
    if request.method == "POST":
        return _asked(request)
    context = home_page(request, "data") | {
        "sources": _lines(viewer),
        "manages": may(viewer, "source_manage") is not None,
        "said": SAID.get(request.GET.get("done", ""), ""),
    }
    return render(request, "sightline/data/sources.html", context)


@page("data", pupils=False)
def sources_now(request: HttpRequest) -> HttpResponse:
    """Only where each sync is, for the script that keeps the page up to date."""
    lines = _lines(request.visit.viewer)
    return render(request, "sightline/data/sources_now.html", {"sources": lines})


def _lines(viewer: Viewer) -> list[SourceLine]:
    found = source_lines(settings.SITE, now())
    return [one for one in found if _covers(viewer, "data", one.schools)]


def _covers(viewer: Viewer, needs: str, schools: object) -> bool:
    """Whether a viewer may see or do it for every school of a connection."""
    wanted = list(schools) if isinstance(schools, list | tuple) else []
    if not wanted:
        return may(viewer, needs) is not None
    return all(may(viewer, needs, school_id=one) is not None for one in wanted)


def _asked(request: HttpRequest) -> HttpResponse:
    viewer, name, do = request.visit.viewer, request.POST.get("source", ""), request.POST.get("do")
    line = next((one for one in _lines(viewer) if one.name == name), None)
    if line is None or do not in SAID or not _covers(viewer, "source_manage", line.schools):
        raise Http404
    if do in ("on", "off"):
        switch_source(**request.visit.by(), site=settings.SITE, name=name, on=do == "on")
    else:
        table = request.POST.get("table", "")
        ends = (table,) if do == "end" and table in {one for one, _, _ in line.missing} else ()
        if do == "end" and not ends:
            raise Http404
        wish = Wish(full=do == "full", accept=do == "accept", end_missing=ends)
        ask_source(**request.visit.by(), site=settings.SITE, name=name, wish=wish)
    return HttpResponseRedirect(f"{reverse('sources')}?done={do}#{name}", status=303)
