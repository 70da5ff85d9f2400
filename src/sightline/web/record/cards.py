"""A signal's card: the rule in words, its values, who changed what; and what a change would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404

from sightline.governance.actions.thresholds import check_value
from sightline.governance.answer_queries import changes_of, waiting_changes
from sightline.kit import SightlineError, sentence_list
from sightline.pipeline import effect_of, library_of
from sightline.sheets import open_sheets
from sightline.signals import Parameter, Signal, values_of
from sightline.signals.explain import rule_in_words
from sightline.web.record.reach import schools_with

__all__ = [
    "Card",
    "Change",
    "Proposal",
    "Setting",
    "card_of",
    "cards",
    "effect_rows",
    "proposal_from",
    "waiting",
]

FEW = 5


@dataclass(frozen=True)
class Setting:
    """A parameter as its row shows it: values in words, and whether it differs from the usual."""

    name: str
    meaning: str
    value: str
    usual: str
    range: str
    unit: str
    owner: str
    changed: bool


@dataclass(frozen=True)
class Change:
    """A proposal and what became of it."""

    pk: int
    signal: str
    title: str
    meaning: str
    old: str
    new: str
    reason: str
    effect: list[tuple[str, str, str]]
    one: Any  # the row: who and when


@dataclass(frozen=True)
class Card:
    """One signal with its values in force."""

    signal: Signal
    rule: str
    settings: list[Setting]
    changes: list[Change]


@dataclass(frozen=True)
class Proposal:
    """A change as typed and checked, with what it would do."""

    name: str
    parameter: str
    value: Any
    old: str
    new: str
    reason: str
    effect: dict[str, Any]


def cards() -> list[Card]:
    """Every signal, without its history."""
    library = library_of(settings.SITE)
    values = values_of(library, settings.SITE.thresholds(), "thresholds.yml")
    return [_card(one, values, []) for one in library.values()]


def card_of(name: str) -> Card:
    """One signal with its history; 404 when there is none of that name."""
    library = library_of(settings.SITE)
    if name not in library:
        raise Http404
    values = values_of(library, settings.SITE.thresholds(), "thresholds.yml")
    return _card(library[name], values, [_change(one) for one in changes_of(name)])


def waiting() -> list[Change]:
    """The proposals that wait for a second person."""
    return [_change(one) for one in waiting_changes()]


def proposal_from(signal: str, typed: Mapping[str, str], visit: Any) -> Proposal:
    """What was typed, held to the signal's own range, and its effect on the sheets' day.

    Raises ValidationError by field.
    """
    one = library_of(settings.SITE)[signal]
    parameter = next((p for p in one.parameters if p.name == typed.get("parameter")), None)
    if parameter is None:
        raise ValidationError({"parameter": "Choose what to change."})
    name = f"{signal}.{parameter.name}"
    value = _read(parameter, typed.get("value", ""))
    old, new = check_value(name, value)
    if not typed.get("reason", "").strip():
        raise ValidationError({"reason": "Say why, so that the next reader knows."})
    words = typed["reason"].strip()
    effect = _effect(name, new, visit)
    return Proposal(name, parameter.name, new, _words(old), _words(new), words, effect)


def effect_rows(effect: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Year group, how many noticed now and then; small numbers are not shown."""
    return [
        (f"Year {year}" if year else "No year group", _count(now), _count(then))
        for year, (now, then) in effect.get("years", {}).items()
    ]


def _card(one: Signal, values: Mapping[str, Any], changes: list[Change]) -> Card:
    rows = []
    for p in one.parameters:
        value = values[f"{one.name}.{p.name}"]
        told = "" if p.minimum is None else f"{_words(p.minimum)} to {_words(p.maximum)}"
        rows.append(
            Setting(
                name=p.name,
                meaning=p.meaning,
                value=_words(value),
                usual=_words(p.default),
                range=told,
                unit=p.unit,
                owner=p.owner,
                changed=value != p.default,
            )
        )
    return Card(one, rule_in_words(one, values), rows, changes)


def _change(one: Any) -> Change:
    signal, _, parameter = one.name.partition(".")
    found = library_of(settings.SITE).get(signal)
    known = found.parameters if found else ()
    meaning = next((p.meaning for p in known if p.name == parameter), parameter)
    title = found.title if found else signal
    words = _words(one.old), _words(one.new)
    return Change(one.pk, signal, title, meaning, *words, one.reason, effect_rows(one.effect), one)


def _read(parameter: Parameter, text: str) -> Any:
    """A value as typed: a whole number, a number, or words with commas between."""
    text = text.strip()
    if isinstance(parameter.default, list):
        return [word.strip() for word in text.split(",") if word.strip()]
    try:
        return int(text) if isinstance(parameter.default, int) else float(text)
    except ValueError:
        kind = "a whole number" if isinstance(parameter.default, int) else "a number"
        raise ValidationError({"value": f"Write {kind}, such as {parameter.default}."}) from None


def _effect(name: str, value: Any, visit: Any) -> dict[str, Any]:
    schools = schools_with(visit.viewer, "thresholds")
    days: list[date] = []
    for one in schools:
        sheets = open_sheets(settings.SITE, one)
        days += [sheets.facts.as_of] if sheets else []
    if not days:
        return {}
    try:
        found = effect_of(settings.SITE, name, value, as_of=max(days), schools=schools)
    except SightlineError:
        return {}
    years = {str(year or ""): list(counts) for year, counts in found.items()}
    return {"as_of": max(days).isoformat(), "years": years}


def _count(number: int) -> str:
    return f"{number:,}" if number == 0 or number >= FEW else f"fewer than {FEW}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return sentence_list(value) or "all"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
