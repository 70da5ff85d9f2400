"""Random schools that are valid under spec/dictionary.md and crowd the edges of spec/signals.md.

One seed makes one school, or two that share classes: exactly 20 possible marks, a fall of exactly
3.0 points, exactly 25 hours, 21 members, a share of exactly 0.30, days just inside and outside
every window. Rows after `as_of`, rows before an enrolment and rows that count for nothing are part
of it: the signals must ignore them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.support.plain_signals import (
    BETTER,
    CODES_OF,
    SCALE_STEP,
    counted_back,
    covers,
    on_roll,
    runs,
)
from tests.support.plain_signals import minutes as minutes_between

Row = dict[str, Any]
Tables = dict[str, list[Row]]
T = TypeVar("T")

# Column names in the order of spec/dictionary.md.
COLUMNS = {
    "school": "school_id name phase",
    "school_day": "school_id date kind term cycle_week",
    "class": "class_id school_id subject name",
    "lesson": (
        "class_id weekday cycle_week period session starts_at ends_at staff_id room from_on to_on"
    ),
    "school_event": (
        "event_id school_id kind title from_on to_on class_id subject year_group staff_id"
    ),
    "pupil": (
        "pupil_id school_id enrolled_on left_on year_group registration_group sex sen_status eal"
        " disadvantaged prior_attainment disabled deprivation_decile age_band final_result"
    ),
    "pupil_identity": "pupil_id given_name family_name upn date_of_birth",
    "staff": "staff_id school_id name role",
    "class_member": "class_id pupil_id from_on to_on",
    "attendance": "pupil_id date session code minutes_late recorded_at",
    "lesson_mark": "pupil_id date period class_id mark recorded_at",
    "behaviour": (
        "event_id pupil_id date kind category severity session period class_id staff_id location"
        " recorded_at"
    ),
    "assessment": "result_id pupil_id subject point date scale value expected recorded_at",
    "work": "work_id pupil_id class_id subject set_on due_on status recorded_at",
    "engagement": "pupil_id class_id date kind quantity",
    "support": "support_id pupil_id name aim_signal started_on review_on ended_on staff_id",
    "note": "note_id pupil_id date category text restricted",
}

# What a school may or may not keep; a smaller set makes a smaller example.
FEATURES = (
    "lessons",
    "cycle_weeks",
    "summer",
    "behaviour",
    "lesson_marks",
    "results",
    "work",
    "engagement",
    "supports",
    "extras",
)

SUBJECTS = ["Maths", "English", "Science", "History", "maths", "Français", "Franc\u0327ais"]
PERIODS = ["1", "2", "3", "4", "5", "Tutor"]
COUNTS_FOR_NOTHING = [*CODES_OF["not_possible"], *CODES_OF["missing"], None, None]
OTHER_ATTENDED = [*CODES_OF["approved"], "L"]
ABSENT = [
    code for code in [*CODES_OF["authorised"], *CODES_OF["unauthorised"], "I", "I"] if code != "U"
]
ODD_DAYS_BACK = [181, 180, 179, 29, 28, 27, 26, 15, 14, 13, 12, 1, 0, -1]


def exact_pairs(points: int) -> list[tuple[int, int, int, int]]:
    """(attended, possible) now and before, whose rates differ by exactly so many points."""
    return [
        (a, p, c, q)
        for p, q in product((20, 25, 40), repeat=2)
        for a, c in product(range(12, p + 1), range(12, q + 1))
        if 100 * (a * q - c * p) == points * p * q
    ]


FALLS_OF_3 = exact_pairs(-3)
RISES_OF_2 = exact_pairs(2)


@dataclass
class Making:
    """A school site in the making."""

    rng: Random
    features: frozenset[str]
    first: date
    last: date = date.min
    as_of: date = date.min
    tables: Tables = field(default_factory=lambda: defaultdict(list))
    open_days: dict[str, list[date]] = field(default_factory=dict)
    memberships: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    lessons: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    taken: set[tuple[object, ...]] = field(default_factory=set)
    # What was made exact for a pupil: signals whose support then started on a certain day.
    exact: dict[str, dict[str, date]] = field(default_factory=lambda: defaultdict(dict))
    minutes: dict[str, list[int]] = field(default_factory=dict)  # taught in W, in B

    def free(self, *key: object) -> bool:
        """Whether a row's key is new; from then on it is not."""
        new = key not in self.taken
        self.taken.add(key)
        return new

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def window(self, school_id: str, skip: int = 0, length: int = 20) -> list[date]:
        """W, or with skip=20 B, in order; empty when there are no such days."""
        back = counted_back(self.open_days[school_id], self.as_of)
        return back[skip : skip + length][::-1]

    def day(self, school_id: str) -> date:
        """A date worth trying: mostly in W, often at an edge, sometimes anywhere."""
        w, b = self.window(school_id), self.window(school_id, 20)
        kind = self.rng.random()
        if w and kind < 0.6:
            return self.rng.choice(w)
        if w and kind < 0.75:
            r = w[-10:]
            return self.rng.choice([w[0], w[0] - timedelta(1), w[-1], r[0], r[0] - timedelta(1)])
        if b and kind < 0.85:
            return self.rng.choice(b)
        if kind < 0.93:
            return self.as_of - timedelta(self.rng.choice(ODD_DAYS_BACK))
        return self.first + timedelta(self.rng.randrange((self.last - self.first).days + 1))

    def recorded_at(self) -> datetime | None:
        if self.chance(0.8):
            return None
        return datetime.combine(self.as_of, time(9, 30))


