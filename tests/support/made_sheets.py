"""Sheets of made-up pupils for the tests of the sentences: a plain school year and a few logs."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sightline.contract import attendance_codes
from sightline.sheets import BehaviourRow, Lens, Mark, PupilSheet, ResultRow, WeekFigures

__all__ = [
    "CODE",
    "FIRST",
    "concern",
    "made_sheet",
    "marks_of",
    "registers",
    "school_days",
    "sheets",
]

FIRST = date(2025, 9, 1)  # a Monday
CODE = {one.code: one for one in attendance_codes()}
USUAL = ["/", "L", "I", "O", "U", "N", "X", "-", "V"]


def school_days(count: int, first: date = FIRST) -> tuple[date, ...]:
    """So many weekdays, without holidays."""
    found = (first + timedelta(one) for one in range(2 * count + 7))
    return tuple(day for day in found if day.isoweekday() < 6)[:count]


def mark(on: date, session: str, code: str, minutes_late: int | None = None) -> Mark:
    one = CODE[code]
    return Mark(on, session, code, one.category, bool(one.late), minutes_late)


def marks_of(days: Sequence[date], codes: Mapping[int, str] | None = None) -> tuple[Mark, ...]:
    """Present on all days, but for the sessions named: 2 x day + (0 AM, 1 PM) -> code."""
    told = codes or {}
    return tuple(
        mark(day, session, told.get(2 * number + half, "/\\"[half]))
        for number, day in enumerate(days)
        for half, session in enumerate(("AM", "PM"))
    )


def concern(on: date, period: str = "3", class_id: str = "C1", room: str = "M2") -> BehaviourRow:
    return BehaviourRow(on, "concern", "Disruption", 2, period, class_id, "Maths", room, "T9")


def made_sheet(days: Sequence[date], **known: Any) -> PupilSheet:
    """A pupil who was in school every day, five hours of lessons each, unless something is said."""
    told: dict[str, Any] = {
        "pupil_ref": "p1",
        "school_id": "S1",
        "as_of": days[-1] if days else FIRST,
        "year_group": 9,
        "registration_group": "9N",
        "sex": "F",
        "sen_status": "N",
        "eal": False,
        "disadvantaged": None,
        "enrolled_on": FIRST,
        "left_on": None,
        "class_ids": ("C1",),
        "marks": marks_of(days),
        "behaviour": (),
        "results": (),
        "weeks": (),
        "out_of_lessons": (),
        "supports": (),
        "notes": (),
        "signals": (),
        "good": (),
        "lens": Lens((), ()),
        "story": (),
        "minutes": tuple((day, 300) for day in days),
    }
    return PupilSheet(**told | known)


@st.composite
def registers(draw: st.DrawFn, days: Sequence[date]) -> tuple[Mark, ...]:
    """Marks of some sessions of some days, in order."""
    told = [None, *USUAL]
    number = draw(st.integers(0, len(told) ** (2 * len(days)) - 1))  # one draw is the quickest
    found = []
    for day in days:
        for session in ("AM", "PM"):
            number, place = divmod(number, len(told))
            code = told[place]
            if code is not None:
                late = number % 60 if CODE[code].late and number % 2 else None
                found.append(mark(day, session, code, late))
    return tuple(found)


@st.composite
def sheets(draw: st.DrawFn, days: Sequence[date] = school_days(45)) -> PupilSheet:
    """A pupil about whom a little of everything is recorded."""
    day = st.sampled_from(days)
    logs = st.builds(
        BehaviourRow,
        day,
        st.sampled_from(["concern", "praise"]),
        st.just("Effort"),
        st.none() | st.integers(1, 5),
        st.sampled_from(["", "1", "5"]),
        st.sampled_from(["", "C1", "C2"]),
        st.sampled_from(["", "Maths"]),
        st.sampled_from(["", "M2", "Yard"]),
        st.just("T9"),
    )
    grade = st.none() | st.floats(0, 9).map(lambda one: round(one, 1))
    results = st.builds(
        ResultRow,
        day,
        st.sampled_from(["Art", "Maths", "French"]),
        st.just("Autumn"),
        st.sampled_from(["gcse_9_1", "percent", "scaled_score"]),
        grade,
        grade,
    )
    few = st.integers(0, 9)
    weeks = st.builds(
        WeekFigures, day, few, few, few, few, few, few, few, few, few, st.none() | st.floats(0, 99)
    )
    work = st.tuples(day, st.integers(1, 5)).flatmap(
        lambda one: st.tuples(st.just(one[0]), st.just(one[1]), st.integers(0, one[1]))
    )
    return made_sheet(
        days,
        marks=draw(registers(days)),
        behaviour=tuple(sorted(draw(st.lists(logs, max_size=12)), key=lambda one: one.on)),
        results=tuple(draw(st.lists(results, max_size=8))),
        weeks=tuple(draw(st.lists(weeks, max_size=4))),
        work=tuple(draw(st.lists(work, max_size=8))),
        out_of_lessons=tuple(
            (one, "3", "C1", "truant") for one in sorted(draw(st.lists(day, max_size=4)))
        ),
        minutes=tuple((one, 300) for one in draw(st.just(days) | st.just(()))),
        eal=draw(st.none() | st.booleans()),
        left_on=draw(st.none() | day),
    )
