"""One figure explained: the rule, the values in force, the dates, the rows behind it, the sum."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sightline.kit import sentence_list
from sightline.signals.definition import Parameter, Signal, Values
from sightline.signals.evidence import rows_behind
from sightline.signals.fill import Filler
from sightline.signals.run import SqlEngine
from sightline.signals.sentence import because

__all__ = [
    "Explanation",
    "ParameterInForce",
    "arithmetic",
    "explain",
    "explain_all",
    "rule_in_words",
]

FIGURES = ("outcome", "value", "level", "numerator", "denominator", "reason")
# The worked line of each signal, from its row and parameters; the threshold is added to it.
WORKED = {
    "attendance_momentum": "100 x {numerator} / {denominator} - 100 x {earlier_numerator} /"
    " {earlier_denominator} = {value:z.2f} points",
    "persistent_lateness": "{numerator} late of {denominator} arrivals, before that"
    " {earlier_numerator} of {earlier_denominator}",
    "behaviour_rate": "25 x {numerator} / {denominator:.2f} hours = {value:.2f}"
    " from {earlier_numerator} concerns",
    "behaviour_recency": "{numerator} concerns",
    "progress_variance": "{numerator:z.2f} steps / {denominator} subjects = {value:z.2f} steps",
    "missing_work": "{numerator} / {denominator} = {value:.4f}",
    "disengagement": "{numerator} lessons",
    "engagement_vs_peers": "{numerator} / {denominator:.2f} = {value:.4f}",
    "support_without_change": "{numerator} of {denominator} due supports without a meaningful"
    " change, {earlier_numerator} with a level at both dates",
}
LISTED = {
    "value / threshold": "listed at {threshold} or above",
    "value / -threshold": "listed at -{threshold} or below",
    "threshold / value": "listed below {threshold}",
}
ALSO_NEEDED = {
    "persistent_lateness": " unless fewer than before (of {min_arrived} arrivals at least)",
    "behaviour_rate": " from {min_events} concerns or more",
}


class _Plainly(Filler):
    """Numbers as people write them: 3 for 3.0; `{share:percent}`; `{subjects:in}`, " in Maths"."""

    def format_field(self, value: Any, spec: str) -> str:
        if spec == "percent":
            return f"{100 * value:.10g}%"
        if spec == "in":
            return f" in {sentence_list(value)}" if value else ""
        if not spec and isinstance(value, float):
            return f"{value:,.10g}"
        text: str = super().format_field(value, spec)
        return text


PLAINLY = _Plainly()


@dataclass(frozen=True)
class ParameterInForce:
    """A parameter with the value used; `minimum` and `maximum` bound what a school may choose."""

    name: str
    value: Any
    default: Any
    minimum: float | None
    maximum: float | None
    changed: bool
    unit: str
    meaning: str
    owner: str


@dataclass(frozen=True)
class Explanation:
    """All there is to say about one row. `row` holds FIGURES; `evidence` as in evidence.py."""

    signal: str
    pupil_ref: str
    as_of: date
    title: str
    question: str
    rule: str
    version: int
    sql_hash: str
    parameters: tuple[ParameterInForce, ...]
    window_from: date | None
    window_to: date | None
    row: Mapping[str, Any]
    because: str
    arithmetic: str
    evidence: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values: dates as text, numbers to 6 decimals."""
        told: dict[str, Any] = _plain(vars(self))
        return told

    def as_text(self) -> str:
        """Lines for a terminal or a letter, in the order in which a person asks."""
        found = [self.row["numerator"], self.row["denominator"]]
        figures = " of ".join(_number(one) for one in found if one is not None)
        width = max((len(str(one["what"])) for one in self.evidence), default=0)
        lines = [f"{self.title}: {self.row['outcome'].replace('_', ' ')}", self.because, ""]
        lines += [f"Question    {self.question}"]
        lines += [f"Rule        Listed when {self.rule}."]
        lines += [f"            {self.signal} version {self.version}, SQL {self.sql_hash}"]
        if self.window_from:
            lines.append(f"Dates       {self.window_from} to {self.window_to}")
        lines += [f"Arithmetic  {self.arithmetic}", "", "Values used"]
        lines += [f"  {_parameter_line(one)}" for one in self.parameters]
        lines += ["", f"Rows behind the figure ({figures})" if figures else "Rows looked at"]
        lines += [f"  {_evidence_line(one, width)}" for one in self.evidence] or ["  none"]
        return "\n".join(lines)


