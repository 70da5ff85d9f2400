"""Whose first page is which: by role, the first in one fixed order, with ways to the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sightline.access import LEVELS, Held, Viewer, read_matrix

__all__ = ["Home", "homes_of", "level_in", "schools_with"]

ORDER: Sequence[tuple[tuple[str, ...], str, str]] = (
    (("head_of_year",), "This week", "meetings"),
    (("senco",), "Inclusion", "senco"),
    (("attendance_officer",), "Attendance", "attendance"),
    (("class_teacher", "tutor"), "Next lesson", "lesson"),
    (("senior_leader", "trust_lead"), "Patterns", "patterns"),
    (("head_of_department",), "Progress", "progress"),
    (("data_manager",), "Data", "data"),
    (("dpo",), "Record", "record"),
    (("administrator",), "People", "people"),
)
"""Roles, the word on the tab and the name of the address."""


@dataclass(frozen=True)
class Home:
    """A first page: its word and the name of its address."""

    title: str
    name: str


def homes_of(viewer: Viewer) -> list[Home]:
    """The first pages of a viewer's roles; of the colleague's, when seeing as they would."""
    held = {one.role for one in (viewer.within or viewer).roles()}
    return [Home(title, name) for roles, title, name in ORDER if held & set(roles)]


def schools_with(viewer: Viewer, area: str, schools: Sequence[str]) -> list[str]:
    """Those of the schools in which the viewer sees an area in any detail."""
    return [one for one in schools if level_in(viewer, area, one) != "none"]


def level_in(viewer: Viewer, area: str, school_id: str) -> str:
    """In how much detail a viewer sees an area of a whole school: the best of their roles."""
    levels = [
        read_matrix().level(held.role, area)
        for held in viewer.roles()
        if _whole_school(held, school_id)
    ]
    best = max(levels, key=LEVELS.index, default="none")
    if viewer.within:
        return min(best, level_in(viewer.within, area, school_id), key=LEVELS.index)
    return best


def _whole_school(held: Held, school_id: str) -> bool:
    return held.scope == "trust" or (held.scope == "school" and held.school_id == school_id)
