"""Which of a supplier's files mean something only together.

A table's SQL may read several kinds of file: a pupil's leaving date comes from the marks, a pupil
who is in no pupil report from a marksheet. With one of them away such a table would come out
different, not just shorter.
"""

from collections.abc import Set
from fnmatch import fnmatchcase

from sightline.sources.profile import Profile, View, views_in

__all__ = ["tables_filled", "view_of", "views_needed", "views_withheld"]


def view_of(name: str, profile: Profile) -> View | None:
    """The raw view that a file of this name becomes rows of."""
    for view in profile.views:
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in view.match):
            return view
    return None


def tables_filled(profile: Profile, views: Set[str]) -> set[str]:
    """The tables that the profile's SQL fills when these views are there."""
    return {table for table, any_of in profile.tables.items() if views & set(any_of)}


def views_needed(profile: Profile, views: Set[str]) -> set[str]:
    """These views and every other that the tables they fill are read from."""
    needed = set(views)
    while True:
        read = {
            view for table in tables_filled(profile, needed) for view in views_in(profile, table)
        }
        if read <= needed:
            return needed
        needed |= read


def views_withheld(profile: Profile, stopped: Set[str]) -> set[str]:
    """The views to hold back, besides the stopped ones: what they fill needs a stopped one too."""
    held = set(stopped)
    while True:
        touched = {table for table in profile.tables if held & set(views_in(profile, table))}
        more = {view for table in touched for view in profile.tables[table]}
        if more <= held:
            return held - stopped
        held |= more
