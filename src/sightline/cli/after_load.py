"""After a load on a site with accounts: they follow the staff file."""

from sightline.cli.django_start import decisions_exist, start_django
from sightline.cli.show import message
from sightline.kit import SightlineError
from sightline.site import Site

__all__ = ["after_load"]


def after_load(site: Site) -> None:
    """Close leavers' accounts, take movers' grants away, and say who has no account yet."""
    try:
        if site.warehouse.current() is None or not decisions_exist(site):
            return
    except SightlineError as error:  # the load itself is done and published
        message(f"{error} Then load again: leavers' accounts are still open.")
        return
    start_django(site.folder)
    from sightline.project.after_load import follow_load
    from sightline.web.clock import now

    for sentence in follow_load(site, now()):
        message(sentence)
