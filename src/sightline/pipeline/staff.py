"""Who works at each school: the staff table less those who have left.

A staff file lists who is there. Rows of earlier files stay in the table, so each snapshot also
holds, by school, the ids of the last file that named its staff; it is published with the facts,
in the same file, and so it is never older or newer than they are.
"""

from collections.abc import Mapping
from datetime import date

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.site import Site
from sightline.warehouse import Snapshot, open_snapshot

__all__ = ["present_staff", "staff_now", "staff_seen"]


def staff_seen(
    engine: Engine, earlier: Mapping[str, list[str]], *, in_doubt: bool
) -> dict[str, list[str]]:
    """The staff ids of this load's file, by school, from `settled_staff`.

    A refused row may be somebody's (`in_doubt`: so may an unreadable one). Then those of the
    earlier file count as seen too: nobody is taken to have left because of a mistake in a file.
    """
    found: dict[str, set[str]] = {}
    for row in engine.rows("SELECT school_id, staff_id FROM settled_staff"):
        found.setdefault(row["school_id"], set()).add(row["staff_id"])
    if in_doubt or engine.value("SELECT count(*) FROM refused_staff"):
        found = {school: ids | set(earlier.get(school, ())) for school, ids in found.items()}
    return {school: sorted(ids) for school, ids in sorted(found.items())}


def present_staff(engine: Engine, snapshot: Snapshot, on: date) -> dict[str, dict[str, str]]:
    """By school, the id and role of everybody who works there on a date.

    The engine holds the snapshot's `staff`. A school of which no file said who is there (its data
    is older than that list) keeps everybody but those whose last day has passed.
    """
    found: dict[str, dict[str, str]] = {}
    for row in engine.rows(
        "SELECT school_id, staff_id, role FROM staff "
        f"WHERE coalesce(left_on >= {literal(on)}, TRUE) ORDER BY school_id, staff_id"
    ):
        seen = snapshot.staff.get(row["school_id"])
        if seen is None or row["staff_id"] in seen:
            found.setdefault(row["school_id"], {})[row["staff_id"]] = row["role"] or ""
    return found


def staff_now(site: Site, on: date) -> dict[str, dict[str, str]]:
    """The same of the site's current snapshot. Raises `no_data` before the first load."""
    with site.warehouse.reading() as snapshot, Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, read_contract())
        return present_staff(engine, snapshot, on)
