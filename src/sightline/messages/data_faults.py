"""What is wrong with the data, for those who can put it right: refused rows, and files not come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sightline.sheets import open_sheets, sheet_schools
from sightline.site import Site

__all__ = ["Refused", "refused_tables", "stale_attendance"]

FILES_BY = time(9)  # when the day before's marks should have come


@dataclass(frozen=True)
class Refused:
    """The latest load's tables with refused rows, and how many."""

    snapshot: int
    tables: Mapping[str, int]


def refused_tables(site: Site) -> Refused | None:
    """The tables of which the latest load refused rows; None when it refused none."""
    snapshot = site.warehouse.current()
    if snapshot is None:
        return None
    counts = {name: one["quarantined"] for name, one in snapshot.account.items()}
    tables = {name: count for name, count in counts.items() if count}
    return Refused(snapshot.number, tables) if tables else None


def stale_attendance(site: Site, now: datetime) -> dict[str, date]:
    """The schools whose marks do not reach their last school day: school_id -> where they end."""
    found: dict[str, date] = {}
    for school_id in sheet_schools(site) if now.time() >= FILES_BY else ():
        sheets = open_sheets(site, school_id)
        last = sheets.facts.fresh_to.get("attendance") if sheets else None
        if sheets is None or last is None:
            continue
        yesterday = now.date() - timedelta(days=1)
        if sheets.school_days(last + timedelta(days=1), yesterday):
            found[school_id] = last
    return found
