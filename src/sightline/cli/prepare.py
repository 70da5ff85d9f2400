"""The command that makes what the pages read, and the same after a load."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from sightline.cli.options import School, SiteFolder, chosen_site, day_of
from sightline.cli.show import message, stages
from sightline.kit import SightlineError, plural
from sightline.pipeline import pages_in_use, prepare_changed
from sightline.pipeline import prepare as prepare_sheets
from sightline.site import Site
from sightline.warehouse import Snapshot

__all__ = ["add_to", "pages_day", "prepare_after_load"]


def prepare(
    context: typer.Context,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="The day the pages are for; today by default."),
    ] = None,
    school: School = None,
    site: SiteFolder = None,
) -> None:
    """Make what the pages show from the last snapshot, in place of what they show now."""
    opened = chosen_site(context, site)
    with stages("Preparing") as show:
        files = prepare_sheets(
            opened,
            today=pages_day(opened, day),
            built_at=datetime.now(UTC),
            schools=None if school is None else [school],
            progress=show,
        )
    message(f"The pages of {plural(len(files), 'school')} are ready.")


def prepare_after_load(site: Site, before: Snapshot | None, day: str | None) -> bool:
    """Let the pages of a site that uses them follow a load; whether that went well.

    `before` is the snapshot that was current before it. The load stays published in any case.
    """
    if not pages_in_use(site):
        return True
    try:
        with stages("Preparing") as show:
            files = prepare_changed(
                site,
                before,
                today=pages_day(site, day),
                built_at=datetime.now(UTC),
                progress=show,
            )
    except (SightlineError, OSError) as error:
        message(f"{error}\nThe load is published. The pages show the data before it until")
        message("`sightline prepare` has run.")
        return False
    message(f"The pages of {plural(len(files), 'school')} are ready.")
    return True


def pages_day(site: Site, day: str | None) -> date:
    """The day given; else today, which in the demo is the day of its data."""
    return day_of(day or site.settings["today"] or None, "--day")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(prepare)
