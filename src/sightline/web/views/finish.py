"""Finishing a meeting, and the recap of who does what by when."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from sightline.triage.actions.meetings import finish as finish_meeting
from sightline.triage.queries import colleagues
from sightline.web.door import page
from sightline.web.finishing import (
    finish_page,
    gone_from,
    meeting_or_404,
    recap_people,
    recap_text,
)
from sightline.web.groups import group_or_404

__all__ = ["finish", "recap"]

FINISH = "sightline/meeting/finish.html"


@page("finish")
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, group: str) -> HttpResponse:
    """Who was there and what is undecided; a POST ends the meeting."""
    found = group_or_404(request, group, "finish")
    meeting = meeting_or_404(request, found)
    if request.method != "POST":
        if meeting.finished_at is not None:
            return redirect("recap", found.word)
        return render(request, FINISH, {"page": finish_page(request, found, meeting)})
    visit = request.visit  # type: ignore[attr-defined]
    chosen = {int(pk) for pk in request.POST.getlist("attended") if pk.isdecimal()}
    here = colleagues(found.school_id, found.year_group, visit.viewer.on)
    attended = [one.user for one in here if one.user.pk in chosen]
    gone = gone_from(found, meeting)
    try:
        finish_meeting(**visit.by(), meeting=meeting, attended=attended, gone=gone)
    except ValidationError as error:
        wrong = [("", some[0]) for some in error.message_dict.values()]
        context = {"page": finish_page(request, found, meeting, chosen), "errors": wrong}
        return render(request, FINISH, context, status=422)
    response = redirect("recap", found.word)
    response.status_code = 303
    return response


@page("week")
@require_safe
def recap(request: HttpRequest, group: str) -> HttpResponse:
    """What each person took on; `?text` is the same as plain text, to copy without a script."""
    found = group_or_404(request, group)
    meeting = meeting_or_404(request, found)
    people = recap_people(request, found, meeting)
    text = recap_text(people)
    if "text" in request.GET:
        return HttpResponse(text + "\n", content_type="text/plain; charset=utf-8")
    there = meeting.attended.select_related("user").order_by("user__name")
    context = {
        "group": found,
        "meeting": meeting,
        "people": people,
        "text": text,
        "there": [one.user.name for one in there],
    }
    return render(request, "sightline/meeting/recap.html", context)
