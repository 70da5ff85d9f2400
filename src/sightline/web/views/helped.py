"""What support changed: groups only, by name, with what speaks against believing it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.kit import SightlineError
from sightline.pipeline.evidence.impact import STAGES, Question, kept_impact
from sightline.sheets import open_sheets
from sightline.signals import read_library
from sightline.triage.loop import Loop, loop_by_part, noticed_of
from sightline.web.door import page
from sightline.web.evidence.helped import recoveries, sections
from sightline.web.evidence.helped_asked import AREA, BAND_WORDS, asked, schools_of_viewer
from sightline.web.evidence.tabs import tabs_of
from sightline.web.homes.days import term_of
from sightline.web.homes.roles import level_in
from sightline.web.homes.shown import shown_loops

__all__ = ["helped"]


@page(AREA, pupils=False)
def helped(request: HttpRequest) -> HttpResponse:
    """Each kind of support of a school, or of all together; or of pupils in one situation."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    schools, together = schools_of_viewer(viewer)
    context: dict[str, Any] = {
        "tabs": tabs_of(viewer, AREA),
        "schools": schools,
        "together": together,
        "bands": BAND_WORDS,
        "stages": STAGES,
        "aims": {name: one.title for name, one in read_library().items() if one.better},
    }
    if schools:
        question = asked(request, list(schools), together)
        exact = bool(question.school) and _by_name(viewer, question.school or "")
        context |= _answer(question, viewer.on, exact)
        context["asked"] = question
        context["name"] = schools.get(question.school or "", "all schools together")
    return render(request, "sightline/evidence/helped.html", context)


def _by_name(viewer: Any, school: str) -> bool:
    """Whether this reader sees the supports of the whole school's pupils by name anyway."""
    return level_in(viewer, "support", school) in ("indicator", "event")


def _answer(question: Question, on: date, exact: bool) -> dict[str, Any]:
    """The kept figures as sections; nothing before the first load."""
    try:
        found = kept_impact(settings.SITE, question, today=on).value
    except SightlineError:
        return {"sections": []}
    whole = not (question.band or question.stage or question.signal)
    loop = _loop(question.school, on) if question.school and whole else []
    return {
        "sections": sections(found, exact=exact),
        "until": date.fromisoformat(found["until"]),
        "recoveries": recoveries(found),
        "loop": loop,
    }


def _loop(school: str, on: date) -> list[Loop]:
    """How long each step takes, by half-term, from the meetings held here."""
    sheets = open_sheets(settings.SITE, school)
    if sheets is None or not sheets.facts.days:
        return []
    facts = sheets.facts
    days = sorted(day for day, told in facts.days.items() if told[0] == "open")
    steps = noticed_of(school, since=days[0], on=on, school_days=days)
    parts = loop_by_part(steps, lambda step: term_of(facts, step.on))
    return shown_loops(settings.SITE, school, days[0], on, parts)