# --- where things happen ---------------------------------------------------------------------


def walk(m: Making, summer_after: int) -> Iterator[tuple[date, str]]:
    """Days with a kind, from m.first on; after so many open days a summer, if any."""
    day, opened, kind = m.first, 0, "open"
    while True:
        yield day, kind
        opened += kind == "open"
        summer = kind == "open" and opened == summer_after
        away = 0
        if summer:
            away = m.rng.choice([28, 28, 29, 29, 44]) - 1  # the gap is one day more
        elif day.weekday() == 4 and m.chance(0.06):
            away = m.rng.choice([9, 16])  # half term, Christmas
        for ahead in range(1, away + 1):
            yield day + timedelta(ahead), m.rng.choice(["holiday", "holiday", "none"])
        day += timedelta(away + 1)
        if day.weekday() < 5:
            kind = m.rng.choices(["open", "inset", "closed", "holiday", "none"], [93, 3, 1, 2, 1])[
                0
            ]
        else:
            kind = m.rng.choices(["none", "holiday", "open"], [90, 8, 2])[0]
        if summer:
            kind = "open"  # so that the gap is exactly as long as it was drawn


def calendar(m: Making, school_id: str, days: int | None) -> None:
    """Adds a calendar of so many open days; without a number, one as long as the first school's."""
    summer_after = 0
    if "summer" in m.features and m.chance(0.4):
        summer_after = max(1, (days or 60) - m.rng.choice([3, 10, 12, 20, 25, 30, 41]))
    cycle = m.rng.choice(["week", "week", "ragged"]) if "cycle_weeks" in m.features else "none"
    opened: list[date] = []
    for day, kind in walk(m, summer_after):
        if len(opened) == days or (days is None and day > m.last):
            break
        if kind == "open":
            opened.append(day)
        if kind == "none":
            continue
        week: str | None = "AB"[day.isocalendar().week % 2]
        if cycle == "none" or (cycle == "ragged" and m.chance(0.2)):
            week = None
        m.tables["school_day"].append(
            {
                "school_id": school_id,
                "date": day,
                "kind": kind,
                "term": m.rng.choice([None, "T1"]),
                "cycle_week": week,
            }
        )
    m.open_days[school_id] = opened
    m.last = max(m.last, opened[-1])


def choose_as_of(m: Making) -> None:
    """Mostly near the end of the calendar, with days still to come; sometimes early or shut."""
    days = m.open_days["S1"]
    kind = m.rng.random()
    near_end = days[-1 - m.rng.randrange(min(7, len(days)))]
    if kind < 0.6:
        m.as_of = near_end
    elif kind < 0.85:
        shut = [near_end + timedelta(n) for n in range(1, 10)]
        m.as_of = next(day for day in shut if day not in days)
    elif kind < 0.95:
        m.as_of = m.rng.choice(days)
    else:
        m.as_of = days[0] + timedelta(m.rng.choice([-1, 0, 9]))


