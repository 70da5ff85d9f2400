"""Who can see a pupil's page: everybody who holds a role today, counted by role and by reason."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sightline.access import PupilPlace, read_matrix
from sightline.governance.seers import Seer, seers_of
from sightline.web.door import school_names, taught_by

__all__ = ["Allowed", "who_can_see"]

SCOPES = {
    "trust": "for the whole trust",
    "school": "for the whole school",
    "year": "leads Year {year}",
    "tutor_group": "tutor of {group}",
    "taught": "teaches a class {name} is in",
    "subject": "leads a subject {name} is taught",
    "caseload": "has {name} on their caseload",
    "pupils": "was given {name} by name",
    "emergency": "emergency access for an hour",
}
DETAIL = {
    "event": "This page, with every detail that their role is shown",
    "indicator": "This page as figures and sentences, and the details of some parts",
}
PARTLY = "What helps in class and the pupil's own words, not this page"


@dataclass(frozen=True)
class Allowed:
    """So many people, of one role and for one reason, and what they see."""

    role: str
    why: str
    sees: str
    count: int


def who_can_see(place: PupilPlace, name: str, at: datetime) -> list[Allowed]:
    """Everybody who may see something of this pupil, those who see most first."""
    seers = seers_of(place, at=at, taught=taught_by, school_names=school_names())
    counted = Counter((_role(one), _why(one, place, name), _sees(one)) for one in seers)
    order = [*DETAIL.values(), PARTLY]
    found = [Allowed(*key, count) for key, count in counted.items()]
    return sorted(found, key=lambda one: (order.index(one.sees), one.role, one.why))


def _role(one: Seer) -> str:
    roles = read_matrix().roles
    found: str = roles[one.reason.role]["title"] if one.reason.role in roles else "Any role"
    return found


def _why(one: Seer, place: PupilPlace, name: str) -> str:
    words = SCOPES.get(one.reason.scope, one.reason.scope)
    return words.format(year=place.year_group, group=place.registration_group, name=name)


def _sees(one: Seer) -> str:
    return DETAIL[one.reason.level] if one.area == "page" else PARTLY
