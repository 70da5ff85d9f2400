"""The command that gives the facts half what the meetings decided."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.django_start import start_django
from sightline.cli.options import SiteFolder, chosen_site, day_of
from sightline.cli.show import message, stages
from sightline.kit import SightlineError, plural
from sightline.pipeline import load, prepare
from sightline.site import Site

__all__ = ["add_to"]


def casework(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Write the files here.")
    ] = None,
    into: Annotated[
        bool, typer.Option("--load", help="Load them into this site and prepare its pages.")
    ] = False,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="The day of the load; today by default."),
    ] = None,
    site: SiteFolder = None,
) -> None:
    """Write the supports recorded here as a folder that `sightline load` reads."""
    opened = chosen_site(context, site)
    if (to is None) == (not into):
        raise SightlineError("bad_argument", "casework", "give either --to FOLDER or --load")
    if opened.warehouse.current() is None:
        raise SightlineError("no_data", str(opened.folder), "there are no pupils yet")
    start_django(opened.folder)
    if to is not None:
        _write(opened, to)
        return
    with stages("Loading casework") as show:
        _load(opened, day_of(day or opened.settings["today"] or None, "--day"), show)


def _write(site: Site, folder: Path) -> None:
    from django.db import DatabaseError

    from sightline.triage.casework import write_casework

    try:
        done = write_casework(site, folder, at=datetime.now(UTC))
    except DatabaseError as error:
        what = "the record of people and decisions cannot be read"
        remedy = "Run `sightline serve` once, which makes it or brings it up to date."
        raise SightlineError("no_data", str(site.folder), what, remedy) from error
    message(f"{plural(done.supports, 'support')} written.")
    if done.unknown:
        message(f"{done.unknown} left out: the pupil's own id is not held any more.")


def _load(site: Site, day: date, show: Callable[[str], None]) -> None:
    """Load what was written, from a folder of the site that is gone afterwards."""
    folder = site.folder / "casework"
    try:
        show("writing")
        _write(site, folder)
        done = load(
            site, "canonical", folder, recorded_at=datetime.now(UTC), load_day=day, progress=show
        )
        show("preparing pages")
        prepare(site, today=day, built_at=datetime.now(UTC))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    account = done.account.tables["support"]
    message(f"{plural(account.accepted, 'support')} new or changed in snapshot {done.snapshot}.")
    if account.quarantined:
        text = plural(account.quarantined, "row was refused", "rows were refused")
        message(f"{text}: `sightline quarantine` lists each with its remedy.")
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(casework)
