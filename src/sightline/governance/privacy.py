"""What all rooms hold about people, asked in turn; and what this room itself holds.

Each Django room has a privacy.py with describe, export, erase and purge, found by its name, so
that this room needs to know none of those above it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from sightline.governance.models import Complaint, Objection
from sightline.governance.objections_file import mirror_objections
from sightline.kit import SightlineError
from sightline.people.personal_data import Holds, described, erased, exported
from sightline.record.chain import Entry, record

__all__ = [
    "HOLDS",
    "check_erasable",
    "describe",
    "erase",
    "erase_everywhere",
    "export",
    "export_everywhere",
    "purge",
    "register",
    "rooms",
]

HOLDS: Holds = {Objection: "pupil_ref", Complaint: "pupil_ref"}
COMPLAINTS = timedelta(days=3 * 365)


def rooms() -> Iterator[tuple[str, ModuleType]]:
    """Each room's name and its privacy module, the rooms that hang on others first."""
    for config in reversed(list(apps.get_app_configs())):
        ours = config.name.startswith("sightline.")
        if ours and module_has_submodule(config.module, "privacy"):
            yield config.name.partition(".")[2], import_module(f"{config.name}.privacy")


def register() -> dict[str, list[dict[str, Any]]]:
    """Every table of every room: purpose, how long it is kept, the class of each column."""
    return {name: room.describe() for name, room in rooms()}


@transaction.atomic
def export_everywhere(
    pupil_ref: str, *, school_id: str, at: datetime, actor: str
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Every row about a pupil, by room and table; that it was taken is recorded."""
    found = {name: room.export(pupil_ref) for name, room in rooms()}
    rows = {name: sum(map(len, tables.values())) for name, tables in found.items()}
    entry = Entry("subject_access", "record", school_id, pupil_ref, "Asked for by the pupil", rows)
    record([entry], at=at, actor=actor)
    return found


def check_erasable(pupil_ref: str) -> None:
    """Raise `bad_argument` while a complaint of the pupil is open."""
    if Complaint.objects.filter(pupil_ref=pupil_ref, closed_at__isnull=True).exists():
        what = "a complaint or report about this pupil is not answered yet"
        raise SightlineError("bad_argument", "PUPIL", what, "Answer it first.")


@transaction.atomic
def erase_everywhere(
    pupil_ref: str, *, school_id: str, at: datetime, actor: str, why: str, begun: bool = False
) -> dict[str, int]:
    """Delete every row about a pupil, and check that none is left; how many, by table.

    The record keeps its references, which lead to nobody once the vault has forgotten the name.
    Raises `bad_argument` while a complaint of theirs is open, unless the erasure has `begun`.
    """
    if not begun:
        check_erasable(pupil_ref)
    counts: dict[str, int] = {}
    for _, room in rooms():
        counts |= room.erase(pupil_ref)
    for name, room in rooms():
        if any(room.export(pupil_ref).values()):
            raise SightlineError("damaged", name, "rows about the pupil are left", "Report this.")
    record([Entry("erase", "record", school_id, pupil_ref, why, counts)], at=at, actor=actor)
    transaction.on_commit(mirror_objections, robust=True)
    return counts


def describe() -> list[dict[str, Any]]:
    """This room's tables, and those of the record, which knows nobody to answer for."""
    return described("governance") + described("record")


def export(pupil_ref: str) -> dict[str, list[dict[str, Any]]]:
    return exported(HOLDS, pupil_ref)


def erase(pupil_ref: str) -> dict[str, int]:
    return erased(HOLDS, pupil_ref)


def purge(at: datetime) -> dict[str, int]:
    """Remove complaints that were answered three years ago."""
    gone, _ = Complaint.objects.filter(closed_at__lt=at - COMPLAINTS).delete()
    return {"complaint": gone}
