"""What the signals say of each pupil, with explanations of the flags, less what is objected to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sightline.engine import literal
from sightline.engine.text import literals
from sightline.sheets.source import Source
from sightline.signals import because
from sightline.signals.explain import explain_all
from sightline.signals.flag import Flag, make_flag, threshold_of
from sightline.signals.good_news import good_news

__all__ = ["Noticed", "read_explanations", "read_good", "read_noticed"]

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
GOOD_THEMES = {
    "Praised": "behaviour",
    "In school": "attendance",
    "On time": "punctuality",
    "All": "work",
    "Results": "progress",
}
"""What the sentences of good news begin with, and the theme they are about."""
FIGURES = ("value", "level", "numerator", "denominator")


@dataclass(frozen=True)
class Noticed:
    """`rows` are the signal rows of each pupil; `flags` those flagged, `before` a week earlier."""

    rows: Rows
    flags: tuple[Flag, ...]
    flagged: Mapping[str, Sequence[Mapping[str, Any]]]  # signal -> its flagged rows, as run
    before: frozenset[tuple[str, str]]

    def cannot_tell(self) -> frozenset[str]:
        """Pupils of whom nothing is flagged and something cannot be told."""
        flagged = {flag.pupil_ref for flag in self.flags}
        return frozenset(
            ref
            for ref, rows in self.rows.items()
            if ref not in flagged and any(row["outcome"] == "cannot_tell" for row in rows)
        )


def read_noticed(source: Source) -> Noticed:
    """The signals of `result`, on the sheets' day and, for flags, a week earlier."""
    earlier = source.as_of - timedelta(days=7)
    found = source.engine.rows(
        f"SELECT * FROM result WHERE as_of = {literal(source.as_of)} OR "
        f"(as_of = {literal(earlier)} AND outcome = 'flag') ORDER BY pupil_ref, signal"
    )
    kept = [
        row for row in found if source.wanted(row["pupil_ref"], source.library[row["signal"]].theme)
    ]
    now = [row for row in kept if row["as_of"] == source.as_of]
    rows, flagged = defaultdict(list), defaultdict(list)
    flags = []
    for row in now:
        told = _told(source, row)
        if row["outcome"] == "flag":
            flag = make_flag(source.library[row["signal"]], row, source.values)
            told["strength"] = flag.strength
            flags.append(replace(flag, value=told["value"]))
            flagged[row["signal"]].append(row)
        rows[row["pupil_ref"]].append(told)
    before = frozenset((row["pupil_ref"], row["signal"]) for row in kept if row["as_of"] == earlier)
    return Noticed(rows, tuple(flags), flagged, before)


def _told(source: Source, row: Mapping[str, Any]) -> dict[str, Any]:
    signal = source.library[row["signal"]]
    told = {
        "signal": signal.name,
        "theme": signal.theme,
        "outcome": row["outcome"],
        **{name: _rounded(row[name]) for name in FIGURES},
        "threshold": _rounded(threshold_of(signal, source.values)),
        "window_from": row["window_from"],
        "window_to": row["window_to"],
        "reason": row["reason"],
        "because": because(signal, row, source.values),
    }
    return told


def read_explanations(source: Source, noticed: Noticed) -> dict[tuple[str, str], dict[str, Any]]:
    """(pupil_ref, signal) of every flag to its explanation, in one reading for each signal."""
    found = {}
    for name, rows in noticed.flagged.items():
        _narrow_scope(source, {row["pupil_ref"] for row in rows})
        told = explain_all(source.engine, source.library, name, source.values, rows)
        for row, one in zip(rows, told, strict=True):
            found[row["pupil_ref"], name] = one.as_json()
    return found


def read_good(source: Source, pupil_refs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What else is true of some pupils; call it before the scope is narrowed."""
    if "attendance_momentum" not in source.names:
        return {}  # its sentences are about sessions in school
    refs = [ref for ref in pupil_refs if not source.nothing_wanted(ref)]
    found = good_news(source.engine, refs, source.as_of)
    return {
        ref: tuple(
            one for one in told if ref not in source.objected or _good_wanted(source, ref, one)
        )
        for ref, told in found.items()
    }


def _good_wanted(source: Source, ref: str, sentence: str) -> bool:
    themes = [theme for start, theme in GOOD_THEMES.items() if sentence.startswith(start)]
    return bool(themes) and source.wanted(ref, themes[0])


def _narrow_scope(source: Source, refs: set[str]) -> None:
    school, day = literal(source.school_id), literal(source.as_of)
    source.engine.create(
        "scope",
        f"SELECT pupil_ref, {school} AS school_id, {day} AS as_of FROM "
        f"(SELECT DISTINCT pupil_ref FROM pupil WHERE pupil_ref IN {literals(sorted(refs))})",
    )


def _rounded(value: float | date | None) -> Any:
    return value if value is None or isinstance(value, date) else round(value, 6) + 0.0
