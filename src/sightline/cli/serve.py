"""The command that opens the pages."""

from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.django_start import start_django
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import message

__all__ = ["add_to", "serve_site"]

PROCESSES = 2


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; a proxy stands in front.")
    ] = "127.0.0.1",
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=32, help="How many pages at once.")
    ] = PROCESSES,
    site: SiteFolder = None,
) -> None:
    """Open the pages of a site; on the first run, print the code that makes an administrator."""
    serve_site(chosen_site(context, site).folder, host=host, port=port, processes=processes)


def serve_site(folder: Path, *, host: str, port: int, processes: int = PROCESSES) -> None:
    """Serve until told to stop."""
    start_django(folder)
    from sightline.people.actions.accounts import first_code
    from sightline.project.ready import make_ready
    from sightline.project.server import Server
    from sightline.web.clock import now

    message("Making the pages ready.")
    make_ready()
    code = first_code(at=now())

    def started() -> None:
        message(f"Sightline is at http://{_shown(host)}:{port}/ (Ctrl+C stops it).")
        if code:
            message(f"Make the first administrator at /start/ with this code: {code}")
            message("It works once and for 24 hours.")

    Server(folder, host=host, port=port, processes=processes, started=started).run()


def _shown(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(serve)
