"""Finding a pupil. What is typed is posted, so that no name is ever part of an address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sightline.web.door import page
from sightline.web.pupil.find import MOST, find_by_name, groups_for, in_group

__all__ = ["pupils"]


@page("page")
def pupils(request: HttpRequest) -> HttpResponse:
    """The tutor groups, one of them opened, or the pupils whose name was typed."""
    context = {"groups": groups_for(request), "most": MOST, "typed": "", "errors": []}
    status = 200
    if request.method == "POST":
        typed = request.POST.get("name", "").strip()[:80]
        found, count = find_by_name(request, typed)
        context |= {"typed": typed, "found": found, "count": count}
        if not typed:
            context["errors"] = [("id_name", "Type the first letters of a name.")]
            status = 422
    elif request.GET.get("group"):
        group, school_id = request.GET["group"], request.GET.get("school", "")
        context |= {"opened": group, "found": in_group(request, school_id, group)}
    return render(request, "sightline/pupil/find.html", context, status=status)
