"""The school's own system says one figure, ours says another: read theirs, and say why they differ.

A difference is only explained when the counts of our own rules make it up exactly. Anything else
is "not explained", which is a reason to look, on either side.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from sightline.kit import plural, sentence_list
from sightline.pipeline.register import SessionCount

__all__ = ["MAX_BYTES", "Comparison", "Theirs", "compared", "read_theirs", "to_csv"]

MAX_BYTES = 1_000_000
COLUMNS = ("date", "session", "possible", "attended")
DATES = ("%Y-%m-%d", "%d/%m/%Y")
SAYS_WHICH = "The first line must name the columns date, possible and attended (session if by half)"


@dataclass(frozen=True)
class Theirs:
    """What the school's system says of a day, or of a session of it."""

    on: date
    session: str  # AM, PM; empty for the whole day
    possible: int
    attended: int


@dataclass(frozen=True)
class Comparison:
    """Theirs beside ours, and the difference in words; `state` is same, explained or open."""

    theirs: Theirs
    possible: int
    attended: int
    state: str
    words: str


def read_theirs(data: bytes) -> tuple[list[Theirs], list[str]]:
    """The figures of a file, and a sentence for every line that cannot be used."""
    if len(data) > MAX_BYTES:
        return [], ["The file is larger than 1 MB. Send the summary by day, not the marks."]
    reader = csv.DictReader(io.StringIO(_text(data)))
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not {"date", "possible", "attended"} <= set(reader.fieldnames):
        return [], [f"{SAYS_WHICH}."]
    found: dict[tuple[date, str], Theirs] = {}
    faults: list[str] = []
    for number, row in enumerate(_rows(reader), start=2):
        try:
            one = _theirs(row)
            if (one.on, one.session) in found:
                raise ValueError("this day and session is in the file twice")
            found[one.on, one.session] = one
        except ValueError as error:
            faults.append(f"Line {number}: {error}.")
    if not found and not faults:
        faults = ["The file has no line of figures."]
    return [found[key] for key in sorted(found)], faults


def to_csv(figures: Iterable[Theirs]) -> str:
    """The figures as a file that `read_theirs` reads back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in figures:
        writer.writerow([one.on, one.session, one.possible, one.attended])
    return out.getvalue()


def compared(
    theirs: Iterable[Theirs], ours: Mapping[tuple[date, str], SessionCount]
) -> list[Comparison]:
    """Each figure of theirs beside ours, latest day first."""
    found = [_compared(one, ours) for one in theirs]
    return sorted(found, key=lambda one: (one.theirs.on, one.theirs.session), reverse=True)


def _compared(theirs: Theirs, ours: Mapping[tuple[date, str], SessionCount]) -> Comparison:
    halves = (theirs.session,) if theirs.session else ("AM", "PM")
    counts = [ours[theirs.on, half] for half in halves if (theirs.on, half) in ours]
    if not counts:
        return Comparison(theirs, 0, 0, "open", "Not a school day in the calendar that was loaded.")
    possible = sum(one.possible for one in counts)
    attended = sum(one.attended for one in counts)
    told = [
        _explained("sessions possible", theirs.possible - possible, _of_possible(counts)),
        _explained("attended", theirs.attended - attended, _of_attended(counts)),
    ]
    words = " ".join(one for one, _ in told if one)
    if not words:
        return Comparison(theirs, possible, attended, "same", "The same.")
    state = "explained" if all(known for _, known in told) else "open"
    return Comparison(theirs, possible, attended, state, words)


def _of_possible(counts: Sequence[SessionCount]) -> list[tuple[int, str]]:
    missing = sum(one.missing for one in counts)
    closed = sum(one.not_possible for one in counts)
    others = sum(one.others for one in counts)
    return [
        (missing, f"they count {plural(missing, 'mark')} not made yet"),
        (closed, f"they count {plural(closed, 'session')} with a code that is not possible"),
        (others, f"they count {plural(others, 'mark')} of pupils not on roll here that day"),
    ]


def _of_attended(counts: Sequence[SessionCount]) -> list[tuple[int, str]]:
    late = sum(one.after_close for one in counts)
    elsewhere = sum(one.elsewhere for one in counts)
    others = sum(one.others_attended for one in counts)
    return [
        (late, f"they count {plural(late, 'arrival')} after the register closed as attended"),
        (-elsewhere, f"they leave out {plural(elsewhere, 'pupil')} at an approved activity"),
        (others, f"they count {plural(others, 'mark')} of pupils not on roll here that day"),
    ]


def _explained(what: str, gap: int, causes: Sequence[tuple[int, str]]) -> tuple[str, bool]:
    """The sentence of a difference, and whether the causes make it up exactly.

    Only causes that point its way: with opposite ones nearly any number can be made up.
    """
    if not gap:
        return "", True
    start = f"{abs(gap):,} {'more' if gap > 0 else 'fewer'} {what}"
    real = [one for one in causes if one[0] * gap > 0]
    for many in range(1, len(real) + 1):
        for some in combinations(real, many):
            if sum(amount for amount, _ in some) == gap:
                return f"{start}: {sentence_list([words for _, words in some])}.", True
    return f"{start}: not explained.", False


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(reader: "csv.DictReader[str]") -> Iterable[Mapping[str, str]]:
    for row in reader:
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if any(cells.values()):
            yield cells


def _theirs(row: Mapping[str, str]) -> Theirs:
    session = row["session"].upper()
    if session not in ("", "AM", "PM"):
        raise ValueError("the session must be AM, PM or empty")
    possible, attended = _count(row, "possible"), _count(row, "attended")
    if attended > possible:
        raise ValueError(f"{attended} attended is more than the {possible} possible")
    return Theirs(_day(row["date"]), session, possible, attended)


def _day(text: str) -> date:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    raise ValueError("the date must be written 2026-03-06 or 06/03/2026")


def _count(row: Mapping[str, str], name: str) -> int:
    text = row[name].replace(",", "")
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise ValueError(f"`{name}` must be a whole number")
    return int(text)
