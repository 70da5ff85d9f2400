"""The `sightline` command and what happens when something cannot be done."""

import os
import sys
from pathlib import Path

import typer

from sightline import __version__
from sightline.cli import (
    audit,
    backtest,
    backup,
    casework,
    connect,
    demo,
    fairness,
    impact,
    keep,
    keys,
    look,
    make,
    people,
    prepare,
    progress,
    pupil,
    restore,
    serve,
    sync,
    work,
)
from sightline.cli.options import SiteFolder
from sightline.cli.show import message
from sightline.kit import SightlineError

__all__ = ["app", "main"]

app = typer.Typer(
    name="sightline",
    help="Which child needs someone this week: a school's own data, in plain signals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
for group in (
    make,
    demo,
    serve,
    keep,
    connect,
    sync,
    look,
    fairness,
    impact,
    progress,
    prepare,
    work,
    casework,
    people,
    keys,
    audit,
    backtest,
    pupil,
    backup,
    restore,
):
    group.add_to(app)


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"sightline {__version__}\n")
        raise typer.Exit


@app.callback()
def _start(
    context: typer.Context,
    site: SiteFolder = None,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    context.obj = {"site": site}


def main() -> None:
    """Run a command. A user's mistake is one message and exit code 2, never a traceback."""
    try:
        app()
    except SightlineError as error:
        message(f"{error}\nNothing was changed.")
        sys.exit(2)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if os.environ.get("SIGHTLINE_DEBUG"):
            raise
        where = Path(error.filename).name if error.filename else "disk"
        message(f"{where}: {error.strerror or error}. Nothing was published.")
        sys.exit(2)
