"""The command that does the background work: alerts, mail, reminders, forgetting."""

import typer

from sightline.cli.django_start import start_django
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import message

__all__ = ["add_to"]


def work(context: typer.Context, site: SiteFolder = None) -> None:
    """Send mail and reminders until stopped; `sightline serve` runs this by itself."""
    opened = chosen_site(context, site)
    start_django(opened.folder)
    from sightline.project.work import run

    if not opened.settings["mail_host"]:
        message("No mail_host in settings.toml: messages are written and wait.")
    run()
    message("Stopped.")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(work)
