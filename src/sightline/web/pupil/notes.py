"""Notes about a pupil as the page shows them: from the school's system and from here, by date."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest

from sightline.sheets import PupilSheet
from sightline.triage.support_queries import notes_of
from sightline.web.names import names_for

if TYPE_CHECKING:
    from sightline.people.models import User

__all__ = ["LETTERS", "Note", "notes_about", "vault_notes"]

SHUT = ("Safeguarding",)
"""Kinds of note that this page never shows, whatever the source says of them."""
KINDS = {
    "Parent contact": ("H", "Talk with home"),
    "SEN review": ("R", "SEND review"),
    "Pastoral": ("T", "Pastoral note"),
    "Medical": ("M", "Medical note"),
    "home": ("H", "Talk with home"),
    "note": ("T", "Note"),
}
LETTERS = {
    "H": "H home",
    "M": "M medical",
    "P": "P pupil's own words",
    "R": "R review",
    "T": "T teacher or tutor",
}


@dataclass(frozen=True)
class Note:
    """One note: who speaks as a letter, what kind it is, its words and who wrote it."""

    on: date
    letter: str
    kind: str
    text: str
    writer: str


def notes_about(request: HttpRequest, sheet: PupilSheet) -> list[Note]:
    """Every note that is not restricted, latest first."""
    here = [
        Note(one.on, *KINDS[one.kind], one.text, _name(one.written_by))
        for one in notes_of(sheet.pupil_ref)
        if one.withdrawn_at is None
    ]
    return sorted(here + vault_notes(request, sheet), key=lambda note: note.on, reverse=True)


def vault_notes(request: HttpRequest, sheet: PupilSheet) -> list[Note]:
    """The school's own notes; a restricted one is never even asked for."""
    told = {
        one.note_id: one for one in sheet.notes if not one.restricted and one.category not in SHUT
    }
    texts = names_for(request).note_texts(sheet.school_id, told)
    found = []
    for note_id, text in texts.items():
        row = told[note_id]
        letter, kind = KINDS.get(row.category, ("T", row.category))
        found.append(Note(row.on, letter, kind, text, ""))
    return found


def _name(writer: "User") -> str:
    return writer.name
