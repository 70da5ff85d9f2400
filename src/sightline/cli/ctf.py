"""The command that writes a Common Transfer File for a pupil's next school."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.django_start import decisions_exist
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import message, text_out
from sightline.kit import SightlineError, plural
from sightline.pipeline import opened
from sightline.pipeline.transfer import Transfer, school_number, transfer_file
from sightline.site import Site

__all__ = ["ctf"]

ACTOR = "command"


def ctf(
    context: typer.Context,
    pupils: Annotated[
        list[str],
        typer.Argument(metavar="PUPIL...", help="Short pseudonyms, or the school's own ids."),
    ],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the file goes.")],
    destination: Annotated[
        str,
        typer.Option(
            "--destination", metavar="LLLEEEE", help="The next school's LA and establishment."
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="LLLEEEE", help="Your own; without it, your school_id has to be it."
        ),
    ] = None,
    site: SiteFolder = None,
) -> None:
    """Write a Common Transfer File of the attendance and results held about pupils who leave."""
    chosen = chosen_site(context, site)
    there = school_number(destination, "--destination")
    at = datetime.now(UTC)
    with opened(chosen) as study:
        made = transfer_file(study, pupils, source=source, destination=there, at=at)
    path = _written(chosen, made, to, there, at)
    text_out(str(path))
    _tell(made)


def _written(site: Site, made: Transfer, to: Path, there: str, at: datetime) -> Path:
    """Record whom the file is about and write it; without the record there is no file."""
    to.mkdir(parents=True, exist_ok=True)
    path = _free(made, to, there)
    if not decisions_exist(site):
        _note_down(site, made, there, at)
        _write(path, made.xml)
        return path
    from django.db import transaction

    from sightline.record.chain import Entry, record

    why = f"Transfer file for school {there[:3]} {there[3:]}"
    entries = [Entry("export", "record", school, ref, why) for ref, school in made.pupils]
    with transaction.atomic():
        record(entries, at=at, actor=ACTOR)
        _write(path, made.xml)
    return path


def _note_down(site: Site, made: Transfer, there: str, at: datetime) -> None:
    """A line in access.log, where a site without pages keeps who saw names."""
    line = {
        "at": at.isoformat(timespec="seconds"),
        "by": getpass.getuser(),
        "saw": [f"transfer file for {there}"],
        "pupils": len(made.pupils),
    }
    log = site.folder / "access.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    log.chmod(0o600)


def _write(path: Path, xml: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(xml)


def _free(made: Transfer, to: Path, there: str) -> Path:
    """The first number that no file in the folder has."""
    for number in range(1, 1000):
        path = to / made.name(there, number)
        if not path.exists():
            return path
    raise SightlineError("bad_argument", "--to", "the folder has 999 such files", "Empty it first.")


def _tell(made: Transfer) -> None:
    if made.without_upn:
        message(f"{plural(made.without_upn, 'pupil')} without a UPN left out.")
    if made.without_marks:
        years = plural(made.without_marks, "school year")
        message(f"{years} given by totals alone: a run of marks cannot hold every code.")
    message("That the file was made is recorded. It holds names: keep it safe, and delete it once")
    message("it is sent. Send your own system's transfer file too: it carries more.")
