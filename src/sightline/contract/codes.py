"""The register's codes: England's 34 since 19 August 2024, those retired, and the mark not made."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from sightline.contract.model import CODES

__all__ = ["AttendanceCode", "attendance_codes"]


@dataclass(frozen=True)
class AttendanceCode:
    """A code, its category in the Department for Education's sense, and when it was in force."""

    code: str
    meaning: str
    category: str
    late: str
    valid_from: date | None
    valid_to: date | None
    replaced_by: str


@cache
def attendance_codes() -> tuple[AttendanceCode, ...]:
    """Every code that a register may hold, in the order of the file."""
    with (CODES / "attendance_codes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            AttendanceCode(
                row["code"],
                row["meaning"],
                row["category"],
                row["late"],
                _day(row["valid_from"]),
                _day(row["valid_to"]),
                row["replaced_by"],
            )
            for row in csv.DictReader(file)
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
