"""The search of the record: what was asked, and the rows it shows, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from sightline.access import read_matrix
from sightline.governance.record_queries import (
    RecordRow,
    Wanted,
    actor_names,
    chosen_actors,
    plain_row,
    search_record,
)
from sightline.governance.rules.verbs import ACTIONS
from sightline.people.identity import Name
from sightline.sheets import open_sheets
from sightline.web.forms.dates import day_chosen
from sightline.web.names import names_for
from sightline.web.record.reach import asked_schools, label_of, place_in, schools_with

__all__ = ["Found", "find_pupils", "search_context", "wanted_of"]

PER_PAGE = 50
MOST_MATCHES = 20


@dataclass(frozen=True)
class Found:
    """A pupil whose name fits what was typed."""

    ref: str
    name: str
    label: str


def wanted_of(request: HttpRequest, typed: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What the search asks for, and a sentence for each field that cannot be read."""
    wrong: dict[str, str] = {}
    days = {}
    for name in ("from_on", "to_on"):
        try:
            days[name] = day_chosen(typed, name)
        except ValueError as error:
            days[name], wrong[f"{name}_day"] = None, str(error)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    return (
        Wanted(
            schools=asked_schools(viewer, "record"),
            actor=typed.get("person", ""),
            subject=typed.get("pupil", "").strip().lower(),
            area=typed.get("area", ""),
            action=typed.get("action", ""),
            **days,
        ),
        wrong,
    )


def search_context(request: HttpRequest) -> dict[str, Any]:
    """Everything the page of the record shows for the address's search."""
    typed = request.GET
    wanted, wrong = wanted_of(request, typed)
    rows, older = _page(wanted, typed.get("before", ""))
    return {
        "rows": rows,
        "older": _with(typed, before=str(older)) if older else "",
        "export_query": _with(typed, before=""),
        "typed": typed,
        "errors": [(f"id_{name}", sentence) for name, sentence in wrong.items()],
        "people": chosen_actors(),
        "areas": read_matrix().areas.items(),
        "actions": sorted(ACTIONS.items(), key=lambda one: one[1]),
        "searched": any(typed.get(name) for name in typed),
        **_subject(request, wanted.subject),
    }


def find_pupils(request: HttpRequest, typed: str) -> list[Found]:
    """The pupils whose name holds every word typed, at most MOST_MATCHES. The looks are noted."""
    words = typed.casefold().split()
    visit = request.visit  # type: ignore[attr-defined]
    found: list[Found] = []
    if not words:
        return found
    for school_id, ref, name in _everybody(request):
        if all(word in str(name).casefold() for word in words):
            visit.saw("record", school_id=school_id, subject=ref, why="Found by name")
            found.append(Found(ref, str(name), label_of(place_in([school_id], ref))))
        if len(found) == MOST_MATCHES:
            break
    return found


def _everybody(request: HttpRequest) -> list[tuple[str, str, Name]]:
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    found = []
    for school_id in schools_with(viewer, "record"):
        sheets = open_sheets(settings.SITE, school_id)
        refs = [place.pupil_ref for place in sheets.places()] if sheets else []
        names = names_for(request).pupil_names(school_id, refs)
        found += [(school_id, ref, names[ref]) for ref in refs]
    return sorted(found, key=lambda one: (one[2].family, one[2].given, one[1]))


def _page(wanted: Wanted, before: str) -> tuple[list[RecordRow], int]:
    """One page of rows, and the number before which the next begins (0: there is none)."""
    rows = search_record(wanted)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(number__lt=int(before))
    taken = list(rows[: PER_PAGE + 1])
    shown = taken[:PER_PAGE]
    names = actor_names(
        {one.actor for one in shown}
        | {one.acting_for for one in shown}
        | {one.subject for one in shown}
    )
    return [plain_row(one, names) for one in shown], shown[-1].number if taken[PER_PAGE:] else 0


def _subject(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The pupil the search is about, by name; that name is a look too."""
    if not ref:
        return {"pupil": None}
    visit = request.visit  # type: ignore[attr-defined]
    place = place_in(schools_with(visit.viewer, "record"), ref)
    if place is None:
        return {"pupil": None}
    visit.saw("record", school_id=place.school_id, subject=ref, why="The record about this pupil")
    name = names_for(request).pupil_names(place.school_id, [ref])[ref]
    return {
        "pupil": Found(ref, str(name), label_of(place)),
        "objects": place.school_id in schools_with(visit.viewer, "object"),
    }


def _with(typed: Any, **changed: str) -> str:
    query = typed.copy() if isinstance(typed, QueryDict) else QueryDict(mutable=True)
    for name, value in changed.items():
        query[name] = value
        if not value:
            del query[name]
    return query.urlencode()
