"""Results against what was expected: subjects, one subject by group, and one class by name."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.access import may
from sightline.insights.tracking import attributes_for
from sightline.pipeline.evidence.progress import lines_at_last, overview, subject_progress
from sightline.sheets import SchoolSheets
from sightline.web.door import page
from sightline.web.evidence.progress import (
    bands_of,
    not_split_words,
    over_time,
    pair_choices,
    sections_of,
    slug_of,
    subject_lines,
    whole_words,
)
from sightline.web.evidence.progress_asked import asked_subject
from sightline.web.evidence.progress_class import (
    class_shares,
    crossed_rows,
    my_classes,
    pupil_rows,
    shown_class,
)
from sightline.web.evidence.progress_reach import (
    AREA,
    named,
    reach_of,
    sees_groups,
    supported,
)
from sightline.web.evidence.tabs import tabs_of
from sightline.web.homes.school import home_page
from sightline.web.names import names_for

__all__ = ["progress", "progress_class", "progress_subject"]


@page(AREA)
def progress(request: HttpRequest) -> HttpResponse:
    """The subjects of each school at their last point, and the viewer's own classes."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    reaches, asked_for = reach_of(viewer), request.GET.get("school", "")
    if asked_for and asked_for not in {one.school_id for one in reaches}:
        raise Http404
    chosen = [one for one in reaches if asked_for in ("", one.school_id)]
    schools = []
    for reach in chosen if asked_for or len(reaches) == 1 else []:
        asked: list[dict[str, Any]] = [{}] if reach.whole else []
        asked += [{"year_group": year} for year in reach.years]
        asked += [{"subjects": reach.subjects}] if reach.subjects else []
        given = supported(viewer, reach.school_id)
        for one in asked:
            told = overview(settings.SITE, reach.school_id, viewer.on, supported=given, **one)
            schools.append((told, subject_lines(told)))
    context = home_page(request, "progress") | {
        "schools": schools,
        "to_choose": reaches if len(reaches) > 1 else [],
        "asked_for": asked_for,
        "classes": my_classes(viewer),
        "tabs": tabs_of(viewer, "progress"),
    }
    return render(request, "sightline/evidence/progress.html", context)


@page(AREA)
def progress_subject(request: HttpRequest, school: str, subject: str) -> HttpResponse:
    """One subject: everybody, each group beside the rest, over time, and who crossed."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    sheets, name, year = asked_subject(request, school, subject)
    phase = sheets.facts.phase
    by = [request.GET.get("by", ""), request.GET.get("and", "")]
    chosen = list(dict.fromkeys(one for one in by if one))
    if set(chosen) - set(attributes_for(phase, year)):
        raise Http404
    given = supported(viewer, school)
    told = subject_progress(
        settings.SITE, school, name, viewer.on, year_group=year, by=chosen, supported=given
    )
    last = told["points"][-1] if told["points"] else None
    context = {
        "told": told,
        "whole": whole_words(told, "students" if phase == "he" else "pupils"),
        "sections": sections_of(last) if last else [],
        "not_split": not_split_words(last) if last else "",
        "over_time": over_time(told),
        "bands": bands_of(last) if last else [],
        "choices": pair_choices(phase, year),
        "chosen": [*chosen, "", ""][:2],
        "years": _years(request, school, name, told["year_groups"]),
        "year": year,
        "slug": slug_of(name),
        "exports": may(viewer, "export"),
        "tabs": tabs_of(viewer, "progress"),
        **_by_name(request, sheets, name, year),
    }
    return render(request, "sightline/evidence/progress_subject.html", context)


@page(AREA)
def progress_class(request: HttpRequest, class_id: str) -> HttpResponse:
    """Everybody in a class by name: the latest result, what was expected, the change. One sheet."""
    visit = request.visit  # type: ignore[attr-defined]
    found = shown_class(visit.viewer, class_id)
    if found is None:
        raise Http404
    names = names_for(request).pupil_names(found.school_id, found.why)
    for ref, why in found.why.items():
        visit.saw(AREA, school_id=found.school_id, subject=ref, why=why)
    context = {
        "found": found,
        "rows": pupil_rows(found, names),
        "exports": may(visit.viewer, "export"),
        "tabs": tabs_of(visit.viewer, "progress"),
        "slug": slug_of(found.subject),
        "group": sees_groups(visit.viewer, found.school_id, None, found.subject),
    }
    return render(request, "sightline/evidence/progress_class.html", context)


def _years(request: HttpRequest, school: str, subject: str, years: list[int]) -> list[Any]:
    """The year groups to choose from; None stands for all of them."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found = [one for one in (None, *years) if sees_groups(viewer, school, one, subject)]
    return found if len(found) > 1 else []


def _by_name(
    request: HttpRequest, sheets: SchoolSheets, subject: str, year: int | None
) -> dict[str, Any]:
    """One year's classes, and who crossed at its last point: of pupils the viewer may see."""
    visit = request.visit  # type: ignore[attr-defined]
    if year is None:
        return {}
    places, classes = sheets.places(year_group=year), sheets.classes_of(subject, visit.viewer.on)
    why = named(visit.viewer, places, subject, classes)
    if not why:
        return {}
    school_id = sheets.school_id
    point, lines = lines_at_last(settings.SITE, school_id, subject, visit.viewer.on, year, why)
    crossed = [line for line in lines.values() if line.crossed]
    names = names_for(request).pupil_names(school_id, [one.pupil_ref for one in crossed])
    for line in crossed:
        ref = line.pupil_ref
        visit.saw(AREA, school_id=school_id, subject=ref, why=why[ref])
    return {
        "crossed": crossed_rows(point, crossed, names),
        "classes": class_shares(places, classes, lines),
    }
