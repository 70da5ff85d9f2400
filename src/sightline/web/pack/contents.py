"""What the meeting pack holds: the list as its page shows it, with room to write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sightline.people.identity import Name
from sightline.triage.queries import meeting_rows
from sightline.web.charts.palette import Palette
from sightline.web.charts.spark import sparkline
from sightline.web.dates import full_day, moment, short_day
from sightline.web.groups import Group
from sightline.web.week.pupils import Decided, Pupil, listed_pupils

__all__ = ["Footnote", "Pack", "PackPupil", "Reason", "pack_of"]

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@dataclass(frozen=True)
class Reason:
    """A sentence, and the number of the footnote that says how its figures came about."""

    because: str
    note: int


@dataclass(frozen=True)
class Footnote:
    """How one number was worked out."""

    number: int
    title: str
    arithmetic: str
    dates: str


@dataclass(frozen=True)
class PackPupil:
    """One block of the pack."""

    position: int
    name: Name
    tag: str
    needs: str
    reasons: Sequence[Reason]
    others: Sequence[str]
    good: Sequence[str]
    spark: SafeString | str
    around: Sequence[str]
    decided: Decided | None


@dataclass(frozen=True)
class Pack:
    """The whole pack; `copy` is the number of this copy."""

    title: str
    week: str
    data_to: str
    met: int
    on_roll: int
    pupils: Sequence[PackPupil]
    notes: Sequence[Footnote]
    rules: Mapping[str, str]  # each signal's title and when it lists a pupil
    source: str
    printed_by: str
    printed_at: str
    copy: int


class _Notes:
    """The footnotes so far, numbered in the order in which they are called for."""

    def __init__(self) -> None:
        self.found: list[Footnote] = []
        self.rules: dict[str, str] = {}

    def add(self, told: Mapping[str, Any]) -> int:
        ends = [told[name] for name in ("window_from", "window_to") if told[name]]
        dates = " to ".join(short_day(date.fromisoformat(day)) for day in ends)
        number = len(self.found) + 1
        self.found.append(Footnote(number, told["title"], told["arithmetic"], dates))
        self.rules[told["title"]] = told["rule"]
        return number


def pack_of(request: HttpRequest, group: Group, meeting: Any, palette: Palette, copy: int) -> Pack:
    """The pack for this viewer: the pupils they may see on the list; every look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    rows = meeting_rows(meeting, visit.viewer.on)
    people = listed_pupils(request, group, rows)
    notes = _Notes()
    facts = group.sheets.facts
    at: datetime = visit.viewer.at
    return Pack(
        title=f"{group.title}: {_count(len(people))} to talk about",
        week=f"Week of {full_day(meeting.week)} {meeting.week.year}",
        data_to=short_day(facts.as_of),
        met=len(rows) + meeting.set_aside.count(),
        on_roll=meeting.counts["on_roll"],
        pupils=[_block(group, one, palette, notes) for one in people],
        notes=notes.found,
        rules=dict(sorted(notes.rules.items())),
        source=f"The school's own system, loaded {moment(facts.recorded_at)}",
        printed_by=visit.user.name,
        printed_at=f"{short_day(at.date())} {at.year}, {at:%H:%M}",
        copy=copy,
    )


def _count(number: int) -> str:
    said = WORDS[number] if number < len(WORDS) else str(number)
    return f"{said} pupil{'' if number == 1 else 's'}"


def _block(group: Group, one: Pupil, palette: Palette, notes: _Notes) -> PackPupil:
    """One pupil. Praise and what is around them are for those who see the list in full."""
    entry = one.row.entry
    return PackPupil(
        position=one.position,
        name=one.name,
        tag=one.tag,
        needs=one.needs,
        reasons=list(_reasons(group, one, entry["flags"], notes)),
        others=one.others,
        good=entry["good"] if one.full else (),
        spark=_drawn(entry["spark"], palette),
        around=entry["lens"]["sentences"] if one.full else (),
        decided=one.decided,
    )


def _reasons(
    group: Group, one: Pupil, flags: Sequence[Mapping[str, Any]], notes: _Notes
) -> Iterable[Reason]:
    for flag in flags:
        told = group.sheets.explanation(one.row.listing.pupil_ref, flag["signal"])
        # The sheets may be of a later load than the list: then its sums are not this sentence's.
        same = told is not None and told["because"] == flag["because"]
        yield Reason(flag["because"], notes.add(told) if told and same else 0)


def _drawn(told: Mapping[str, Any] | None, palette: Palette) -> SafeString | str:
    """The small drawing, with its words inside: a tagged PDF takes them from there."""
    if not told or not any(value is not None for value in told["values"]):
        return ""
    usual = tuple(told["usual"]) if told["usual"] else None
    words, kind, values = told["text"], told["kind"], told["values"]
    made = sparkline(kind, values, usual, told["caption"], words, palette=palette)
    opening, _, rest = made.partition(">")
    return mark_safe(f"{opening}><title>{escape(words)}</title>{rest}")
