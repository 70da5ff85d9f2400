"""The first page after signing in: by role, and the choice of a meeting for those with several."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sightline.access import may
from sightline.triage.queries import in_force, meeting_of
from sightline.web.door import page, school_sheets
from sightline.web.homes.roles import homes_of
from sightline.web.homes.school import home_page, schools_for
from sightline.web.menu import group_word

__all__ = ["home", "meetings"]


@dataclass(frozen=True)
class Group:
    """A year group whose weekly list the viewer may open, and how far its meeting has come."""

    school: str
    title: str
    url: str
    words: str


@page("", pupils=False)
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the first page of the first role in the fixed order."""
    homes = homes_of(request.visit.viewer)
    if not homes:
        return render(request, "sightline/home/nobody.html")
    if homes[0].name != "meetings":
        return redirect(homes[0].name)
    groups = _groups(request)
    return redirect(groups[0].url) if len(groups) == 1 else redirect("meetings")


@page("week", pupils=False)
def meetings(request: HttpRequest) -> HttpResponse:
    """This week's meetings of the year groups that the viewer may see; no pupil."""
    context = home_page(request, "meetings") | {"groups": _groups(request)}
    return render(request, "sightline/home/meetings.html", context)


def _groups(request: HttpRequest) -> list[Group]:
    visit = request.visit
    found = []
    for school_id, name in schools_for(request, "week"):
        for year in sorted(school_sheets(request, school_id).facts.year_groups):
            if may(visit.viewer, "week", school_id=school_id, year_group=year):
                url = reverse("week", args=[group_word(school_id, year)])
                words = _words(school_id, year, visit.viewer.on)
                found.append(Group(name, f"Year {year}", url, words))
    return found


def _words(school_id: str, year_group: int, on: date) -> str:
    meeting = meeting_of(school_id, year_group, on)
    if meeting is None:
        return "Not opened this week yet."
    listed, decided = meeting.listings.count(), len(in_force(meeting))
    if meeting.finished_at:
        return f"Finished: {decided} of {listed} decided."
    return f"{decided} of {listed} decided."
