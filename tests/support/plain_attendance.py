"""Attendance of which only the exceptions are recorded, worked out pupil by pupil and day by day.

The same as the SQL of the Ed-Fi profile is meant to say, in plain Python.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["Event", "Spell", "World", "gone", "marks"]

OPENING = {"Instructional day", "Make-up day"}
CLOSING = {"Holiday", "Weather day", "Teacher only day"}
THERE = {"AM": "/", "PM": "\\"}
OTHER = {"AM": "PM", "PM": "AM"}
LONG = 5  # open days without any record: silence


@dataclass(frozen=True)
class Event:
    pupil: str
    school: str
    day: date
    category: str
    duration: str = ""
    reason: str = ""
    arrival: str = ""


@dataclass(frozen=True)
class Spell:
    pupil: str
    school: str
    first: date
    last: date | None = None


@dataclass(frozen=True)
class World:
    """What a sync brought. `asked`: days asked for whole (None: bulk files; empty: every day)."""

    spells: Sequence[Spell]
    calendar: Sequence[tuple[str, date, str]]
    events: Sequence[Event]
    asked: frozenset[date] | None
    today: date
    settle: int = 1
    mode: str = ""


def marks(world: World) -> set[tuple[str, date, str, str]]:
    """Every mark: pupil, day, session, code."""
    said = {
        (pupil, day, session, code)
        for pupil, day in {(one.pupil, one.day) for one in world.events}
        for session, code in _of_one_day(_told(world, pupil, day))
        if any(_counts(world, one) for one in _told(world, pupil, day))
    }
    return said | {
        (pupil, day, session, code)
        for pupil, day in _assumed(world)
        for session, code in THERE.items()
    }


def gone(world: World) -> set[tuple[str, date]]:
    """Pupils and days of which the sync says that there is no mark."""
    if world.asked is None:
        return set()
    held = {(pupil, day) for pupil, day, _, _ in marks(world)}
    held |= {(one.pupil, one.day) for one in world.events}
    found = set()
    for pupil, schools in _schools_of_pupils(world).items():
        if len(schools) != 1:
            continue
        school = min(schools)
        if not any(one == school for one, _, _ in world.calendar):
            continue
        dates = world.asked or {day for one, day, _ in world.calendar if one == school}
        states = _states(world, school)
        found |= {
            (pupil, day)
            for day in dates
            if day <= world.today and states.get(day) != "unsaid" and (pupil, day) not in held
        }
    return found


def _told(world: World, pupil: str, day: date) -> list[Event]:
    return [one for one in world.events if (one.pupil, one.day) == (pupil, day)]


def _counts(world: World, event: Event) -> bool:
    """Whether a record's day was asked for whole and does not lie ahead."""
    if world.asked is None:
        return True
    return event.day <= world.today and (not world.asked or event.day in world.asked)


def _assumed(world: World) -> Iterable[tuple[str, date]]:
    for school in {school for school, _, _ in world.calendar}:
        records = [one for one in world.events if one.school == school]
        positive = sum(one.category in ("Present", "In Attendance") for one in records)
        few = bool(records) and positive * 5 <= len(records)
        if not (world.mode == "exceptions" or (world.mode == "" and few)):
            continue
        for day, state in _states(world, school).items():
            if state != "known":
                continue
            on_roll = {one.pupil for one in world.spells if one.school == school and _on(one, day)}
            yield from ((one, day) for one in on_roll if not _told(world, one, day))


def _on(spell: Spell, day: date) -> bool:
    return spell.first <= day and (spell.last is None or day <= spell.last)


def _schools_of_pupils(world: World) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in world.spells:
        found.setdefault(one.pupil, set()).add(one.school)
    return found


def _states(world: World, school: str) -> dict[date, str]:
    """What is known of each open day of a school."""
    heard = {one.day for one in world.events if one.school == school}
    until = max(heard, default=date.min) if world.asked is None else world.today
    last_heard = max((day for day in heard if day <= until), default=date.min)
    days = [day for day in _open_days(world, school) if day <= until]

    def asked(day: date) -> bool:
        return not world.asked or day in world.asked

    def quiet(day: date) -> bool:
        return asked(day) and day not in heard

    def state(at: int) -> str:
        first, last = at, at
        while first > 0 and quiet(days[first - 1]):
            first -= 1
        while last < len(days) - 1 and quiet(days[last + 1]):
            last += 1
        if last - first + 1 >= LONG:
            return "silent"
        edges = days[max(first - 1, 0) : first] + days[last + 1 : last + 2]
        if not all(map(asked, edges)):
            return "unsaid"
        return "known" if days[at] < last_heard or days[at + world.settle :] else "waiting"

    return {
        day: "unsaid" if not asked(day) else "known" if day in heard else state(at)
        for at, day in enumerate(days)
    }


def _open_days(world: World, school: str) -> list[date]:
    ours = [(day, kind) for one, day, kind in world.calendar if one == school]
    shut = {day for day, kind in ours if kind in CLOSING}
    return sorted({day for day, kind in ours if kind in OPENING} - shut)


def _of_one_day(events: list[Event]) -> set[tuple[str, str]]:
    """The sessions and codes that the records of one pupil's day say."""
    unknown = {one.category for one in events if _missed(one) is None}
    if unknown:
        return {(session, code) for session in THERE for code in unknown}
    told: dict[str, dict[int, set[str]]] = {
        session: {level: set() for level in (1, 2, 3, 4)} for session in THERE
    }
    for one, absent in _with_half(events):
        for session, there in THERE.items():
            level, code = _level(one, session, absent) or (4, there)
            told[session][level].add(code)
    found = set()
    for session, levels in told.items():
        if levels[1]:  # what contradicts a whole day away stands beside it
            codes = set().union(*levels.values())
        else:
            codes = next(codes for codes in levels.values() if codes)
        found |= {(session, code) for code in codes}
    return found


def _with_half(events: list[Event]) -> Iterable[tuple[Event, str]]:
    """Each record with the session it says was missed, where it is for half a day."""
    halves = sorted((e for e in events if _missed(e) == 1), key=lambda e: (_code(e), _half(e)))
    for nth, one in enumerate(halves):
        yield one, {0: _half(halves[0]), 1: OTHER[_half(halves[0])]}.get(nth, "")
    yield from ((one, "") for one in events if _missed(one) != 1)


def _level(event: Event, session: str, absent: str) -> tuple[int, str] | None:
    """How strong a record's word on a session is, and the word; None: the pupil was there."""
    if event.category == "Tardy":
        afternoon = event.arrival >= "12:00"
        if afternoon and session == "AM":
            return 2, "N"
        return (3, "L") if afternoon == (session == "PM") else None
    if _missed(event) == 2:
        return 1, _code(event)
    return (2, _code(event)) if session == absent else None


def _half(event: Event) -> str:
    return "AM" if event.arrival and event.category != "Early departure" else "PM"


def _missed(event: Event) -> int | None:
    """Sessions missed; None for a category nobody knows."""
    if event.category in ("Tardy", "Present", "In Attendance"):
        return 0
    part = event.category in ("Early departure", "Partial")
    if not part and event.category not in ("Excused Absence", "Unexcused Absence"):
        suspended = "suspended" in event.reason
        if not suspended:
            return None
    days = float(event.duration or 0)
    if days <= 0:
        return 0 if part else 2
    return 0 if days < 0.25 else 1 if days < 0.75 else 2


def _code(event: Event) -> str:
    if "suspended" in event.reason:
        return "E"
    return {"Excused Absence": "C", "Unexcused Absence": "O"}.get(event.category, "N")
