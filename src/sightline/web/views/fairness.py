"""Groups of pupils side by side, from the signals to what became better."""

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sightline.access import may
from sightline.web.door import page
from sightline.web.evidence.fairness import explanations, gap_rows, pair_rows, sections
from sightline.web.evidence.fairness_ask import AREA, kept_for, reach_of, work_out
from sightline.web.evidence.fairness_words import summary
from sightline.web.evidence.tabs import tabs_of

__all__ = ["fairness"]


@page(AREA, pupils=False)
def fairness(request: HttpRequest) -> HttpResponse:
    """The figures of the last night; posted, a school's are worked out now."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    schools, together = reach_of(viewer)
    asked = request.GET.get("school", "")
    if asked and asked not in schools:
        raise Http404
    school = asked or ("" if together else next(iter(schools), ""))
    if request.method == "POST":
        if not school:
            raise Http404
        work_out(settings.SITE, list(schools), school, viewer.on)
        return redirect(f"{reverse('fairness')}?school={school}")
    context = {
        "tabs": tabs_of(viewer, "fairness"),
        "schools": schools,
        "together": together,
        "school": school,
        "name": schools.get(school, "all schools together"),
        "found": None,
        "exports": may(viewer, "export"),
    }
    found = kept_for(school or None, viewer.on) if school or together else None
    if found is not None:
        pairs, others = pair_rows(found)
        context |= {
            "found": found,
            "dates": [date.fromisoformat(found[one]) for one in ("from", "to", "worked_out_on")],
            "summary": summary(found),
            "sections": sections(found),
            "gaps": gap_rows(found),
            "pairs": pairs,
            "other_pairs": others,
            "pops": explanations(found),
        }
    return render(request, "sightline/evidence/fairness.html", context)
