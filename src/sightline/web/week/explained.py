"""One figure about one pupil, with all there is to say about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest

from sightline.access import Reason, why_may_see
from sightline.governance.queries import objected
from sightline.people.identity import Name
from sightline.sheets import PupilSheet
from sightline.signals import read_library
from sightline.web.dates import moment, short_day
from sightline.web.door import school_sheets
from sightline.web.menu import address, group_word
from sightline.web.names import names_for

__all__ = ["AREA_OF_THEME", "Behind", "Explained", "Used", "explained", "window_words"]

AREA_OF_THEME = {
    "attendance": "attendance",
    "punctuality": "attendance",
    "behaviour": "behaviour",
    "engagement": "behaviour",
    "progress": "attainment",
    "work": "work",
    "support": "support",
}
"""Whose level of detail decides whether the rows behind a figure are shown."""


@dataclass(frozen=True)
class Behind:
    """One row behind the figure."""

    day: str
    what: str
    detail: str
    counts: str
    part: str


@dataclass(frozen=True)
class Used:
    """A value the rule was worked with."""

    meaning: str
    value: str
    changed: str


@dataclass(frozen=True)
class Explained:
    """What explain.html is given. `rows` is None where the viewer may see the figure only."""

    name: Name
    title: str
    question: str
    because: str
    dates: str
    arithmetic: str
    rule: str
    version: int
    source: str
    why: str
    why_it_matters: str
    do_first: str
    rows: Sequence[Behind] | None
    used: Sequence[Used]
    pupil_url: str
    wrong_url: str
    thresholds_url: str
    back_url: str


def explained(request: HttpRequest, sheet: PupilSheet, signal: str, reason: Reason) -> Explained:
    """Explain one flagged figure; 404 where nothing is flagged or it was objected to."""
    ref, school_id = sheet.pupil_ref, sheet.school_id
    sheets = school_sheets(request, school_id)
    told = sheets.explanation(ref, signal)
    theme = next((one["theme"] for one in sheet.signals if one["signal"] == signal), None)
    if told is None or theme is None or _objected(request, sheet, theme):
        raise Http404
    known = read_library().get(signal)
    return Explained(
        name=names_for(request).pupil_names(school_id, [ref])[ref],
        dates=window_words(told),
        source=moment(sheets.facts.recorded_at),
        why=reason.words,
        why_it_matters=known.why_it_matters if known else "",
        do_first=known.do_first if known else "",
        rows=_rows(request, sheet, theme, told),
        used=[_used(one) for one in told["parameters"]],
        pupil_url=address("pupil", ref),
        wrong_url=f"{address('report_wrong', ref)}?signal={signal}",
        thresholds_url=address("threshold", signal),
        back_url=_back(request, sheet),
        **{
            name: told[name]
            for name in ("title", "question", "because", "arithmetic", "rule", "version")
        },
    )


def window_words(told: Mapping[str, Any]) -> str:
    """The days a figure looks at; empty where it has none."""
    if not told["window_from"]:
        return ""
    first, last = (date.fromisoformat(told[f"window_{end}"]) for end in ("from", "to"))
    return short_day(first) if first == last else f"{short_day(first)} to {short_day(last)}"


def _objected(request: HttpRequest, sheet: PupilSheet, theme: str) -> bool:
    visit = request.visit  # type: ignore[attr-defined]
    themes = objected(sheet.school_id, visit.viewer.on).get(sheet.pupil_ref)
    return themes is not None and (not themes or theme in themes)


def _rows(
    request: HttpRequest, sheet: PupilSheet, theme: str, told: Mapping[str, Any]
) -> Sequence[Behind] | None:
    """The rows behind a figure, latest first, for who sees events of this kind."""
    visit = request.visit  # type: ignore[attr-defined]
    place = school_sheets(request, sheet.school_id).place(sheet.pupil_ref)
    area = AREA_OF_THEME.get(theme, "page")
    reason = why_may_see(visit.viewer, place, area) if place else None
    if reason is None or reason.level != "event":
        return None
    visit.saw(area, school_id=sheet.school_id, subject=sheet.pupil_ref, why=reason.words)
    latest = sorted(told["evidence"], key=lambda one: one["date"] or "", reverse=True)
    return [_behind(one) for one in latest]


def _behind(one: Mapping[str, Any]) -> Behind:
    of = "" if one["of"] is None else f" of {_number(one['of'])}"
    day = short_day(date.fromisoformat(one["date"])) if one["date"] else ""
    counts = f"{_number(one['counts'])}{of}"
    return Behind(day, one["what"], one["detail"], counts, str(one["part"]))


def _used(one: Mapping[str, Any]) -> Used:
    changed = f"changed by the school; usually {_value(one['default'])}" if one["changed"] else ""
    return Used(one["meaning"], f"{_value(one['value'])} {one['unit']}", changed)


def _back(request: HttpRequest, sheet: PupilSheet) -> str:
    """To the meeting, for those who have one."""
    visit = request.visit  # type: ignore[attr-defined]
    place = school_sheets(request, sheet.school_id).place(sheet.pupil_ref)
    if place is None or sheet.year_group is None or not why_may_see(visit.viewer, place, "week"):
        return ""
    return address("week", group_word(sheet.school_id, sheet.year_group))


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):,.10g}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "all"
    return f"{value:,.10g}"
