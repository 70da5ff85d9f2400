"""Why may this person see this pupil? The one answer that every page, list and file asks for.

Rules: access.yml beside this file (roles, scopes, levels); deny by default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "LEVELS",
    "Held",
    "Matrix",
    "PupilPlace",
    "Reason",
    "Viewer",
    "may",
    "read_matrix",
    "why_may_see",
]

LEVELS = ("none", "aggregate", "indicator", "event")
"""From least to most detail."""


@dataclass(frozen=True)
class Matrix:
    """access.yml as read: `areas` and `deeds` in words, `roles` with title, scopes, sees, does."""

    areas: Mapping[str, str]
    deeds: Mapping[str, str]
    roles: Mapping[str, Mapping[str, Any]]

    def level(self, role: str, area: str) -> str:
        """In how much detail a role sees an area; `none` unless the file says otherwise."""
        found: str = self.roles[role]["sees"].get(area, "none") if role in self.roles else "none"
        return found

    def does(self, role: str, deed: str) -> bool:
        return role in self.roles and deed in self.roles[role]["does"]


@dataclass(frozen=True)
class Held:
    """A role somebody holds. `refs` are the pupils of a caseload or named ones; dates inclusive."""

    role: str
    scope: str  # trust, school, year, tutor_group, taught, subject, caseload, pupils
    school_id: str = ""
    value: str = ""
    from_on: date = date.min
    to_on: date | None = None
    refs: frozenset[str] = frozenset()

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class PupilPlace:
    """Where a pupil is on the day asked about: all that access depends on.

    `subjects` are those of the pupil's classes, in lower case.
    """

    pupil_ref: str
    school_id: str
    year_group: int | None
    registration_group: str
    class_ids: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Viewer:
    """A signed-in person, or (with `within`) that person seeing a page as a colleague would.

    `taught` maps the ids of the classes they teach today to names ("9x2 Mathematics");
    `emergencies` the pupils opened in an emergency to the end of the hour.
    """

    user_id: int
    held: tuple[Held, ...]
    at: datetime
    on: date
    taught: Mapping[str, str] = field(default_factory=dict)
    emergencies: Mapping[str, datetime] = field(default_factory=dict)
    emergency_schools: frozenset[str] = frozenset()
    school_names: Mapping[str, str] = field(default_factory=dict)
    within: "Viewer | None" = None

    def roles(self) -> tuple[Held, ...]:
        """The roles held on the viewer's day."""
        return tuple(one for one in self.held if one.holds_on(self.on))


@dataclass(frozen=True)
class Reason:
    """Why, in the words the page shows, and in how much detail."""

    role: str
    scope: str
    level: str
    words: str


@cache
def read_matrix() -> Matrix:
    """The matrix in force."""
    found = yaml.safe_load((Path(__file__).parent / "access.yml").read_text(encoding="utf-8"))
    return Matrix(found["areas"], found["deeds"], found["roles"])


def why_may_see(
    viewer: Viewer, pupil: PupilPlace, area: str, matrix: Matrix | None = None
) -> Reason | None:
    """The reason that allows most detail of one area about one pupil, or None: not at all.

    An area of level `aggregate` says nothing about a single pupil, so it is no reason here.
    """
    matrix = matrix or read_matrix()
    best: Reason | None = None
    for held in viewer.roles():
        level = matrix.level(held.role, area)
        words = _words(viewer, held, pupil)
        if words and LEVELS.index(level) > LEVELS.index(best.level if best else "aggregate"):
            best = Reason(held.role, held.scope, level, words)
    until = viewer.emergencies.get(pupil.pupil_ref)
    if until and viewer.at < until and area not in ("record", "people", "data"):
        level = "event"
        if best is None or best.level != level:
            best = Reason("", "emergency", level, f"Emergency access until {until:%H:%M}")
    if best and viewer.within:
        return _lower(best, why_may_see(viewer.within, pupil, area, matrix))
    return best


def may(
    viewer: Viewer,
    deed_or_area: str,
    *,
    school_id: str | None = None,
    year_group: int | None = None,
    matrix: Matrix | None = None,
) -> Held | None:
    """A role that allows a deed or an area (any level), within a school or year if given."""
    matrix = matrix or read_matrix()
    for held in viewer.roles():
        allowed = (
            matrix.does(held.role, deed_or_area)
            if deed_or_area in matrix.deeds
            else matrix.level(held.role, deed_or_area) != "none"
        )
        if allowed and _covers(held, school_id, year_group):
            if viewer.within and not may(
                viewer.within,
                deed_or_area,
                school_id=school_id,
                year_group=year_group,
                matrix=matrix,
            ):
                continue
            return held
    return None


def _covers(held: Held, school_id: str | None, year_group: int | None) -> bool:
    if school_id is not None and held.scope != "trust" and held.school_id != school_id:
        return False
    if year_group is None:
        return True
    return held.scope in ("trust", "school") or (
        held.scope == "year" and held.value == str(year_group)
    )


def _words(viewer: Viewer, held: Held, pupil: PupilPlace) -> str:
    """The sentence for a role whose scope covers the pupil; empty when it does not."""
    if held.scope != "trust" and held.school_id != pupil.school_id:
        return ""
    title = _title(held.role)
    if held.scope == "trust":
        return f"{title} of the trust"
    if held.scope == "school":
        return f"{title} at {viewer.school_names.get(pupil.school_id, 'this school')}"
    if held.scope == "year":
        return f"You lead Year {held.value}" if held.value == str(pupil.year_group) else ""
    if held.scope == "tutor_group":
        mine = held.value and held.value == pupil.registration_group
        return f"You are the tutor of {held.value}" if mine else ""
    if held.scope == "taught":
        names = sorted(viewer.taught[one] for one in pupil.class_ids & viewer.taught.keys())
        return f"You teach {names[0]}" if names else ""
    if held.scope == "subject":
        return f"You lead {held.value}" if held.value.lower() in pupil.subjects else ""
    if held.scope in ("caseload", "pupils") and pupil.pupil_ref in held.refs:
        return "On your caseload" if held.scope == "caseload" else "You were given this pupil"
    return ""


def _title(role: str) -> str:
    found: str = read_matrix().roles[role]["title"]
    return found


def _lower(one: Reason, other: Reason | None) -> Reason | None:
    if other is None:
        return None
    return min((one, other), key=lambda reason: LEVELS.index(reason.level))
