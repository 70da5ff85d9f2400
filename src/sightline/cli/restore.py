"""The command that brings a site back from a backup."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.prepare import pages_day
from sightline.cli.show import message, stages, text_out
from sightline.kit import SightlineError, plural
from sightline.pipeline import prepare
from sightline.pipeline.backup import Decisions, Manifest, Restored, Since, restore_site

__all__ = ["add_to"]


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where backups are kept.")],
    to: Annotated[Path, typer.Option("--to", metavar="NEWSITE", help="A new or empty folder.")],
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The copy of secret.key.")
    ] = None,
    from_site: Annotated[
        Path | None,
        typer.Option("--from-site", metavar="FOLDER", help="The old site: its key and ledger."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="FILE", help="The newest erasures.log of the old site."),
    ] = None,
    without_ledger: Annotated[
        str,
        typer.Option("--without-ledger", metavar="REASON", help="Why there is none; recorded."),
    ] = "",
    name: Annotated[
        str | None, typer.Option("--backup", metavar="NAME", help="Not the newest, but this one.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="An empty PostgreSQL database, if used."),
    ] = None,
    pages: Annotated[
        bool, typer.Option("--prepare/--no-prepare", help="Make the pages' sheets as well.")
    ] = True,
) -> None:
    """Bring a site back into a new folder, and erase again what has been erased since."""
    key_file = _file(key, from_site, "secret.key", "--key")
    found = _ledger(ledger, key_file, from_site)
    address = database or os.environ.get("SIGHTLINE_DATABASE_URL") or ""
    at = datetime.now(UTC)
    from sightline.project.restored import replay_decisions

    def replay(part: Path, manifest: Manifest, since: Since) -> dict[str, int]:
        used = address if manifest.decisions.kind == "postgresql" else ""
        return replay_decisions(part, used, manifest, since, at=at, reason=without_ledger)

    with stages("Restoring") as show:
        done = restore_site(
            folder,
            to,
            key_file=key_file,
            at=at,
            decisions=lambda manifest: _decisions(manifest, to, address),
            replay=replay,
            name=name,
            ledger=found,
            without_ledger=without_ledger,
            database=database or "",
            progress=show,
        )
    _tell(done, found)
    if pages and done.manifest.pages:
        _prepare(done)
    message(f"Next: sightline serve --site {to}")


def _file(given: Path | None, site: Path | None, name: str, option: str) -> Path:
    found = given or (site / name if site else None)
    if found is None:
        what = "without the key nothing of a backup can be read"
        remedy = "Give --key FILE, or --from-site with the old site's folder."
        raise SightlineError("bad_argument", option, what, remedy)
    return found


def _ledger(given: Path | None, key_file: Path, site: Path | None) -> Path | None:
    """The ledger named; else the old site's, else the one kept beside the key."""
    if given is not None and not given.is_file():
        raise SightlineError("no_ledger", str(given), "there is no such file")
    beside = (site or key_file.parent) / "erasures.log"
    return given or (beside if beside.is_file() else None)


def _decisions(manifest: Manifest, to: Path, address: str) -> Decisions:
    from sightline.project.copies import decisions_for
    from sightline.project.database import described

    where: dict[str, Any] | None = described(address) if address else None
    return decisions_for(manifest, to, where)


def _tell(done: Restored, ledger: Path | None) -> None:
    manifest = done.manifest
    text_out(
        f"Restored: backup {manifest.name}, snapshot {manifest.snapshot}, "
        f"{plural(len(manifest.files), 'file')}, each as it was saved."
    )
    again = done.again
    text_out(
        f"Done again: {plural(done.erased, 'erasure')} since the backup, "
        f"{plural(again.get('objections', 0), 'objection')} that it did not know."
    )
    if ledger is None:
        message("There was no ledger: pupils erased since this backup may be here again.")
    elif done.ledger_ends is not None:
        ends = f"{done.ledger_ends:%Y-%m-%d %H:%M} UTC"
        message(f"The ledger ends {ends}: an erasure after that is not in it.")


def _prepare(done: Restored) -> None:
    try:
        with stages("Preparing") as show:
            today, at = pages_day(done.site, None), datetime.now(UTC)
            prepare(done.site, today=today, built_at=at, progress=show)
    except (SightlineError, OSError) as error:
        message(f"{error}\nThe site is restored; the pages need `sightline prepare`.")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(restore)
