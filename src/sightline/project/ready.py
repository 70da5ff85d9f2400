"""Make a site's database and static files ready to serve; safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from sightline.governance.objections_file import mirror_objections
from sightline.project.erasing import finish_erasures

__all__ = ["make_ready"]


def make_ready(*, static: bool = True) -> None:
    """Bring the tables up to date, finish what was begun, put styles, script and fonts in place."""
    quiet: dict[str, Any] = {"verbosity": 0, "interactive": False}
    call_command("migrate", **quiet)
    call_command("createcachetable", verbosity=0)
    finish_erasures(settings.SITE, at=timezone.now())
    mirror_objections()
    if static:
        call_command("collectstatic", **quiet)
    connections.close_all()  # processes made later must not share a connection
