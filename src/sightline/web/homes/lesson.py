"""The next lesson by the timetable, and the five pupils a teacher reads about before the bell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sightline.people.identity import Name
from sightline.sheets import SchoolSheets, Slot

__all__ = [
    "AT_MOST",
    "Around",
    "ClassWords",
    "Coming",
    "Line",
    "Seat",
    "around",
    "coming",
    "five",
    "lesson_at",
]

AT_MOST = 5
"""More than five lines are not read in three minutes."""
LINES = 3  # of what helps, for one pupil
STILL_NEXT = timedelta(minutes=10)  # a lesson that has just begun is still the one to prepare
LOOK_AHEAD = timedelta(days=60)  # over the summer


@dataclass(frozen=True)
class Coming:
    """A lesson on its day."""

    on: date
    slot: Slot

    @property
    def title(self) -> str:
        one = self.slot
        return ", ".join(part for part in (one.class_name, one.room, one.starts_at) if part)

    @property
    def address(self) -> str:
        """The part of the address that opens this lesson."""
        return f"on={self.on}&period={self.slot.period}"


@dataclass(frozen=True)
class Around:
    """The lessons before and after one, for the links."""

    before: Coming | None
    after: Coming | None


@dataclass(frozen=True)
class Line:
    """One line of what helps, and the number of the note it is."""

    note: int
    text: str


@dataclass(frozen=True)
class ClassWords:
    """What may be read about a pupil before a lesson: what helps, and the pupil's own words."""

    strategies: tuple[Line, ...] = ()
    voice: str = ""


@dataclass(frozen=True)
class Seat:
    """A pupil in the class and what helps: never why they were noticed."""

    pupil_ref: str
    name: Name
    voice: str
    lines: tuple[Line, ...]


def coming(sheets: SchoolSheets, staff_id: str, moment: datetime) -> Coming | None:
    """The next lesson that somebody teaches, today or on the next school day with one."""
    today = moment.date()
    for slot in sheets.slots(today, staff_id=staff_id):
        begins = datetime.combine(today, time.fromisoformat(slot.starts_at), moment.tzinfo)
        if moment <= begins + STILL_NEXT:
            return Coming(today, slot)
    return _first_after(sheets, staff_id, today)


def lesson_at(sheets: SchoolSheets, staff_id: str, on: date, period: str) -> Coming | None:
    """A lesson of somebody's by its day and period."""
    found = (one for one in sheets.slots(on, staff_id=staff_id) if one.period == period)
    slot = next(found, None)
    return Coming(on, slot) if slot else None


def around(sheets: SchoolSheets, staff_id: str, now: Coming) -> Around:
    """The lessons before and after, across school days."""
    slots = sheets.slots(now.on, staff_id=staff_id)
    index = slots.index(now.slot)
    before = Coming(now.on, slots[index - 1]) if index else _last_before(sheets, staff_id, now.on)
    after = (
        Coming(now.on, slots[index + 1])
        if index + 1 < len(slots)
        else _first_after(sheets, staff_id, now.on)
    )
    return Around(before, after)


def five(
    names: Mapping[str, Name], words: Mapping[str, ClassWords], sen: Iterable[str]
) -> list[Seat]:
    """At most five pupils about whom there is something to read: agreed adjustments first."""
    first = frozenset(sen)
    seats = [
        Seat(ref, names[ref], told.voice, told.strategies[:LINES])
        for ref, told in words.items()
        if ref in names and (told.strategies or told.voice)
    ]
    seats.sort(key=lambda one: (one.pupil_ref not in first, one.name.family, one.name.given))
    return seats[:AT_MOST]


def _first_after(sheets: SchoolSheets, staff_id: str, day: date) -> Coming | None:
    days = _open_days(sheets, day + timedelta(days=1), day + LOOK_AHEAD)
    for one in days:
        if slots := sheets.slots(one, staff_id=staff_id):
            return Coming(one, slots[0])
    return None


def _last_before(sheets: SchoolSheets, staff_id: str, day: date) -> Coming | None:
    days = _open_days(sheets, day - LOOK_AHEAD, day - timedelta(days=1))
    for one in reversed(days):
        if slots := sheets.slots(one, staff_id=staff_id):
            return Coming(one, slots[-1])
    return None


def _open_days(sheets: SchoolSheets, frm: date, to: date) -> Sequence[date]:
    days = sheets.facts.days
    return sorted(one for one in days if frm <= one <= to and days[one][0] == "open")
