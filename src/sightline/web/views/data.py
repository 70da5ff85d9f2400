"""The data manager's pages: what came in, what was refused, how fresh it is, what was reported."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.access import Viewer, read_matrix
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.clock import now
from sightline.web.door import page
from sightline.web.homes.keep_figures import kept_figures, sessions_of
from sightline.web.homes.loads import backup_of, fresh_of, loads_of, refused_counts, refused_rows
from sightline.web.homes.reconcile import compared
from sightline.web.homes.reports import open_reports, without_account
from sightline.web.homes.roles import level_in
from sightline.web.homes.school import home_page

__all__ = ["data", "quarantine"]

PER_PAGE = 50


@page("data", pupils=False)
def data(request: HttpRequest) -> HttpResponse:
    """Loads with their accounts, refused rows by reason, freshness, reports, reconciliation."""
    viewer = request.visit.viewer
    schools = _schools(viewer, "aggregate")
    reads_rows = bool(_schools(viewer, "event"))
    refused = refused_counts(settings.SITE, _limit(viewer, schools))
    context = home_page(request, "data") | {
        "loads": loads_of(settings.SITE),
        "backup": backup_of(settings.SITE, now()),
        "connected": len(settings.SITE.sources.names()),
        "refused": refused,
        "refused_total": sum(many for _, _, many in refused),
        "reads_rows": reads_rows,
        "schools": [_school(one, viewer) for one in schools],
        "reports": open_reports(schools, viewer.on) if reads_rows else None,
    }
    return render(request, "sightline/data/loads.html", context)


@page("data", pupils=False)
def quarantine(request: HttpRequest) -> HttpResponse:
    """The refused rows themselves. A value may be a name, so each look is recorded."""
    visit = request.visit
    schools = _schools(visit.viewer, "event")
    if not schools and sheet_schools(settings.SITE):
        raise Http404
    held = next(
        one for one in visit.viewer.roles() if read_matrix().level(one.role, "data") == "event"
    )
    rows = refused_rows(settings.SITE, _limit(visit.viewer, schools))
    reason, table = request.GET.get("reason", ""), request.GET.get("table", "")
    found = [one for one in rows if reason in ("", one.reason) and table in ("", one.table)]
    current = settings.SITE.warehouse.current()
    visit.saw(
        "data",
        school_id=held.school_id,
        subject=f"refused {current.id}" if current else "refused",
        why=read_matrix().roles[held.role]["title"],
        rows=len(found),
    )
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "total": len(rows),
        "reason": reason,
        "table": table,
        "reasons": sorted({one.reason for one in rows}),
        "tables": sorted({one.table for one in rows}),
    }
    return render(request, "sightline/data/refused.html", context)


def _schools(viewer: Viewer, at_least: str) -> list[str]:
    wanted = ("aggregate", "indicator", "event") if at_least == "aggregate" else ("event",)
    return [one for one in sheet_schools(settings.SITE) if level_in(viewer, "data", one) in wanted]


def _limit(viewer: Viewer, schools: list[str]) -> frozenset[str] | None:
    """The schools whose refused rows count; None for all, those of no known school included."""
    everything = set(schools) == set(sheet_schools(settings.SITE))
    return None if everything else frozenset(schools)


def _school(school_id: str, viewer: Viewer) -> dict[str, Any]:
    """One school's freshness, reconciliation and staff without an account."""
    sheets = open_sheets(settings.SITE, school_id)
    if sheets is None:
        raise Http404
    without = without_account(sheets)
    theirs = kept_figures(settings.SITE, school_id)
    lines = compared(theirs, sessions_of(sheets)) if theirs else []
    return {
        "fresh": fresh_of(sheets, viewer.on),
        "compared": len(lines),
        "same": sum(one.state == "same" for one in lines),
        "open": sum(one.state == "open" for one in lines),
        "last": max((one.on for one in theirs), default=None),
        "without": without,
        "without_total": sum(many for _, many in without),
    }
