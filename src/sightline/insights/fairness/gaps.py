"""Where a gap may come from: within classes or between them, and whether one person writes most.

Group level only, and only for a group whose verdict is that it differs. Nobody is named: a member
of staff is "one of 12 who log". Which signal it is, the signals' own figures say.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.insights.chance import Interval, Verdict
from sightline.insights.chance.verdict import FEWEST_IN_WORDS
from sightline.insights.fairness.funnel import Funnel
from sightline.insights.fairness.groups import Group
from sightline.insights.fairness.steps import Step, masks

__all__ = ["Busiest", "Gap", "busiest_of", "gap_json", "gaps_of", "place_of", "within_strata"]

Mask = NDArray[np.bool_]
FEWEST_WHO_LOG = 10
Z = 1.959964


@dataclass(frozen=True)
class Gap:
    """One group at one step that differs; `within` is what remains inside tutor groups."""

    group: Group
    step: Step
    kind: str
    within: str


@dataclass(frozen=True, eq=False)
class Busiest:
    """Whoever wrote entries about most of a group's flagged pupils, one of `who_log` staff.

    `about` are all pupils flagged by the signal about whom that person wrote.
    """

    gap: Gap
    who_log: int
    about: Mask = field(repr=False)


def gaps_of(
    funnel: Funnel,
    steps: Sequence[Step],
    groups: Sequence[Group],
    verdicts: Mapping[tuple[str, str], Verdict],
) -> list[Gap]:
    """Every single group said to be flagged more or less than the rest, with what remains."""
    found = []
    for step in steps:
        for group in groups:
            kind = verdicts[step.name, group.name].kind if _flags(step, group, verdicts) else ""
            if kind in ("higher", "lower"):
                found.append(Gap(group, step, kind, _within(funnel, step, group, kind)))
    return found


def _flags(step: Step, group: Group, verdicts: Mapping[tuple[str, str], Verdict]) -> bool:
    flags = step.name == "flagged" or bool(step.signal)
    return flags and len(group.levels) == 1 and (step.name, group.name) in verdicts


def _within(funnel: Funnel, step: Step, group: Group, kind: str) -> str:
    """Set against others of the same tutor group, does the group still differ?"""
    classes = [(row["school_id"], row["registration_group"]) for row in funnel.facts.pupils]
    names = sorted({one for one in classes if one[1] is not None})
    if len(names) < 2:
        return "no tutor groups are known"
    number = {name: at for at, name in enumerate(names)}
    strata = np.array([number.get(one, -1) for one in classes])
    ends = within_strata(*masks(funnel, step), group, strata)
    if ends is None:
        return "too few to set against others of the same tutor group"
    if (ends.low > 1 and kind == "higher") or (ends.high < 1 and kind == "lower"):
        return f"still {kind} when set against others of the same tutor group"
    return "not told apart from others of the same tutor group: it may lie between tutor groups"


def within_strata(
    found: Mask, could: Mask, group: Group, strata: NDArray[np.int64]
) -> Interval | None:
    """The 95% interval of the ratio, each pupil set against others of the same stratum.

    Mantel-Haenszel's ratio of shares with the variance of its logarithm by Greenland, S. and
    Robins, J. (1985), Biometrics 41: 55-68. None where no stratum holds both, or nobody is found.
    """
    asked = could & group.known & (strata >= 0)
    size = int(strata.max(initial=-1)) + 1

    def count(mask: Mask) -> NDArray[np.float64]:
        return np.bincount(strata[asked & mask], minlength=size).astype(float)

    n1, n0 = count(group.inside), count(~group.inside)
    a, c = count(group.inside & found), count(~group.inside & found)
    both = (n1 > 0) & (n0 > 0)
    n1, n0, a, c = n1[both], n0[both], a[both], c[both]
    total = n1 + n0
    r, s = float((a * n0 / total).sum()), float((c * n1 / total).sum())
    if r <= 0 or s <= 0:
        return None
    variance = float(((n1 * n0 * (a + c) - a * c * total) / total**2).sum()) / (r * s)
    reach = Z * math.sqrt(max(variance, 0.0))
    return Interval(r / s * math.exp(-reach), r / s * math.exp(reach))


def busiest_of(funnel: Funnel, gaps: Sequence[Gap]) -> list[Busiest]:
    """Of gaps in signals of behaviour: whoever wrote about most of the group's flagged pupils.

    None where fewer than ten people log: one of so few would be known.
    """
    entries = funnel.facts.entries
    if entries is None or entries.shape[1] < FEWEST_WHO_LOG:
        return []
    found = []
    for gap in gaps:
        if gap.step.signal.startswith("behaviour"):
            flagged = masks(funnel, gap.step)[0]
            about = entries & flagged[:, None]
            most = int((about & gap.group.inside[:, None]).sum(axis=0).argmax())
            found.append(Busiest(gap, entries.shape[1], about[:, most]))
    return found


def place_of(gap: Gap) -> str:
    """The name under which the busiest recorder's pupils are counted for a gap."""
    return f"written about by one:{gap.step.signal}:{gap.group.name}"


def gap_json(gap: Gap, busiest: Busiest | None, counts: Sequence[int | None]) -> dict[str, Any]:
    """One gap for the answer. `counts` are released: of the group, and of the rest, each flagged
    pupils about whom that person wrote, and flagged pupils."""
    said = ""
    if busiest is not None:
        own, of, rest, rest_of = counts
        if own is None or of is None or of < FEWEST_IN_WORDS:
            said = "who wrote the entries is not shown: too few pupils"
        else:
            other = f"{rest} of {rest_of}" if rest is not None and rest_of else "a hidden number"
            said = (
                f"one of {busiest.who_log} who log wrote about {own} of the {of} flagged in the "
                f"group, and about {other} flagged of the rest"
            )
    return {
        "group": gap.group.name,
        "step": gap.step.name,
        "kind": gap.kind,
        "by_class": gap.within,
        "by_recorder": said or None,
    }
