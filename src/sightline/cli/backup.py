"""The command that saves a site elsewhere, and proves that it could be brought back."""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated, Any

import typer

from sightline.cli.django_start import start_django
from sightline.cli.options import Json, SiteFolder, chosen_site
from sightline.cli.show import json_out, message, stages, text_out
from sightline.kit import plural
from sightline.people import Erasures, pending
from sightline.pipeline.backup import (
    Decisions,
    Fault,
    Made,
    Outcome,
    check_folder,
    clear_backups,
    make_backup,
    record_check,
    record_outcome,
    save_keys,
    verify_backup,
)
from sightline.site import Site

__all__ = ["add_to"]

MB = 1024**2


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where backups are kept.")],
    keep: Annotated[
        int, typer.Option("--keep", min=1, metavar="N", help="How many backups stay.")
    ] = 14,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Restore it for a moment, and compare.")
    ] = True,
    check: Annotated[
        bool, typer.Option("--check", help="Make none: look whether those there are whole.")
    ] = False,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="Copy the key there, apart from FOLDER."),
    ] = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Save facts, names, decisions and settings, sealed; only what is new is written."""
    opened = chosen_site(context, site)
    from sightline.project.copies import decisions_of

    decisions = decisions_of(opened)
    if check:
        _check(opened, folder, decisions, as_json=as_json)
        return
    if keys is not None:
        save_keys(opened, folder, keys)  # before all else: a place for it may be refused
    _finish_erasures(opened)
    began = monotonic()
    made = _made(opened, folder, decisions)
    seconds = monotonic() - began
    faults = _verified(opened, folder, made, decisions) if verify else None
    _note(opened, folder, made, faults, seconds)
    cleared = clear_backups(opened, folder, keep) if not faults else ()
    if keys is not None:
        save_keys(opened, folder, keys)  # the ledger beside it now knows of this backup
    _tell(made, faults, cleared, (seconds, monotonic() - began), as_json=as_json)
    if keys is None and not as_json:
        message("secret.key is not in it: keep a copy apart (--keys FILE), with erasures.log.")
    if faults:
        raise typer.Exit(2)


def _made(site: Site, folder: Path, decisions: Decisions) -> Made:
    at = datetime.now(UTC)
    with stages("Backing up") as show:
        return make_backup(
            site, folder, made_at=at, decisions=decisions, sleep=sleep, progress=show
        )


def _verified(site: Site, folder: Path, made: Made, decisions: Decisions) -> list[Fault]:
    with stages("Checking") as show:
        name = made.manifest.name
        return verify_backup(site, folder, name, decisions=decisions, progress=show)


def _finish_erasures(site: Site) -> None:
    ledger = Erasures(site.folder / "erasures.log", site.keys)
    if any(line.kind == "pupil" for line in pending(ledger.lines())):
        start_django(site.folder)
        from sightline.project.erasing import finish_erasures

        done = finish_erasures(site, at=datetime.now(UTC))
        message(
            f"{plural(done, 'erasure')} that had been begun {'is' if done == 1 else 'are'} done."
        )


def _note(site: Site, folder: Path, made: Made, faults: list[Fault] | None, seconds: float) -> None:
    outcome = Outcome(
        name=made.manifest.name,
        at=made.manifest.made_at,
        folder=str(folder.resolve()),
        snapshot=made.manifest.snapshot,
        verified=None if faults is None else not faults,
        seconds=round(seconds, 1),
        size=made.manifest.size,
        written=made.written,
    )
    record_outcome(site.folder, outcome)


def _tell(
    made: Made,
    faults: list[Fault] | None,
    cleared: tuple[str, ...],
    seconds: tuple[float, float],
    *,
    as_json: bool,
) -> None:
    manifest = made.manifest
    if as_json:
        json_out(_values(made, faults, cleared, seconds))
        return
    text_out(
        f"Backup {manifest.name} of snapshot {manifest.snapshot}: "
        f"{plural(len(manifest.files), 'file')}, {manifest.size / MB:,.1f} MB, "
        f"of which {made.written / MB:,.1f} MB had to be written."
    )
    for name in made.not_saved:
        message(f"Not saved, as nothing says what it is: {name}")
    if faults is None:
        text_out("Not verified: run `sightline backup FOLDER --check`.")
    elif faults:
        _tell_faults(faults)
    else:
        rows = f"{plural(manifest.decisions.record[0], 'row')} of the record"
        tables = plural(len(manifest.decisions.tables), "table")
        text_out(f"Verified: restored and compared, {tables} of decisions and {rows} among it.")
    if cleared:
        text_out(f"{plural(len(cleared), 'older backup')} cleared.")


def _tell_faults(faults: list[Fault]) -> None:
    for fault in faults:
        text_out(str(fault))
    text_out(f"This backup is not good: {plural(len(faults), 'fault')}.")
    message("Delete the objects named and back up again: what the site still holds is written")
    message("anew. Comes it back, use another disk.")


def _values(
    made: Made,
    faults: list[Fault] | None,
    cleared: tuple[str, ...],
    seconds: tuple[float, float],
) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "backup": manifest.name,
        "snapshot": manifest.snapshot,
        "digest": manifest.digest,
        "files": len(manifest.files),
        "bytes": manifest.size,
        "written": made.written,
        "seconds": round(seconds[0], 1),
        "seconds_with_check": round(seconds[1], 1),
        "verified": None if faults is None else not faults,
        "faults": [str(one) for one in faults or ()],
        "cleared": list(cleared),
        "not_saved": list(made.not_saved),
    }


def _check(site: Site, folder: Path, decisions: Decisions, *, as_json: bool) -> None:
    """Say of every backup in the folder whether it is whole."""
    with stages("Checking") as show:
        found = check_folder(site, folder, decisions=decisions, progress=show)
    newest = max(found)  # only that was restored too; of the others the bytes are as written
    told = {name: not bad for name, bad in found.items() if bad or (bad == [] and name == newest)}
    record_check(site.folder, told)
    if as_json:
        json_out({name: bad and [str(one) for one in bad] for name, bad in found.items()})
    else:
        for name, bad in found.items():
            text_out(f"{name}\t{_state(bad)}")
            for fault in bad or ():
                text_out(f"  {fault}")
    if any(found.values()) or found[newest] is None:
        raise typer.Exit(2)


def _state(faults: list[Fault] | None) -> str:
    if faults is None:
        return "sealed before the key was renewed: only the copy of that key can open it"
    return plural(len(faults), "fault") if faults else "whole"


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(backup)
