"""Open a school's sheets: each thread opens a file once, and another when it was replaced."""

import threading
from pathlib import Path

from sightline.sheets.file import path_of
from sightline.sheets.school import SchoolSheets
from sightline.site import Site

__all__ = ["SchoolSheets", "open_sheets", "sheet_schools"]

_here = threading.local()
_schools: dict[Path, tuple[tuple[int, int], dict[str, str]]] = {}  # by folder, as it was then


def open_sheets(site: Site, school_id: str) -> SchoolSheets | None:
    """A school's sheets as they are now; None when none have been prepared."""
    return _opened(path_of(site.folder / "sheets", school_id))


def sheet_schools(site: Site) -> dict[str, str]:
    """The schools that have sheets: id -> name. Read anew when a file of the folder changed."""
    folder = (site.folder / "sheets").absolute()
    try:
        version = _version(folder)  # a rename into a folder changes the folder
    except FileNotFoundError:
        return {}
    if folder not in _schools or _schools[folder][0] != version:
        found = [_opened(path) for path in sorted(folder.glob("*.sqlite"))]
        _schools[folder] = version, {one.school_id: one.name for one in found if one is not None}
    return dict(_schools[folder][1])


def _opened(path: Path) -> SchoolSheets | None:
    """The file under that name now; a thread opens each only once."""
    path = path.absolute()
    kept: dict[Path, tuple[tuple[int, int], SchoolSheets]] = vars(_here).setdefault("kept", {})
    try:
        version = _version(path)
    except FileNotFoundError:
        return None
    if path not in kept or kept[path][0] != version:
        kept[path] = version, SchoolSheets(path)
    return kept[path][1]


def _version(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_ino, about.st_mtime_ns
