"""Figures of fairness in words: shares, times the rest, what can be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sightline.kit import plural

__all__ = ["FigureWords", "Summary", "figure_words", "steps_words", "summary"]


@dataclass(frozen=True)
class FigureWords:
    """One group at one step in words; `told` is False where its count is hidden."""

    told: bool
    counts: str
    share: str
    rest: str
    times: str
    points: str
    verdict: str
    kind: str
    why: str


@dataclass(frozen=True)
class Summary:
    """Sentences on single groups; `untold` counts the comparisons that cannot be told."""

    higher: list[str]
    lower: list[str]
    no_larger: list[str]
    untold: int
    all: int

    @property
    def untold_words(self) -> str:
        return plural(self.untold, "comparison")


def steps_words(step: Mapping[str, Any]) -> str:
    return str(step["words"])


def figure_words(stage: Mapping[str, Any]) -> FigureWords:
    """The words of one figure of the answer."""
    return FigureWords(
        told=stage["of"] is not None,
        counts=_counts(stage, ""),
        share=share(stage, ""),
        rest=share(stage, "rest_") or _counts(stage, "rest_") or "not shown",
        times=times(stage),
        points=points(stage),
        verdict=stage["verdict"] or "",
        kind=stage["verdict_kind"] or "",
        why=stage["why"],
    )


def _counts(stage: Mapping[str, Any], prefix: str) -> str:
    if stage[f"{prefix}of"] is None:
        return ""
    return f"{stage[f'{prefix}found']:,} of {stage[f'{prefix}of']:,}"


def share(stage: Mapping[str, Any], prefix: str) -> str:
    """19% (14 to 26%); empty where there is no rate."""
    if stage[f"{prefix}rate"] is None:
        return ""
    rate, low, high = (round(100 * stage[f"{prefix}{end}"]) for end in ("rate", "low", "high"))
    return f"{rate}% ({low} to {high}%)"


def times(stage: Mapping[str, Any]) -> str:
    """2.3 times (1.6 to 3.4); "or more" where there is no upper end."""
    if stage["ratio_low"] is None:
        return ""
    high = stage["ratio_high"]
    ends = (
        f"{stage['ratio_low']:.1f} to {high:.1f}" if high else f"{stage['ratio_low']:.1f} or more"
    )
    return f"{stage['ratio']:.1f} ({ends})" if stage["ratio"] is not None else ends


def points(stage: Mapping[str, Any]) -> str:
    """The difference in percentage points, with its range."""
    if stage["difference"] is None:
        return ""
    ends = ("difference", "difference_low", "difference_high")
    gap, low, high = (f"{100 * stage[end]:+.0f}".replace("-", "\N{MINUS SIGN}") for end in ends)
    return f"{gap} points ({low} to {high})"


def summary(found: Mapping[str, Any]) -> Summary:
    """The verdicts on single groups, as sentences with their figures."""
    steps = {step["name"]: step for step in found["steps"]}
    told = [
        (stage["verdict_kind"], sentence(one["group"], steps[stage["step"]], stage))
        for one in found["groups"]
        if len(one["by"]) == 1
        for stage in one["stages"]
        if stage["verdict_kind"]
    ]
    of = {kind: [words for one, words in told if one == kind] for kind in dict(told)}
    return Summary(
        of.get("higher", []),
        of.get("lower", []),
        of.get("no_larger", []),
        len(of.get("cannot_tell", [])),
        len(told),
    )


def sentence(group: str, step: Mapping[str, Any], stage: Mapping[str, Any]) -> str:
    """SEND, flagged: 19% (14 to 26%) against 8% (6 to 10%); higher than the rest beyond chance."""
    about = f"{group[:1].upper()}{group[1:]}, {_middle(step)}"
    own, rest = share(stage, ""), share(stage, "rest_")
    if own and rest:
        return f"{about}: {own} against {rest}; {stage['verdict']}."
    return f"{about}: {stage['verdict']}; the counts are not shown."


def _middle(step: Mapping[str, Any]) -> str:
    return f"flagged by “{step['words']}”" if step["signal"] else str(step["words"])
