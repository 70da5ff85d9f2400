"""What can be taken out of the pages of progress as a file: a subject's groups, a class by name."""

from django.conf import settings
from django.http import Http404, HttpRequest, QueryDict

from sightline.access import may
from sightline.pipeline.evidence.progress import subject_progress
from sightline.web.evidence.progress import slug_of
from sightline.web.evidence.progress_asked import asked_subject
from sightline.web.evidence.progress_class import pupil_rows, shown_class
from sightline.web.evidence.progress_reach import AREA, supported
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.record.tables import Table

__all__ = ["class_rows", "subject_rows"]

FIGURES = {
    "group": "Group",
    "pupils": "Results (rounded to 5)",
    "on_course": "On course or passing",
    "share": "Share",
    "low": "Likely from",
    "high": "Likely to",
    "difference": "More than the rest",
    "difference_low": "Difference likely from",
    "difference_high": "Difference likely to",
    "mean_gap": "Mean gap in steps",
    "verdict": "Said with care",
    "why": "Why nothing is shown",
}


def subject_rows(request: HttpRequest, asked: QueryDict) -> Table:
    """Every group of a subject at every point shown on its page."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    if not may(viewer, AREA):
        raise Http404
    school = asked.get("school", "")
    sheets, name, year = asked_subject(request, school, asked.get("subject", ""))
    told = subject_progress(
        settings.SITE,
        school,
        name,
        viewer.on,
        year_group=year,
        supported=supported(viewer, school),
    )
    rows = [
        (one["point"], one["date"], row["title"], *(row[figure] for figure in FIGURES))
        for one in told["points"]
        for row in one["groups"]
    ]
    title = f"{name}{f', Year {year}' if year is not None else ''}, by group"
    back = address("progress_subject", school, slug_of(name))
    columns = ("Assessment", "Date", "By", *FIGURES.values())
    return Table(title, columns, rows, sheets.school_id, back)


def class_rows(request: HttpRequest, asked: QueryDict) -> Table:
    """A class by name, as its sheet shows it."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    class_id = asked.get("class", "")
    found = shown_class(viewer, class_id) if may(viewer, AREA) else None
    if found is None:
        raise Http404
    names = names_for(request).pupil_names(found.school_id, found.why)
    rows = [
        (str(one.name), one.point or found.point, one.latest, one.expected, one.gap, one.change)
        for one in pupil_rows(found, names)
    ]
    columns = (
        "Pupil",
        "Assessment",
        "Latest",
        "Expected",
        "Beside what was expected",
        "Since the result before",
    )
    looks = tuple((AREA, found.school_id, ref, why) for ref, why in found.why.items())
    back = address("progress_class", class_id)
    return Table(f"{found.name}, results", columns, rows, found.school_id, back, looks)
