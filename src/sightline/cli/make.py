"""Commands that make something new: a site, made-up schools, the demo."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.look import print_week
from sightline.cli.options import day_of
from sightline.cli.show import message, stages, text_out
from sightline.kit import SightlineError, plural
from sightline.pipeline import load, opened
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


def demo(
    folder: Annotated[Path, typer.Argument(metavar="SITE", help="A folder that may be emptied.")],
) -> None:
    """Make the demo school and its site, load it, and print this week's list for Year 9."""
    import shutil

    from sightline.synthetic import DEMO_AS_OF, write_demo

    if (
        folder.exists()
        and any(folder.iterdir())
        and not (folder / "exports" / "truth.json").exists()
    ):
        what = "the folder holds something that is not the demo"
        raise SightlineError("site_exists", str(folder), what)
    shutil.rmtree(folder, ignore_errors=True)
    exports = folder / "exports"
    exports.mkdir(parents=True)
    with stages("Demo school") as show:
        show("writing its exports")
        write_demo(exports, until=DEMO_AS_OF)
        site = make_site(folder)
        evening = datetime.combine(DEMO_AS_OF, time(18), UTC)
        load(site, "canonical", exports, recorded_at=evening, load_day=DEMO_AS_OF, progress=show)
    with opened(site) as study:
        print_week(study, study.week(DEMO_AS_OF, year_group=9), {})
    text_out()
    text_out("See more:")
    text_out(f"  export SIGHTLINE_SITE={folder}; . .venv/bin/activate")
    text_out(f"  sightline week --as-of {DEMO_AS_OF} --year 9 --show-names   the names")
    text_out(f"  sightline explain PUPIL SIGNAL --as-of {DEMO_AS_OF}   how a figure came about")
    text_out(f"  sightline signals --as-of {DEMO_AS_OF} --year 9   every figure")
    text_out("  sightline quarantine   rows that were refused, and why")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (init, synth, demo):
        app.command()(command)
