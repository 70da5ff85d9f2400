"""What support changed as one JSON value: by name, with the counts that the gate lets out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sightline.insights.chance import Count, Interval, share
from sightline.insights.disclosure import Dimension, Released, Table
from sightline.insights.impact import FEWEST, Estimate, Finding, differs, pooled
from sightline.insights.impact.measures import Words
from sightline.insights.impact.rebound import Change
from sightline.insights.impact.recovery import WITHIN, Recovered
from sightline.insights.impact.say import doubts, rebound_words, sentence

__all__ = ["Gate", "Judged", "Kind", "as_json", "recovery_json"]

Gate = Callable[[Sequence[Table]], Sequence[Released]]
"""The one door for counts of groups."""
STEPS = ("noticed", "followed", "compared")


@dataclass(frozen=True)
class Kind:
    """One kind of support: its name without case and spaces, as it is mostly written, its aim."""

    key: str
    name: str
    signal: str


@dataclass(frozen=True)
class Judged:
    """A kind of support with what was found, and the words and window of its measure."""

    kind: Kind
    finding: Finding
    words: Words
    window: int


def as_json(
    found: Sequence[Judged],
    until: date,
    filters: Mapping[str, str],
    gate: Gate,
) -> list[dict[str, Any]]:
    """One value for each kind, by name; never by what was found."""
    ordered = sorted(found, key=lambda one: (one.kind.key, one.kind.signal))
    stands = standing(ordered)
    drawn = drawn_together(ordered)
    counts = released(ordered, until, filters, gate)
    filtered = bool({"band", "stage"} & filters.keys())
    return [
        one_json(one, stands[at], drawn.get(at), counts[at], filtered=filtered)
        for at, one in enumerate(ordered)
    ]


def standing(found: Sequence[Judged]) -> list[bool]:
    """Which differences stand among all that are looked at together."""
    told = [at for at, one in enumerate(found) if one.finding.estimate]
    estimates = [one.finding.estimate for one in found if one.finding.estimate]
    flags = differs([one.value for one in estimates], [max(one.error, 1e-12) for one in estimates])
    answer = [False] * len(found)
    for at, flag in zip(told, flags, strict=True):
        answer[at] = bool(flag)
    return answer


def drawn_together(found: Sequence[Judged]) -> dict[int, Interval]:
    """The intervals of kinds with the same aim, drawn towards each other, by position."""
    answer: dict[int, Interval] = {}
    for signal in {one.kind.signal for one in found}:
        own = [
            (at, one.finding.estimate)
            for at, one in enumerate(found)
            if one.kind.signal == signal and one.finding.estimate
        ]
        both = pooled([e.value for _, e in own], [max(e.error, 1e-12) for _, e in own])
        answer |= {at: one.interval for (at, _), one in zip(own, both, strict=True) if one}
    return answer


def released(
    found: Sequence[Judged], until: date, filters: Mapping[str, str], gate: Gate
) -> list[Released]:
    """How many were noticed and supported, followed, and compared, through the gate."""
    steps = Dimension("step", STEPS, nested=True)
    tables = []
    for one in found:
        said = one.finding
        cells: dict[tuple[str, ...], int] = {
            ("noticed",): said.supported,
            ("followed",): said.told,
            ("compared",): min(said.matched, said.told),
        }
        where = {"support": one.kind.key, "aim": one.kind.signal, **filters}
        tables.append(Table("supported", until, (steps,), cells, where))
    return list(gate(tables))


def one_json(
    one: Judged, stands: bool, drawn: Interval | None, counts: Released, *, filtered: bool
) -> dict[str, Any]:
    """Everything about one kind; figures are None where the numbers are too small to say them."""
    said, words = one.finding, one.words
    exact = said.saying == "estimate"
    shown = said.estimate is not None
    return {
        "support": one.kind.name,
        "aim": one.kind.signal,
        "measure": words.noun,
        "unit": words.unit,
        "window_school_days": one.window,
        "better": "higher" if said.better > 0 else "lower",
        "saying": said.saying,
        "sentence": sentence(said, words, about=filtered, differs=stands),
        "why": None if shown else why(said),
        "compared_by": said.by,
        "counts": {step: counts.shown(step) for step in STEPS},
        "estimate": said.estimate.value * words.factor if exact and said.estimate else None,
        "interval": scaled(said.estimate, words),
        "helped": said.helped and stands,
        "differs_among_all": stands if shown else None,
        "drawn_together": ends(drawn, words),
        "warns": said.warns if shown else None,
        "doubts": doubts(said, words),
        "before_and_after": rebound_words(said, words) if said.saying != "nothing" else "",
        "changes": changes(said, words) if said.saying != "nothing" else None,
        "balance": balance_json(said, words),
        "balanced": said.balanced if said.balance and said.by == "matched" else None,
        "placebo": scaled(said.placebo, words),
        "unseen": unseen_json(said, words),
        "threshold": threshold_json(said, words),
    }


def why(said: Finding) -> str:
    """Why there is no comparison."""
    need = FEWEST["interval"]
    if said.matched >= need:
        return "too few pupils to fit the comparison"
    return f"fewer than {need} supported pupils could be set beside pupils like them"


def scaled(one: Estimate | None, words: Words) -> list[float] | None:
    return ends(one.interval, words) if one else None


def ends(one: Interval | None, words: Words) -> list[float] | None:
    return [one.low * words.factor, one.high * words.factor] if one else None


def changes(said: Finding, words: Words) -> dict[str, Any]:
    """Before and after of both groups, and what arithmetic alone leads to expect."""
    found = said.rebound
    expected = found.expected
    return {
        "supported": change_json(found.supported, words),
        "not_supported": change_json(found.others, words),
        "expected_without": expected * words.factor if expected is not None else None,
    }


def change_json(one: Change | None, words: Words) -> dict[str, float] | None:
    if one is None or one.pupils < FEWEST["words"]:
        return None
    return {"before": one.before * words.factor, "after": one.after * words.factor}


def balance_json(said: Finding, words: Words) -> list[dict[str, Any]]:
    """A row for each recorded fact; shares and year groups as they are, measures as shown."""
    if said.by != "matched":
        return []
    return [
        {
            "fact": one.fact,
            "supported": one.supported * (words.factor if at < 2 else 1),
            "others": one.others * (words.factor if at < 2 else 1),
            "difference": one.difference,
            "holds": one.holds,
        }
        for at, one in enumerate(said.balance)
    ]


def unseen_json(said: Finding, words: Words) -> dict[str, Any] | None:
    if said.unseen is None:
        return None
    moved = said.unseen.as_telling
    return {
        "needed": said.unseen.needed * words.factor,
        "as_telling_as_earlier": moved * words.factor if moved is not None else None,
        "e_value": said.unseen.e_value,
        "warns": said.unseen.warns,
    }


def threshold_json(said: Finding, words: Words) -> dict[str, Any] | None:
    found = said.threshold
    if found is None:
        return None
    return {
        "share_beyond": found.rule.beyond,
        "share_short": found.rule.below,
        "interval": scaled(found.estimate, words),
        "without_the_nearest": scaled(found.donut, words),
        "thresholds_that_decided_nothing": [scaled(one, words) for one in found.placebos],
    }


def recovery_json(
    found: Sequence[Recovered], until: date, filters: Mapping[str, str], gate: Gate
) -> list[dict[str, Any]]:
    """Falls of attendance and how many came back, by half-term, from the released counts."""
    steps = Dimension("step", ("fell", "came back"), nested=True)
    tables = []
    for one in found:
        cells: dict[tuple[str, ...], int] = {("fell",): one.back.of, ("came back",): one.back.found}
        own = {**filters, "year": str(one.year), "term": one.term}
        tables.append(Table("falls of attendance", until, (steps,), cells, own))
    return [recovered_json(one, told) for one, told in zip(found, gate(tables), strict=True)]


def recovered_json(one: Recovered, counts: Released) -> dict[str, Any]:
    """One half-term; the share and its interval from the rounded counts."""
    fell, back = counts.shown("fell"), counts.shown("came back")
    rate = counts.rate(("came back",), ("fell",))
    known = share(Count(back, fell)) if rate is not None and fell and back is not None else None
    return {
        "school_year": one.year,
        "term": one.term,
        "within_school_days": WITHIN,
        "fell": fell,
        "came_back": back,
        "rate": rate,
        "low": known.low if known else None,
        "high": known.high if known else None,
    }
