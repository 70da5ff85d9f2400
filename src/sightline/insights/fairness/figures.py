"""The figures of one group at one step, from released counts only, with the reason for each gap.

Rate, ratio and difference come with their intervals, all worked out from the rounded counts that
came through the gate; only the verdict rests on the true ones. A ratio is shown for 30 pupils and
ten found, counts in words for 10 to 29, nothing below.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from sightline.insights.chance import (
    Count,
    Verdict,
    how_to_say,
    score_difference,
    score_ratio,
    share,
)
from sightline.insights.chance.verdict import FEWEST_FOR_RATIO, FEWEST_IN_WORDS
from sightline.insights.disclosure import HIDDEN
from sightline.insights.fairness.funnel import STAGES
from sightline.insights.fairness.groups import Group
from sightline.insights.fairness.release import Shown
from sightline.insights.fairness.steps import Step

__all__ = ["Figure", "figures_of"]

COUNTED_AS = {
    "cannot_tell": "evaluated",
    "list_share": "listed",
    "precision": "lost_flagged",
    "reach": "lost_flagged",
}
STAGE_WORDS = {
    "on_roll": "all on roll",
    "evaluated": "those evaluated",
    "flagged": "those flagged",
    "listed": "those listed",
    "decided": "those decided on",
    "acted_on": "those acted on",
    "reviewed": "those reviewed",
}


# By counts of a group and of its rest: the ratio and the difference, with their ends.
Against = Mapping[tuple[Count, Count], Mapping[str, float | None]]


@dataclass(frozen=True)
class Figure:
    """`found` of `of` in the group and in the rest; rates 0 to 1; None where it is not shown.

    `base` is the stage `of` counts; `ratio` and `difference` are the group against the rest.
    `ratio_high` is None where there is no end. `why` says in a sentence what is missing.
    """

    step: str
    base: str
    found: int | None = None
    of: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    rest_found: int | None = None
    rest_of: int | None = None
    rest_rate: float | None = None
    rest_low: float | None = None
    rest_high: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    verdict: str | None = None
    verdict_kind: str | None = None
    why: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def figures_of(shown: Shown, asked: Sequence[tuple[Step, Group, Verdict | None]]) -> list[Figure]:
    """Each group's figures at the step asked about; all intervals in one pass."""
    counts = [_counts(shown, step, group) for step, group, _ in asked]
    both = [(own, rest) for _, own, rest in counts if own is not None and rest is not None]
    against = _against({pair for pair in both if how_to_say(*pair) == "ratio"})
    return [
        _figure(step, verdict, found, against)
        for (step, _, verdict), found in zip(asked, counts, strict=True)
    ]


def _figure(
    step: Step,
    verdict: Verdict | None,
    counts: tuple[str, Count | None, Count | None],
    against: Against,
) -> Figure:
    base, own, rest = counts
    said = {
        "verdict": verdict.words if verdict else None,
        "verdict_kind": verdict.kind if verdict else None,
    }
    values: dict[str, float | None] = {}
    if own is not None:
        values |= {"found": own.found, "of": own.of} | _rate(own, "")
    if rest is not None:
        values |= {"rest_found": rest.found, "rest_of": rest.of} | _rate(rest, "rest_")
    if own is not None and rest is not None:
        values |= against.get((own, rest), {})
    why = _why(step, base, own, rest, verdict)
    return Figure(step.name, base, why=why, **said, **values)  # type: ignore[arg-type]


def _counts(shown: Shown, step: Step, group: Group) -> tuple[str, Count | None, Count | None]:
    """The counts of the group and of the rest, of the nearest stage that is shown for both.

    Where it is for neither, those of the group alone.
    """
    wider = STAGES[: STAGES.index(step.of) + 1][::-1] if step.of in STAGES else (step.of,)
    # Whoever was lost without being flagged is no part of a share of those flagged.
    bases = wider if step.name != "precision" else (step.of,)
    both = [(base, *_pair(shown, step, group, base)) for base in bases]
    for found in both:
        if found[1] is not None and found[2] is not None:
            return found
    return next((found for found in both if found[1] is not None), both[0])


def _pair(shown: Shown, step: Step, group: Group, base: str) -> tuple[Count | None, Count | None]:
    return (
        _count(step, *(shown.group(group, what) for what in (_found(step), base))),
        _count(step, *(shown.rest(group, what) for what in (_found(step), base))),
    )


def _found(step: Step) -> str:
    return COUNTED_AS.get(step.name, step.name)


def _count(step: Step, found: int | None, of: int | None) -> Count | None:
    """None also where a figure kept from an earlier day has overtaken the other."""
    if found is None or of is None or found > of or of < FEWEST_IN_WORDS:
        return None
    return Count(of - found if step.name == "cannot_tell" else found, of)


def _rate(count: Count, prefix: str) -> dict[str, float | None]:
    """The share with its interval, for 30 pupils or more."""
    ends = share(count) if count.of >= FEWEST_FOR_RATIO else None
    if ends is None:
        return {}
    return {
        f"{prefix}rate": round(count.share or 0.0, 4),
        f"{prefix}low": round(ends.low, 4),
        f"{prefix}high": round(ends.high, 4),
    }


def _against(pairs: Iterable[tuple[Count, Count]]) -> Against:
    """Ratios and differences of groups and rests with their score intervals; nothing filled in.

    Where the rest has none, there is no ratio, only its lower end.
    """
    listed = list(pairs)
    if not listed:
        return {}
    k1, n1, k0, n0 = np.array(
        [(own.found, own.of, rest.found, rest.of) for own, rest in listed], float
    ).T
    ends = zip(*score_ratio(k1, n1, k0, n0), *score_difference(k1, n1, k0, n0), strict=True)
    found = {}
    for (own, rest), (low, high, least, most) in zip(listed, ends, strict=True):
        mine, theirs = own.share or 0.0, rest.share or 0.0
        found[own, rest] = {
            "ratio": round(mine / theirs, 3) if theirs else None,
            "ratio_low": round(float(low), 4),
            "ratio_high": round(float(high), 4) if high < float("inf") else None,
            "difference": round(mine - theirs, 4),
            "difference_low": round(float(least), 4),
            "difference_high": round(float(most), 4),
        }
    return found


def _why(
    step: Step, base: str, own: Count | None, rest: Count | None, verdict: Verdict | None
) -> str:
    """What is not shown and why, in sentences; empty where everything is."""
    said: list[str] = []
    if own is None:
        said.append(f"Not shown: {HIDDEN}.")
    elif rest is None:
        said.append(f"The rest is not shown: {HIDDEN}.")
    elif own.of < FEWEST_FOR_RATIO:
        said.append(f"{own} in the group: too few pupils for a rate.")
    elif how_to_say(own, rest) != "ratio":
        said.append("Fewer than ten found or to be expected, too few for a ratio.")
    if own is not None and base != step.of and not step.signal:
        said.append(f"Of {STAGE_WORDS[base]}, as the number of {STAGE_WORDS[step.of]} is hidden.")
    if verdict is None and not step.watched:
        said.append("Judged once, when the school year is over.")
    if verdict is not None and verdict.kind == "cannot_tell" and not verdict.needed:
        said.append("So far nobody was found, or everybody was, or no number of pupils would do.")
    return " ".join(said)
