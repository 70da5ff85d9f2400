"""What an attendance officer starts the day with: no reason yet, spells, ten sessions, lateness.

Sentences with counts and dates; the codes in the dictionary's words. Which pupils may be shown is
the caller's question: only their rows come in.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.contract import attendance_codes
from sightline.kit import plural, sentence_list
from sightline.people.identity import Name
from sightline.sheets import AbsenceRow, Mark, PupilSheet
from sightline.web.dates import short_day

__all__ = ["LATE", "SPELL", "TEN", "Line", "Worklist", "lines_of", "worklists"]

SPELL = 4
"""Sessions missed one after the other: two school days."""
TEN = 10
"""Unauthorised sessions within ten school weeks: the national framework asks to look then."""
LATE = 4
"""Late arrivals within 20 school days."""
HALVES = {"AM": "Morning", "PM": "Afternoon"}
ABSENT = ("authorised_absence", "unauthorised_absence")


@dataclass(frozen=True)
class Line:
    """One pupil and one sentence."""

    pupil_ref: str
    name: Name
    group: str
    words: str


@dataclass(frozen=True)
class Worklist:
    """One list of the day's work: its key in the address, its title, and its rows in order."""

    key: str
    title: str
    rows: Sequence[AbsenceRow]


def worklists(rows: Sequence[AbsenceRow], late: Mapping[str, float]) -> dict[str, Worklist]:
    """The four lists, in the order in which the day's work goes."""
    spells = sorted((row for row in rows if row.spell >= SPELL), key=lambda row: -row.spell)
    found = (
        Worklist("today", "No reason yet", [row for row in rows if row.unexplained]),
        Worklist("away", "Away for two school days or more", spells),
        Worklist(
            "ten",
            "10 or more unauthorised sessions in 10 school weeks",
            [row for row in rows if row.unauthorised >= TEN],
        ),
        Worklist(
            "late",
            "Late four times or more in 20 school days",
            [row for row in rows if late.get(row.pupil_ref, 0) >= LATE],
        ),
    )
    return {one.key: one for one in found}


def lines_of(
    worklist: Worklist,
    *,
    sheets: Mapping[str, PupilSheet],
    names: Mapping[str, Name],
    late: Mapping[str, float],
    on: date,
) -> list[Line]:
    """A sentence for each row; by surname, but spells by length: the longest need a call first."""
    says: dict[str, Callable[[AbsenceRow], str]] = {
        "today": lambda row: _today(row, sheets, on),
        "away": lambda row: _spell(row, sheets),
        "ten": _ten,
        "late": lambda row: f"Late {round(late[row.pupil_ref])} times in the last 20 school days.",
    }
    lines = [
        Line(
            row.pupil_ref,
            names[row.pupil_ref],
            row.registration_group,
            says[worklist.key](row),
        )
        for row in worklist.rows
    ]
    if worklist.key == "away":
        return lines
    return sorted(lines, key=lambda one: (one.name.family, one.name.given))


def _today(row: AbsenceRow, sheets: Mapping[str, PupilSheet], on: date) -> str:
    marks = {one.session: one for one in sheets[row.pupil_ref].marks if one.on == on}
    told = [f"{HALVES.get(half, half)}: {_no_reason(marks.get(half))}" for half in row.unexplained]
    return f"{'. '.join(told)}."


def _no_reason(mark: Mark | None) -> str:
    if mark is None or mark.category == "missing":
        return "no mark made"
    return f"{mark.code}, {_meaning(mark.code)}"


def _spell(row: AbsenceRow, sheets: Mapping[str, PupilSheet]) -> str:
    since = row.spell_from
    marks = [
        one
        for one in sheets[row.pupil_ref].marks
        if since and one.on >= since and one.category in ABSENT
    ]
    counts = Counter(one.code for one in marks[-row.spell :])
    codes = [f"{code} {_meaning(code)} ({many})" for code, many in counts.most_common()]
    start = f"{plural(row.spell, 'session')} in a row since {short_day(since)}" if since else ""
    return f"{start}: {sentence_list(codes)}." if codes else f"{start}."


def _ten(row: AbsenceRow) -> str:
    return (
        f"{row.unauthorised} unauthorised sessions within the last 10 school weeks; "
        f"attended {row.attended} of {row.possible} this year."
    )


def _meaning(code: str) -> str:
    found = next((one.meaning for one in attendance_codes() if one.code == code), "unknown code")
    return found[:1].lower() + found[1:]
