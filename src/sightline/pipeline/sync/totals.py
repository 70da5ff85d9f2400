"""The source's own sums beside ours, and the rule that makes the difference, if one does.

A source counts all it has; our register counts what was accepted, for pupils on roll. A difference
is explained when rows refused here, marks of pupils who were not on roll, and rows the source no
longer has make it up exactly. Else it is not explained: a reason to look, on either side.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sightline.kit import SightlineError, plural, sentence_list
from sightline.pipeline.refused import read_refused
from sightline.pipeline.register import register_of
from sightline.pipeline.sync.state import SourceState
from sightline.site import Site

__all__ = ["MEASURES", "Total", "totals_of"]

# what a source may count -> the words for it; our register counts the same
MEASURES = {
    "possible": "sessions possible",
    "attended": "sessions attended",
    "absent": "sessions missed",
    "missing": "sessions without a mark",
}
Figures = Counter[tuple[date | None, str]]


@dataclass(frozen=True)
class Total:
    """One figure of a school, on a day or (None) so far this year: theirs, ours, and why."""

    school_id: str
    on: date | None
    what: str
    theirs: int
    ours: int
    words: str
    explained: bool


def totals_of(site: Site, name: str, state: SourceState) -> list[Total]:
    """Every figure of a source that we can count too, schools and days in order."""
    published = site.warehouse.current()
    if not state.totals or published is None:
        return []
    until = published.recorded_at.date()
    refused = _refused(site, name)
    found = []
    for school_id in sorted({school for school, *_ in state.totals}):
        try:
            ours, others = _ours(site, school_id, until)
        except SightlineError:
            continue
        for school, day, what, number in state.totals:
            if school != school_id or what not in MEASURES:
                continue
            on, theirs = date.fromisoformat(day) if day else None, int(number)
            reasons = {}
            if on is None and what != "missing":
                reasons[f"{plural(refused, 'row')} of theirs refused here"] = refused
                gone = state.missing.get("attendance", 0)
                reasons[f"{plural(gone, 'row')} of ours that they no longer have"] = -gone
            strange = others[on, what]
            reasons[f"{plural(strange, 'mark')} of pupils not on roll then"] = strange
            words, explained = _why(theirs - ours[on, what], reasons)
            found.append(
                Total(school_id, on, MEASURES[what], theirs, ours[on, what], words, explained)
            )
    return found


def _ours(site: Site, school_id: str, until: date) -> tuple[Figures, Figures]:
    """Our counts by day and measure and for the year so far (None); and those off roll."""
    first = date(until.year if until.month >= 9 else until.year - 1, 9, 1)
    ours, others = Figures(), Figures()
    for one in register_of(site, school_id, first, until).sessions.values():
        for on in (one.on, None):
            ours[on, "possible"] += one.possible
            ours[on, "attended"] += one.attended
            ours[on, "absent"] += one.possible - one.attended
            ours[on, "missing"] += one.missing
            others[on, "possible"] += one.others
            others[on, "attended"] += one.others_attended
            others[on, "absent"] += one.others - one.others_attended
    return ours, others


def _refused(site: Site, name: str) -> int:
    """How many marks of a source wait among the refused rows."""
    rows = read_refused(site.warehouse, site.warehouse.current(), site.keys)
    wanted = zip(rows.column("folder").to_pylist(), rows.column("table").to_pylist(), strict=True)
    return sum(one == (f"source:{name}", "attendance") for one in wanted)


def _why(difference: int, reasons: dict[str, int]) -> tuple[str, bool]:
    """The reasons that make up a difference exactly, the fewest of them."""
    if difference == 0:
        return "the same", True
    given = [(words, number) for words, number in reasons.items() if number]
    for many in range(1, len(given) + 1):
        for some in combinations(given, many):
            if sum(number for _, number in some) == difference:
                return sentence_list([words for words, _ in some]), True
    more = "more" if difference > 0 else "fewer"
    return f"not explained: they have {abs(difference):,} {more}", False
