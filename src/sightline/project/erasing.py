"""Erase a pupil: into the ledger first, then the decisions, then the names, then the ledger again.

Killed anywhere after the first step, `finish_erasures` does the rest; it runs when the pages start,
every night, and before any backup.
"""

from datetime import datetime
from pathlib import Path

from django.db import connection

from sightline.governance.privacy import check_erasable, erase_everywhere
from sightline.people import Erasures, Line, pending
from sightline.pipeline.forget import forget_pupil
from sightline.site import Site

__all__ = ["erase_pupil", "finish_erasures"]


def erase_pupil(
    site: Site, pupil_ref: str, *, school_id: str, at: datetime, actor: str, why: str
) -> dict[str, int]:
    """Delete all that was decided and written about a pupil, and every name; rows by table.

    Raises `bad_argument` while a complaint of theirs is open; nothing is then begun.
    """
    if _has_decisions():
        check_erasable(pupil_ref)
    ledger = _ledger(site)
    line = ledger.append("pupil", at=at, school_id=school_id, ref=pupil_ref, by=actor)
    return _carried_out(site, line, at=at, why=why)


def finish_erasures(site: Site, *, at: datetime) -> int:
    """Carry out the erasures that were begun and not finished; how many there were."""
    begun = [line for line in pending(_ledger(site).lines()) if line.kind == "pupil"]
    for line in begun:
        _carried_out(site, line, at=at, why=f"Begun on {line.at:%Y-%m-%d} and not finished then")
    return len(begun)


def _carried_out(site: Site, line: Line, *, at: datetime, why: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    if _has_decisions():
        counts = erase_everywhere(
            line.ref, school_id=line.school_id, at=at, actor=line.by, why=why, begun=True
        )
    forget_pupil(site, line.ref)
    _ledger(site).append("done", at=at, by=line.by, of=str(line.number))
    return counts


def _ledger(site: Site) -> Erasures:
    return Erasures(site.folder / "erasures.log", site.keys)


def _has_decisions() -> bool:
    """Whether there are tables of people and decisions; looking makes none."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).exists():
        return False
    return "people_user" in connection.introspection.table_names()
