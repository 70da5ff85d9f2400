"""Backtest: what a threshold would have done, from the school's own history.

In: an engine with the whole past under names no signal reads (`whole_<table>`, replaced rows as
`past_<table>`, and `markers`), and a `Question`. Out: a `Backtest`. Every week of the history is
replayed with only what was known then; what came after is worked out where no rule can see it.
Called by pipeline. No pupil is named, and nothing is said of a pupil now.
"""

from sightline.insights.backtest.as_known import tables
from sightline.insights.backtest.backtest import Backtest, backtest
from sightline.insights.backtest.figures import Figures
from sightline.insights.backtest.groups import GROUPS
from sightline.insights.backtest.question import (
    LONGEST,
    OUTCOMES,
    Question,
    checked_outcome,
    checked_span,
    weeks_between,
)
from sightline.insights.backtest.replay import Progress
from sightline.insights.backtest.words import CAVEATS, in_words, span_words

__all__ = [
    "CAVEATS",
    "GROUPS",
    "LONGEST",
    "OUTCOMES",
    "Backtest",
    "Figures",
    "Progress",
    "Question",
    "backtest",
    "checked_outcome",
    "checked_span",
    "in_words",
    "span_words",
    "tables",
    "weeks_between",
]
