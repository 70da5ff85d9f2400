"""The figures of one group at one step, from released counts only, with the reason for each gap.

Rate, ratio and difference come with their intervals, all worked out from the rounded counts that
came through the gate; only the verdict rests on the true ones. A ratio is shown for 30 pupils and
ten found, counts in words for 10 to 29, nothing below.
"""

from dataclasses import asdict, dataclass

from sightline.insights.chance import (
    Count,
    Interval,
    Verdict,
    difference,
    how_to_say,
    ratio,
    share,
)
from sightline.insights.chance.verdict import FEWEST_FOR_RATIO, FEWEST_IN_WORDS
from sightline.insights.disclosure import HIDDEN
from sightline.insights.fairness.funnel import STAGES
from sightline.insights.fairness.groups import Group
from sightline.insights.fairness.release import Shown
from sightline.insights.fairness.steps import Step

__all__ = ["Figure", "figure_of"]

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


def figure_of(shown: Shown, step: Step, group: Group, verdict: Verdict | None) -> Figure:
    """One group's figures at one step."""
    base, own, rest = _counts(shown, step, group)
    said = {
        "verdict": verdict.words if verdict else None,
        "verdict_kind": verdict.kind if verdict else None,
    }
    values: dict[str, float | None] = {}
    if own is not None:
        values |= {"found": own.found, "of": own.of} | _rate(own, "")
    if rest is not None:
        values |= {"rest_found": rest.found, "rest_of": rest.of} | _rate(rest, "rest_")
    if own is not None and rest is not None and how_to_say(own, rest) == "ratio":
        values |= _against(own, rest)
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


def _against(own: Count, rest: Count) -> dict[str, float | None]:
    """The ratio and the difference with their score intervals; nothing is filled in.

    Where the rest has none, there is no ratio, only its lower end.
    """
    found: dict[str, float | None] = {}
    if (ends := ratio(own, rest)) is not None:
        found["ratio"] = round((own.share or 0) / rest.share, 3) if rest.share else None
        found |= _ends("ratio", ends)
    if (ends := difference(own, rest)) is not None:
        found["difference"] = round((own.share or 0) - (rest.share or 0), 4)
        found |= _ends("difference", ends)
    return found


def _ends(name: str, ends: Interval) -> dict[str, float | None]:
    high = round(ends.high, 4) if ends.high < float("inf") else None
    return {f"{name}_low": round(ends.low, 4), f"{name}_high": high}


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
