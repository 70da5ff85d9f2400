"""The one pupil who is open: own words, figures explained, what is around them, the decision."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from sightline.access import PupilPlace, why_may_see
from sightline.kit import sentence_list
from sightline.sheets import PupilSheet, SchoolSheets
from sightline.triage.support_queries import voice_of
from sightline.web.charts.spark import KINDS as KINDS_OF_MARK
from sightline.web.charts.spark import sparkline
from sightline.web.dates import day_and_month, moment
from sightline.web.groups import Group
from sightline.web.names import names_for
from sightline.web.week.decide_form import Form
from sightline.web.week.explained import window_words
from sightline.web.week.pupils import Pupil, Why

__all__ = ["Open", "Popover", "Voice", "opened"]

PASSPORT = re.compile(r"^(?P<said>.+[.!?])\s+\S+, pupil passport\.?$", re.DOTALL)
SEN_NOTES = "SEN review"


@dataclass(frozen=True)
class Voice:
    """The pupil's own words, and where they come from."""

    said: str
    source: str


@dataclass(frozen=True)
class Popover:
    """A figure explained in a few lines; the whole story is on its own page."""

    signal: str
    title: str
    url: str
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Open:
    """All that the open pupil's card shows besides what the row has."""

    pupil: Pupil
    voice: Voice | None
    asks_adjustments: bool
    lessons: str
    spark: SafeString | str
    spark_title: str
    usual: str
    popovers: Sequence[Popover]
    form: Form | None


def opened(
    request: HttpRequest, group: Group, pupil: Pupil, form: Form | None, *, voice: bool = True
) -> Open:
    """The open pupil, as far as this viewer may see; without their words unless `voice`."""
    visit = request.visit  # type: ignore[attr-defined]
    ref = pupil.row.listing.pupil_ref
    sheet, place = group.sheets.pupil(ref), group.sheets.place(ref)
    told = pupil.row.entry["spark"]
    return Open(
        pupil=pupil,
        voice=_voice(request, group, sheet, place) if place and voice else None,
        asks_adjustments=bool(pupil.needs and sheet.sen_status in ("K", "E")),
        lessons=sentence_list(pupil.row.entry["lens"]["lessons"]),
        spark=_large_spark(told),
        spark_title=told["title"] if told else "",
        usual=_usual_words(told, pupil.name.given) if told else "",
        popovers=[_popover(group.sheets, ref, why) for why in pupil.whys if why.url],
        form=form if pupil.full and visit else None,
    )


def _voice(
    request: HttpRequest, group: Group, sheet: PupilSheet, place: PupilPlace
) -> Voice | None:
    """What the pupil said here; else the line of the passport among the school's own notes."""
    visit = request.visit  # type: ignore[attr-defined]
    reason = why_may_see(visit.viewer, place, "voice")
    if reason is None:
        return None
    visit.saw("voice", school_id=group.school_id, subject=sheet.pupil_ref, why=reason.words)
    said = voice_of(sheet.pupil_ref)
    if said:
        return Voice(said.text, f"asked on {day_and_month(said.on)}")
    notes = [one for one in sheet.notes if one.category == SEN_NOTES and not one.restricted]
    texts = names_for(request).note_texts(group.school_id, [one.note_id for one in notes])
    for one in reversed(notes):
        found = PASSPORT.match(texts.get(one.note_id, ""))
        if found:
            return Voice(found["said"], f"pupil passport, {one.on:%B}")
    return None


def _usual_words(told: Mapping[str, Any], given: str) -> str:
    """What is usual for this pupil: shaded behind a line, in words beside bars."""
    if not told["usual"]:
        return "Too few weeks to say what is usual."
    if KINDS_OF_MARK[told["kind"]][0] == "line":
        return f"Shaded: {given}\u2019s own usual range."
    low, high = (f"{one:.0f}" for one in told["usual"])
    return f"Usually {low}." if low == high else f"Usually {low} to {high}."


def _large_spark(told: Mapping[str, Any] | None) -> SafeString | str:
    if not told or not any(value is not None for value in told["values"]):
        return ""
    return sparkline(
        told["kind"],
        told["values"],
        tuple(told["usual"]) if told["usual"] else None,
        alt=told["text"],
        large=True,
        end=told["end"],
        labels=[(at, words) for at, words in told["labels"]],
    )


def _popover(sheets: SchoolSheets, ref: str, why: Why) -> Popover:
    told = sheets.explanation(ref, why.signal)
    pairs: list[tuple[str, str]] = []
    if told:
        pairs.append(("Dates", window_words(told)))
        pairs.append(("Worked out", told["arithmetic"]))
        pairs.append(("Rule", f"Listed when {told['rule']}."))
    pairs.append(("Source", f"The school's own system, loaded {moment(sheets.facts.recorded_at)}"))
    return Popover(why.signal, why.title, why.url, [one for one in pairs if one[1]])
