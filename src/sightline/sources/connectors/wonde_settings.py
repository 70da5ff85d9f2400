"""The settings of a connection to Wonde: what may be in them, told before anything is asked for."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.wonde_feed import FEED

__all__ = ["aspects", "check_settings"]

SCHOOL_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
SCALES = {"gcse_9_1", "scaled_score", "percent", "step"}


def aspects(source: Source) -> set[str]:
    """The aspects whose results are wanted: see the setting `aspects`."""
    listed = source.settings.get("aspects", "").split(";")
    return {one.partition("=")[0].strip() for one in listed if one.strip()}


def check_settings(source: Source) -> None:
    """Raises `bad_settings` for what cannot be used, and says what can."""

    def bad(what: str) -> SightlineError:
        return SightlineError("bad_settings", f"source {source.name}", what)

    if not source.schools:
        raise bad("[schools] must name at least one school: Wonde's id = our school_id")
    for theirs in source.schools:
        if not SCHOOL_ID.fullmatch(theirs):
            raise bad(f"`{theirs}` is not an id of a school at Wonde")
    if unknown := sorted(set(source.settings) - set(FEED.settings)):
        raise bad(f"`{unknown[0]}` is not one of {', '.join(sorted(FEED.settings))}")
    for name, (is_good, what) in RULES.items():
        text = source.settings.get(name, "")
        if text and not is_good(text):
            raise bad(f"`{name}` must be {what}")


def _whole(most: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most


def _are_mondays(text: str) -> bool:
    try:
        return all(date.fromisoformat(one).weekday() == 0 for one in text.split())
    except ValueError:
        return False


def _are_aspects(text: str) -> bool:
    return all(_is_aspect(entry) for entry in text.split(";") if entry.strip())


def _is_aspect(entry: str) -> bool:
    name, _, told = entry.partition("=")
    subject, *rest = (one.strip() for one in told.split(","))
    named = bool(name.strip() and subject and rest and rest[0] in SCALES)
    return named and rest[1:] in ([], ["expected"])


RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "per_page": (_whole(200), "a whole number, 1 to 200"),
    "history_days": (_whole(1100), "a whole number of days, 1 to 1100"),
    "points_per_step": (_whole(1000), "a whole number, 1 to 1000"),
    "severity_when_blank": (_whole(5), "1, 2, 3, 4 or 5"),
    "calendar": (lambda text: text in ("marks", "own"), "`marks` or `own`"),
    "week_a": (_are_mondays, "dates of Mondays as YYYY-MM-DD, with blanks between"),
    "aspects": (
        _are_aspects,
        "entries `name of the aspect = subject, scale` with semicolons between; "
        f"a scale is one of {', '.join(sorted(SCALES))}",
    ),
}
