"""Absence as an attendance officer works with it: spells, unauthorised sessions, no reason yet."""

from collections.abc import Sequence
from datetime import date, timedelta

from sightline.sheets.figures import ABSENT, ATTENDED
from sightline.sheets.types import AbsenceRow, Mark, PupilSheet

__all__ = ["absence_row", "ten_weeks_from"]

WEEKS = 10  # school weeks, over which unauthorised sessions are counted for a notice


def absence_row(sheet: PupilSheet, latest: date | None, since: date | None) -> AbsenceRow:
    """One pupil's row. `latest` is the register's latest day, `since` that of ten weeks ago."""
    spell = current_spell(sheet.marks)
    counted = [mark for mark in sheet.marks if since is not None and mark.on >= since]
    return AbsenceRow(
        pupil_ref=sheet.pupil_ref,
        year_group=sheet.year_group,
        registration_group=sheet.registration_group,
        possible=sum(mark.category in ABSENT + ATTENDED for mark in sheet.marks),
        attended=sum(mark.category in ATTENDED for mark in sheet.marks),
        spell=len(spell),
        spell_from=spell[0].on if spell else None,
        unauthorised=sum(mark.category == "unauthorised_absence" for mark in counted),
        unexplained=tuple(
            mark.session for mark in sheet.marks[-2:] if mark.on == latest and unexplained(mark)
        ),
    )


def current_spell(marks: Sequence[Mark]) -> list[Mark]:
    """The absences that end with the latest session that says anything, the first one first.

    A session the pupil could not attend, or without a mark, neither adds to a spell nor ends it;
    arriving after the register closed ends it.
    """
    spell: list[Mark] = []
    for mark in reversed(marks):
        if mark.category in ATTENDED or mark.late:
            break
        if mark.category in ABSENT:
            spell.append(mark)
    return spell[::-1]


def unexplained(mark: Mark) -> bool:
    """Whether a session still needs a reason: marked N, or not marked."""
    return mark.code == "N" or mark.category == "missing"


def ten_weeks_from(opened: Sequence[date]) -> date | None:
    """The Monday of the tenth latest week with an open day; None where there is none."""
    mondays = sorted({day - timedelta(day.weekday()) for day in opened})
    return mondays[-WEEKS:][0] if mondays else None
