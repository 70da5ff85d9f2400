"""What the page for writing a note is given: which kinds this person may write, and models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from sightline.access import PupilPlace, Viewer, why_may_see
from sightline.sheets import PupilSheet
from sightline.triage.actions.notes import KINDS, MOST_STRATEGIES, may_withdraw
from sightline.triage.support_queries import feedback_of, recent_notes, strategies_of, voice_of
from sightline.web.deeds import why_may_do
from sightline.web.menu import address
from sightline.web.names import names_for

__all__ = ["FORMS", "NoteForm", "kinds_for", "note_context"]


@dataclass(frozen=True)
class NoteForm:
    """A kind of note in words. `areas`: any of these shows enough of the pupil to write one."""

    tab: str
    label: str
    hint: str
    button: str
    areas: tuple[tuple[str, str], ...]
    models: tuple[str, ...]


ANY = (("notes", "indicator"), ("strategies", "event"), ("support", "indicator"))
FORMS: Mapping[str, NoteForm] = {
    "note": NoteForm(
        "A note",
        "What did you see or hear?",
        "What happened, where, and what was said. Leave out guesses about why.",
        "Save the note",
        ANY,
        (
            "Told me the bus has been late since the route changed. I will ask the office about "
            "another stop.",
            "Stayed after the lesson to finish the graph and explained it to a friend. Said that "
            "the worked example helped.",
            "Asked to sit nearer the front. We moved the table today and will see on Friday.",
        ),
    ),
    "home": NoteForm(
        "A talk with home",
        "What did you talk about, and what did you agree?",
        "Who called, what home says, what we will do. As you would say it to them again.",
        "Save the talk",
        (("notes", "indicator"),),
        (
            "Mum called. Mornings are hard since the new shift. We agreed on breakfast club for "
            "two weeks.",
            "Rang to say how well the speaking test went. Dad was glad and will tell the family.",
            "Spoke with Gran. Homework is easier at the library. She will ask which days it is "
            "open.",
        ),
    ),
    "strategy": NoteForm(
        "For teachers: what helps",
        "One thing that helps in the classroom",
        "One line that a teacher can use in the next lesson. Three lines at most for each pupil.",
        "Show it to teachers",
        (("strategies", "event"),),
        (
            "Face the class when you talk.",
            "Give the first step on paper, then come back after five minutes.",
            "Let the answer be written before it is said aloud.",
        ),
    ),
    "voice": NoteForm(
        "In the pupil\u2019s own words",
        "How would you like adults to see you?",
        "Ask, and write what is said, word for word. It stands above every figure.",
        "Save these words",
        (("voice", "event"),),
        (
            "I learn best when I know what comes next.",
            "I like it when people ask me first.",
            "I am good at fixing things. Ask me about bikes.",
        ),
    ),
}


def kinds_for(viewer: Viewer, place: PupilPlace) -> list[str]:
    """The kinds of note this person may write about this pupil."""
    found = []
    for kind, form in FORMS.items():
        for area, level in form.areas:
            reason = why_may_do(viewer, place, "note_write", area)
            if reason and (level == "indicator" or reason.level == "event"):
                found.append(kind)
                break
    return found


def note_context(
    request: HttpRequest,
    sheet: PupilSheet,
    place: PupilPlace,
    kind: str,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> dict[str, Any]:
    """The page of one kind of note: the form, models, and what stands there now."""
    visit = request.visit  # type: ignore[attr-defined]
    ref, viewer = sheet.pupil_ref, visit.viewer
    recent = recent_notes(ref, visit.user, at=viewer.at)
    voice = voice_of(ref) if kind == "voice" else None
    return {
        "name": names_for(request).pupil_names(sheet.school_id, [ref])[ref],
        "sheet": sheet,
        "kind": kind,
        "form": FORMS[kind],
        "tabs": [(one, FORMS[one].tab) for one in kinds_for(viewer, place)],
        "limit": KINDS[kind],
        "typed": typed,
        "wrong": wrong,
        "errors": [(f"id_{name}", sentence) for name, sentence in wrong.items()],
        "recent": [one for one in recent if may_withdraw(one, visit.user, viewer.at)],
        "strategies": _strategies(ref) if kind == "strategy" else [],
        "room": MOST_STRATEGIES,
        "voice": voice,
        "pupil_url": address("pupil", ref) if why_may_see(viewer, place, "page") else "",
        "saved": request.GET.get("saved") in FORMS,
        "live": "Saved." if request.GET.get("saved") in FORMS else "",
    }


def _strategies(ref: str) -> list[tuple[Any, Any]]:
    """The lines teachers see, each with what they said of it."""
    found = strategies_of([ref]).get(ref, [])
    said = feedback_of(one.pk for one in found)
    return [(one, said.get(one.pk)) for one in found]
