"""Commands about the record of looks and changes: does it hold, and where did it end today."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.django_start import start_django
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import message, text_out
from sightline.kit import SightlineError, plural

__all__ = ["add_to"]

AnchorFile = Annotated[
    Path | None,
    typer.Option("--anchor", metavar="FILE", help="Lines noted down elsewhere on earlier days."),
]


def verify(context: typer.Context, anchor: AnchorFile = None, site: SiteFolder = None) -> None:
    """Find any row of the record that was altered, removed, added or moved."""
    start_django(chosen_site(context, site).folder)
    from sightline.record.chain import anchor as end_of
    from sightline.record.verify import read_anchors
    from sightline.record.verify import verify as faults_of

    if anchor is not None and not anchor.is_file():
        raise SightlineError("bad_argument", str(anchor), "there is no such file")
    anchors = read_anchors(anchor) if anchor else []
    faults = faults_of(anchors)
    for fault in faults:
        text_out(str(fault))
    if faults:
        text_out(f"The record does not hold: {plural(len(faults), 'fault')}.")
        raise typer.Exit(2)
    against = f" and agrees with {plural(len(anchors), 'line')} noted elsewhere" if anchors else ""
    text_out(f"The record holds: {plural(end_of().number, 'row')}, each in its place{against}.")
    if not anchors:
        message("A record rewritten from its first row would hold too: keep `sightline audit")
        message("anchor` lines where this machine cannot write, and name their file here.")


def anchor(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The file to add a line to.")],
    site: SiteFolder = None,
) -> None:
    """Add a line with the record's last number and hash to a file for an outside witness."""
    start_django(chosen_site(context, site).folder)
    from sightline.record.chain import anchor as end_of
    from sightline.record.verify import anchor_line, verify

    if faults := verify():
        text_out("\n".join(str(fault) for fault in faults))
        raise SightlineError(
            "damaged", "the record", "it does not hold, so nothing was noted", "Tell your DPO."
        )
    found = end_of()
    with to.open("a", encoding="utf-8") as file:
        file.write(anchor_line(found, datetime.now(UTC).date()))
    text_out(f"Noted: row {found.number}, {found.hash[:12]}.")
    message(f"Keep {to.name} where this machine cannot write: another server, the DPO's mailbox,")
    message("or paper. Then `sightline audit verify --anchor` shows any rewrite of earlier days.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(help="The record of every look and change.", no_args_is_help=True)
    group.command()(verify)
    group.command()(anchor)
    app.add_typer(group, name="audit")
