"""The year's register of one pupil as a line of letters, and the marks it stands for."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from string import ascii_letters, digits

import pyarrow as pa

from sightline.contract import attendance_codes
from sightline.sheets.figures import ABSENT, ATTENDED
from sightline.sheets.types import Mark

__all__ = ["Register", "code_table", "letters"]

SESSIONS = ("AM", "PM")
NOT_DUE, MISSING = ".", "-"


@cache
def letters() -> Mapping[str, str]:
    """A letter for each code a register may hold, in the order of the codes' file."""
    codes = [one.code for one in attendance_codes() if one.category != "missing"]
    return dict(zip(codes, ascii_letters + digits, strict=False)) | {MISSING: MISSING}


def code_table() -> pa.Table:
    """The codes as a relation: code, letter and what a session with it counts as."""
    codes = attendance_codes()
    attended = [int(one.category in ATTENDED) for one in codes]
    possible = [int(one.category in ATTENDED + ABSENT) for one in codes]
    return pa.table(
        {
            "code": [one.code for one in codes],
            "letter": [letters()[one.code] for one in codes],
            "possible": possible,
            "attended": attended,
            "late": [int(bool(one.late)) for one in codes],
        }
    )


class Register:
    """Turns lines into marks and back, for the open days of one school's year.

    Pupils share the marks, which never change: a page needs hundreds of them at once.
    """

    def __init__(self, opened: Sequence[date]) -> None:
        self._places = [(day, session) for day in opened for session in SESSIONS]
        self._place_of = {place: number for number, place in enumerate(self._places)}
        self._codes = {letters()[one.code]: one for one in attendance_codes()}
        self._made: dict[tuple[int, str], Mark] = {}

    def marks(self, line: str, minutes_late: Mapping[int, int]) -> tuple[Mark, ...]:
        """The marks of a line; `minutes_late` by place in it."""
        made = self._made
        found = [
            made.get((place, letter)) or self._make(place, letter)
            for place, letter in enumerate(line)
            if letter != NOT_DUE
        ]
        if minutes_late:
            late = {self._places[place]: minutes for place, minutes in minutes_late.items()}
            found = [
                Mark(
                    one.on, one.session, one.code, one.category, one.late, late[one.on, one.session]
                )
                if one.late and (one.on, one.session) in late
                else one
                for one in found
            ]
        return tuple(found)

    def line(self, marks: Sequence[Mark]) -> tuple[str, dict[int, int]]:
        """The line of some marks, and the minutes late by place in it."""
        found = [NOT_DUE] * len(self._places)
        late = {}
        for mark in marks:
            place = self._place_of[mark.on, mark.session]
            found[place] = letters()[mark.code]
            if mark.minutes_late is not None:
                late[place] = mark.minutes_late
        return "".join(found), late

    def _make(self, place: int, letter: str) -> Mark:
        code, (day, session) = self._codes[letter], self._places[place]
        mark = Mark(day, session, code.code, code.category, bool(code.late))
        self._made[place, letter] = mark
        return mark
