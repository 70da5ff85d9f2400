"""Names at the last moment: from the vault, for the pupils a page may show, and nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass

from sightline.people.vault import VaultReader

__all__ = ["Name", "names_of", "note_texts", "staff_names"]

UNKNOWN = "Name not held"  # the identity was erased, or its file never came


@dataclass(frozen=True)
class Name:
    """What a pupil is called. `str()` is the full name."""

    given: str
    family: str

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


def names_of(vault: VaultReader, pupil_refs: Iterable[str]) -> dict[str, Name]:
    """The name of each pupil asked for; UNKNOWN where the vault holds none."""
    refs = set(pupil_refs)
    found = vault.read("pupil_identity", refs) if refs else {}
    return {
        ref: Name(found[ref]["given_name"] or "", found[ref]["family_name"] or "")
        if ref in found
        else Name(UNKNOWN, "")
        for ref in refs
    }


def staff_names(vault: VaultReader, staff_ids: Iterable[str]) -> dict[str, str]:
    """The name of each member of staff the vault knows."""
    wanted = set(staff_ids)
    found = vault.read("staff", wanted) if wanted else {}
    return {one: values["name"] or "" for one, values in found.items()}


def note_texts(vault: VaultReader, note_ids: Iterable[str]) -> dict[str, str]:
    """The text of each note the vault holds."""
    wanted = set(note_ids)
    found = vault.read("note", wanted) if wanted else {}
    return {one: values["text"] or "" for one, values in found.items()}
