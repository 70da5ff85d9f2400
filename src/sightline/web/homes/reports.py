"""What people have told the data manager: reports of wrong data, and who cannot sign in yet."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from sightline.governance.answer_queries import Matter, complaints_of, matter_of
from sightline.people.staff_queries import staff_with_account
from sightline.sheets import SchoolSheets

__all__ = ["open_reports", "without_account"]


def open_reports(schools: Collection[str], today: date) -> list[Matter]:
    """The reports of wrong data that wait for an answer, most urgent first."""
    return [matter_of(one, today) for one in complaints_of(schools, only_wrong_data=True)]


def without_account(sheets: SchoolSheets) -> list[tuple[str, int]]:
    """How many staff of each role have no account, most first; no names."""
    have = staff_with_account(sheets.school_id)
    counts = Counter(
        role or "No role given" for one, role in sheets.facts.staff.items() if one not in have
    )
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
