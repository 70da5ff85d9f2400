"""A signal's card: the rule in words, its values, who changed what; and what a change would do."""

from collections.abc import Mapping, Sequence
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
from sightline.web.homes.shown import shown_steps
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

TOO_FEW = "not shown: too few, or too few more or less"


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
    """Year group, how many noticed now and then, as released; why where a number is not."""
    released = effect.get("released", False)  # of earlier proposals true counts were kept

    def told(count: int | None) -> str:
        return _count(count if released else None)

    return [
        (f"Year {year}" if year else "No year group", told(now), told(then))
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
    if not found:
        return {}
    by_year = {str(year or ""): counts for year, counts in found.items()}
    of = f"{' '.join(schools)}: {name} {value} on {max(days)}"
    return {
        "as_of": max(days).isoformat(),
        "released": True,
        "years": _shown(of, max(days), by_year),
    }


def _shown(
    of: str, on: date, by_year: Mapping[str, tuple[int, int]]
) -> dict[str, list[int | None]]:
    """The counts before and after as released; the step from one to the other is no small one."""
    if all(then <= now for now, then in by_year.values()):
        return _steps(of, on, ("now", "then"), by_year)
    if all(now <= then for now, then in by_year.values()):
        turned = {year: counts[::-1] for year, counts in by_year.items()}
        shown = _steps(of, on, ("then", "now"), turned)
        return {year: counts[::-1] for year, counts in shown.items()}
    # In some years more, in others fewer: the two are of different pupils.
    apart = [
        _steps(
            f"{of}: {name}",
            on,
            (name,),
            {year: counts[at : at + 1] for year, counts in by_year.items()},
        )
        for at, name in enumerate(("now", "then"))
    ]
    return {year: [shown[year][0] for shown in apart] for year in by_year}


def _steps(
    of: str, on: date, names: Sequence[str], by_year: Mapping[str, Sequence[int]]
) -> dict[str, list[int | None]]:
    whole = [sum(counts) for counts in zip(*by_year.values(), strict=True)]
    _, found = shown_steps(settings.SITE, of, on, names, whole, {"year": by_year})
    return {year: [told[name] for name in names] for year, told in found["year"].items()}


def _count(number: int | None) -> str:
    return TOO_FEW if number is None else f"{number:,}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return sentence_list(value) or "all"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
