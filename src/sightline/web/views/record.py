"""The record for the data protection officer: search, who may see what, who looked at a pupil."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.access import may, read_matrix
from sightline.governance.record_queries import (
    Wanted,
    actor_names,
    holders,
    lookers_by_person,
    looks_between,
    search_record,
)
from sightline.governance.rules.unusual import unusual_looks
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.clock import today
from sightline.web.door import page, pupil_or_404
from sightline.web.names import names_for
from sightline.web.record.reach import asked_schools, schools_with
from sightline.web.record.search import find_pupils, search_context

__all__ = ["access_matrix", "pupil_lookers", "record", "unusual"]

LOOKED_BACK = timedelta(days=30)


@page("record")
def record(request: HttpRequest) -> HttpResponse:
    """Search the record. A name is typed into a form that is posted, so it is in no address."""
    context = search_context(request)
    if request.method == "POST":
        context["name"] = request.POST.get("name", "")
        context["found"] = find_pupils(request, context["name"])
    _looked_at_record(request, len(context["rows"]))
    return render(request, "sightline/record/search.html", context)


@page("record")
def unusual(request: HttpRequest) -> HttpResponse:
    """Looks of the last 30 days that are worth asking about, as counts."""
    visit = request.visit  # type: ignore[attr-defined]
    since = today() - LOOKED_BACK
    looks = looks_between(Wanted(asked_schools(visit.viewer, "record"), from_on=since))
    people = actor_names({one.actor for one in looks})
    pupils = _family_names(request, {one.subject for one in looks})
    staff = {actor: name.split()[-1] for actor, name in people.items() if name}
    found = unusual_looks(looks, pupil_names=pupils, staff_names=staff)
    _looked_at_record(request, len(found))
    rows = [(people.get(one.actor, one.actor), one) for one in found]
    return render(request, "sightline/record/unusual.html", {"rows": rows, "since": since})


@page(pupils=False)
def access_matrix(request: HttpRequest) -> HttpResponse:
    """The rules of access as a page, and for those who answer for them, who holds what."""
    visit = request.visit  # type: ignore[attr-defined]
    matrix = read_matrix()
    told = may(visit.viewer, "people")
    schools = asked_schools(visit.viewer, "people")
    titles = {key: role["title"] for key, role in matrix.roles.items()}
    held = holders(today(), schools) if told else []
    context = {
        "roles": [
            (
                role["title"],
                [SCOPES[one] for one in role["scopes"]],
                [(matrix.areas[area], LEVELS[level]) for area, level in role["sees"].items()],
                [matrix.deeds[deed] for deed in role["does"]],
            )
            for role in matrix.roles.values()
        ],
        "told": told,
        "tabs": may(visit.viewer, "record") is not None,
        "holders": [(titles.get(one.role, one.role), _scope_words(one), one) for one in held],
    }
    return render(request, "sightline/record/access.html", context)


@page("lookers")
def pupil_lookers(request: HttpRequest, ref: str) -> HttpResponse:
    """Who has looked at a pupil; each look with its moment for those who answer for the record."""
    sheet, reason = pupil_or_404(request, ref, "lookers")
    visit = request.visit  # type: ignore[attr-defined]
    context: dict[str, Any] = {"ref": ref, "people": lookers_by_person(ref), "reason": reason}
    if reason.level == "event":
        rows = search_record(Wanted([sheet.school_id], subject=ref, action="read"))[:500]
        names = actor_names({row.actor for row in rows})
        areas = read_matrix().areas
        context["looks"] = [
            (row.at, names.get(row.actor, row.actor), areas.get(row.area, row.area), row.why)
            for row in rows
        ]
    context["name"] = names_for(request).pupil_names(sheet.school_id, [ref])[ref]
    context["today"] = visit.viewer.on
    if "text" in request.GET:
        text = render(request, "sightline/record/lookers.txt", context, "text/plain; charset=utf-8")
        text["Content-Disposition"] = 'attachment; filename="who-has-looked.txt"'
        return text
    return render(request, "sightline/record/lookers.html", context)


SCOPES = {
    "trust": "the whole trust",
    "school": "a school",
    "year": "a year group",
    "tutor_group": "a tutor group",
    "taught": "the classes taught, by the timetable",
    "subject": "the classes of a subject, by the timetable",
    "caseload": "a caseload",
    "pupils": "named pupils",
}
LEVELS = {
    "aggregate": "counts of groups only",
    "indicator": "figures and sentences",
    "event": "every detail",
}


def _scope_words(one: Any) -> str:
    school = sheet_schools(settings.SITE).get(one.school_id, "")
    words = {
        "year": f"Year {one.value}",
        "tutor_group": one.value,
        "taught": "classes taught",
        "subject": f"classes of {one.value}",
        "caseload": f"caseload {one.value}".strip(),
        "pupils": "named pupils",
    }.get(one.scope, "")
    if one.scope == "trust":
        return SCOPES["trust"]
    return f"{words}, {school}".strip(", ") if words else school or one.school_id


def _family_names(request: HttpRequest, refs: set[str]) -> dict[str, str]:
    """Family names, only compared and never shown, of the pupils on the roll of these schools."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found: dict[str, str] = {}
    for school_id in schools_with(viewer, "record"):
        sheets = open_sheets(settings.SITE, school_id)
        here = {one.pupil_ref for one in sheets.places()} & refs if sheets else set()
        names = names_for(request).pupil_names(school_id, here)
        found |= {ref: name.family for ref, name in names.items()}
    return found


def _looked_at_record(request: HttpRequest, rows: int) -> None:
    visit = request.visit  # type: ignore[attr-defined]
    held = may(visit.viewer, "record")
    why = read_matrix().roles[held.role]["title"] if held else ""
    school_id = held.school_id if held else ""
    visit.saw("record", school_id=school_id, subject="the record", why=why, rows=rows)
