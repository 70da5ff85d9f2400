"""Which answer a page about fairness may show, and working one out for the night or by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from sightline.access import Viewer, may
from sightline.insights.fairness import Recorded
from sightline.pipeline.evidence.fairness import (
    NotYet,
    fairness_now,
    fairness_of_night,
    year_of,
)
from sightline.sheets import sheet_schools
from sightline.site import Site
from sightline.triage.funnel import recorded_of

__all__ = ["AREA", "kept_for", "reach_of", "work_out", "work_out_all"]

AREA = "fairness"


def reach_of(viewer: Viewer) -> tuple[Mapping[str, str], bool]:
    """The schools a viewer may ask about, by name, and whether all of them together too."""
    names = sheet_schools(settings.SITE)
    schools = {one: names[one] for one in names if may(viewer, AREA, school_id=one)}
    ordered = dict(sorted(schools.items(), key=lambda one: one[1]))
    return ordered, len(schools) > 1 and len(schools) == len(names)


def kept_for(school: str | None, today: date) -> dict[str, Any] | None:
    """The latest answer that was worked out; None where there is none of the last week."""
    try:
        return fairness_now(settings.SITE, today=today, school=school)
    except NotYet:
        return None


def work_out(site: Site, schools: Sequence[str], school: str | None, today: date) -> None:
    """Work one answer out and keep it: of a school, or of all (`schools`) together."""
    asked = [school] if school else list(schools)
    recorded: list[Recorded] | None = recorded_of(site, asked, since=year_of(today), until=today)
    fairness_of_night(site, today=today, school=school, recorded=recorded)


def work_out_all(site: Site, today: date) -> int:
    """Every school's answer and, of several, all together; how many. For the night."""
    schools = list(sheet_schools(site))
    asked: list[str | None] = [*schools, *([None] if len(schools) > 1 else [])]
    for school in asked:
        work_out(site, schools, school, today)
    return len(asked)