def explain(
    engine: SqlEngine,
    library: Mapping[str, Signal],
    name: str,
    values: Values,
    row: Mapping[str, Any],
) -> Explanation:
    """Explain one row of `result`, with all its RESULT_COLUMNS, after `run` for the same scope."""
    return explain_all(engine, library, name, values, [row])[0]


def explain_all(
    engine: SqlEngine,
    library: Mapping[str, Signal],
    name: str,
    values: Values,
    rows: Sequence[Mapping[str, Any]],
) -> list[Explanation]:
    """Explain many rows of one signal in one reading of what is behind them."""
    behind: dict[tuple[str, date], list[Mapping[str, Any]]] = defaultdict(list)
    for one in rows_behind(engine, library, name, values):
        behind[one["pupil_ref"], one["as_of"]].append(one)
    signal = library[name]
    used = tuple(_in_force(signal, one, values) for one in signal.parameters)
    return [
        _explanation(signal, values, used, row, behind[row["pupil_ref"], row["as_of"]])
        for row in rows
    ]


def _explanation(
    signal: Signal,
    values: Values,
    used: tuple[ParameterInForce, ...],
    row: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
) -> Explanation:
    return Explanation(
        signal=signal.name,
        pupil_ref=row["pupil_ref"],
        as_of=row["as_of"],
        title=signal.title,
        question=signal.question,
        rule=rule_in_words(signal, values),
        version=signal.version,
        sql_hash=signal.sql_hash,
        parameters=used,
        window_from=row["window_from"],
        window_to=row["window_to"],
        row={figure: row[figure] for figure in FIGURES},
        because=because(signal, row, values),
        arithmetic=arithmetic(signal, row, values),
        evidence=tuple(
            {name: one[name] for name in ("date", "what", "detail", "counts", "of", "part")}
            for one in found
        ),
    )


def rule_in_words(signal: Signal, values: Values) -> str:
    """`flags_when` with the values in force, so that a changed threshold shows."""
    return PLAINLY.format(signal.flags_when, **_own(signal, values))


def arithmetic(signal: Signal, row: Mapping[str, Any], values: Values) -> str:
    """The sum worked with the row's own numbers, and the threshold it is held against."""
    if row["outcome"] == "cannot_tell":
        return "No figure is worked out, and nothing is compared with the threshold."
    own = _own(signal, values)
    facts = own | dict(row) | {"threshold": own[signal.threshold]}
    worked = WORKED.get(signal.name, "{value}")
    also = ALSO_NEEDED.get(signal.name, "")
    return PLAINLY.format(f"{worked}; {LISTED[signal.strength]}{also}.", **facts)


def _own(signal: Signal, values: Values) -> dict[str, Any]:
    return {p.name: values[f"{signal.name}.{p.name}"] for p in signal.parameters}


def _in_force(signal: Signal, one: Parameter, values: Values) -> ParameterInForce:
    value = values[f"{signal.name}.{one.name}"]
    about = one.minimum, one.maximum, value != one.default, one.unit, one.meaning, one.owner
    return ParameterInForce(one.name, value, one.default, *about)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is float:
        return round(value, 6) + 0.0
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, ParameterInForce):
        value = vars(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _number(value: float | None) -> str:
    return "none" if value is None else f"{round(value, 6):,.10g}"


def _parameter_line(one: ParameterInForce) -> str:
    changed = f" (changed; usually {_value(one.default)})" if one.changed else ""
    return f"{one.name} = {_value(one.value)} {one.unit}{changed}: {one.meaning}"


def _value(value: Any) -> str:
    return sentence_list(value) or "all" if isinstance(value, list) else f"{value:,.10g}"


def _evidence_line(one: Mapping[str, Any], width: int) -> str:
    of = "" if one["of"] is None else f" of {_number(one['of'])}"
    before = "" if one["part"] == "now" else f" ({one['part']})"
    counts = f"{_number(one['counts'])}{of}{before}"
    return f"{one['date']}  {one['what']:<{width}}  {counts}  {one['detail']}"
