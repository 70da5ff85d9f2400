"""Forget one pupil's identity: name, birth date, ids and the texts of notes about them."""

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.site import Site
from sightline.warehouse import Snapshot, fact_schema

__all__ = ["forget_pupil", "notes_about"]


def forget_pupil(site: Site, pupil_ref: str) -> int:
    """Delete all that the vault holds about a pupil; how many values that may have been.

    Safe to repeat. The figures stay, and lead to nobody, until retention removes them.
    """
    snapshot = site.warehouse.current()
    notes = notes_about(site, snapshot, pupil_ref) if snapshot else []
    with site.vault(snapshot) as vault:
        gone = sum(vault.forget(kind, [pupil_ref]) for kind in ("pupil", "pupil_identity"))
        return gone + vault.forget("note", notes)


def notes_about(site: Site, snapshot: Snapshot, pupil_ref: str) -> list[str]:
    """The ids of every note about a pupil, those that the source has taken back among them."""
    table = read_contract().table("note")
    found: set[str] = set()
    with Engine() as engine:
        for kind in ("tables", "history"):
            state = getattr(snapshot, kind).get("note")
            folder = site.warehouse.table_folder("note", history=kind == "history")
            files = [folder / file.path for file in (state.files if state else ())]
            engine.parquet("notes", files, fact_schema(table))
            about = f"SELECT DISTINCT note_id FROM notes WHERE pupil_ref = {literal(pupil_ref)}"
            found |= {str(row["note_id"]) for row in engine.rows(about)}
    return sorted(found)
