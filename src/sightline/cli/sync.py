"""Commands that bring data in from other systems."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sightline.cli.after_load import after_load
from sightline.cli.options import Json, SiteFolder, chosen_site, moment_of
from sightline.cli.prepare import pages_day, prepare_after_load
from sightline.cli.show import json_out, message, progress_line, table_out
from sightline.kit import SightlineError, plural
from sightline.site import Site

if TYPE_CHECKING:  # what reaches other systems takes a while to import, and only this needs it
    from sightline.pipeline.sync import Choices, Step, Synced

__all__ = ["add_to"]

COUNTS = ("received", "accepted", "duplicates", "amended", "withdrawn", "quarantined")


def sync(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="One source; all that are on.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Everything, not only changes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIMESTAMP", help="Changes since then.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Use what was held back: it is meant.")
    ] = False,
    accept_template: Annotated[
        list[str] | None,
        typer.Option("--accept-template", metavar="FILE", help="Take a file in its new form."),
    ] = None,
    end_missing: Annotated[
        list[str] | None,
        typer.Option(
            "--end-missing", metavar="TABLE", help="End stored rows the source no longer has."
        ),
    ] = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Bring in what has changed at a source. It goes on where it was cut off."""
    from sightline.pipeline.sync import Choices

    opened = chosen_site(context, site)
    choices = Choices(
        full=full or bool(end_missing),
        since=moment_of(since, "--since"),
        dry_run=dry_run,
        accept=accept,
        templates=frozenset(accept_template or ()),
        end_missing=frozenset(end_missing or ()),
        load_day=pages_day(opened, None) if opened.settings["today"] else None,
    )
    names = [source] if source else [n for n in opened.sources.names() if opened.sources.read(n).on]
    if not names:
        what = "no source is switched on"
        raise SightlineError("not_found", "sightline sync", what, "Name one, or switch one on.")
    done, failed = [], False
    for name in names:
        try:
            done.append(_one(opened, name, choices, as_json=as_json))
        except SightlineError as error:
            if source:
                raise
            message(f"{name}: {error}")
            failed = True
    if as_json:
        json_out([one.as_json() for one in done])
    if failed or any(one.with_warnings for one in done):
        raise typer.Exit(1)


def _one(site: Site, name: str, choices: "Choices", *, as_json: bool) -> "Synced":
    from sightline.pipeline.sync import Clock
    from sightline.pipeline.sync import sync as sync_source

    before = site.warehouse.current()
    with progress_line(name) as show:
        done = sync_source(
            site,
            name,
            clock=Clock(lambda: datetime.now(UTC), time.sleep),
            choices=choices,
            told=lambda step: show(_words(step), step.records, step.expected),
        )
    if not as_json:
        _print(done)
    if done.published:
        prepare_after_load(site, before, None)
        after_load(site)
    return done


def _print(done: "Synced") -> None:
    """The account of a sync: where every record went."""
    if done.loaded:
        table_out(
            ["table", *COUNTS],
            (
                (name, *(f"{getattr(t, column):,}" for column in COUNTS))
                for name, t in done.loaded.account.tables.items()
            ),
        )
    came = f"{plural(done.records, 'record')} came in, {plural(done.rows, 'raw row')}"
    message(f"{done.source}: {came}.")
    for one in done.held:
        message(f"Held back: {one.why}. If it is meant: `sightline sync {done.source} --accept`.")
    for sentence in done.stopped:
        message(f"Left out: {sentence}")
    for table, count in (done.loaded.missing if done.loaded else {}).items():
        rows = plural(count, "row")
        message(f"{table}: {rows} we hold are no longer at the source; they stay until you say so.")
    if done.loaded and done.loaded.account.refusals:
        text = plural(done.loaded.account.refusals, "row was refused", "rows were refused")
        message(f"{text}: `sightline quarantine` lists each with its remedy.")
    if done.dry_run:
        message("A dry run: nothing was published.")
    elif done.published and done.loaded:
        message(f"Snapshot {done.loaded.snapshot} is published.")
    else:
        message("Nothing has changed.")


def _words(step: "Step") -> str:
    words = f"{step.stage} {step.detail}".strip()
    return f"{words} ({step.note})" if step.note else words


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(sync)
