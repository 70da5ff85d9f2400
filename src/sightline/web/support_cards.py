"""What the support pages show of one support: its aim, what was hoped for, before and since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from sightline.kit import plural
from sightline.sheets import PupilSheet, SchoolSheets, SupportRow
from sightline.sheets.figures import Span
from sightline.sheets.measure import Comparison, before_and_since
from sightline.triage.aims import Aim, aims_of
from sightline.triage.reviews import days_since, not_a_fair_test, verdict
from sightline.triage.rules import day_words
from sightline.triage.support_queries import OUR_PREFIX, supports_of

__all__ = ["Card", "Choice", "aim_choices", "card_of", "current_level", "from_the_school"]


@dataclass(frozen=True)
class Card:
    """One support with everything said about it. `support` is ours, `theirs` the school's own."""

    support: Any
    aim: Aim | None
    goal: str
    start: str
    hoped: str
    now: str
    before_window: str
    since_window: str
    before: str
    since: str
    too_early: str
    verdict: str
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """An aim on the form that starts a support."""

    aim: Aim
    noticed: bool
    now: str
    field: str
    value: str
    wrong: str


def current_level(sheet: PupilSheet, signal: str) -> float | None:
    """A signal's present level for a pupil; None when it cannot be told."""
    for row in sheet.signals:
        if row["signal"] == signal:
            level: float | None = row["level"]
            return level
    return None


def aim_choices(
    sheet: PupilSheet, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> list[Choice]:
    """What a support could aim at for this pupil; what is noticed now comes first."""
    flagged = {row["signal"] for row in sheet.signals if row["outcome"] == "flag"}
    found = []
    for aim in aims_of(settings.SITE.thresholds(), settings.SITE.settings["pack"]).values():
        level, field = current_level(sheet, aim.signal), f"success_{aim.signal}"
        chosen = typed.get("aim_signal") == aim.signal
        found.append(
            Choice(
                aim=aim,
                noticed=aim.signal in flagged,
                now=aim.shown(level),
                field=field,
                value=typed.get(field, aim.typed(aim.suggested(level))),
                wrong=wrong.get("success", "") if chosen else "",
            )
        )
    return sorted(found, key=lambda one: not one.noticed)


def card_of(
    support: Any, sheets: SchoolSheets, sheet: PupilSheet, ours: Sequence[Any] | None = None
) -> Card:
    """A support of ours beside the figures as they are now. `ours`: all the pupil has here."""
    ours = supports_of(sheet.pupil_ref) if ours is None else ours
    aim = aims_of(settings.SITE.thresholds()).get(support.aim_signal)
    days = sheets.school_days(min(sheets.facts.days, default=sheet.as_of), sheet.as_of)
    until = min(sheet.as_of, support.ended_on or sheet.as_of)
    level = current_level(sheet, support.aim_signal)
    count = days_since(support.started_on, until, days)
    said = ""
    if aim and support.ended_on is None:
        said = verdict(
            aim, start=support.start_level, success=support.success, level=level, days=count
        )
    return Card(
        support=support,
        aim=aim,
        goal=aim.goal if aim else support.aim_signal,
        start=aim.shown(support.start_level) if aim else "",
        hoped=aim.shown(support.success) if aim and support.success is not None else "",
        now=aim.shown(level) if aim else "",
        **_figures(before_and_since(sheet, support.aim_signal, support.started_on, until, days)),
        verdict=said,
        cautions=tuple(_cautions(support, ours, sheets, sheet, days, until)),
    )


def from_the_school(sheet: PupilSheet) -> list[SupportRow]:
    """Supports recorded in the school's own system: read here, changed there."""
    return [one for one in sheet.supports if not one.support_id.startswith(OUR_PREFIX)]


def _figures(one: Comparison | None) -> dict[str, str]:
    """Both windows named, and the same measure in each; or why there is nothing to show yet."""
    words = {"before_window": "", "since_window": "", "before": "", "since": ""}
    if one is None:
        return words | {"too_early": "There is no figure for this aim."}
    if one.too_early or one.before_span is None:
        return words | {"too_early": one.words}
    return {
        "before_window": _window(one.before_span, "before"),
        "since_window": _window(one.since_span, "since"),
        "before": one.before_words,
        "since": one.since_words,
        "too_early": "",
    }


def _window(span: Span, side: str) -> str:
    return f"{plural(span.days, 'school day')} {side}, from {day_words(span.first)}"


def _cautions(
    support: Any,
    ours: Sequence[Any],
    sheets: SchoolSheets,
    sheet: PupilSheet,
    days: Sequence[date],
    until: date,
) -> list[str]:
    others = [(one.name, one.started_on) for one in ours if one.pk != support.pk]
    theirs = [(one.name, one.started_on) for one in from_the_school(sheet)]
    events = [
        (one.title, one.from_on)
        for one in sheets.events()
        if (not one.class_id or one.class_id in sheet.class_ids)
        and one.year_group in (None, sheet.year_group)
    ]
    return not_a_fair_test(
        support.started_on,
        until,
        days,
        supports=others + theirs,
        events=events,
        marks=sheet.marks,
    )
