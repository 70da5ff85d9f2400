"""The demo: a made-up school, its staff, half a term of meetings, and the pages to see it on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from secrets import token_urlsafe
from time import sleep
from typing import Annotated, Any

import typer

from sightline.cli.django_start import start_django
from sightline.cli.look import print_week
from sightline.cli.serve import serve_site
from sightline.cli.show import message, stages, text_out
from sightline.kit import SightlineError
from sightline.pipeline import load, opened, prepare
from sightline.site import Site, make_site, open_site

__all__ = ["add_to"]

SCHOOL = "S0000"
SETTINGS = """
demo = "yes"
today = "{today}"
dsl_name = "Mrs Achterberg"
dsl_phone = "020 7946 0999"
crisis_words = "Out of hours: the duty social worker, 020 7946 0100. In danger now: 999."
"""


def demo(
    folder: Annotated[Path, typer.Argument(metavar="SITE", help="A folder that may be emptied.")],
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8000,
    live: Annotated[
        bool, typer.Option("--live", help="Connect it to a made-up MIS that changes meanwhile.")
    ] = False,
) -> None:
    """Make the demo school, its staff and their past meetings; then open its pages.

    With SIGHTLINE_DEMO_NO_SERVE=1 it stops before opening them.
    """
    from sightline.synthetic import DEMO_AS_OF

    _emptied(folder)
    today = DEMO_AS_OF + timedelta(days=3)  # the Monday after
    with stages("Demo school") as show:
        site = _school(folder, DEMO_AS_OF, today, show)
        start_django(folder)
        from sightline.project.demo import seed_demo
        from sightline.project.ready import make_ready
        from sightline.web.evidence.fairness_ask import work_out_all

        make_ready()
        sign_ins = seed_demo(site, SCHOOL, today, show)
        show("comparing groups")
        work_out_all(site, today)
    with opened(site) as study:
        print_week(study, study.week(DEMO_AS_OF, year_group=9), {})
    text_out()
    _print_sign_ins(sign_ins)
    if os.environ.get("SIGHTLINE_DEMO_NO_SERVE") == "1":
        message(f"To open the pages: sightline serve --site {folder}")
    elif live:
        with _live_school(site, today, port):
            serve_site(folder, host="127.0.0.1", port=port)
    else:
        serve_site(folder, host="127.0.0.1", port=port)
        message("To see it live: sightline demo --live " + str(folder))


def _emptied(folder: Path) -> None:
    made_here = (folder / "exports" / "truth.json").exists()
    if folder.exists() and any(folder.iterdir()) and not made_here:
        what = "the folder holds something that is not the demo"
        raise SightlineError("site_exists", str(folder), what)
    shutil.rmtree(folder, ignore_errors=True)


def _school(folder: Path, until: date, today: date, show: Any) -> Site:
    """The school's exports, loaded into a new site and prepared for the pages."""
    from sightline.synthetic import write_demo

    exports = folder / "exports"
    exports.mkdir(parents=True)
    show("writing its exports")
    write_demo(exports, until=until)
    make_site(folder)
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(today=today))
    site = open_site(folder)
    evening = datetime.combine(until, time(18), UTC)
    load(site, "canonical", exports, recorded_at=evening, load_day=until, progress=show)
    show("preparing its pages")
    prepare(site, today=today, built_at=evening)
    return site


@contextmanager
def _live_school(site: Site, today: date, port: int) -> Iterator[None]:
    """A MIS on this machine in which today's registers are being taken, and the site's source."""
    from sightline.pipeline.sync import Choices, Clock, sync
    from sightline.project.live_school import TOKEN
    from sightline.sources.connection import Source
    from sightline.synthetic.loopback.wonde_records import wonde_id
    from sightline.web.clock import now

    secret = token_urlsafe(16)
    hook = f"http://127.0.0.1:{port}/hook/mis/{secret}/"
    command = [sys.executable, "-m", "sightline.project.live_school"]
    command += [str(site.folder / "exports"), str(today), hook]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mis:
        assert mis.stdout is not None
        address = mis.stdout.readline().strip() + "/v1.0"
        schools = {wonde_id("school", SCHOOL): SCHOOL}
        # The school's exports are loaded; its MIS is asked for the rest: pupils, and new marks.
        site.sources.write(
            Source("mis", "wonde", address, True, 1440, ("students", "marks"), schools)
        )
        site.sources.write_secrets("mis", {"token": TOKEN, "hook": secret})
        begun = datetime.combine(today, time(0), UTC)
        choices = Choices(full=True, since=begun, load_day=today)
        sync(site, "mis", clock=Clock(lambda: now().astimezone(UTC), sleep), choices=choices)
        message("Registers are being taken in a made-up MIS on this machine: open a list and wait.")
        try:
            yield
        finally:
            mis.terminate()


def _print_sign_ins(sign_ins: list[Any]) -> None:
    text_out("Sign in as any of these (passwords are new each time and kept nowhere):")
    wide = max(len(one.role) for one in sign_ins), max(len(one.email) for one in sign_ins)
    for one in sign_ins:
        text_out(f"  {one.role:<{wide[0]}}  {one.email:<{wide[1]}}  {one.password}")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(demo)
