"""The weekly meeting: its page, and each thing that can be decided there, one pupil at a time."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sightline.triage.actions import decisions, meetings
from sightline.triage.queries import ListToday, meeting_of
from sightline.triage.rules import Proposal
from sightline.triage.rules import mistakes as all_mistakes
from sightline.web.door import page
from sightline.web.forms.decide import answers, seen_of, typed
from sightline.web.groups import Group, group_or_404
from sightline.web.menu import address
from sightline.web.week.aside import aside_groups
from sightline.web.week.decide_form import Form, conflicting, form_for
from sightline.web.week.page import Page, choose_open, week_page
from sightline.web.week.pupils import Pupil, listed_pupils
from sightline.web.week.said import said_after
from sightline.web.week.since import freshness_of, newcomers, state_of
from sightline.web.week.updates import replaced_figures, updates_of

__all__ = [
    "come_back",
    "decide",
    "draft",
    "not_repeated",
    "show_more",
    "undo",
    "week",
    "week_updates",
]


class SeeOther(HttpResponseRedirect):
    """A redirect after a form was taken: the browser fetches the page, and reloads are safe."""

    status_code = 303


@page("week")
@require_GET
def week(request: HttpRequest, group: str) -> HttpResponse:
    """This week's list; whoever comes first records it."""
    where = group_or_404(request, group)
    meeting = _opened(request, where)
    listed = _today(request, meeting)
    people = listed_pupils(request, where, listed.rows)
    wanted = request.GET.get("open", "")
    asked = int(wanted) if wanted.isdecimal() else None
    over = meeting.finished_at is not None
    current = choose_open(people, asked) if asked or not over else None
    shown = week_page(request, where, listed, people, current)
    said = said_after(request.GET, shown, people)
    return _shown(request, where, shown, said=said)


@page("decide")
def decide(request: HttpRequest, group: str, listing: int) -> HttpResponse:
    """Record one decision about one pupil; a reload of the answer leads back to the pupil."""
    if request.method != "POST":
        return _back(group_or_404(request, group, "decide"), open=listing)
    where, listed, pupil = _listed(request, group, listing)
    fields, seen = typed(request.POST), seen_of(request.POST)
    form = form_for(request, where, pupil, fields=fields, seen=seen)
    given, mistakes = answers(fields, form.calendar, form.askable)
    try:
        if mistakes:  # every mistake at once, those that the action would find included
            raise ValidationError(all_mistakes(Proposal(**given), form.calendar.today))
        given["owner"] = form.askable.get(given["owner"])
        made = decisions.decide(
            **request.visit.by(),  # type: ignore[attr-defined]
            listing=pupil.row.listing,
            seen=seen,
            **given,
        )
    except ValidationError as error:
        told = {name: found[0] for name, found in error.message_dict.items()} | mistakes
        wrong = form_for(request, where, pupil, fields=fields, errors=told, seen=seen)
        return _again(request, where, listed, pupil, wrong, 422)
    except decisions.Conflict as conflict:
        other = conflicting(form, pupil, conflict.decision)
        return _again(request, where, listed, pupil, other, 409)
    return _back(where, saved=made.pk)


@page("decide")
@require_POST
def undo(request: HttpRequest, group: str, decision: int) -> HttpResponse:
    """Take a decision back; its words are in the form again."""
    where = group_or_404(request, group, "decide")
    rows = _today(request, _recorded(request, where)).rows
    rows = [one for one in rows if one.decision and one.decision.pk == decision]
    found = next(iter(listed_pupils(request, where, rows)), None)
    if found is None or not found.full:
        raise Http404
    try:
        taken = found.row.decision
        decisions.undo(**request.visit.by(), decision=taken)  # type: ignore[attr-defined]
    except ValidationError:
        return _back(where, open=found.pk)
    return _back(where, open=found.pk, undone=found.pk)


@page("decide")
@require_POST
def draft(request: HttpRequest, group: str, listing: int) -> HttpResponse:
    """Keep what is typed so far, for this person alone."""
    _, _, pupil = _listed(request, group, listing)
    kept = decisions.save_draft(
        **request.visit.by(),  # type: ignore[attr-defined]
        listing=pupil.row.listing,
        fields=typed(request.POST),
    )
    return JsonResponse({"saved": f"{kept.saved_at:%H:%M}"})


@page("decide")
@require_POST
def come_back(request: HttpRequest, group: str, listing: int) -> HttpResponse:
    """Put a pupil behind the others, with what was typed."""
    where, _, pupil = _listed(request, group, listing)
    about = {**request.visit.by(), "listing": pupil.row.listing}  # type: ignore[attr-defined]
    fields = typed(request.POST)
    if any(fields[name] for name in ("kind", "action", "note", "adjustments")):
        decisions.save_draft(**about, fields=fields)
    decisions.come_back(**about)
    return _back(where, later=pupil.pk)


