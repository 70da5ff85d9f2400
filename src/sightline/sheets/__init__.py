"""Sheets: what the pages need from the facts, prepared once after each load.

In: an opened snapshot and a date. Out: one SQLite file per school (`sheets/<school_id>.sqlite`)
with flags, results, places and one sheet per pupil, all without identities; replaced whole by one
rename. Pages read it in microseconds; deleting it loses nothing, as a load or `sightline prepare`
makes it anew. Called by pipeline (to build) and by triage, messages and web (to read).
"""

from sightline.sheets.read import SchoolSheets, open_sheets, sheet_schools
from sightline.sheets.types import (
    AbsenceRow,
    BehaviourRow,
    GroupFacts,
    Lens,
    Mark,
    NoteRow,
    PupilSheet,
    ResultRow,
    SchoolEvent,
    SchoolFacts,
    Slot,
    SupportRow,
    WeekFigures,
)

__all__ = [
    "AbsenceRow",
    "BehaviourRow",
    "GroupFacts",
    "Lens",
    "Mark",
    "NoteRow",
    "PupilSheet",
    "ResultRow",
    "SchoolEvent",
    "SchoolFacts",
    "SchoolSheets",
    "Slot",
    "SupportRow",
    "WeekFigures",
    "open_sheets",
    "sheet_schools",
]
