"""Two or three sentences about one pupil, from the pupil's own figures.

{what happened: count of possible} {since when} ({rate}). Before that, {same measure}. {where it
gathers, only if it clears the small-number rule}. Never an adjective for a child.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sightline.sheets.lens import Cluster
from sightline.sheets.spans import Spans
from sightline.sheets.telling import Telling, attended, logged, tell
from sightline.sheets.types import PupilSheet

__all__ = ["make_story"]

LITTLE = 35  # school days, seven weeks: under that, numbers say little
WORDS = ("no", "one", "two", "three", "four", "five", "six")
LOGGED = ("class", "room", "weekday", "slot")
WHERE = {
    "attendance_momentum": ("absence",),
    "behaviour_rate": LOGGED,
    "behaviour_recency": LOGGED,
}
"""The clusters that belong to a signal's own measure."""

Rows = Sequence[Mapping[str, Any]]


def make_story(
    sheet: PupilSheet,
    spans: Spans | None,
    clusters: Sequence[Cluster],
    allowed: Callable[[str], bool],
) -> tuple[str, ...]:
    """The sentences. `allowed` says of a theme whether it may be told (see objections)."""
    if spans is None:
        return ("There is no school day to tell of yet.",)
    flagged = sorted(
        (row for row in sheet.signals if row["outcome"] == "flag"),
        key=lambda row: (-row["strength"], row["signal"]),
    )
    told = _flagged(sheet, spans, flagged, clusters) if flagged else _calm(sheet, spans, allowed)
    if len(told) == 1:
        told += _attended(sheet, spans, allowed)[:1]
    if spans.school_days < LITTLE:
        told = [*told[:2], _little(spans.school_days)]
    return tuple(told[:3])


def _flagged(
    sheet: PupilSheet, spans: Spans, flagged: Rows, clusters: Sequence[Cluster]
) -> list[str]:
    """The strongest flag's measure; then where it gathers or, failing that, another theme's."""
    first = flagged[0]
    telling = tell(sheet, spans, first["signal"])
    if telling is None:  # a signal of the school's own, or figures from before this year
        telling = Telling(first["because"], "")
    told = [sentence for sentence in (telling.what, telling.before) if sentence]
    where = [one.sentence for one in clusters if one.kind in WHERE.get(first["signal"], ())]
    return told + (where or _others(sheet, spans, flagged))[:1]


def _others(sheet: PupilSheet, spans: Spans, flagged: Rows) -> list[str]:
    """What the flags of other themes are about."""
    found = [
        tell(sheet, spans, row["signal"]) for row in flagged if row["theme"] != flagged[0]["theme"]
    ]
    return [one.what for one in found if one is not None]


def _calm(sheet: PupilSheet, spans: Spans, allowed: Callable[[str], bool]) -> list[str]:
    """Nothing flagged: sessions attended, and what was logged, as they are."""
    told = _attended(sheet, spans, allowed)
    if allowed("behaviour"):
        told.append(logged(sheet, spans.since, "in the same days" if told else spans.words))
    return told


def _attended(sheet: PupilSheet, spans: Spans, allowed: Callable[[str], bool]) -> list[str]:
    telling = attended(sheet, spans) if allowed("attendance") else None
    return [one for one in (telling.what, telling.before) if one] if telling else []


def _little(days: int) -> str:
    weeks = days // 5
    if not weeks:
        return "Less than a week of data, so the numbers say little yet."
    return f"Only {WORDS[weeks]} week{'s' * (weeks > 1)} of data, so the numbers say little yet."
