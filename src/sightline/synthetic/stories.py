"""Stories planted in a school, so that what looks for them can be scored: who, since when, why."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.plan import Plan
from sightline.synthetic.timetable import Timetable

__all__ = ["Effects", "Pattern", "PlantedSupport", "Story", "class_ids", "with_class_ids"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Story:
    """One line of truth.json. `who` holds pupil ids; `table` the canonical table it shows in."""

    story: str
    who: list[str]
    school_id: str
    from_on: str
    cause: str
    table: str
    detail: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Pattern:
    """Extra concerns of a pupil in a class's lessons (on one weekday if given) from a day on."""

    pupil: int
    which: int
    weekday: int | None
    from_day: int
    chance: float
    severity: int


@dataclass(frozen=True)
class PlantedSupport:
    """A support whose effect is built into the data: days are positions among the open days."""

    pupil: int
    aim: str
    start: int
    review: int
    works: bool


@dataclass
class Effects:
    """What the stories do to the numbers. Factors are pupils by open days."""

    absence: Floats
    late: Floats
    work: Floats
    patterns: list[Pattern] = field(default_factory=list)
    room_factor: dict[str, float] = field(default_factory=dict)
    supports: list[PlantedSupport] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)


def with_class_ids(story: Story, class_ids: list[str]) -> Story:
    """The story with the class's id in place of its number."""
    which = story.detail.get("class_id")
    if not isinstance(which, int):
        return story
    return Story(**{**asdict(story), "detail": {**story.detail, "class_id": class_ids[which]}})


def class_ids(plan: Plan, table: Timetable) -> list[str]:
    """Ids of the classes."""
    return [f"{plan.school_id}-C{number + 1:04d}" for number in range(len(table.subjects))]
