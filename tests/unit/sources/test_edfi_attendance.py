"""Exceptions-only attendance: who has no record was there, and what is not known is not said."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.plain_attendance import Event, Spell, World, gone, marks

from sightline.engine import Engine
from sightline.sources import Fault, Wanted, collect, read_profile

WANTED = {
    "school_day": Wanted(("school_id", "date", "kind")),
    "attendance": Wanted(("pupil_id", "date", "session"), ("code", "minutes_late", "recorded_at")),
}
MONDAY = date(2026, 3, 2)
WEEKS = [MONDAY + timedelta(days=at) for at in range(14)]
TODAY = WEEKS[11]  # the second Friday
OPEN = [("S1", day, "Instructional day") for day in WEEKS if day.isoweekday() <= 5]
EXCUSED, UNEXCUSED = "Excused Absence", "Unexcused Absence"
ROLL = (Spell("ann", "S1", date(2025, 9, 1)), Spell("ben", "S1", date(2025, 9, 1)))


class Read:
    """What the profile makes of worlds: marks, what is gone, what is refused.

    Several worlds are read at once, each with schools and pupils of its own; their settings, and
    whether they are bulk files, are those of the first.
    """

    def __init__(self, *worlds: World) -> None:
        given = {"settle_days": str(worlds[0].settle), "attendance": worlds[0].mode}
        self.faults: list[Fault] = []
        self.marks, self.gone = set[tuple[str, ...]](), set[tuple[str, ...]]()
        with tempfile.TemporaryDirectory() as name, Engine() as engine:
            _write(Path(name), worlds)
            profile = read_profile("edfi")
            with collect(engine, profile, Path(name), wanted=WANTED, settings=given) as found:
                rows = engine.rows(f"SELECT * FROM {found.open('attendance')}")
                names = ("pupil_id", "date", "session", "code")
                self.marks = {tuple(str(row[one]) for one in names) for row in rows}
                if found.withdrawn("attendance"):
                    rows = engine.rows("SELECT pupil_id, date FROM withdrawn_rows")
                    self.gone = {(row["pupil_id"], row["date"]) for row in rows}
                self.faults = found.close("attendance").faults


def _write(folder: Path, worlds: Sequence[World]) -> None:
    """The worlds as the raw views of a sync, or as bulk files give them."""
    tables: dict[str, list[tuple[object, ...]]] = {
        "enrolments": [("studentUniqueId", "schoolId", "entryDate", "exitWithdrawDate")],
        "calendar": [("schoolId", "date", "event")],
        "attendance_events": [
            (
                *("studentUniqueId", "schoolId", "eventDate", "category", "duration", "reason"),
                "arrivalTime",
            )
        ],
        "asked_days": [("asked.schoolId", "asked.eventDate", "asked.on")],
    }
    for number, one in enumerate(worlds):
        of = str(number or "")
        tables["enrolments"] += [
            (e.pupil + of, e.school + of, e.first, e.last or "") for e in one.spells
        ]
        tables["calendar"] += [(school + of, day, kind) for school, day, kind in one.calendar]
        tables["attendance_events"] += [
            (e.pupil + of, e.school + of, e.day, e.category, e.duration, e.reason, e.arrival)
            for e in one.events
        ]
        for school in ("S1", "S2"):
            days = sorted(map(str, one.asked or [""]))
            tables["asked_days"] += [(school + of, day, one.today) for day in days]
    if worlds[0].asked is None:
        del tables["asked_days"]
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)


def _texts(given: Iterable[tuple[object, ...]]) -> set[tuple[str, ...]]:
    return {tuple(map(str, one)) for one in given}


def world(*events: Event, asked: frozenset[date] | None = frozenset(), **more: object) -> World:
    return World(ROLL, OPEN, events, asked, TODAY, **more)  # type: ignore[arg-type]


def at(day: int, category: str = EXCUSED, pupil: str = "ann", **more: str) -> Event:
    return Event(pupil, "S1", WEEKS[day], category, **more)


def of(read: Read, pupil: str) -> dict[str, str]:
    """A pupil's marks, both of a day together."""
    found: dict[str, str] = {}
    for one, day, _, code in sorted(read.marks):
        if one == pupil:
            found[day[-2:]] = found.get(day[-2:], "") + code
    return found


def test_who_has_no_record_was_there_on_every_day_that_attendance_was_taken() -> None:
    read = Read(world(at(0), at(4), at(8), at(11, UNEXCUSED)))
    both = "/\\"
    assert of(read, "ann") == {
        "02": "CC", "03": both, "04": both, "05": both, "06": "CC",
        "09": both, "10": "CC", "11": both, "12": both, "13": "OO",
    }  # fmt: skip
    assert set(of(read, "ben").values()) == {both}


def test_codes_claim_as_little_as_the_record_does() -> None:
    said = {
        at(0): "CC",
        at(0, UNEXCUSED): "OO",
        at(0, UNEXCUSED, reason="Out of school, suspended"): "EE",
        at(0, "Tardy"): "L\\",
        at(0, "Tardy", arrival="08:50:00"): "L\\",
        at(0, "Tardy", arrival="12:40:00"): "NL",
        at(0, "Early departure"): "/\\",
        at(0, "Early departure", duration="0.5"): "/N",
        at(0, "Partial", duration="0.5", arrival="11:30:00"): "N\\",
        at(0, duration="0.5"): "/C",
        at(0, duration="0.1"): "/\\",
        at(0, duration="0"): "CC",
        at(0, "Present"): "/\\",
        at(0, "In Attendance"): "/\\",
        at(0, "School Trip"): "School TripSchool Trip",  # the contract refuses and names it
    }
    read = Read(*(world(event) for event in said))
    for number, (event, codes) in enumerate(said.items()):
        assert of(read, f"ann{number or ''}")["02"] == codes, event


