"""The options that several commands share, and how their text becomes values."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.kit import SightlineError
from sightline.site import Site, open_site

__all__ = [
    "AsOf",
    "Json",
    "KnownAt",
    "Pack",
    "School",
    "SiteFolder",
    "Year",
    "chosen_site",
    "day_of",
    "moment_of",
]

SiteFolder = Annotated[
    Path | None,
    typer.Option("--site", envvar="SIGHTLINE_SITE", help="The site's folder.", metavar="FOLDER"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help="The date the answer is for.")]
School = Annotated[str | None, typer.Option("--school", metavar="ID", help="One school only.")]
Year = Annotated[int | None, typer.Option("--year", metavar="N", help="One year group only.")]
Pack = Annotated[str | None, typer.Option("--pack", metavar="school|he", help="Which signals.")]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", metavar="TIMESTAMP", help="Only what was known at that moment."),
]


def chosen_site(context: typer.Context, folder: Path | None) -> Site:
    """The site named by --site, before or after the command, or by SIGHTLINE_SITE."""
    found = folder or (context.obj or {}).get("site")
    if found is None:
        raise SightlineError(
            "no_site", "--site", "no site was named", "Give --site FOLDER, or set SIGHTLINE_SITE."
        )
    return open_site(Path(found))


def day_of(text: str | None, option: str) -> date:
    """A date option; today when it was not given."""
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        remedy = "Write it as YYYY-MM-DD, for example 2026-03-06."
        raise SightlineError("bad_argument", option, f"`{text}` is not a date", remedy) from error


def moment_of(text: str | None, option: str) -> datetime | None:
    """A moment option as UTC; without an offset it is taken as UTC."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        remedy = "Write it as YYYY-MM-DDTHH:MM, with Z or an offset if it is not UTC."
        what = f"`{text}` is not a date and time"
        raise SightlineError("bad_argument", option, what, remedy) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
