"""The menu: at most six places, by what the viewer's roles allow; and where its keys lead."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from sightline.access import Viewer, may
from sightline.sheets import sheet_schools

__all__ = ["Place", "address", "find_address", "group_word", "menu_of", "week_address"]

MOST = 6


@dataclass(frozen=True)
class Place:
    """A place of the menu; `current` while the page is there or below it."""

    name: str
    url: str
    current: bool


def menu_of(viewer: Viewer, path: str) -> list[Place]:
    """The places this viewer may go to, the ones they use most first."""
    found = [(name, url) for name, url in _places(viewer) if url]
    return [Place(name, url, _is_in(path, url)) for name, url in found[:MOST]]


def _places(viewer: Viewer) -> Iterator[tuple[str, str]]:
    roles = {held.role for held in viewer.roles()}
    yield "This week", week_address(viewer)
    if "class_teacher" in roles:
        yield "My classes", address("my_classes")
    if "attendance_officer" in roles:
        yield "Attendance", address("attendance")
    yield "Pupils", find_address(viewer)
    if may(viewer, "support_change"):
        yield "Support", address("supports")
    if may(viewer, "process"):
        yield "Patterns", address("patterns")
    elif may(viewer, "progress"):
        yield "Progress", address("progress")
    if may(viewer, "record"):
        yield "Record", address("record")
    if may(viewer, "data"):
        yield "Data", address("data")
    if may(viewer, "people_manage"):
        yield "People", address("people")
    if may(viewer, "thresholds"):
        yield "Thresholds", address("thresholds")


def _is_in(path: str, url: str) -> bool:
    first = url.strip("/").split("/")[0]
    here = path.strip("/").split("/")[0]
    if first == "meetings" and here == "week":
        return True
    if first == "patterns" and here in ("fairness", "helped", "progress"):
        return True
    return bool(first) and first == {"pupil": "pupils", "explain": "pupils"}.get(here, here)


def address(name: str, *args: object) -> str:
    """A page's address; empty when there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def find_address(viewer: Viewer) -> str:
    """Where a pupil is found by name; empty for those who see no pupil's page."""
    return address("pupils") if may(viewer, "page") else ""


def week_address(viewer: Viewer) -> str:
    """The weekly list of somebody who leads one year; for several years the choice of them."""
    if not may(viewer, "week"):
        return ""
    years = {
        (held.school_id, held.value)
        for held in viewer.roles()
        if held.scope == "year" and held.value.isdecimal()
    }
    wide = any(held.scope in ("school", "trust") for held in viewer.roles())
    if len(years) == 1 and not wide:
        school_id, year = years.pop()
        return address("week", group_word(school_id, int(year)))
    return address("meetings")


def group_word(school_id: str, year_group: int) -> str:
    """A group in an address: year-9, or s0001-year-9 on a site of several schools."""
    alone = len(sheet_schools(settings.SITE)) < 2
    return f"year-{year_group}" if alone else f"{school_id.lower()}-year-{year_group}"