def test_records_that_contradict_each_other_both_go_on_to_be_refused() -> None:
    read = Read(world(at(0), at(0, "Present")))
    assert {code for one, day, _, code in read.marks if one == "ann" and day[-2:] == "02"} == {
        *("C", "/", "\\"),
    }
    halves = Read(world(at(0, duration="0.5"), at(0, UNEXCUSED, duration="0.5")))
    assert of(halves, "ann")["02"] == "OC"


def test_a_newest_day_without_any_record_waits_before_it_counts_as_a_day_without_absence() -> None:
    thursday = at(10)
    assert "13" not in of(Read(world(thursday)), "ben")
    assert "13" in of(Read(world(thursday, settle=0)), "ben")
    assert "12" not in of(Read(world(at(9), settle=2)), "ben")
    assert "12" in of(Read(world(at(9), settle=1)), "ben")


def test_a_long_silence_is_not_attendance_and_is_said() -> None:
    read = Read(world(at(0), at(2)))
    assert sorted(of(read, "ben")) == ["02", "03", "04"]
    [fault] = read.faults
    assert (fault.reason, fault.value) == (
        "attendance_silent",
        "2026-03-05 to 2026-03-13, 7 open days",
    )
    assert ("ben", "2026-03-09") in read.gone


def test_a_school_that_records_everybody_is_taken_at_its_word() -> None:
    there = [at(day, "Present") for day in range(3)]
    assert of(Read(world(*there, at(3))), "ben") == {}
    assert len(of(Read(world(*there, at(3), mode="exceptions")), "ben")) == 4
    assert of(Read(world(at(3), mode="every")), "ben") == {}


def test_a_day_on_which_the_school_was_shut_after_all_loses_its_marks() -> None:
    shut = [("S1", WEEKS[1], "Weather day")]
    read = Read(World(ROLL, [*OPEN, *shut], [at(0), at(3), at(8), at(11)], frozenset(), TODAY))
    assert "03" not in of(read, "ben")
    assert ("ben", "2026-03-03") in read.gone


def test_only_days_asked_for_whole_are_spoken_of() -> None:
    window = frozenset(WEEKS[7:12])
    read = Read(world(at(0), at(8), at(11), asked=window))
    assert sorted(of(read, "ben")) == ["10", "11", "12", "13"]
    assert sorted(of(read, "ann")) == ["10", "11", "12", "13"]
    assert read.gone == set()  # Monday's silence may have begun before: nothing is said of it


def test_nobody_is_gone_when_the_calendar_or_the_roll_did_not_come() -> None:
    without = World(ROLL, [], [at(8)], frozenset(WEEKS), TODAY)
    assert Read(without).gone == set()
    assert of(Read(without), "ben") == {}
    assert Read(World([], OPEN, [at(8)], frozenset(WEEKS), TODAY)).gone == set()


pupils = st.sampled_from(["ann", "ben", "cy"])
schools = st.sampled_from(["S1", "S1", "S1", "S2"])
days = st.sampled_from(WEEKS)
events = st.builds(
    Event,
    pupils,
    schools,
    days,
    st.sampled_from(
        [EXCUSED, UNEXCUSED, "Tardy", "Early departure", "Partial", "In Attendance", "Trip"]
    ),
    st.sampled_from(["", "", "0.5", "1", "0.2", "0"]),
    st.sampled_from(["", "", "", "suspended"]),
    st.sampled_from(["", "", "09:10:00", "13:00:00"]),
)
spells = st.builds(
    lambda pupil, school, first, length: Spell(
        pupil, school, first, first + timedelta(days=length) if length else None
    ),
    pupils,
    schools,
    st.sampled_from([date(2025, 9, 1), WEEKS[2], WEEKS[8]]),
    st.sampled_from([0, 0, 5, 180]),
)
calendars = st.lists(
    st.tuples(
        schools, days, st.sampled_from(["Instructional day"] * 5 + ["Holiday", "Make-up day"])
    ),
    max_size=20,
).map(lambda more: [*OPEN, *more])


worlds = st.builds(
    World,
    st.lists(spells, max_size=4).map(lambda more: [*ROLL, *more]),
    calendars,
    st.lists(events, max_size=8, unique_by=lambda one: (one.pupil, one.day, one.category)),
    st.one_of(st.just(frozenset()), st.frozensets(days, min_size=1)),
    st.sampled_from(WEEKS[6:]),
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(worlds, min_size=1, max_size=30),
    st.integers(0, 3),
    st.sampled_from(["", "", "exceptions", "every"]),
    st.booleans(),
)
def test_the_sql_says_what_plain_python_says(
    some: list[World], settle: int, mode: str, bulk: bool
) -> None:
    more = {"asked": None} if bulk else {}
    some = [replace(one, settle=settle, mode=mode, **more) for one in some]
    read = Read(*some)
    assert read.marks == _texts(
        (mark[0] + str(number or ""), *mark[1:])
        for number, one in enumerate(some)
        for mark in marks(one)
    )
    assert read.gone == _texts(
        (pupil + str(number or ""), day)
        for number, one in enumerate(some)
        for pupil, day in gone(one)
    )
