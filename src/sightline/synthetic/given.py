"""What is fixed before anything is drawn: the years that are written out for the demo's cast."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.care import Note, Support
from sightline.synthetic.incidents import Events
from sightline.synthetic.stories import Story

__all__ = ["Given"]


@dataclass
class Given:
    """By pupil (position on the roll). `truant`: (open day, period); `gaps`: by pupil, subject and
    point, None for no result; `work`: (today, missing, due); `share` of the usual minutes."""

    band: dict[int, int] = field(default_factory=dict)
    codes: dict[int, NDArray[np.int8]] = field(default_factory=dict)
    events: dict[int, Events] = field(default_factory=dict)
    truant: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    gaps: dict[tuple[int, str, int], float | None] = field(default_factory=dict)
    work: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    share: dict[int, float] = field(default_factory=dict)
    supports: list[Support] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
