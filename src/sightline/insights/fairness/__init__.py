"""Fairness over the whole funnel: who is evaluated, flagged, listed, acted on; does it help them.

In: an engine with `result` of signals run over the weeks of a school year, and plain rows of what
people recorded. Out: one plain value of released counts, rates with intervals, and verdicts. Groups
only: no pupil and no member of staff is in it. Called by pipeline and triage.

Where this differs from tools in the field, on purpose: a group is set against the rest, never the
highest group against the lowest (the extremes of many small groups always differ); nothing is
filled in for a division by zero; and no group is ever called fair.
"""

from sightline.insights.fairness.answer import Asked, answer_of
from sightline.insights.fairness.funnel import STAGES, Facts, Funnel, facts_of, funnel_of
from sightline.insights.fairness.groups import ATTRIBUTES
from sightline.insights.fairness.recorded import Recorded

__all__ = [
    "ATTRIBUTES",
    "STAGES",
    "Asked",
    "Facts",
    "Funnel",
    "Recorded",
    "answer_of",
    "facts_of",
    "funnel_of",
]
