"""Accounts and what each may see: the list, one person, and an invitation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sightline.access import Viewer, may
from sightline.people.actions import accounts as act
from sightline.people.actions import grants
from sightline.people.queries import (
    accounts,
    held_words,
    staff_with_accounts,
    user_of,
    waiting,
)
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.door import page
from sightline.web.forms.access import asked, choices
from sightline.web.forms.mistakes import mistakes
from sightline.web.names import names_for

__all__ = ["invite", "people", "person"]

LINK = "fresh_link"  # session: a one-time link, shown on the next page and then gone
NOBODYS = "-"  # no school's id: only a role over the whole trust reaches it


def _reaches(viewer: Viewer, need: str, school_id: str) -> bool:
    """Whether a role allows this for a school's accounts; those of no school are the trust's."""
    return may(viewer, need, school_id=school_id or NOBODYS) is not None


@page("people", pupils=False)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, and staff of the staff file who have none."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found = [one for one in accounts(viewer.at) if _reaches(viewer, "people", one.user.school_id)]
    manages = may(viewer, "people_manage") is not None
    context = {
        "open": [one for one in found if one.user.is_active],
        "closed": [one for one in found if not one.user.is_active],
        "stale": [one for one in found if one.stale],
        "waiting": [(one, held_words(one)) for one in waiting()] if manages else [],
        "manages": manages,
        "joiners": _joiners(request) if manages else [],
    }
    return render(request, "sightline/people/list.html", context)


@page("people_manage", pupils=False)
def invite(request: HttpRequest) -> HttpResponse:
    """Make a colleague's account with one role; the link is shown once on the next page."""
    if request.method != "POST":
        chosen = request.GET.get("staff", "")
        typed = next((one for one in _joiners(request) if one["staff_id"] == chosen), {})
        return _invite(request, typed, [])
    typed = {name: request.POST.get(name, "") for name in (*FIELDS, "name", "email", "staff_id")}
    try:
        with transaction.atomic():
            role = _asked(request, typed)
            school_id = _school_of(request, typed)
            user, token = act.invite(
                **request.visit.by(),  # type: ignore[attr-defined]
                name=typed["name"],
                email=typed["email"],
                school_id=school_id,
                staff_id=typed["staff_id"],
                asked=[role] if role else [],
            )
    except ValidationError as error:
        return _invite(request, typed, mistakes(error))
    return _with_link(request, user.pk, token)


@page("people", pupils=False)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what it allows and why; give, end, close, a new link, a new second factor."""
    visit = request.visit  # type: ignore[attr-defined]
    user = user_of(pk)
    if user is None or not _reaches(visit.viewer, "people", user.school_id):
        raise Http404
    if request.method != "POST":
        return _person(request, user, {}, [])
    if not _reaches(visit.viewer, "people_manage", user.school_id):
        raise Http404
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        with transaction.atomic():
            return _done(request, user, typed)
    except ValidationError as error:
        return _person(request, user, typed, mistakes(error))


FIELDS = ("access", "school_id", "value", "pupils", "to_on", "reason")


def _done(request: HttpRequest, user: Any, typed: Mapping[str, str]) -> HttpResponse:
    by: dict[str, Any] = request.visit.by()  # type: ignore[attr-defined]
    what = request.POST.get("do")
    if what == "link":
        return _with_link(request, user.pk, act.new_link(**by, user=user))
    if what == "give":
        role = _asked(request, typed)
        if role is None:
            raise ValidationError({"access": "Choose what they may see."})
        grants.give(**by, user=user, asked=role)
    elif what == "end":
        grants.end_grant(**by, grant=_one(user.grants, request.POST.get("grant")))
    elif what in ("agree", "decline"):
        proposed = _one(user.proposed_grants, request.POST.get("proposal"))
        grants.settle(**by, proposed=proposed, agree=what == "agree")
    elif what == "second_factor":
        act.reset_second_factor(**by, user=user)
    elif what == "close":
        act.close(**by, user=user)
    else:
        raise Http404
    return HttpResponseRedirect(f"{reverse('person', args=[user.pk])}?done={what}", status=303)


def _one(rows: Any, pk: str | None) -> Any:
    found = rows.filter(pk=int(pk)).first() if pk and pk.isdigit() else None
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, typed: Mapping[str, str]) -> grants.Asked | None:
    """The role chosen, if the viewer manages the school it is for."""
    role = asked(typed, _refs)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    if role and not _reaches(viewer, "people_manage", role.school_id):
        raise ValidationError({"school_id": "You look after another school's accounts."})
    return role


def _refs(school_id: str, pupil_ids: Sequence[str]) -> frozenset[str]:
    """The references of pupils by the school's own ids; ValidationError for one it has not."""
    sheets = open_sheets(settings.SITE, school_id)
    found = dict(zip(settings.SITE.keys.pupil_refs(pupil_ids), pupil_ids, strict=True))
    lost = [told for ref, told in found.items() if sheets is None or sheets.place(ref) is None]
    if lost:
        raise ValidationError({"pupils": f"No pupil at this school has the id {lost[0]}."})
    return frozenset(found)


