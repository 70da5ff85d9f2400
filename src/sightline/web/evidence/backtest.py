"""The answer of a backtest as its page shows it: rows in words, groups, what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from sightline.kit import plural, sentence_list
from sightline.web.evidence.backtest_chart import list_against_share

__all__ = ["Line", "Shown", "shown"]


@dataclass(frozen=True)
class Line:
    """One threshold as a row of the table."""

    threshold: str
    badge: str
    listed: str
    spread: str
    new_names: str
    after: str
    interval: str
    random: str
    found: str
    warning: str
    already: str
    supported: str


@dataclass(frozen=True)
class Shown:
    """All that the template needs of one answer."""

    lines: Sequence[Line]
    drawing: str
    sentence: str
    why: str
    proposal: str
    proposal_sentence: str
    propose_url: str
    years: str
    capacity: str
    left_out: str
    known: str
    caveats: Sequence[str]
    groups: Sequence[Mapping[str, Any]]
    group_heads: Sequence[str]


def shown(answer: Mapping[str, Any], parameter: str) -> Shown:
    """The answer in words. `parameter` is the threshold's name, for the way to propose it."""
    proposal = answer["proposal"]
    value = proposal["threshold"]
    today = next((row for row in answer["rows"] if row["today"]), answer["rows"][0])
    return Shown(
        lines=[_line(row) for row in answer["rows"]],
        drawing=list_against_share(answer["rows"]),
        sentence=answer["sentence"],
        why=answer["why"] or "",
        proposal=_proposal(value, today, proposal["why"]),
        proposal_sentence=proposal["sentence"] or "",
        propose_url=_propose_url(answer["signal"], parameter, value, today),
        years=_years(answer),
        capacity=(
            f"A week's lists of this school hold {plural(answer['capacity'], 'pupil')}: "
            f"{plural(answer['lists'], 'year group')} of "
            f"{answer['capacity'] // answer['lists']} each."
        ),
        left_out=_left_out(answer, today),
        known=answer["known"]["sentence"] or "",
        caveats=answer["caveats"],
        groups=[_group(one) for one in answer["groups"]],
        group_heads=_heads(answer["groups"]),
    )


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        threshold=_number(row["threshold"]),
        badge=" and ".join(word for word in ("today", "proposed") if row[word]),
        listed=f"{row['listed_per_week']:.1f}",
        spread=f"{row['listed_per_week_median']:.0f}; {row['listed_per_week_95th']:.0f}",
        new_names=f"{row['new_names_per_week']:.1f}",
        after=_percent(row["precision"]),
        interval=_interval(row["precision_low"], row["precision_high"]),
        random=_percent(row["base_rate"]),
        found=f"{row['found']:,} of {row['onsets']:,}",
        warning=_warning(row),
        already=f"{row['already_in_harm']:,}",
        supported=f"{row['already_supported']:,}",
    )


def _warning(row: Mapping[str, Any]) -> str:
    if row["lead_days_median"] is None:
        return "none"
    low, high = row["lead_days_lower"], row["lead_days_upper"]
    return f"{row['lead_days_median']:.0f} ({low:.0f} to {high:.0f})"


def _proposal(value: float | None, today: Mapping[str, Any], why: str) -> str:
    if value is None:
        return why
    if value == today["threshold"]:
        return f"{_number(value)}, as today. {why}"
    return f"{_number(value)} in place of {_number(today['threshold'])}. {why}"


def _propose_url(signal: str, parameter: str, value: float | None, today: Mapping[str, Any]) -> str:
    """Where a person proposes it with a reason; nothing to propose where it is today's."""
    if value is None or value == today["threshold"]:
        return ""
    asked = urlencode({"parameter": parameter, "value": _number(value)})
    return f"{reverse('threshold', args=[signal])}?{asked}#propose"


def _years(answer: Mapping[str, Any]) -> str:
    """Which years were chosen on and which are shown."""
    reported = f"{answer['reported']}/{(answer['reported'] + 1) % 100:02}"
    if answer["reported"] in answer["chosen_on"]:
        return (
            f"There is one school year, {reported}: the proposal is chosen on the same weeks that "
            "are shown, and looks a little better here than it will do."
        )
    chosen = sentence_list([f"{one}/{(one + 1) % 100:02}" for one in answer["chosen_on"]])
    return f"The proposal is chosen on {chosen}; all figures are of {reported}."


def _left_out(answer: Mapping[str, Any], today: Mapping[str, Any]) -> str:
    said = [f"{answer['cannot_tell']:,} pupil-weeks with too little data to tell"]
    if today["cannot_be_followed"]:
        said.append(
            f"{today['cannot_be_followed']:,} listed pupil-weeks that cannot be followed to the "
            "end, as the pupil left or the data end"
        )
    if today["already_in_harm"]:
        said.append(f"{today['already_in_harm']:,} listed pupil-weeks of pupils in it already")
    return f"Not counted in the share at today's threshold: {sentence_list(said)}."


def _group(one: Mapping[str, Any]) -> dict[str, Any]:
    """One way of grouping; every number is from the released counts."""
    return {
        "title": one["title"],
        "rows": [
            {
                "group": row["group"],
                "pupils": _count(row["pupils"]),
                "at": [f"{_count(at['listed'])} ({_percent(at['share'])})" for at in row["at"]],
            }
            for row in one["rows"]
        ],
    }


def _heads(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    first = groups[0]["rows"][0]["at"] if groups else []
    return [f"Listed at {_number(at['threshold'])}" for at in first]


def _count(count: int | None) -> str:
    return "not shown" if count is None else f"{count:,}"


def _percent(share: float | None) -> str:
    return "cannot tell" if share is None else f"{100 * share:.0f}%"


def _interval(low: float | None, high: float | None) -> str:
    return "too few" if low is None or high is None else f"{100 * low:.0f} to {100 * high:.0f}%"


def _number(value: float) -> str:
    return f"{value:.10g}"
