"""The pupil's page: all it is given, each part as far as the viewer may see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from sightline.access import Reason, may
from sightline.governance.queries import objected
from sightline.governance.record_queries import number_of_lookers
from sightline.people.identity import Name
from sightline.sheets import PupilSheet, SchoolSheets
from sightline.triage.pupil_queries import listing_this_week, standing_decisions
from sightline.triage.rules import KINDS, REASONS
from sightline.triage.support_queries import supports_of, voice_of
from sightline.web.charts import TimeLine, in_words, three_widths
from sightline.web.dates import day_and_month, short_day
from sightline.web.deeds import why_may_do
from sightline.web.door import school_sheets
from sightline.web.menu import address, group_word
from sightline.web.names import names_for
from sightline.web.pupil.line import result_rows, time_line
from sightline.web.pupil.notes import LETTERS, Note, notes_about
from sightline.web.pupil.seen import Seen, seen_by
from sightline.web.pupil.told import Told, facts_of, told_about
from sightline.web.support_cards import Card, card_of, from_the_school

__all__ = ["PupilPage", "Way", "lower_first", "pupil_page"]


@dataclass(frozen=True)
class Way:
    """A link with its words."""

    words: str
    url: str


@dataclass(frozen=True)
class PupilPage:
    """What pupil.html is given. None: not for this viewer; empty: nothing there."""

    ref: str
    name: Name
    facts: list[str]
    reason: Reason
    told: Told
    voice: Any | None
    may_hear: bool
    line: TimeLine
    drawing: SafeString
    drawing_words: str
    span: str
    legend: list[str]
    whole_year: bool
    results: list[Any] | None
    cards: list[Card] | None
    theirs: list[Any]
    notes: list[Note] | None
    notes_count: int
    decisions: list[str] | None
    back: Way
    decide_url: str
    note_url: str
    voice_url: str
    support_url: str
    looked_url: str
    looked: int
    wrong_url: str
    as_of: date

    @property
    def columns(self) -> dict[str, bool]:
        """The areas whose figures the table has."""
        told = {"attendance": "possible", "behaviour": "concerns", "work": "work_due"}
        weeks = self.line.weeks[:1]
        return {
            area: any(getattr(one, name) is not None for one in weeks)
            for area, name in told.items()
        }

    @property
    def table(self) -> bool:
        """Whether there is any figure for a table."""
        return any(self.columns.values())

    @property
    def because(self) -> str:
        """The reason in the middle of a sentence."""
        return lower_first(self.reason.words)


def pupil_page(
    request: HttpRequest, sheet: PupilSheet, reason: Reason, *, whole_year: bool = False
) -> PupilPage:
    """The page's parts, in the order in which they are read."""
    ref, school_id = sheet.pupil_ref, sheet.school_id
    sheets = school_sheets(request, school_id)
    seen = seen_by(request, sheet)
    viewer = seen.visit.viewer
    supports = supports_of(ref) if seen.figures("support") else []
    theirs = from_the_school(sheet) if seen.figures("support") else []
    notes = notes_about(request, sheet) if seen.events("notes") else None
    tried = [*supports, *theirs]
    line = time_line(seen, sheets, sheet, notes=notes, supports=tried, whole_year=whole_year)
    objection = objected(school_id, viewer.on).get(ref)
    return PupilPage(
        ref=ref,
        name=names_for(request).pupil_names(school_id, [ref])[ref],
        facts=facts_of(seen, sheet),
        reason=reason,
        told=told_about(seen, sheets, sheet, objection),
        voice=voice_of(ref) if seen.events("voice") else None,
        may_hear=seen.level("voice") == "event",
        line=line,
        drawing=three_widths(line),
        drawing_words=in_words(line),
        span=_span(line),
        legend=_legend(line),
        whole_year=whole_year,
        results=result_rows(sheet) if seen.events("attainment") else None,
        cards=_cards(seen, sheets, sheet, supports),
        theirs=theirs,
        notes=notes,
        notes_count=len(sheet.notes) if seen.figures("notes") else 0,
        decisions=_decisions(seen, sheets, ref),
        back=_back(seen, sheet),
        as_of=sheet.as_of,
        looked=number_of_lookers(ref) if seen.level("lookers") else 0,
        **_ways(seen, ref),
    )


def _cards(
    seen: Seen, sheets: SchoolSheets, sheet: PupilSheet, supports: list[Any]
) -> list[Card] | None:
    if not seen.level("support"):
        return None
    return [card_of(one, sheets, sheet, supports) for one in supports]


def _ways(seen: Seen, ref: str) -> dict[str, str]:
    """Where this viewer can go from here; empty where they cannot."""
    viewer, place = seen.visit.viewer, seen.place
    listing = listing_this_week(ref, viewer.on) if seen.level("week") else None
    decide = ""
    if listing and why_may_do(viewer, place, "decide", "week"):
        word = group_word(place.school_id, listing.meeting.year_group)
        decide = f"{address('week', word)}?open={listing.pk}"
    writes = why_may_do(viewer, place, "note_write", "page")
    note = address("note_new", ref) if writes else ""
    hears = note and seen.level("voice") == "event"
    starts = why_may_do(viewer, place, "support_change", "support")
    looks = "lookers" in seen.reasons
    wrong = why_may_do(viewer, place, "report_wrong", "page")
    return {
        "decide_url": decide,
        "note_url": note,
        "voice_url": f"{note}?kind=voice" if hears else "",
        "support_url": address("support_new", ref) if starts else "",
        "looked_url": address("pupil_lookers", ref) if looks else "",
        "wrong_url": address("report_wrong", ref) if wrong else "",
    }


def _back(seen: Seen, sheet: PupilSheet) -> Way:
    year = sheet.year_group
    if year is not None and may(
        seen.visit.viewer, "week", school_id=sheet.school_id, year_group=year
    ):
        return Way(f"Year {year} this week", address("week", group_word(sheet.school_id, year)))
    return Way("Find a pupil", address("pupils"))


def _span(line: TimeLine) -> str:
    if not line.columns:
        return ""
    first, to = line.columns[0].monday, line.to
    year = "" if first.year == to.year else f" {first.year}"
    return f"{day_and_month(first)}{year} to {day_and_month(to)} {to.year}"


def _legend(line: TimeLine) -> list[str]:
    """What the letters of the notes stand for, of those drawn."""
    drawn = {one.letter for one in line.letters or ()}
    return [words for letter, words in LETTERS.items() if letter in drawn]


def _decisions(seen: Seen, sheets: SchoolSheets, ref: str) -> list[str] | None:
    if not seen.events("week"):
        return None
    first = min(sheets.facts.days, default=sheets.facts.as_of)
    return [_decided(one) for one in standing_decisions(ref, first)]


def _decided(one: Any) -> str:
    """A decision as one line: when, what, who, and until when."""
    kind = KINDS[one.kind]
    said = [one.action or (REASONS.get(one.reason, "") if one.kind == "not_now" else "")]
    said += [one.owner.name if one.owner else ""]
    words = ", ".join(part.rstrip(".") for part in said if part)
    until = f"{'Away until' if one.kind == 'not_now' else 'Review'} {short_day(one.until)}"
    told = f" {words}." if words else ""
    return f"{short_day(one.decided_at.date())}, {one.decided_by.name}: {kind.verb}.{told} {until}."


def lower_first(words: str) -> str:
    """A sentence's words for the middle of another: "you teach 9T science"."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
