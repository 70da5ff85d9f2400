"""Commands that change what a site holds, or say where its rows went."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.after_load import after_load
from sightline.cli.options import Json, SiteFolder, chosen_site, day_of, moment_of
from sightline.cli.prepare import prepare_after_load
from sightline.cli.show import json_out, json_rows, message, stages, table_out, text_out
from sightline.kit import SightlineError, plural
from sightline.pipeline import Loaded, read_refused, tidy
from sightline.pipeline import load as load_folder

__all__ = ["add_to"]

REFUSED = ["file", "row", "table", "column", "value", "reason", "remedy"]


def load(
    context: typer.Context,
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Which system's exports.")
    ],
    folder: Annotated[Path, typer.Option("--from", metavar="FOLDER", help="The exports.")],
    recorded_at: Annotated[
        str | None,
        typer.Option(
            "--recorded-at", metavar="TIMESTAMP", help="When the exports were made; now by default."
        ),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="The day of the load; today by default."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    pages: Annotated[
        bool,
        typer.Option("--prepare/--no-prepare", help="Let the pages follow, where they are used."),
    ] = True,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Collect, check and store a folder of exports, and publish one snapshot."""
    opened = chosen_site(context, site)
    before = opened.warehouse.current()
    if not folder.is_dir():
        raise SightlineError("no_files", str(folder), "there is no such folder")
    with stages("Loading") as show:
        done = load_folder(
            opened,
            profile,
            folder,
            recorded_at=moment_of(recorded_at, "--recorded-at") or datetime.now(UTC),
            load_day=day_of(day, "--day"),
            dry_run=dry_run,
            progress=show,
        )
    for notice in done.notices:
        message(f"{notice['level']}: {notice['text']}")
    if as_json:
        json_out(
            {"snapshot": done.snapshot, "tables": done.account.as_json(), "messages": done.notices}
        )
    else:
        _print_account(done, dry_run=dry_run)
    ready = not (pages and done.published) or prepare_after_load(opened, before, day)
    if not dry_run:
        after_load(opened)
    if done.with_warnings or not ready:
        raise typer.Exit(1)


def _print_account(done: Loaded, *, dry_run: bool) -> None:
    columns = ["table", "received", "accepted", "duplicates", "amended", "quarantined", "why"]
    rows = [
        (
            name,
            *(f"{n:,}" for n in (t.received, t.accepted, t.duplicates, t.amended, t.quarantined)),
            ", ".join(f"{reason} {count:,}" for reason, count in t.by_reason.items()),
        )
        for name, t in done.account.tables.items()
    ]
    table_out(columns, rows)
    if dry_run:
        message("A dry run: nothing was published.")
    elif done.published:
        message(f"Snapshot {done.snapshot} is published.")
    else:
        message(f"Nothing new: snapshot {done.snapshot} stays as it is.")
    if done.account.refusals:
        text = plural(done.account.refusals, "row was refused", "rows were refused")
        message(f"{text}: `sightline quarantine` lists each with its remedy.")


def quarantine(
    context: typer.Context,
    table: Annotated[
        str | None, typer.Option("--table", metavar="T", help="One table only.")
    ] = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """List every refused row: file, row, column, value, reason, and what to do."""
    opened = chosen_site(context, site)
    rows = read_refused(opened.warehouse, opened.warehouse.current(), opened.keys)
    found = [
        {name: row[name] for name in REFUSED}
        for row in rows.select(REFUSED).to_pylist()
        if table is None or row["table"] == table
    ]
    if as_json:
        json_rows(found)
    elif found:
        table_out(REFUSED, ([row[name] for name in REFUSED] for row in found))
    else:
        message("No row is refused.")


def snapshots(context: typer.Context, site: SiteFolder = None, as_json: Json = False) -> None:
    """List the published snapshots: when, from what, how many rows, and their digest."""
    opened = chosen_site(context, site)
    rows = [
        {
            "snapshot": snapshot.id,
            "recorded_at": snapshot.recorded_at.isoformat(),
            "profile": snapshot.profile,
            "rows": sum(state.rows for state in snapshot.tables.values()),
            "digest": snapshot.digest,
            "tables": {name: state.rows for name, state in snapshot.tables.items()},
        }
        for snapshot in opened.warehouse.snapshots()
    ]
    if as_json:
        json_rows(rows)
    elif rows:
        columns = ["snapshot", "recorded_at", "profile", "rows", "digest"]
        table_out(columns, ([row[name] for name in columns] for row in rows))
    else:
        message("Nothing has been loaded yet.")


def compact(
    context: typer.Context,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="Retention as on this day; today by default."),
    ] = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Merge small files and remove what retention allows; readers keep working meanwhile."""
    opened = chosen_site(context, site)
    with stages("Compacting") as show:
        show("merging files")
        done, identities = tidy(opened, day_of(day, "--day"))
    if as_json:
        json_out(asdict(done) | {"identities_removed": identities})
        return
    text_out(f"{done.files_before} files became {done.files_after}.")
    removed = plural(done.rows_past_retention, "row")
    text_out(f"{removed} past retention and {identities} identities removed.")
    text_out(f"{plural(done.snapshots_cleared, 'old snapshot')} cleared.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (load, quarantine, snapshots, compact):
        app.command()(command)
