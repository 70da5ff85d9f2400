"""Commands for one pupil's own rights: a copy of everything held, and erasure."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.ctf import ctf
from sightline.cli.django_start import start_django
from sightline.cli.options import SiteFolder, chosen_site
from sightline.cli.show import message, text_out
from sightline.engine import literal
from sightline.kit import SightlineError, plural
from sightline.pipeline import opened
from sightline.site import Site

__all__ = ["add_to"]

Pupil = Annotated[
    str, typer.Argument(metavar="PUPIL", help="The pupil's short pseudonym, or the school's id.")
]
ACTOR = "command"
ABOUT = """\
Everything Sightline holds about one pupil, made on {day}.

identity.json   names and the texts of notes, as the school's systems gave them
figures.json    attendance, behaviour, results, work and what was noticed, this school year
decisions.json  lists, decisions, supports, notes, objections and complaints
looks.txt       who has looked, when, and why that was allowed
register.json   what each table is for and how long it is kept

Numbers such as "user 12" stand for members of staff: check with them before handing this over.
"""


def export(
    context: typer.Context,
    pupil: Pupil,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="A new or empty folder.")],
    site: SiteFolder = None,
) -> None:
    """Write everything held about a pupil into a folder, for a subject access request."""
    chosen = chosen_site(context, site)
    if to.exists() and any(to.iterdir()):
        raise SightlineError("bad_argument", str(to), "this folder is not empty", "Choose another.")
    found = _found(chosen, pupil)
    start_django(chosen.folder)
    from sightline.governance.privacy import export_everywhere, register

    at = datetime.now(UTC)
    held = export_everywhere(found["ref"], school_id=found["school_id"], at=at, actor=ACTOR)
    parts = {
        "identity.json": found["identity"],
        "figures.json": _figures(chosen, found["school_id"], found["ref"]),
        "decisions.json": held,
        "register.json": register(),
    }
    to.mkdir(parents=True, exist_ok=True)
    to.chmod(0o700)
    for name, value in parts.items():
        _write(to / name, json.dumps(value, ensure_ascii=False, indent=1, default=str))
    _write(to / "looks.txt", _looks(found["ref"]))
    _write(to / "about.txt", ABOUT.format(day=at.date()))
    text_out(f"{plural(len(parts) + 2, 'file')} in {to}.")
    message("That a copy was made is recorded. The folder holds names: keep it safe.")


def erase(
    context: typer.Context,
    pupil: Pupil,
    why: Annotated[str, typer.Option("--why", help="Who asked, and when; no names.")],
    confirm: Annotated[
        str, typer.Option("--confirm", metavar="SCHOOL", help="The school's name, as a check.")
    ],
    site: SiteFolder = None,
) -> None:
    """Delete what people decided and wrote about a pupil, and every name; figures stay nameless."""
    chosen = chosen_site(context, site)
    found = _found(chosen, pupil)
    if confirm.strip().casefold() != found["school"].casefold():
        what = "this is not the name of the pupil's school"
        raise SightlineError("bad_argument", "--confirm", what, "Type it as the pages show it.")
    start_django(chosen.folder)
    from sightline.project.erasing import erase_pupil, finish_erasures

    at = datetime.now(UTC)
    finish_erasures(chosen, at=at)
    counts = erase_pupil(
        chosen, found["ref"], school_id=found["school_id"], at=at, actor=ACTOR, why=why
    )
    for table, count in counts.items():
        text_out(f"{table}\t{count}")
    text_out("Nothing about the pupil is left among decisions, and no name in the vault.")
    message("Take the pupil out of the school's own system too: the next load brings back what is")
    message("still there. Figures without a name stay until retention removes them.")
    message("Backups made before still hold the pupil, sealed, until they are cleared; a restore")
    message("erases again what erasures.log says. Keep a copy of that file apart from the site.")


def _found(site: Site, pupil: str) -> dict[str, Any]:
    """The pupil's reference, school, notes and identity; raises `not_found`."""
    refs = [pupil, *site.keys.pupil_refs([pupil])]
    with opened(site) as study:
        wanted = " OR ".join(f"pupil_ref = {literal(ref)}" for ref in refs)
        rows = study.engine.rows(f"SELECT pupil_ref, school_id FROM pupil WHERE {wanted} LIMIT 1")
        if not rows:
            what = f"no pupil `{pupil}` is known here"
            raise SightlineError("not_found", "PUPIL", what, "Take a pseudonym from a list.")
        ref, school_id = rows[0]["pupil_ref"], rows[0]["school_id"]
        about = f"SELECT note_id FROM note WHERE pupil_ref = {literal(ref)}"
        notes = [row["note_id"] for row in study.engine.rows(about)]
        school = study.engine.value(
            f"SELECT name FROM school WHERE school_id = {literal(school_id)} LIMIT 1"
        )
        with site.vault(study.snapshot) as vault:
            identity = {kind: vault.read(kind, [ref]) for kind in ("pupil", "pupil_identity")}
            identity["note"] = vault.read("note", notes)
    return {
        "ref": ref,
        "school_id": school_id,
        "school": str(school),
        "identity": identity,
    }


def _figures(site: Site, school_id: str, ref: str) -> Any:
    from sightline.sheets import open_sheets

    sheets = open_sheets(site, school_id)
    return asdict(sheets.pupil(ref)) if sheets and sheets.place(ref) else None


def _looks(ref: str) -> str:
    from sightline.governance.record_queries import Wanted, actor_names, plain_row, search_record

    rows = list(search_record(Wanted(None, subject=ref)))
    names = actor_names({row.actor for row in rows})
    told = (plain_row(row, names) for row in rows)
    return "".join(
        f"{one.at:%Y-%m-%d %H:%M}  {one.who}: {one.did}, {one.area} ({one.why})\n" for one in told
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(help="One pupil's own rights.", no_args_is_help=True)
    group.command()(export)
    group.command()(erase)
    group.command()(ctf)
    app.add_typer(group, name="pupil")
