"""Marks that a school's system sends later in the day, loaded and brought to the pages."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sightline.pipeline import Refreshed, load, refresh
from sightline.site import Site

__all__ = ["all_days", "later_marks", "write_marks"]

HEAD = ("pupil_id", "date", "session", "code", "minutes_late", "recorded_at")


def all_days(sheet: Any, count: int) -> list[str]:
    """The latest school days that a pupil has marks for."""
    return sorted({mark.on.isoformat() for mark in sheet.marks})[-count:]


def write_marks(site: Site, folder: Path, code: str, days: Mapping[str, Sequence[str]]) -> Path:
    """An export with one code for whole days: by pupil_ref, the days."""
    with site.vault(site.warehouse.require()) as vault:
        ids = {ref: one["pupil_id"] for ref, one in vault.read("pupil", list(days)).items()}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "attendance.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for ref, wanted in days.items():
            for day in wanted:
                for session in ("AM", "PM"):
                    writer.writerow([ids[ref], day, session, code, "", ""])
    return folder


def later_marks(
    site: Site, folder: Path, code: str, days: Mapping[str, Sequence[str]], at: datetime
) -> Refreshed:
    """The same loaded, and the sheets refreshed a second later."""
    write_marks(site, folder, code, days)
    loaded = load(site, "canonical", folder, recorded_at=at, load_day=at.date())
    assert loaded.published
    assert not loaded.account.refusals
    return refresh(site, today=at.date(), built_at=at + timedelta(seconds=1))
