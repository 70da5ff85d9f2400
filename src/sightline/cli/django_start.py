"""Start Django for one site, only in the commands that need people and decisions."""

import os
from pathlib import Path

from sightline.kit import SightlineError
from sightline.site import Site

__all__ = ["decisions_exist", "start_django"]


def start_django(site_folder: Path) -> None:
    """Make the pages' settings and tables usable in this process; a second call does nothing.

    Django is imported here and nowhere at a module's head, so that the commands of the facts half
    start without it. Raises `bad_settings` or `no_site` as the settings themselves do.
    """
    os.environ["SIGHTLINE_SITE"] = str(site_folder.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sightline.project.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def decisions_exist(site: Site) -> bool:
    """Whether the site has its tables of people and decisions; looking makes none.

    Raises `bad_settings` when they are those of an earlier version.
    """
    elsewhere = os.environ.get("SIGHTLINE_DATABASE_URL") or site.settings["database"]
    if not elsewhere and not (site.folder / "decisions.sqlite").exists():
        return False
    start_django(site.folder)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if "people_user" not in connection.introspection.table_names():
        return False
    steps = MigrationExecutor(connection)
    if steps.migration_plan(steps.loader.graph.leaf_nodes()):
        what = "the tables of people and decisions are from an earlier version"
        raise SightlineError("bad_settings", str(site.folder), what, "Run `sightline serve` once.")
    return True
