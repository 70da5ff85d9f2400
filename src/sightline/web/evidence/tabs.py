"""The tabs between the pages about groups: patterns, fairness, what support changed, progress."""

from dataclasses import dataclass

from sightline.access import Viewer, may
from sightline.web.menu import address

__all__ = ["Tab", "tabs_of"]

PAGES = (
    ("Patterns", "patterns", "process"),
    ("Fairness", "fairness", "fairness"),
    ("What support changed", "helped", "helped"),
    ("Progress", "progress", "progress"),
)


@dataclass(frozen=True)
class Tab:
    """One page about groups; `current` is the one that is open."""

    name: str
    url: str
    current: bool


def tabs_of(viewer: Viewer, here: str) -> list[Tab]:
    """Those this viewer may open; none where it would be a single tab."""
    found = [
        Tab(name, url, route == here)
        for name, route, area in PAGES
        if may(viewer, area) and (url := address(route))
    ]
    return found if len(found) > 1 else []
