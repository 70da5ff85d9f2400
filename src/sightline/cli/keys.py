"""The command that renews the site's sealing secret."""

from time import sleep

import typer

from sightline.cli.django_start import decisions_exist
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import stages, text_out
from sightline.kit import plural
from sightline.people import begin_rotation, end_rotation
from sightline.pipeline.reseal import reseal_site
from sightline.site import Site

__all__ = ["add_to"]

GRACE = 5.0  # seconds: longer than any page takes from sealing a text to storing it

keys = typer.Typer(help="The site's secrets.", no_args_is_help=True)


@keys.callback()
def _keys() -> None:
    """The site's secrets."""


@keys.command()
def rotate(context: typer.Context, site: SiteFolder = None) -> None:
    """Seal names, texts and refused rows with a new secret; pages keep working meanwhile.

    Killed half-way, everything stays readable: run it again and it goes on where it was.
    """
    opened = chosen_site(context, site)
    path = opened.folder / "secret.key"
    with stages("Sealing anew") as show:
        begin_rotation(path)
        show("a new secret")
        done = reseal_site(opened)
        show("names and refused rows")
        done += _texts(opened)
        show("texts")
        sleep(GRACE)
        done += reseal_site(opened) + _texts(opened)
        end_rotation(path)
        show("the old secret is gone")
    text_out(f"{plural(done, 'value')} sealed with a new secret. Make a new copy of secret.key.")
    text_out("Restart `sightline serve`: everybody signs in once more.")


def _texts(site: Site) -> int:
    """Those of the decisions database, where the site has one."""
    if not decisions_exist(site):
        return 0
    from sightline.people.actions.resealing import reseal_texts

    return reseal_texts()


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(keys, name="keys")
