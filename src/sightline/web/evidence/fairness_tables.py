"""Every figure of the page about fairness as a file: released counts and what follows from them."""

from django.http import Http404, HttpRequest, QueryDict

from sightline.access import may
from sightline.web.evidence.fairness_ask import AREA, kept_for, reach_of
from sightline.web.menu import address
from sightline.web.record.tables import Table

__all__ = ["fairness_rows"]

COLUMNS = {
    "found": "Found (rounded to 5)",
    "of": "Of (rounded to 5)",
    "rate": "Share",
    "low": "Likely from",
    "high": "Likely to",
    "rest_found": "Found in the rest",
    "rest_of": "Of the rest",
    "rest_rate": "Share of the rest",
    "ratio": "Times the rest",
    "ratio_low": "Times likely from",
    "ratio_high": "Times likely to",
    "difference": "More than the rest",
    "difference_low": "Difference likely from",
    "difference_high": "Difference likely to",
    "verdict": "What can be said",
    "why": "Why something is not shown",
}


def fairness_rows(request: HttpRequest, asked: QueryDict) -> Table:
    """Every group, single or a pair, at every step."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    schools, together = reach_of(viewer)
    school = asked.get("school", "")
    allowed = school in schools if school else together or len(schools) == 1
    if not may(viewer, AREA) or not allowed:
        raise Http404
    school = school or ("" if together else next(iter(schools)))
    found = kept_for(school or None, viewer.on)
    if found is None:
        raise Http404
    words = {step["name"]: step["words"] for step in found["steps"]}
    rows = [
        [one["group"], words[stage["step"]], *(stage[name] for name in COLUMNS)]
        for one in found["groups"]
        for stage in one["stages"]
    ]
    back = address("fairness")
    return Table(
        "How groups fare",
        ["Group", "Step", *COLUMNS.values()],
        [["" if cell is None else cell for cell in row] for row in rows],
        school_id=school,
        back=f"{back}?school={school}" if school else back,
    )
