"""Which complaints and reports somebody may handle, and their pupils by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.governance.answer_queries import Matter, complaint_of
from sightline.pipeline import library_of
from sightline.sheets import sheet_schools
from sightline.web.record.reach import label_of, place_in, schools_with, show_names

__all__ = ["NamedMatter", "Reach", "matter_or_404", "named", "reach_of", "signal_titles"]


@dataclass(frozen=True)
class Reach:
    """Schools whose complaints somebody handles, and those whose reports they answer."""

    handles: Sequence[str]
    answers: Sequence[str]

    def parts(self) -> Iterator[tuple[Sequence[str], bool]]:
        """Schools, and whether only reports of wrong data are theirs there."""
        yield self.handles, False
        yield [one for one in self.answers if one not in self.handles], True

    @property
    def school_names(self) -> list[tuple[str, str]]:
        names = sheet_schools(settings.SITE)
        return [(one, names[one]) for one in self.handles]


@dataclass(frozen=True)
class NamedMatter:
    """A matter with its pupil's name and group, where the reader may know them."""

    matter: Matter
    name: str
    label: str


def reach_of(request: HttpRequest) -> Reach:
    """What this person handles; 404 for somebody who handles nothing."""
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    reach = Reach(schools_with(viewer, "complaint_handle"), schools_with(viewer, "answer_wrong"))
    if not reach.handles and not reach.answers:
        raise Http404
    return reach


def matter_or_404(reach: Reach, pk: int) -> Any:
    """One matter that is theirs; absent and not theirs look the same."""
    for schools, only in reach.parts():
        if found := complaint_of(pk, schools, only_wrong_data=only):
            return found
    raise Http404


def named(request: HttpRequest, matters: Sequence[Matter], reach: Reach) -> list[NamedMatter]:
    """The matters with names; each look is noted under the area that allows it."""
    places = {one.pupil_ref: place_in([one.school_id], one.pupil_ref) for one in matters}
    names: dict[str, str] = {}
    for area, schools in (("record", reach.handles), ("data", reach.answers)):
        wanted = (one for one in places.values() if one and one.school_id in schools)
        names |= show_names(request, [one for one in wanted if one.pupil_ref not in names], area)
    return [
        NamedMatter(
            one,
            names.get(one.pupil_ref, ""),
            label_of(places[one.pupil_ref]) if one.pupil_ref else "",
        )
        for one in matters
    ]


def signal_titles() -> dict[str, str]:
    """What each signal is called."""
    return {name: one.title for name, one in library_of(settings.SITE).items()}
