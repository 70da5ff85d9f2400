"""The sentence staff read, made from the row and the rule that made the row: no other wording."""

from collections.abc import Mapping
from typing import Any

from sightline.kit import plural
from sightline.signals.definition import Signal, Values
from sightline.signals.fill import Filler

__all__ = ["because"]


class _Words(Filler):
    """`{count:n session}` is "1 session" or "38 sessions"; `n one|many` for odd plurals."""

    def format_field(self, value: Any, spec: str) -> str:
        if spec.startswith("n "):
            one, _, many = " ".join(spec[2:].split()).partition("|")
            return plural(int(value), one, many or None)
        if not spec and isinstance(value, float) and value.is_integer():
            return f"{int(value):,}"
        text: str = super().format_field(value, spec)
        return text


WORDS = _Words()


def because(signal: Signal, row: Mapping[str, Any], values: Values) -> str:
    """One sentence for a row of RESULT_COLUMNS. Every number in it is the row's own."""
    facts = _facts(row)
    facts |= {p.name: values[f"{signal.name}.{p.name}"] for p in signal.parameters}
    if row["outcome"] == "cannot_tell":
        return WORDS.format(signal.cannot_tell[row["reason"]], **facts)
    return WORDS.format(signal.because[row["outcome"]], **facts)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a sentence may name: the row's figures, and a few that follow from them."""
    numerator, denominator = row["numerator"] or 0.0, row["denominator"] or 0.0
    earlier, of_earlier = row["earlier_numerator"] or 0.0, row["earlier_denominator"] or 0.0
    value = row["value"] or 0.0
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "days": row["days"] or 0,
        "missed": denominator - numerator,
        "rate": 100 * numerator / denominator if denominator else 0.0,
        "earlier_numerator": earlier,
        "earlier_denominator": of_earlier,
        "earlier_missed": of_earlier - earlier,
        "earlier_rate": 100 * earlier / of_earlier if of_earlier else 0.0,
        "drop": -value,
        "gap": -value,
        "share": 100 * value,
        # What the one extra count of each signal's SQL is called in its sentence.
        "concerns": earlier,
        "concern_days": earlier,
        "below": earlier,
        "subjects": earlier,
        "peers": earlier,
        "removed": earlier,
        "truant": numerator - earlier,
        "support_clear": _support(int(denominator), int(earlier), int(numerator)),
    }


def _support(due: int, measured: int, unchanged: int) -> str:
    if not due:
        return "No support is past its review date."
    return (
        f"{plural(due, 'support is', 'supports are')} past the review date, of which {measured} "
        f"could be measured; {unchanged} without a meaningful change."
    )
