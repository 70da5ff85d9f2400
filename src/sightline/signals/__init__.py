"""Signals: a few plain rules over the curated tables, each in a folder a headteacher can read.

In: an engine with curated tables, and the pupils and dates asked about. Out: for each pupil and
signal a flag, a clear or a cannot-tell, with the figures and the sentence. Never a score.
"""

from sightline.signals.definition import LIBRARY, Parameter, Signal, Values, read_library, values_of
from sightline.signals.run import RESULT_COLUMNS, SqlEngine, evaluate, make_scope, run
from sightline.signals.sentence import because

__all__ = [
    "LIBRARY",
    "RESULT_COLUMNS",
    "Parameter",
    "Signal",
    "SqlEngine",
    "Values",
    "because",
    "evaluate",
    "make_scope",
    "read_library",
    "run",
    "values_of",
]
