"""Drawings made on the server as SVG: no script, no library, the same bytes for the same facts.

In: plain dataclasses and a palette. Out: markup, the sentence that says the same, and the rows of
the table with the same numbers. Called by the views and by the meeting pack.
"""

from sightline.web.charts.axis import Axis, Column, columns_of
from sightline.web.charts.palette import PAPER, SCREEN, Palette
from sightline.web.charts.sheet_size import MID, NARROW, PAGE, WIDE
from sightline.web.charts.spark import sparkline
from sightline.web.charts.timeline import draw, three_widths
from sightline.web.charts.timeline_types import (
    Bar,
    Happening,
    Letter,
    Line,
    Session,
    TimeLine,
    Week,
)
from sightline.web.charts.timeline_words import in_words

__all__ = [
    "MID",
    "NARROW",
    "PAGE",
    "PAPER",
    "SCREEN",
    "WIDE",
    "Axis",
    "Bar",
    "Column",
    "Happening",
    "Letter",
    "Line",
    "Palette",
    "Session",
    "TimeLine",
    "Week",
    "columns_of",
    "draw",
    "in_words",
    "sparkline",
    "three_widths",
]
