"""What may be said of each group at each step, so that looking often raises no false alarm.

While the school year runs, the page may be opened every week: the verdict comes from `chance.watch`
over new names, all steps and groups together, so that at most 5% of years raise any alarm about a
group that is treated as the rest. When the year is over there is one look, and the verdict comes
from `chance.compare_all`, again over all steps and groups together. Single groups and pairs share
the 5% evenly: else the many small pairs would drown out the few large groups.

Names are compared with others of the same school and the same week, who could have been named then.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.insights.chance import (
    Count,
    Interval,
    Look,
    Verdict,
    Watched,
    compare_all,
    how_to_say,
    names_needed,
    pupils_needed,
    watch,
)
from sightline.insights.chance.verdict import (
    FEWEST_FOR_RATIO,
    FEWEST_FOUND,
    WORTH_KNOWING,
    about,
    judged,
)
from sightline.insights.fairness.funnel import NEVER, Funnel
from sightline.insights.fairness.groups import Group
from sightline.insights.fairness.steps import Step, counted, weeks_of

__all__ = ["Looks", "judged_all", "looks_at"]

Looks = Literal["weekly", "once"]
Asked = tuple[str, str]  # step, group
ALPHA = 0.05
OTHER_WAY: Mapping[str, Literal["higher", "lower"]] = {"higher": "lower", "lower": "higher"}


def judged_all(
    funnel: Funnel, steps: Sequence[Step], groups: Sequence[Group], looks: Looks
) -> dict[Asked, Verdict]:
    """The verdict of each step and group by their names; a step that is not judged has none.

    "evaluated" has none of its own: it is "cannot tell" the other way round. Single signals are
    judged for single groups only.
    """
    single = [one for one in groups if len(one.levels) == 1]
    paired = [one for one in groups if len(one.levels) == 2]
    whole = [step for step in steps if not step.signal]
    alpha = ALPHA / 2 if single and paired else ALPHA
    judge = _watched if looks == "weekly" else _compared
    return judge(funnel, steps, single, alpha) | judge(funnel, whole, paired, alpha)


def _compared(
    funnel: Funnel, steps: Sequence[Step], groups: Sequence[Group], alpha: float
) -> dict[Asked, Verdict]:
    asked = [(step, group) for step in steps for group in groups if step.name != "evaluated"]
    counts = [counted(funnel, step, group) for step, group in asked]
    found = compare_all(counts, level=1 - alpha)
    return {
        (step.name, group.name): _large_enough(one, *count)
        for (step, group), one, count in zip(asked, found, counts, strict=True)
    }


def _watched(
    funnel: Funnel, steps: Sequence[Step], groups: Sequence[Group], alpha: float
) -> dict[Asked, Verdict]:
    """A group too small for a ratio is not watched: nothing could be said of it."""
    watched = [step for step in steps if step.watched and step.name != "cannot_tell"]
    large = [group for group in groups if group.inside.sum() >= FEWEST_FOR_RATIO]
    looks = {
        (step.name, group.name): weeks
        for step in watched
        for group, weeks in zip(large, looks_at(funnel, step, large), strict=True)
    }
    found = watch({"\n".join(asked): weeks for asked, weeks in looks.items()}, alpha=alpha)
    told = {asked: found["\n".join(asked)] for asked in looks}
    verdicts = {}
    for step in watched:
        for group in large:
            counts = counted(funnel, step, group)
            one = _so_far(told[step.name, group.name], *counts, len(looks), alpha)
            evaluated = step.name == "evaluated"
            name = "cannot_tell" if evaluated else step.name
            verdicts[name, group.name] = _other_way(one) if evaluated else one
    return {
        (step.name, group.name): _large_enough(
            verdicts.get((step.name, group.name)), *counted(funnel, step, group)
        )
        for step in steps
        for group in groups
        if step.watched and step.name != "evaluated"
    }


def _so_far(found: Watched, group: Count, rest: Count, groups: int, alpha: float) -> Verdict:
    """The verdict of the watch, with the pupils needed counted at this step.

    As many as bring the names it takes, at the rate at which names have come.
    """
    if found.alarm_at is not None:
        return found.verdict
    named, everyone = group.found + rest.found, group.of + rest.of
    needed = None
    if named and 0 < group.of < everyone:
        names = names_needed(group.of / everyone, WORTH_KNOWING, groups=groups, alpha=alpha)
        needed = math.ceil(names * group.of / named)
    # An interval just off 1 without an alarm is one of many groups: not beyond chance.
    around = Interval(min(found.odds.low, 1.0), max(found.odds.high, 1.0))
    return judged(around, WORTH_KNOWING, group.of, needed)


def _other_way(told: Verdict) -> Verdict:
    """Of those who could not be told, what was said of those who could: odds turn over."""
    kind = OTHER_WAY.get(told.kind, told.kind)
    return Verdict(kind, None, told.larger_than, told.needed)


def _large_enough(found: Verdict | None, group: Count, rest: Count) -> Verdict:
    """The verdict, unless the numbers so far are below the minimum for any.

    Then so many pupils are said to be needed that ten would be found at the common rate.
    """
    if found is not None and how_to_say(group, rest) == "ratio":
        return found
    both, everyone = group.found + rest.found, group.of + rest.of
    if not both or both == everyone:
        return Verdict("cannot_tell")
    needed = pupils_needed(both / everyone, WORTH_KNOWING, rest.of / max(group.of, 1)) or 0
    fewest = math.ceil(FEWEST_FOUND * everyone / both)
    return Verdict("cannot_tell", needed=about(max(needed, fewest, FEWEST_FOR_RATIO)))


def looks_at(funnel: Funnel, step: Step, groups: Sequence[Group]) -> list[list[list[Look]]]:
    """Of each group, week by week and school by school: who was named, of whom."""
    if not groups:
        return []
    before, now = weeks_of(funnel, step)
    last = np.maximum(funnel.facts.here_to, np.where(now == NEVER, -1, now))
    inside = np.stack([group.inside for group in groups], axis=1).astype(np.int64)
    known = np.stack([group.known for group in groups], axis=1).astype(np.int64)
    weeks = np.arange(len(funnel.facts.dates))
    named = now[:, None] == weeks
    could = (before[:, None] <= weeks) & (now[:, None] >= weeks) & (last[:, None] >= weeks)
    # (schools, weeks, groups), four times
    counts = np.stack(
        [
            [one[own].T.astype(np.int64) @ who[own] for own in _schools(funnel)]
            for one, who in ((named, inside), (named, known), (could, inside), (could, known))
        ]
    )
    return [
        [
            [Look(*map(int, counts[:, school, week, group])) for school in range(counts.shape[1])]
            for week in weeks
        ]
        for group in range(len(groups))
    ]


def _schools(funnel: Funnel) -> list[NDArray[np.bool_]]:
    return [funnel.school == number for number in range(int(funnel.school.max(initial=-1)) + 1)]
