"""The command that says what changed with each kind of support, and what cannot be told."""

from typing import Annotated, Any

import typer

from sightline.cli.options import Json, School, SiteFolder, chosen_site, day_of
from sightline.cli.show import json_out, text_out

__all__ = ["add_to"]


def impact(
    context: typer.Context,
    support: Annotated[
        str, typer.Argument(metavar="[SUPPORT]", help="One kind of support; all without it.")
    ] = "",
    school: School = None,
    signal: Annotated[
        str, typer.Option("--signal", metavar="NAME", help="Supports with this aim only.")
    ] = "",
    band: Annotated[
        str,
        typer.Option(
            "--band", metavar="just|well|far", help="Only pupils so far beyond the threshold."
        ),
    ] = "",
    stage: Annotated[
        str, typer.Option("--stage", metavar="1-5", help="Only pupils of this key stage.")
    ] = "",
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Say what changed with each kind of support, against pupils like them who had it not."""
    # Here, as every other command would wait for the arithmetic.
    from sightline.pipeline.evidence.impact import Question
    from sightline.pipeline.evidence.impact import impact as worked_out

    chosen = chosen_site(context, site)
    today = day_of(chosen.settings["today"] or None, "today")
    found = worked_out(chosen, Question(school, support, signal, band, stage), today=today)
    if as_json:
        json_out(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    """By name, never by what was found."""
    for one in found["supports"]:
        text_out(f"{one['support']} ({one['measure'].lower()})")
        for line in (one["sentence"], one["before_and_after"], *one["doubts"]):
            if line:
                text_out(f"  {line[0].upper()}{line[1:]}")
    if not found["supports"]:
        text_out("No support has been recorded.")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(impact)
