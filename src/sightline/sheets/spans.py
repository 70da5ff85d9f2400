"""Which days a story tells about, and which came before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sightline.kit import plural
from sightline.sheets.figures import Span, day_words, span_of
from sightline.sheets.types import PupilSheet

__all__ = ["Spans", "spans_for"]

USUAL_DAYS = 20
NEAR_BREAK = range(15, 26)  # school days since a break ended, for it to be "since when"
FEWEST_BEFORE = 10


@dataclass(frozen=True)
class Spans:
    """The days told about and as many before, with the words for the first."""

    since: Span
    before: Span | None
    words: str
    school_days: int  # of data there are about the pupil this year


def spans_for(sheet: PupilSheet, opened: Sequence[date], as_of: date) -> Spans | None:
    """Since the last break ended, when that is about 20 school days ago; else the last 20.

    Never from before the pupil came. None where there has been no school day yet.
    """
    mine = [day for day in opened if day >= sheet.enrolled_on]
    if not mine:
        return None
    returned = _returned(opened)
    if len(mine) < USUAL_DAYS and mine[0] > opened[0]:
        first, words = mine[0], f"since joining on {day_words(mine[0])}"
    elif returned and returned >= mine[0] and len(_from(mine, returned)) in NEAR_BREAK:
        first, words = returned, f"since school came back on {day_words(returned)}"
    else:
        latest = mine[-USUAL_DAYS:]
        first = latest[0]
        days = plural(len(latest), "school day")
        words = f"in the last {days}, since {day_words(first)}"
    earlier = [day for day in mine if day < first][-len(_from(mine, first)) :]
    before = None
    if len(earlier) >= FEWEST_BEFORE:
        before = span_of(opened, earlier[0], first - timedelta(1))
    return Spans(span_of(opened, first, as_of), before, words, len(mine))


def _returned(opened: Sequence[date]) -> date | None:
    """The first open day after the last break of a week or more; None where there was none."""
    for day, before in zip(opened[:0:-1], opened[-2::-1], strict=True):
        if (day - before).days > 7:
            return day
    return None


def _from(days: Sequence[date], first: date) -> list[date]:
    return [day for day in days if day >= first]
