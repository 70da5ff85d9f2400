"""What the page about support is asked: a school, an aim, and the situation of some pupils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.access import Viewer, may
from sightline.pipeline.evidence.impact import BANDS, STAGES, Question
from sightline.sheets import PupilSheet, sheet_schools
from sightline.signals import read_library
from sightline.triage.lists import title_of
from sightline.web.menu import address

__all__ = ["AREA", "BAND_WORDS", "TriedBefore", "asked", "schools_of_viewer", "tried_before"]

AREA = "helped"
BAND_WORDS: Mapping[str, str] = {
    "just": "just past the threshold (up to 1.5 times)",
    "well": "well past it (1.5 to 2.5 times)",
    "far": "far past it (2.5 times and more)",
}
LAST_YEARS = (2, 6, 9, 11, 13)  # of each key stage
SINGLE_AIM = "attendance_momentum"


@dataclass(frozen=True)
class TriedBefore:
    """A link from a pupil's situation to what was tried for others in it."""

    title: str
    url: str


def schools_of_viewer(viewer: Viewer) -> tuple[Mapping[str, str], bool]:
    """The schools a viewer may ask about, by name, and whether all together too."""
    names = sheet_schools(settings.SITE)
    found = {one: names[one] for one in names if may(viewer, AREA, school_id=one)}
    ordered = dict(sorted(found.items(), key=lambda one: one[1]))
    return ordered, len(ordered) > 1 and len(ordered) == len(names)


def asked(request: HttpRequest, schools: Sequence[str], together: bool) -> Question:
    """The question in the address. All schools together are asked about one aim at a time."""
    given = {name: request.GET.get(name, "") for name in ("school", "signal", "band", "stage")}
    known = {"school": schools, "signal": read_library(), "band": BANDS, "stage": STAGES}
    if any(value and value not in known[name] for name, value in given.items()):
        raise Http404
    school = given["school"] or ("" if together else next(iter(schools), ""))
    if not school and not together:
        raise Http404
    signal = given["signal"] or ("" if school else SINGLE_AIM)
    return Question(school or None, "", signal, given["band"], given["stage"])


def tried_before(viewer: Viewer, sheet: PupilSheet) -> list[TriedBefore]:
    """For each aim that is noticed now, what was tried before in such situations; none where the
    viewer may not see groups."""
    page = address(AREA)
    if not page or not may(viewer, AREA, school_id=sheet.school_id):
        return []
    aims = {name for name, one in read_library().items() if one.better}
    links = []
    for row in sheet.signals:
        if row["outcome"] == "flag" and row["signal"] in aims:
            about = {"school": sheet.school_id, "signal": row["signal"]}
            about |= {"band": band_of(row["strength"])} | stage_of(sheet.year_group)
            links.append(TriedBefore(title_of(row["signal"]), f"{page}?{urlencode(about)}"))
    return links


def band_of(strength: float) -> str:
    """How far beyond its threshold a value lies, as a key of BANDS."""
    found = [name for name, (low, _) in BANDS.items() if strength >= low]
    return found[-1] if found else next(iter(BANDS))


def stage_of(year_group: int | None) -> dict[str, str]:
    """The key stage of a year group; nothing where there is none."""
    if year_group is None:
        return {}
    stage = 1 + sum(year_group > last for last in LAST_YEARS)
    return {"stage": str(stage)} if stage <= len(LAST_YEARS) else {}
