"""Our own supports as a folder of exports, so that the facts half loads them like any supplier's.

Writes `support.csv` with the columns of the data dictionary. The ids start with SL-, so that they
never clash with those of the school's own system; a load of the school's file leaves ours alone,
because a row that a load does not mention stays as it is.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from sightline.record.chain import Entry, record
from sightline.sheets import open_sheets
from sightline.site import Site
from sightline.triage.models import Support
from sightline.triage.support_queries import OUR_PREFIX

__all__ = ["COLUMNS", "Written", "write_casework"]

COLUMNS = (
    "support_id",
    "pupil_id",
    "name",
    "aim_signal",
    "started_on",
    "review_on",
    "ended_on",
    "staff_id",
)


@dataclass(frozen=True)
class Written:
    """How many supports were written, and how many not: their pupils' ids are not held any more."""

    supports: int
    unknown: int


@transaction.atomic
def write_casework(site: Site, folder: Path, *, at: datetime) -> Written:
    """Write every support into a folder, readable by its owner alone, and record that it left."""
    supports = list(Support.objects.select_related("owner").order_by("pk"))
    with site.vault(site.warehouse.current()) as vault:
        held = vault.read("pupil", {one.pupil_ref for one in supports})
    pupil_ids = {ref: values["pupil_id"] or "" for ref, values in held.items()}
    known = [one for one in supports if pupil_ids.get(one.pupil_ref)]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "support.csv"
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(known, pupil_ids, _staff(site, known)))
    written = Written(len(known), len(supports) - len(known))
    detail = {"supports": written.supports}
    record([Entry("write_casework", "support", detail=detail)], at=at, actor="system")
    return written


def _rows(
    supports: Iterable[Support], pupil_ids: dict[str, str], staff: dict[str, set[str]]
) -> Iterator[tuple[str, ...]]:
    for one in supports:
        # A leader whom the staff file does not name would have the whole row refused.
        known = one.owner.staff_id in staff.get(one.school_id, set())
        yield (
            f"{OUR_PREFIX}{one.pk}",
            pupil_ids[one.pupil_ref],
            one.name,
            one.aim_signal,
            _day(one.started_on),
            _day(one.review_on),
            _day(one.ended_on),
            one.owner.staff_id if known else "",
        )


def _staff(site: Site, supports: Iterable[Support]) -> dict[str, set[str]]:
    found = {}
    for school_id in {one.school_id for one in supports}:
        sheets = open_sheets(site, school_id)
        found[school_id] = set(sheets.facts.staff) if sheets else set()
    return found


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
