"""What is set against what: each step of the funnel, as pupils found of pupils who could be."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sightline.insights.chance import Count
from sightline.insights.fairness.funnel import NEVER, Funnel
from sightline.insights.fairness.groups import Group

__all__ = [
    "SIGNAL_STEP",
    "STEPS",
    "Step",
    "counted",
    "masks",
    "set_against",
    "steps_of",
    "weeks_of",
]

Mask = NDArray[np.bool_]
Weeks = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """`name`: those found, of those of the stage `of`. `words` and `means` are for pages.

    `watched` says that its pupils come one by one, week by week, so that it can be looked at
    every week; the others are judged once, when the school year is over. `signal` is set where
    only one signal's flags are counted.
    """

    name: str
    of: str
    words: str
    means: str
    watched: bool = True
    signal: str = ""


STEPS = (
    Step(
        "marks_missing",
        "on_roll",
        "marks missing",
        "less than 95% of the marks there should be are there",
        watched=False,
    ),
    Step(
        "cannot_tell",
        "on_roll",
        "cannot tell",
        "no signal had enough to go on in any week",
    ),
    Step("evaluated", "on_roll", "evaluated", "a signal had enough to go on in some week"),
    Step("flagged", "evaluated", "flagged", "met the threshold of a signal in some week"),
    Step("listed", "flagged", "listed", "was on a recorded weekly list"),
    Step(
        "list_share",
        "on_roll",
        "listed, of all",
        "was on a recorded weekly list, whether or not there was anything to notice",
        watched=False,
    ),
    Step("decided", "listed", "decided", "a named person decided something"),
    Step("acted_on", "decided", "acted on", "the decision was to act on this"),
    Step("reviewed", "acted_on", "reviewed", "a support was looked at again"),
    Step(
        "improved",
        "reviewed",
        "improved",
        "the measure the support aims at is better by the signal’s meaningful change",
    ),
)


OUTCOME_STEPS = (
    Step(
        "precision",
        "flagged",
        "of those flagged, lost later",
        "withdrew or failed in the end",
        watched=False,
    ),
    Step(
        "reach",
        "lost",
        "of those lost, flagged",
        "was flagged in some week while on roll",
        watched=False,
    ),
)
SIGNAL_STEP = Step("flagged", "evaluated", "flagged", "met this signal’s threshold in some week")


def steps_of(funnel: Funnel) -> list[Step]:
    """The steps that can be counted: those people record only where records were given.

    The flags of each signal by itself come last.
    """
    have = {*funnel.stages, "cannot_tell"}
    if funnel.facts.marks_missing is not None:
        have.add("marks_missing")
    if "listed" in have:
        have.add("list_share")
    each = [
        replace(SIGNAL_STEP, name=f"flagged:{signal}", signal=signal)
        for signal in funnel.facts.flagged
    ]
    outcome = OUTCOME_STEPS if funnel.facts.lost is not None else ()
    return [*(step for step in STEPS if step.name in have), *outcome, *each]


def masks(funnel: Funnel, step: Step) -> tuple[Mask, Mask]:
    """Which pupils were found in a step, and which could have been."""
    reached, at = funnel.reached, funnel.stages.index
    if funnel.facts.lost is not None and step.name in ("precision", "reach"):
        lost, flagged = funnel.facts.lost & reached[:, 0], reached[:, at("flagged")]
        return lost & flagged, flagged if step.name == "precision" else lost
    could: Mask = reached[:, at(step.of)]
    if step.name == "marks_missing" and funnel.facts.marks_missing is not None:
        return funnel.facts.marks_missing & could, could
    if step.name == "cannot_tell":
        return could & ~reached[:, at("evaluated")], could
    found: Mask = weeks_of(funnel, step)[1] != NEVER
    return found & could, could


def weeks_of(funnel: Funnel, step: Step) -> tuple[Weeks, Weeks]:
    """The week each pupil could first be found in a step, and the week they were."""
    before = funnel.first[:, funnel.stages.index(step.of)]
    if step.signal:
        return before, funnel.facts.flagged[step.signal]
    name = "listed" if step.name == "list_share" else step.name
    return before, funnel.first[:, funnel.stages.index(name)]


def counted(funnel: Funnel, step: Step, group: Group) -> tuple[Count, Count]:
    """A group and the rest: those whose attributes are known and different. True counts."""
    return set_against(*masks(funnel, step), group)


def set_against(found: Mask, could: Mask, group: Group) -> tuple[Count, Count]:
    """Those found of those who could be, in the group and in the rest: one mask a pupil each."""
    inside, rest = group.inside, group.known & ~group.inside
    return (
        Count(int((found & inside).sum()), int((could & inside).sum())),
        Count(int((found & rest).sum()), int((could & rest).sum())),
    )