@page("decide")
@require_POST
def show_more(request: HttpRequest, group: str) -> HttpResponse:
    """List some of those left out as well, with a reason."""
    where = group_or_404(request, group, "decide")
    meeting = _recorded(request, where)
    reason = request.POST.get("reason", "")
    try:
        meetings.show_more(
            **request.visit.by(),  # type: ignore[attr-defined]
            meeting=meeting,
            reason=reason,
            group=where.sheets.group(where.year_group),
            pupil_ref=request.POST.get("pupil", ""),
        )
    except ValidationError as error:
        return _not_repeated(request, where, error.message_dict["reason"][0], reason)
    return _back(where)


@page("week")
@require_GET
def not_repeated(request: HttpRequest, group: str) -> HttpResponse:
    """Everybody who met a threshold and is not on the list, each with the reason."""
    return _not_repeated(request, group_or_404(request, group))


@page("week")
@require_GET
def week_updates(request: HttpRequest, group: str) -> HttpResponse:
    """What is new for a page that shows this list; nothing but its absence, most of the time.

    An open page asks every few seconds. A look is noted of those whose figures it gets anew.
    """
    where = group_or_404(request, group)
    meeting = _recorded(request, where)
    state = f'"{state_of(where, meeting)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == state:
        return HttpResponseNotModified()
    listed = _today(request, meeting)
    replaced = replaced_figures(request, where, listed.rows)
    current = replaced.now.pupil.row.listing.pupil_ref if replaced.now else ""
    context = {
        "updates": updates_of(listed.rows, request.user.pk),
        "replaced": replaced,
        "wrong_url": address("report_wrong", current) if current else "",
        "page": {
            "group": where,
            "fresh": freshness_of(where.sheets.facts),
            "newcomers": len(newcomers(where, listed, listed.on)),
        },
    }
    response = render(request, "sightline/week/updates.html", context)
    response.headers["ETag"] = state
    return response


def _opened(request: HttpRequest, where: Group) -> Any:
    """This week's meeting, recorded now if nobody has come before."""
    today = request.visit.viewer.on  # type: ignore[attr-defined]
    return meeting_of(where.school_id, where.year_group, today) or meetings.open_meeting(
        **request.visit.by(),  # type: ignore[attr-defined]
        group=where.sheets.group(where.year_group),
    )


def _recorded(request: HttpRequest, where: Group) -> Any:
    """This week's meeting; 404 before anybody has opened it."""
    today = request.visit.viewer.on  # type: ignore[attr-defined]
    found = meeting_of(where.school_id, where.year_group, today)
    if found is None:
        raise Http404
    return found


def _today(request: HttpRequest, meeting: Any) -> ListToday:
    return ListToday(meeting, request.visit.viewer.on)  # type: ignore[attr-defined]


def _listed(request: HttpRequest, group: str, listing: int) -> tuple[Group, ListToday, Pupil]:
    """A pupil on this week's list about whom the viewer may decide; 404 otherwise."""
    where = group_or_404(request, group, "decide")
    listed = _today(request, _recorded(request, where))
    rows = [one for one in listed.rows if one.listing.pk == listing]
    found = next(iter(listed_pupils(request, where, rows)), None)
    if found is None or not found.full:
        raise Http404
    return where, listed, found


def _again(
    request: HttpRequest,
    where: Group,
    listed: ListToday,
    pupil: Pupil,
    form: Form,
    status: int,
) -> HttpResponse:
    """The page with the form as it was typed."""
    others = listed_pupils(request, where, listed.rows)
    people = [pupil if one.pk == pupil.pk else one for one in others]
    shown = week_page(request, where, listed, people, pupil, form)
    return _shown(request, where, shown, status, errors=form.summary)


def _shown(
    request: HttpRequest, where: Group, shown: Page, status: int = 200, **more: Any
) -> HttpResponse:
    urls = {f"{name}_url": address(name, where.word) for name in ("pack", "finish", "recap")}
    if shown.current:
        ref = shown.current.pupil.row.listing.pupil_ref
        urls |= {"note_url": address("note_new", ref), "wrong_url": address("report_wrong", ref)}
    context = {"page": shown, **urls, **more}
    return render(request, "sightline/week/week.html", context, status=status)


def _not_repeated(
    request: HttpRequest, where: Group, error: str = "", reason: str = ""
) -> HttpResponse:
    listed = _today(request, _recorded(request, where))
    people = listed_pupils(request, where, listed.rows)
    context = {
        "page": week_page(request, where, listed, people, None),
        "parts": aside_groups(request, where, listed),
        "errors": [("id_more", error)] if error else [],
        "error": error,
        "reason": reason,
        "asked_for": request.POST.get("pupil", ""),
    }
    status = 422 if error else 200
    return render(request, "sightline/week/not_repeated.html", context, status=status)


def _back(where: Group, **said: int) -> HttpResponse:
    """To the list, at the next pupil."""
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return SeeOther(f"{reverse('week', args=[where.word])}?{query}#now")
