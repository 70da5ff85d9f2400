"""What is told about a pupil: the story, what was noticed, what is also true, what is around.

Somebody who does not see every area gets the sentences of the areas they see, one signal each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sightline.sheets import PupilSheet, SchoolSheets
from sightline.web.menu import address
from sightline.web.pupil.seen import Seen

__all__ = ["NEEDS", "Noticed", "Told", "facts_of", "told_about"]

NEEDS = {"K": "SEND support", "E": "Education, health and care plan"}


@dataclass(frozen=True)
class Noticed:
    """A signal that met its threshold: its sentence, and where its figures are explained."""

    title: str
    sentence: str
    url: str


@dataclass(frozen=True)
class Told:
    """Sentences about a pupil, each of an area the viewer sees. `objection` says what is left out.

    `whole` says that the story, and not only single signals, may be told.
    """

    story: tuple[str, ...]
    noticed: tuple[Noticed, ...]
    good: tuple[str, ...]
    around: tuple[str, ...]
    objection: str
    whole: bool


def told_about(
    seen: Seen, sheets: SchoolSheets, sheet: PupilSheet, objected: frozenset[str] | None
) -> Told:
    """The sentences this viewer may read. `objected`: themes (empty: all), None: no objection."""
    rows = [row for row in sheet.signals if row["outcome"] == "flag"]
    if objected is not None:
        rows = [row for row in rows if objected and row["theme"] not in objected]
    rows = [row for row in rows if seen.theme(row["theme"])]
    noticed = tuple(_noticed(sheets, sheet, row) for row in rows)
    whole = objected is None and seen.theme("")
    return Told(
        story=sheet.story if whole else tuple(one.sentence for one in noticed[:3]),
        noticed=noticed,
        good=sheet.good if whole else (),
        around=tuple(one for one in sheet.lens.sentences if one not in sheet.story)
        if whole
        else (),
        objection=_objection(objected),
        whole=whole,
    )


def facts_of(seen: Seen, sheet: PupilSheet) -> list[str]:
    """Tutor group, when they came if during the year, and needs as far as the viewer sees them."""
    found = [sheet.registration_group or f"Year {sheet.year_group}"]
    if seen.figures("needs"):
        if sheet.sen_status in NEEDS:
            found.append(NEEDS[sheet.sen_status])
        if sheet.eal:
            found.append("English as an additional language")
        if sheet.disadvantaged and seen.events("needs"):
            found.append("Pupil premium")
    return found


def _noticed(sheets: SchoolSheets, sheet: PupilSheet, row: Mapping[str, Any]) -> Noticed:
    name = row["signal"]
    told = sheets.explanation(sheet.pupil_ref, name)
    title = told["title"] if told else name.replace("_", " ").capitalize()
    return Noticed(title, row["because"], address("explain", sheet.pupil_ref, name))


def _objection(themes: frozenset[str] | None) -> str:
    if themes is None:
        return ""
    if themes:
        listed = ", ".join(sorted(themes))
        return f"An objection is in force to signals about {listed}: none of them is worked out."
    return "An objection is in force: no signal is worked out, and this pupil is on no list."
