"""Whose results a viewer may see together: schools, year groups and subjects; by name is apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.access import Held, PupilPlace, Viewer, read_matrix, why_may_see
from sightline.sheets import SchoolSheets, open_sheets, sheet_schools
from sightline.triage.support_queries import current_supports
from sightline.web.door import schools_of

__all__ = [
    "AREA",
    "SchoolReach",
    "named",
    "reach_of",
    "school_or_404",
    "sees_groups",
    "supported",
]

AREA = "progress"


@dataclass(frozen=True)
class SchoolReach:
    """What a viewer sees of a school's groups: all of it, or some years, or some subjects."""

    school_id: str
    name: str
    whole: bool
    years: tuple[int, ...]
    subjects: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.whole or self.years or self.subjects)


def reach_of(viewer: Viewer) -> list[SchoolReach]:
    """Every school of which a viewer sees any group's results, by name of the school."""
    names = sheet_schools(settings.SITE)
    found = [one_school(viewer, one, names[one]) for one in schools_of(viewer) if one in names]
    return sorted((one for one in found if not one.nothing), key=lambda one: one.name)


def one_school(viewer: Viewer, school_id: str, name: str) -> SchoolReach:
    """The reach within one school."""
    held = [one for one in viewer.roles() if one.school_id == school_id]
    years = {int(one.value) for one in held if one.scope == "year" and one.value.isdecimal()}
    subjects = {one.value for one in held if one.scope == "subject"}
    whole = sees_groups(viewer, school_id)
    return SchoolReach(
        school_id,
        name,
        whole,
        () if whole else tuple(y for y in sorted(years) if sees_groups(viewer, school_id, y)),
        tuple(s for s in sorted(subjects) if not whole and sees_groups(viewer, school_id, None, s)),
    )


def sees_groups(
    viewer: Viewer, school_id: str, year_group: int | None = None, subject: str = ""
) -> bool:
    """Whether a viewer sees groups of a school: of a year group, a subject, or all of it."""
    matrix = read_matrix()
    allowed = any(
        matrix.level(held.role, AREA) != "none" and covers(held, school_id, year_group, subject)
        for held in viewer.roles()
    )
    if allowed and viewer.within:
        return sees_groups(viewer.within, school_id, year_group, subject)
    return allowed


def covers(held: Held, school_id: str, year_group: int | None, subject: str) -> bool:
    """Whether a role's scope holds every pupil of the group."""
    if held.scope == "trust":
        return True
    if held.school_id != school_id:
        return False
    if held.scope == "year":
        return year_group is not None and held.value == str(year_group)
    if held.scope == "subject":
        return bool(subject) and held.value.lower() == subject.lower()
    return held.scope == "school"


def named(
    viewer: Viewer, places: Collection[PupilPlace], subject: str, class_ids: Collection[str]
) -> dict[str, str]:
    """Those of some pupils whose results in these classes of a subject the viewer may see by name,
    and why. Who teaches a pupil one subject, or leads it, does not see the results in another.
    """
    narrow, found = of_classes(viewer, subject, class_ids), {}
    for place in places:
        reason = why_may_see(narrow, place, AREA)
        if reason is not None:
            found[place.pupil_ref] = reason.words
    return found


def of_classes(viewer: Viewer, subject: str, class_ids: Collection[str]) -> Viewer:
    """The viewer as one who teaches none but these classes, and leads none but this subject."""
    taught = {one: name for one, name in viewer.taught.items() if one in class_ids}
    held = tuple(
        one for one in viewer.held if one.scope != "subject" or one.value.lower() == subject.lower()
    )
    within = of_classes(viewer.within, subject, class_ids) if viewer.within else None
    return replace(viewer, held=held, taught=taught, within=within)


def school_or_404(request: HttpRequest, school_id: str) -> SchoolSheets:
    """The sheets of a school of which the viewer may see something; 404 for any other."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    sheets = open_sheets(settings.SITE, school_id) if school_id in schools_of(viewer) else None
    if sheets is None:
        raise Http404
    return sheets


def supported(viewer: Viewer, school_id: str) -> Sequence[str]:
    """The pupils with a support that was started here and goes on."""
    return sorted({one.pupil_ref for one in current_supports([school_id], on=viewer.on)})
