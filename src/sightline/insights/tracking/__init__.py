"""Tracking: results beside what the school expected. On the pages it is called progress.

In: an engine with an opened snapshot, a school and a date. Nothing is entered twice: all comes
from `assessment`, `pupil`, `class`, `class_member` and `support`. Out: frozen dataclasses. The
rules, each written once:

| rule | module |
|---|---|
| step of a scale, band, on course, just under, below | `scales` (and `results.sql`, tested alike) |
| which result counts at a point, which came before it | `results.sql` |
| shares on course by group, gaps to the rest, through the gate | `figures`, `verdicts` |
| a pupil's line, for those who may see the pupil by name | `by_name` |
| Attainment 8 and Progress 8 style figures | `attainment8`, `progress8`, `key_stage_4` |

It tells what results were, never what they will be, and compares no teachers.
"""

from sightline.insights.tracking.attainment8 import Attainment8, attainment_8, slot_of, unrecognised
from sightline.insights.tracking.by_name import Line, lines_of, refs_of
from sightline.insights.tracking.figures import AtPoint, Group, Whole
from sightline.insights.tracking.groups import ATTRIBUTES, attributes_for
from sightline.insights.tracking.key_stage_4 import Cohort, key_stage_4
from sightline.insights.tracking.progress8 import Progress8, progress_8
from sightline.insights.tracking.results import Point, Subject, make_results, points_of, subjects_of
from sightline.insights.tracking.scales import PASS, STEP, band_of, gap_of, state_of
from sightline.insights.tracking.subject import Asked, subject_figures

__all__ = [
    "ATTRIBUTES",
    "PASS",
    "STEP",
    "Asked",
    "AtPoint",
    "Attainment8",
    "Cohort",
    "Group",
    "Line",
    "Point",
    "Progress8",
    "Subject",
    "Whole",
    "attainment_8",
    "attributes_for",
    "band_of",
    "gap_of",
    "key_stage_4",
    "lines_of",
    "make_results",
    "points_of",
    "progress_8",
    "refs_of",
    "slot_of",
    "state_of",
    "subject_figures",
    "subjects_of",
    "unrecognised",
]
