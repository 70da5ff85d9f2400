"""Commands that make something new: a site, made-up schools."""

from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.options import day_of
from sightline.cli.show import message, stages, text_out
from sightline.kit import SightlineError, plural
from sightline.site import make_site

__all__ = ["add_to"]


def init(
    folder: Annotated[Path, typer.Argument(metavar="SITE", help="A new or empty folder.")],
) -> None:
    """Make a site: settings, mappings, thresholds and a secret key."""
    make_site(folder)
    message(f"A new site is in {folder}. Keep {folder / 'secret.key'} safe and out of copies of")
    message("the data: with both, names can be read; without it, they cannot.")
    message(f"Next: sightline load --site {folder} --profile canonical --from EXPORTS")


def synth(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")],
    schools: Annotated[int, typer.Option("--schools", min=1, help="How many schools.")] = 1,
    pupils: Annotated[int, typer.Option("--pupils", min=10, help="Pupils in each.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 1,
    phase: Annotated[str, typer.Option("--phase", help="secondary or primary.")] = "secondary",
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Nothing after this date.")
    ] = None,
    compared: Annotated[
        bool, typer.Option("--compare", help="Print the figures made beside England's.")
    ] = False,
) -> None:
    """Write made-up schools as canonical files: no real person is in them."""
    from sightline.synthetic import compare, comparison_table, write_schools

    if phase not in ("secondary", "primary"):
        raise SightlineError(
            "bad_argument", "--phase", f"`{phase}` is not a phase", "Use secondary or primary."
        )
    last = day_of(until, "--until") if until else None
    folder.mkdir(parents=True, exist_ok=True)
    with stages("Making schools") as show:
        write_schools(
            folder,
            schools=schools,
            pupils=pupils,
            seed=seed,
            phase=phase,
            until=last,
            progress=lambda what, done, of: show(f"{what} {done} of {of}"),
        )
    message(f"{plural(schools, 'school')} of {plural(pupils, 'pupil')} in {folder}.")
    if compared:
        text_out(comparison_table(compare(folder)))


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (init, synth):
        app.command()(command)