def _school_of(request: HttpRequest, typed: Mapping[str, str]) -> str:
    """The account's school: that of its line in the staff file, else the one chosen."""
    for one in _joiners(request):
        if one["staff_id"] == typed["staff_id"]:
            return one["school_id"]
    if typed["staff_id"]:
        raise ValidationError({"staff_id": "Choose a line of the staff file without an account."})
    chosen = typed["school_id"] if typed["school_id"] in _schools(request) else ""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    if not _reaches(viewer, "people_manage", chosen):
        raise ValidationError({"school_id": "Choose a school."})
    return chosen


def _with_link(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("invitation", args=[token]))
    request.session[LINK] = {"pk": pk, "link": address}
    return HttpResponseRedirect(reverse("person", args=[pk]), status=303)


def _invite(
    request: HttpRequest, typed: Mapping[str, str], errors: list[tuple[str, str]]
) -> HttpResponse:
    context = _choices(request, typed, errors) | {"joiners": _joiners(request)}
    return render(request, "sightline/people/invite.html", context, status=422 if errors else 200)


def _person(
    request: HttpRequest, user: Any, typed: Mapping[str, str], errors: list[tuple[str, str]]
) -> HttpResponse:
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    link = request.session.get(LINK)
    if link and link["pk"] == user.pk:
        del request.session[LINK]
    context = _choices(request, typed, errors) | {
        "account": accounts(viewer.at, users=[user])[0],
        "link": link["link"] if link and link["pk"] == user.pk else "",
        "waiting": [(one, held_words(one)) for one in waiting() if one.user_id == user.pk],
        "manages": _reaches(viewer, "people_manage", user.school_id) and user.pk != request.user.pk,
        "oneself": user.pk == request.user.pk,
        "school": sheet_schools(settings.SITE).get(user.school_id, "The whole trust"),
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "sightline/people/person.html", context, status=422 if errors else 200)


DONE = {
    "give": "Given. Where a second administrator has to confirm, it waits below.",
    "end": "Ended. It allows nothing from now on.",
    "agree": "Confirmed.",
    "decline": "Declined.",
    "second_factor": "The second factor is gone. They set up a new one at the next sign-in.",
    "close": "The account is closed, and every session of it has ended.",
}


def _choices(
    request: HttpRequest, typed: Mapping[str, str], errors: list[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "typed": typed,
        "errors": errors,
        "wrong": dict(errors),
        "roles": choices(),
        "schools": _schools(request),
    }


def _schools(request: HttpRequest) -> dict[str, str]:
    """The schools whose accounts the viewer looks after."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found = sheet_schools(settings.SITE)
    return {one: name for one, name in found.items() if _reaches(viewer, "people_manage", one)}


def _joiners(request: HttpRequest) -> list[dict[str, str]]:
    """Staff of the staff file without an account, by name."""
    taken = staff_with_accounts()
    found = []
    for school_id in _schools(request):
        sheets = open_sheets(settings.SITE, school_id)
        staff = sheets.facts.staff if sheets else {}
        new = {one: role for one, role in staff.items() if one not in taken}
        names = names_for(request).staff_names(school_id, new)
        found += [
            {"staff_id": one, "school_id": school_id, "name": names.get(one, one), "role": role}
            for one, role in new.items()
        ]
    return sorted(found, key=lambda one: one["name"])