def classes(m: Making, schools: Sequence[str], pupils: int) -> None:
    """Adds classes, some of them shared by both schools, and their lessons."""
    for number in range(m.rng.randint(2, 3 + pupils // 10)):
        class_id = f"C{number}"
        m.tables["class"].append(
            {
                "class_id": class_id,
                "school_id": m.rng.choice(schools),
                "subject": m.rng.choice(SUBJECTS),
                "name": m.rng.choice([None, f"Class {number}"]),
            }
        )
        if "lessons" in m.features:
            lessons(m, class_id)


def lessons(m: Making, class_id: str) -> None:
    """Adds a class's timetable: some lessons fortnightly, some that start or stop in W."""
    length = m.rng.choice([60, 60, 60, 50, 45, 100, 61])
    edges = [day for days in m.open_days for day in (m.window(days) or [m.as_of])]
    for weekday, period in product(range(1, 6), PERIODS):
        if m.chance(0.4):
            continue
        start = 8 * 60 + 40 + 65 * PERIODS.index(period)
        end = start + length
        lesson: Row = {
            "class_id": class_id,
            "weekday": weekday,
            "cycle_week": m.rng.choice([None, None, None, "A", "B"]),
            "period": period,
            "session": "AM" if start < 12 * 60 else "PM",
            "starts_at": time(start // 60, start % 60),
            "ends_at": time(end // 60, end % 60),
            "staff_id": None,
            "room": None,
            "from_on": m.rng.choice([None, None, None, None, m.rng.choice(edges)]),
            "to_on": None,
        }
        if m.chance(0.15):
            lesson["to_on"] = (lesson["from_on"] or m.first) + timedelta(m.rng.randrange(60))
        m.lessons[class_id].append(lesson)
        m.tables["lesson"].append(lesson)


# --- who -------------------------------------------------------------------------------------


def pupil(m: Making, number: int, school_id: str, moving: float) -> Row:
    """Adds a pupil: here all along or, with the chance `moving`, come or gone near an edge."""
    enrolled = m.first - timedelta(m.rng.choice([0, 40, 200, 400]))
    left = None
    if m.chance(moving):
        enrolled = max(m.day(school_id), m.first)
    if m.chance(moving):
        left = max(enrolled, m.as_of + timedelta(m.rng.choice([-30, -2, -1, 0, 0, 1, 10])))
    row = {
        "pupil_id": f"P{number:03}",
        "school_id": school_id,
        "enrolled_on": enrolled,
        "left_on": left,
        "year_group": m.rng.choice([None, 0, 7, 11]),
        "registration_group": m.rng.choice([None, "7A", "Reception, red"]),
        "sex": m.rng.choice([None, "F", "M", "X", "U"]),
        "sen_status": m.rng.choice([None, "N", "K", "E"]),
        "eal": m.rng.choice([None, True, False]),
        "disadvantaged": m.rng.choice([None, True, False]),
        "prior_attainment": m.rng.choice([None, "low", "middle", "high"]),
        "disabled": m.rng.choice([None, True, False]),
        "deprivation_decile": m.rng.choice([None, 1, 10]),
        "age_band": m.rng.choice([None, "0-35", "35-55"]),
        "final_result": m.rng.choice([None, "pass", "fail", "withdrawn", "distinction"]),
    }
    m.tables["pupil"].append(row)
    return row


def member(m: Making, class_id: str, who: Row, from_on: date, to_on: date | None) -> None:
    """Adds a membership unless its key is taken or its dates are the wrong way round."""
    key = (who["pupil_id"], class_id, from_on)
    if (to_on is None or from_on <= to_on) and m.free("class_member", *key):
        row = dict(zip(("pupil_id", "class_id", "from_on"), key, strict=True)) | {"to_on": to_on}
        m.memberships[who["pupil_id"]].append(row)
        m.tables["class_member"].append(row)


def memberships(m: Making, who: Row) -> None:
    """Adds the pupil's classes: open, ended, overlapping, and older than the enrolment."""
    # Not the big classes: they have just the members they should have.
    class_ids = [row["class_id"] for row in m.tables["class"] if row["class_id"][0] == "C"]
    usual = max(who["enrolled_on"], m.first)
    for class_id in m.rng.sample(class_ids, min(len(class_ids), m.rng.randint(1, 4))):
        from_on = usual
        if m.chance(0.25):
            back = m.rng.choice([12, 13, 14, 27, 28])
            from_on = m.rng.choice([m.day(who["school_id"]), m.as_of - timedelta(back)])
        elif m.chance(0.07):
            from_on = who["enrolled_on"] - timedelta(1)  # its row is ignored
        to_on = None
        if m.chance(0.2):
            to_on = m.rng.choice([m.as_of, m.as_of - timedelta(1), m.day(who["school_id"])])
        member(m, class_id, who, from_on, to_on)
        if m.chance(0.2):
            member(m, class_id, who, m.day(who["school_id"]), m.rng.choice([None, m.last]))


# --- attendance ------------------------------------------------------------------------------

Sessions = list[tuple[date, str]]


def mark(m: Making, who: Row, day: date, session: str, code: str | None) -> None:
    """Adds one mark."""
    m.tables["attendance"].append(
        {
            "pupil_id": who["pupil_id"],
            "date": day,
            "session": session,
            "code": code,
            "minutes_late": m.rng.choice([None, 0, 12]) if code in ("L", "U") else None,
            "recorded_at": m.recorded_at(),
        }
    )


def lay(m: Making, who: Row, sessions: Sessions, present: list[str | None], rest: int) -> None:
    """Marks with these codes attended, `rest` absences, then marks that count for nothing."""
    room = len(sessions)
    codes = [*present, *m.rng.choices(ABSENT, k=max(0, rest))][:room]
    codes += m.rng.choices(COUNTS_FOR_NOTHING, k=room - len(codes))
    m.rng.shuffle(codes)
    for (day, session), code in zip(sessions, codes, strict=True):
        if code == "/":
            code = "/" if session == "AM" else "\\"
        if code is not None or m.chance(0.6):  # else no row at all
            mark(m, who, day, session, code)


def codes_attended(m: Making, number: int, late: int = 0) -> list[str | None]:
    """So many codes that count as attended, the first `late` of them L."""
    plain: list[str | None] = [
        "/" if m.chance(0.93) else m.rng.choice(CODES_OF["approved"])
        for _ in range(max(0, number - late))
    ]
    return [*(["L"] * late), *plain]


def ordinary(m: Making, who: Row, sessions: Sessions) -> None:
    """A pupil's usual marks: nearly all there, a few late, a few absent, a few unmarked."""
    room = len(sessions)
    present = int(room * m.rng.choice([1, 0.97, 0.92, 0.9, 0.8, 0.5]))
    lates = m.rng.choice([0, 0, 1, 2, 4])
    rest = room - present - m.rng.choice([0, 0, 1, 2])
    lay(m, who, sessions, codes_attended(m, present, min(lates, present)), rest)


def session_minutes(m: Making, who: Row, sessions: Sessions) -> dict[tuple[date, str], int]:
    """Lesson minutes behind each session if the pupil attends it."""
    weeks = {
        row["date"]: row["cycle_week"]
        for row in m.tables["school_day"]
        if row["school_id"] == who["school_id"]
    }
    found = dict.fromkeys(sessions, 0)
    for day, session in sessions:
        here = {
            row["class_id"]
            for row in m.memberships[who["pupil_id"]]
            if row["from_on"] >= who["enrolled_on"] and covers(row["from_on"], row["to_on"], day)
        }
        for lesson in (lesson for class_id in here for lesson in m.lessons[class_id]):
            if lesson["session"] == session and runs(lesson, day, weeks[day]):
                found[day, session] += minutes_between(lesson["starts_at"], lesson["ends_at"])
    return found


def adding_up_to(parts: Mapping[tuple[date, str], int], target: int) -> set[tuple[date, str]]:
    """Sessions whose minutes add up to target, or to the most below it."""
    reached: dict[int, tuple[int, tuple[date, str]] | None] = {0: None}
    for session, part in parts.items():
        for total in [t for t in reached if part and t + part <= target]:
            reached.setdefault(total + part, (total, session))
    found: set[tuple[date, str]] = set()
    at = max(reached)
    while (step := reached[at]) is not None:
        at = step[0]
        found.add(step[1])
    return found


def exact_hours(m: Making, who: Row, sessions: Sessions) -> None:
    """Attends just the sessions that make 25 or 50 hours, when the timetable allows it."""
    parts = session_minutes(m, who, sessions)
    there = adding_up_to(parts, 1500 if sum(parts.values()) < 3000 or m.chance(0.4) else 3000)
    m.minutes.setdefault(who["pupil_id"], []).append(sum(parts[session] for session in there))
    for day, session in sessions:
        attends = (day, session) in there or (parts[day, session] == 0 and m.chance(0.9))
        mark(m, who, day, session, "V" if attends else m.rng.choice(["I", "U", "D", None]))


def exact_rates(
    m: Making, who: Row, segments: list[Sessions], pairs: list[tuple[int, int, int, int]]
) -> None:
    """Rates that differ by exactly so many points between W and B."""
    now, of_now, before, of_before = m.rng.choice(pairs)
    lay(m, who, segments[0], codes_attended(m, now), of_now - now)
    lay(m, who, segments[1], codes_attended(m, before), of_before - before)
    ordinary(m, who, segments[2])


def few_marks(m: Making, who: Row, segments: list[Sessions]) -> None:
    """19, 20 or 21 possible marks in W and in B."""
    for sessions in segments:
        of = m.rng.choice([19, 20, 20, 21])
        there = of - m.rng.choice([0, 1, 4])
        lay(m, who, sessions, codes_attended(m, there), of - there)


def often_late(m: Making, who: Row, segments: list[Sessions]) -> None:
    """3 to 5 lates before and after, with arrivals around 10 or plenty."""
    for sessions in segments:
        lates, after_close = m.rng.choice([2, 3, 4, 4, 5, 8]), m.rng.choice([0, 0, 1])
        arrivals = m.rng.choice([9, 10, 10, 11, 30, 36])
        present = codes_attended(m, arrivals - after_close, lates)
        lay(m, who, sessions, [*present, *(["U"] * after_close)], m.rng.choice([0, 3, 12]))


def worked_on(m: Making, who: Row, signal: str) -> None:
    """Has a support for this signal start with the level that B ends on, if there is a B."""
    b = m.window(who["school_id"], 20)
    if b:
        m.exact[who["pupil_id"]][signal] = b[-1]


def attendance(m: Making, who: Row) -> None:
    """Adds every mark of a pupil, by a plan for W, B and the 20 days before it."""
    school_id = who["school_id"]
    spans = [m.window(school_id, skip) for skip in (0, 20, 40)]
    planned = {day for days in spans for day in days}
    spans.append([day for day in m.open_days[school_id] if day not in planned])
    *segments, others = [
        [(day, session) for day in days if on_roll(who, day) for session in ("AM", "PM")]
        for days in spans
    ]
    plan = m.rng.choice(["usual", "usual", "fall", "rise", "few", "late", "late", "hours"])
    if plan == "fall":
        exact_rates(m, who, segments, FALLS_OF_3)
    elif plan == "rise":
        exact_rates(m, who, segments, RISES_OF_2)
        worked_on(m, who, "attendance_momentum")
    elif plan == "few":
        few_marks(m, who, segments)
    elif plan == "late":
        often_late(m, who, segments)
    for sessions in segments if plan in ("usual", "hours") else []:
        exact_hours(m, who, sessions) if plan == "hours" else ordinary(m, who, sessions)
    ordinary(m, who, others)
    marks_of_no_use(m, who)


def marks_of_no_use(m: Making, who: Row) -> None:
    """Adds the marks that are accepted and not used: closures, and Z when not on roll."""
    school_id = who["school_id"]
    opened = set(m.open_days[school_id])
    for ahead in m.rng.sample(range((m.last - m.first).days + 1), 4):
        day = m.first + timedelta(ahead)
        if day in opened and not on_roll(who, day):
            mark(m, who, day, "AM", "Z")
        elif day not in opened and on_roll(who, day):
            mark(m, who, day, "PM", m.rng.choice(["#", "-", None]))


# --- what else happened ----------------------------------------------------------------------


def event(m: Making, who: Row, day: date, severity: int | None) -> None:
    """Adds a concern of this severity, or praise when there is none."""
    m.tables["behaviour"].append(
        {
            "event_id": f"E{len(m.tables['behaviour'])}",
            "pupil_id": who["pupil_id"],
            "date": day,
            "kind": "praise" if severity is None else "concern",
            "category": m.rng.choice(["disruption", "kindness", "uniform, shoes"]),
            "severity": m.rng.choice([None, 5]) if severity is None else severity,
            "session": m.rng.choice([None, "AM"]),
            "period": m.rng.choice([None, "3"]),
            "class_id": None,
            "staff_id": None,
            "location": m.rng.choice([None, "corridor"]),
            "recorded_at": m.recorded_at(),
        }
    )


def exact_concerns(m: Making, who: Row) -> None:
    """A rate of exactly 3.0 in W after 4.0 in B, or 3 concerns in R after 5 in the R before."""
    w, b = m.window(who["school_id"]), m.window(who["school_id"], 20)
    plans = [[1, 1, 1]], [[1, 1, 1, 1, 1]]
    signal, skip = "behaviour_recency", -10
    if who["pupil_id"] in m.minutes:
        fifty = m.minutes[who["pupil_id"]][0] == 3000
        plans = ([[3, 3], [2, 4]], [[4, 4]]) if fifty else ([[1, 2], [3], [2, 1]], [[1, 3]])
        signal, skip = "behaviour_rate", 0
    for days, severities in zip((w, b), plans, strict=True):
        for severity in m.rng.choice(severities) if days else []:
            event(m, who, m.rng.choice(days[skip:]), severity)
    worked_on(m, who, signal)


def behaviour(m: Making, who: Row, quiet: str) -> None:
    """Adds concerns and praise at the edges; in W as far as the school records them."""
    w = set(m.window(who["school_id"]))
    if quiet == "no" and m.chance(0.7 if who["pupil_id"] in m.minutes else 0.2):
        exact_concerns(m, who)
        event(m, who, m.day(who["school_id"]), None)
        return
    severities = m.rng.choices([1, 2, 3, 4, 5], k=m.rng.choice([0, 0, 1, 2, 3, 4, 8]))
    for severity in [*severities, *([None] * m.rng.choice([0, 1, 2]))]:
        day = m.day(who["school_id"])
        if not (day in w and (quiet == "silent" or (quiet == "praise only" and severity))):
            event(m, who, day, severity)


def lesson_mark(m: Making, who: Row, day: date, word: str) -> None:
    """Adds a lesson mark, if marks may be given on that day and the period has none yet."""
    key = {"pupil_id": who["pupil_id"], "date": day, "period": m.rng.choice(PERIODS)}
    usable = day in m.open_days[who["school_id"]] and on_roll(who, day)
    if usable and m.free("lesson_mark", *key.values()):
        rest = {"class_id": m.rng.choice([None, "C0"]), "recorded_at": m.recorded_at()}
        m.tables["lesson_mark"].append({**key, "mark": word, **rest})


def lesson_marks(m: Making, who: Row, quiet: str) -> None:
    """Adds lesson marks with 2 to 4 removals or truancies; none in W when the school is quiet."""
    w, b = m.window(who["school_id"]), m.window(who["school_id"], 20)
    serious = ["removed", "truant"]
    if b and quiet == "no" and m.chance(0.3):
        worked_on(m, who, "disengagement")
        for day in [*m.rng.choices(w, k=3), *m.rng.choices(b, k=5)]:
            lesson_mark(m, who, day, m.rng.choice(serious))
        return
    words = m.rng.choices(serious, k=m.rng.choice([0, 0, 2, 3, 3, 4]))
    words += m.rng.choices(["present", "late", "absent"], k=m.rng.choice([0, 1, 6]))
    for word in words:
        day = m.day(who["school_id"])
        if quiet == "no" or day not in w:
            lesson_mark(m, who, day, word)


def result(m: Making, who: Row, subject: str, day: date, gap: float | None) -> None:
    """Adds one result with this gap in scale steps; without one, value or expected is empty."""
    scale = m.rng.choice(list(SCALE_STEP))
    expected: float | None = m.rng.choice([5.0, 4.1, 60.3, 7.7])
    value: float | None = round((expected or 0) + (gap or 0) * SCALE_STEP[scale], 4)
    if gap is None:
        value, expected = m.rng.choice([(None, expected), (value, None), (None, None)])
    number = len(m.tables["assessment"])
    m.tables["assessment"].append(
        {
            # R9 comes after R10 as text, r1 after R9: ties on the date go by code point.
            "result_id": f"{m.rng.choice('Rré')}{number}",
            "pupil_id": who["pupil_id"],
            "subject": subject,
            "point": m.rng.choice(["Autumn", "Spring"]),
            "date": day,
            "scale": scale,
            "value": value,
            "expected": expected,
            "recorded_at": m.recorded_at(),
        }
    )


def results(m: Making, who: Row) -> None:
    """Adds results: 2 to 4 subjects, ties on a date, nulls, mean gaps of exactly -1.0."""
    subjects = m.rng.sample(SUBJECTS, m.rng.choice([2, 3, 3, 4]))
    w = m.window(who["school_id"]) or [m.as_of]
    if m.chance(0.5):
        worked_on(m, who, "progress_variance")
        patterns: list[list[float]] = [[-1, -1, -1, -1], [-0.5, -1.5, -1, -1], [-0.9, -1.1, -1, -1]]
        gaps = m.rng.choice(patterns)
        for subject, gap in zip(subjects, gaps, strict=False):
            result(m, who, subject, w[0] - timedelta(1), gap - 0.5)  # a change of exactly 0.5
            result(m, who, subject, m.rng.choice(w), gap)
        return
    for _ in range(m.rng.choice([2, 6, 9])):
        back = m.rng.choice([181, 180, 179, 179, 60, 5, 5, 5, 0, -1])
        far = m.rng.choice([None, 0, 0.3, -1, -1.1, -2, -0.99])
        result(m, who, m.rng.choice(subjects), m.as_of - timedelta(back), far)


def piece_of_work(m: Making, who: Row, due_on: date, status: str) -> None:
    """Adds one piece of work."""
    number = sum(row["pupil_id"] == who["pupil_id"] for row in m.tables["work"])
    m.tables["work"].append(
        {
            "work_id": f"H{number}",  # the same for every pupil of the class
            "pupil_id": who["pupil_id"],
            "class_id": m.rng.choice([None, "C0"]),
            "subject": m.rng.choice(SUBJECTS[:4]),
            "set_on": m.rng.choice([None, due_on - timedelta(7), due_on]),
            "due_on": due_on,
            "status": status,
            "recorded_at": m.recorded_at(),
        }
    )


def work(m: Making, who: Row) -> None:
    """Adds work: 3 of 10 missing in W after 4 of 10 in B, or 4 to 6 pieces around the edges."""
    handed_in = ["submitted", "late"]
    if m.chance(0.4):
        worked_on(m, who, "missing_work")
        for skip, missing in ((0, m.rng.choice([2, 3, 3, 4])), (20, 4)):
            for number in range(10 if m.window(who["school_id"], skip) else 0):
                due_on = m.rng.choice(m.window(who["school_id"], skip))
                status = "missing" if number < missing else m.rng.choice(handed_in)
                piece_of_work(m, who, due_on, status)
        for _ in range(2):
            piece_of_work(m, who, m.day(who["school_id"]), "excused")
        return
    for _ in range(m.rng.choice([5, 6, 7, 12, 20])):
        status = m.rng.choice([*handed_in, "submitted", "missing", "missing", "excused"])
        ahead = m.rng.choice([0, 0, 0, 0, 20])
        piece_of_work(m, who, m.day(who["school_id"]) + timedelta(ahead), status)


# --- engagement ------------------------------------------------------------------------------


def used(m: Making, who: Row, class_id: str | None, kind: str, day: date, much: float) -> None:
    """Adds an amount of use unless its key is taken."""
    key = {"pupil_id": who["pupil_id"], "class_id": class_id, "date": day, "kind": kind}
    if m.free("engagement", *key.values()):
        m.tables["engagement"].append({**key, "quantity": much})


def long_here(who: Row, as_of: date) -> bool:
    """Whether the pupil was and is on roll for all the days a big class looks at."""
    return on_roll(who, as_of - timedelta(60)) and on_roll(who, as_of)


def big_class(m: Making, class_id: str, pupils: Sequence[Row]) -> None:
    """Adds a class of 20 to 22 members; half of the time one pupil's share is exactly 0.30."""
    rng = m.rng
    m.tables["class"].append(
        {"class_id": class_id, "school_id": "S1", "subject": "Maths", "name": None}
    )
    exact = m.chance(0.5)
    here = [who for who in pupils if on_roll(who, m.as_of)]
    # Pupils who were always here first, so that exact classes are mostly made of them.
    here = sorted(rng.sample(here, len(here)), key=lambda who: not long_here(who, m.as_of))
    here = here[: rng.choice([20, 21, 21, 21, 22, 40])]
    if m.chance(0.5):  # the same pupil lowest in both classes, sometimes equally low
        here.sort(key=lambda who: "engagement_vs_peers" not in m.exact[who["pupil_id"]])
    gone = [who for who in pupils if not on_roll(who, m.as_of)]
    founded = m.as_of - timedelta(60 if exact else rng.choice([60, 29, 28, 28, 27, 20, 20]))
    if not exact and here and m.chance(0.7):  # the class is as old as a row that counts no more
        older = m.as_of - timedelta(rng.choice([29, 28, 27]))
        member(m, class_id, rng.choice([here[0], *gone]), older, older)
    each = rng.choice([10, 10, 1, 0.1, 7.7] if exact else [10, 0, 0.1])
    for number, who in enumerate([*here, *gone[:3]]):
        from_on, to_on = founded, None
        if number and not exact:
            back = rng.choice([0, 12, 13, 14, 27])
            from_on = m.as_of - timedelta(back) if m.chance(0.1) else founded
            ended = m.as_of - timedelta(rng.choice([1, 0, -5]))
            to_on = ended if m.chance(0.03) else None
        if exact or m.chance(0.98):
            from_on = max(from_on, who["enrolled_on"])
        member(m, class_id, who, from_on, to_on)
        use_of_class(m, who, class_id, each, number == 0, exact)
    if here:
        m.exact[here[0]["pupil_id"]]["engagement_vs_peers"] = m.as_of - timedelta(14)


def use_of_class(
    m: Making, who: Row, class_id: str, each: float, lowest: bool, exact: bool
) -> None:
    """Adds use in the last 14 days and the 14 before: an even amount, or 0.3 after 0.2 of it."""
    earlier = now = 1.0
    if lowest:
        earlier, now = 0.2, 0.3 if exact else m.rng.choice([0.29, 0.31, 0])
    elif not exact:
        earlier, now = m.rng.choice([(1, 1), (0.5, 0), (0.5, 0.1), (0.5, 0.4)])
    parts = [(m.rng.choice([27, 20, 14]), earlier), (13, now / 2), (0, now / 2)]
    for back, part in parts:
        used(m, who, class_id, "vle", m.as_of - timedelta(back), round(each * part, 6))


def engagement(m: Making, pupils: Sequence[Row]) -> None:
    """Adds big classes, and use that counts for nothing: other kinds, no class, other days."""
    for number in range(m.rng.choice([1, 2])):
        big_class(m, f"V{number}", pupils)
    class_ids = [row["class_id"] for row in m.tables["class"]]
    for who in pupils:
        for _ in range(m.rng.choice([0, 0, 1, 2])):
            kind = m.rng.choice(["library", "campus", "other"])
            day = m.as_of - timedelta(m.rng.choice([*range(14), -1]))
            class_id = m.rng.choice(class_ids)
            used(m, who, class_id, kind, day, 500.5)
            used(m, who, None, "vle", day, 500)
            outside = m.as_of - timedelta(m.rng.choice([28, -1]))
            used(m, who, class_id, "vle", outside, 500)


# --- support and the rest --------------------------------------------------------------------


def supports(m: Making, who: Row) -> None:
    """Adds supports for every aim: due and not yet, ended and not, begun before the enrolment."""
    b = m.window(who["school_id"], 20)
    exact = sorted(m.exact[who["pupil_id"]].items())
    for _ in range(m.rng.choice([0, 1, 1, 2, 3])):
        usual = b[-1] if b else m.as_of - timedelta(1)
        back = m.rng.choice([14, 14, 30, 1, 0])
        odd = [m.as_of - timedelta(back), m.day(who["school_id"]), who["enrolled_on"]]
        started_on = usual if m.chance(0.5) else m.rng.choice(odd)
        aim = m.rng.choice(list(BETTER))
        if exact and m.chance(0.5):
            aim, started_on = m.rng.choice(exact)
            # Few pupils are the one with the exact share: theirs is the rarest edge.
            aim = "engagement_vs_peers" if "engagement_vs_peers" in dict(exact) else aim
            started_on = dict(exact)[aim]
        review_on = m.as_of + timedelta(m.rng.choice([-3, -1, 0, 0, 0, 1, 30]))
        ended_on = None
        if m.chance(0.3):
            ended_on = m.as_of + timedelta(m.rng.choice([-5, -1, 0, 1]))
        if m.chance(0.05):
            started_on = who["enrolled_on"] - timedelta(1)
        m.tables["support"].append(
            {
                "support_id": f"K{len(m.tables['support'])}",
                "pupil_id": who["pupil_id"],
                "name": m.rng.choice(["Mentoring", "Reading, twice a week"]),
                "aim_signal": aim,
                "started_on": started_on,
                "review_on": max(review_on, started_on),
                "ended_on": max(ended_on, started_on) if ended_on else None,
                "staff_id": None,
            }
        )


def extras(m: Making, pupils: Sequence[Row]) -> None:
    """Adds the tables no signal reads, so that a load has all seventeen."""
    m.tables["staff"].append(
        {"staff_id": "T1", "school_id": "S1", "name": "Test, Teacher", "role": None}
    )
    event = dict.fromkeys(COLUMNS["school_event"].split())
    event |= {"event_id": "X1", "school_id": "S1", "kind": "building", "from_on": m.as_of}
    m.tables["school_event"].append(event | {"title": 'The "old" hall, shut'})
    for number, who in enumerate(pupils):
        m.tables["pupil_identity"].append(
            {
                "pupil_id": who["pupil_id"],
                "given_name": f"Given{number}",
                "family_name": f"O'Family-{number}",
                "upn": None,
                "date_of_birth": date(2012, 2, 29),
            }
        )
        m.tables["note"].append(
            {
                "note_id": f"N{number}",
                "pupil_id": who["pupil_id"],
                "date": m.as_of,
                "category": "pastoral",
                "text": "Two lines,\nwith a comma.",
                "restricted": m.rng.choice([None, True, False]),
            }
        )


# --- a whole site ----------------------------------------------------------------------------


def records(m: Making, who: Row, quiet: Mapping[tuple[str, str], str]) -> None:
    """Adds what is recorded about a pupil besides attendance and use."""
    if "behaviour" in m.features:
        behaviour(m, who, quiet["behaviour", who["school_id"]])
    if "lesson_marks" in m.features:
        lesson_marks(m, who, quiet["lesson_marks", who["school_id"]])
    if "results" in m.features:
        results(m, who)
    if "work" in m.features:
        work(m, who)
    if "supports" in m.features:
        supports(m, who)


def site(
    seed: int, pupils: int, days: int, schools: int, features: Iterable[str]
) -> tuple[Tables, date]:
    """One or two schools with so many pupils in all and so many open days in the first."""
    rng = Random(seed)
    m = Making(rng, frozenset(features), date(2024, 9, 2) + timedelta(rng.randrange(420)))
    school_ids = [f"S{number + 1}" for number in range(schools)]
    for school_id in school_ids:
        phase = rng.choice(["primary", "secondary", "he"])
        m.tables["school"].append(
            {"school_id": school_id, "name": f"School {school_id}", "phase": phase}
        )
        calendar(m, school_id, days if school_id == "S1" else None)
    choose_as_of(m)
    classes(m, school_ids, pupils)
    everyone = []
    for number in range(pupils):
        # Of many pupils most stay, so that a class can have 21 members on roll.
        moving = 0.02 if pupils > 23 and number < 22 else 0.18
        home = "S1" if m.chance(0.75) else school_ids[-1]
        everyone.append(pupil(m, number, home, moving))
    if "engagement" in m.features:
        engagement(m, everyone)
    # Some schools record no behaviour, or no lesson marks, in W: nobody can be told anything.
    quiet = {
        (table, school_id): m.rng.choice(["no"] * 8 + ["silent", "praise only"])
        for table in ("behaviour", "lesson_marks")
        for school_id in school_ids
    }
    for who in everyone:
        memberships(m, who)
        attendance(m, who)
        records(m, who, quiet)
    if "extras" in m.features:
        extras(m, everyone)
    return dict(m.tables), m.as_of


def random_school(seed: int) -> tuple[Tables, date]:
    """A site drawn from one number, with every feature nine times in ten."""
    rng = Random(seed)
    features = [feature for feature in FEATURES if rng.random() < 0.9]
    pupils = rng.choice([rng.randint(3, 12), rng.randint(3, 30), rng.randint(24, 30)])
    days = rng.choice([rng.randint(30, 90), rng.randint(62, 90)])
    return site(seed, pupils, days, rng.choice([1, 1, 2]), features)


@st.composite
def schools(draw: st.DrawFn) -> tuple[Tables, date]:
    """Sites that shrink to few pupils, few days, one school and few features."""
    features = [feature for feature in FEATURES if draw(st.booleans(), label=feature)]
    return site(
        draw(st.integers(0, 2**32 - 1), label="seed"),
        draw(st.integers(3, 12) | st.integers(24, 30), label="pupils"),
        draw(st.integers(30, 90), label="days"),
        draw(st.integers(1, 2), label="schools"),
        features,
    )


def random_thresholds(seed: int) -> dict[str, float | list[str]]:
    """Some settings moved off their defaults, to values the random schools often hit exactly."""
    rng = Random(seed)
    choices: dict[str, list[Any]] = {
        "attendance_momentum.drop_points": [2.5, 5.0],
        "persistent_lateness.min_lates": [3, 5],
        "behaviour_rate.min_rate": [1.5, 6.0],
        "behaviour_rate.min_events": [1, 3],
        "behaviour_recency.min_events": [2, 4],
        "progress_variance.gap_steps": [0.5, 1.5],
        "missing_work.min_share": [0.2, 0.4],
        "missing_work.key_subjects": [["Maths"], ["Maths", "English", "Science"]],
        "disengagement.min_events": [2, 4],
        "engagement_vs_peers.share_of_peers": [0.29, 0.4],
        "support_without_change.meaningful_change.attendance_momentum": [1.0, 2.5],
        "support_without_change.meaningful_change.missing_work": [0.05, 0.2],
    }
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < 0.4}


# --- files -----------------------------------------------------------------------------------


def cell(value: object) -> str:
    """A value as canonical CSV spells it; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def write_canonical(tables: Mapping[str, Sequence[Row]], folder: Path) -> list[Path]:
    """Writes `<table>.csv` for every table that is present; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table, columns in COLUMNS.items():
        if table not in tables:
            continue
        path = folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns.split())
            for row in tables[table]:
                writer.writerow([cell(row[column]) for column in columns.split()])
        written.append(path)
    return written
