"""The nine signals in plain Python: spec/signals.md read sentence by sentence, nothing clever.

It knows nothing of how Sightline computes a signal, so that it can be compared with it row for
row. Input: accepted canonical rows as Python values (date, time, bool, int, float, str, None).

Settings and their keys are those in DEFAULTS, addressed ``signal.name``:

* the words in ``code`` in the table of spec/signals.md (``drop_points``, ``min_lates``, ...);
* ``window_days`` and ``baseline_days``: lengths of W (or R) and B in school days; for
  progress_variance and engagement_vs_peers ``window_days`` counts calendar days;
* minimum exposures: ``min_possible``, ``min_arrived`` (both windows), ``min_hours``,
  ``min_subjects``, ``min_due``, ``min_member_days``, ``min_class_days``, ``min_peers``;
* ``support_without_change.meaningful_change.<signal>``: an amount above 0, whichever direction
  is the better one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]
Setting = float | list[str]

TOLERANCE = 1e-9
LONGEST_GAP_DAYS = 28

THEMES = {
    "attendance_momentum": "attendance",
    "persistent_lateness": "punctuality",
    "behaviour_rate": "behaviour",
    "behaviour_recency": "behaviour",
    "progress_variance": "progress",
    "missing_work": "work",
    "disengagement": "engagement",
    "engagement_vs_peers": "engagement",
    "support_without_change": "support",
}

_HIGHER = [
    "engagement_vs_peers",
    "missing_work",
    "progress_variance",
    "support_without_change",
]
PACKS = {
    "school": [signal for signal in THEMES if signal != "engagement_vs_peers"],
    "higher_education": [signal for signal in THEMES if signal in _HIGHER],
}

DEFAULTS: dict[str, Setting] = {
    "attendance_momentum.drop_points": 3.0,
    "attendance_momentum.window_days": 20,
    "attendance_momentum.baseline_days": 20,
    "attendance_momentum.min_possible": 20,
    "persistent_lateness.min_lates": 4,
    "persistent_lateness.window_days": 20,
    "persistent_lateness.baseline_days": 20,
    "persistent_lateness.min_arrived": 10,
    "behaviour_rate.min_rate": 3.0,
    "behaviour_rate.min_events": 2,
    "behaviour_rate.window_days": 20,
    "behaviour_rate.min_hours": 25,
    "behaviour_recency.min_events": 3,
    "behaviour_recency.window_days": 10,
    "progress_variance.gap_steps": 1.0,
    "progress_variance.min_subjects": 3,
    "progress_variance.window_days": 180,
    "missing_work.min_share": 0.30,
    "missing_work.min_due": 5,
    "missing_work.key_subjects": [],
    "missing_work.window_days": 20,
    "disengagement.min_events": 3,
    "disengagement.window_days": 20,
    "engagement_vs_peers.share_of_peers": 0.30,
    "engagement_vs_peers.min_peers": 20,
    "engagement_vs_peers.window_days": 14,
    "engagement_vs_peers.min_member_days": 14,
    "engagement_vs_peers.min_class_days": 28,
    "support_without_change.meaningful_change.attendance_momentum": 2.0,
    "support_without_change.meaningful_change.persistent_lateness": 2,
    "support_without_change.meaningful_change.behaviour_rate": 1.0,
    "support_without_change.meaningful_change.behaviour_recency": 2,
    "support_without_change.meaningful_change.progress_variance": 0.5,
    "support_without_change.meaningful_change.missing_work": 0.10,
    "support_without_change.meaningful_change.disengagement": 2,
    "support_without_change.meaningful_change.engagement_vs_peers": 0.10,
}

# The way a level moves when things get better: +1 up, -1 down.
BETTER = {
    "attendance_momentum": +1,
    "persistent_lateness": -1,
    "behaviour_rate": -1,
    "behaviour_recency": -1,
    "progress_variance": +1,
    "missing_work": -1,
    "disengagement": -1,
    "engagement_vs_peers": +1,
}

SCALE_STEP = {"gcse_9_1": 1, "scaled_score": 5, "percent": 10, "step": 1}

# Every code of the attendance code list; no code changes category with the date.
CODES_OF: dict[str, list[str | None]] = {
    "present": ["/", "\\", "L"],
    "approved": ["K", "V", "P", "W", "B", "J"],
    "authorised": ["C1", "M", "J1", "S", "C2", "C", "T", "R", "I", "E", "H", "F", "I01", "I02"],
    "unauthorised": ["G", "N", "O", "U"],
    "not_possible": ["D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#", "Y", "X01"],
    "missing": ["-", None],
}
CATEGORY = {code: category for category, codes in CODES_OF.items() for code in codes}
ATTENDED = {"present", "approved"}
POSSIBLE = ATTENDED | {"authorised", "unauthorised"}

PUPILS_TABLES = (
    "attendance",
    "lesson_mark",
    "behaviour",
    "assessment",
    "work",
    "engagement",
    "support",
    "class_member",
)
DATE_COLUMN = {"work": "due_on", "class_member": "from_on"}


def below(a: float, b: float) -> bool:
    """a < b, where numbers within 1e-9 of each other are equal."""
    return a - b < -TOLERANCE


def at_least(a: float, b: float) -> bool:
    """a >= b, where numbers within 1e-9 of each other are equal."""
    return not below(a, b)


def at_most(a: float, b: float) -> bool:
    """a <= b, where numbers within 1e-9 of each other are equal."""
    return not below(b, a)


def on_roll(pupil: Row, day: date) -> bool:
    """Whether the pupil is on roll on that day; left_on is their last day."""
    return pupil["enrolled_on"] <= day and (pupil["left_on"] is None or day <= pupil["left_on"])


def covers(start: date | None, end: date | None, day: date) -> bool:
    """Whether day lies within start..end, both included; an empty end is open."""
    return (start is None or start <= day) and (end is None or day <= end)


def counted_back(open_days: Iterable[date], as_of: date) -> list[date]:
    """School days up to and including as_of, latest first, stopping at the summer."""
    found: list[date] = []
    for day in sorted(set(open_days), reverse=True):
        if day > as_of:
            continue
        if found and (found[-1] - day).days > LONGEST_GAP_DAYS:
            break
        found.append(day)
    return found


@dataclass(frozen=True)
class Finding:
    """What one signal says about one pupil; window is (first day, last day)."""

    value: float | None
    numerator: float | None
    denominator: float | None
    window: tuple[date | None, date | None]
    flagged: bool = False
    reason: str | None = None
    level: float | None = None  # only where it differs from value


def span(days: Collection[date]) -> tuple[date | None, date | None]:
    """The first and last of some days, or two Nones."""
    return (min(days), max(days)) if days else (None, None)


class Facts:
    """The tables, indexed by pupil or class, with the thresholds now held."""

    def __init__(self, tables: Tables, settings: Mapping[str, Setting]) -> None:
        self.settings = settings
        self.pupils = {row["pupil_id"]: row for row in tables.get("pupil", [])}
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._recorded: dict[tuple[str, str], set[date]] = defaultdict(set)
        for table in PUPILS_TABLES:
            for row in tables.get(table, []):
                self._rows[table, row["pupil_id"]].append(row)
        for table in ("behaviour", "lesson_mark"):
            for row in tables.get(table, []):
                school = self.pupils[row["pupil_id"]]["school_id"]
                self._recorded[table, school].add(row["date"])
        self.memberships: dict[str, list[Row]] = defaultdict(list)
        for row in tables.get("class_member", []):
            self.memberships[row["class_id"]].append(row)
        self.lessons: dict[str, list[Row]] = defaultdict(list)
        for row in tables.get("lesson", []):
            self.lessons[row["class_id"]].append(row)
        self.cycle_week: dict[str, dict[date, str | None]] = defaultdict(dict)
        for row in tables.get("school_day", []):
            if row["kind"] == "open":
                self.cycle_week[row["school_id"]][row["date"]] = row["cycle_week"]
        self._kept: dict[tuple[object, ...], Any] = {}

    def once(self, compute: Callable[..., Any], *key: str | date) -> Any:
        """compute(self, *key), kept: peers and supports ask the same again and again."""
        if (compute, *key) not in self._kept:
            self._kept[compute, *key] = compute(self, *key)
        return self._kept[compute, *key]

    def number(self, key: str) -> float:
        """A numeric setting."""
        setting = self.settings[key]
        assert not isinstance(setting, list), key
        return setting

    def days(self, school_id: str, as_of: date, length: float, skip: float = 0) -> set[date]:
        """The last `length` school days before the last `skip`, as a set of dates."""
        known = self.once(school_days, school_id, as_of)
        return set(known[int(skip) : int(skip + length)])

    def window(self, signal: str, pupil: Row, as_of: date) -> set[date]:
        """W (R for behaviour_recency) of the pupil's school."""
        return self.days(pupil["school_id"], as_of, self.number(f"{signal}.window_days"))

    def baseline(self, signal: str, pupil: Row, as_of: date) -> set[date]:
        """B of the pupil's school: the school days before W."""
        after = self.number(f"{signal}.window_days")
        length = self.number(f"{signal}.baseline_days")
        return self.days(pupil["school_id"], as_of, length, after)

    def rows(self, table: str, pupil: Row, as_of: date) -> list[Row]:
        """The pupil's own rows dated from enrolled_on to as_of."""
        dated = DATE_COLUMN.get(table, "date")
        return [
            row
            for row in self._rows[table, pupil["pupil_id"]]
            if pupil["enrolled_on"] <= row[dated] <= as_of
        ]

    def rows_in(self, table: str, pupil: Row, as_of: date, days: set[date]) -> list[Row]:
        """The pupil's own rows dated on one of these days."""
        return [row for row in self.rows(table, pupil, as_of) if row["date"] in days]

    def school_recorded(self, table: str, pupil: Row, days: set[date]) -> bool:
        """Whether the pupil's school has any row, of any pupil it ever had, on these days."""
        return not days.isdisjoint(self._recorded[table, pupil["school_id"]])

    def supports(self, pupil: Row) -> list[Row]:
        """Every support of the pupil, whenever it started."""
        return self._rows["support", pupil["pupil_id"]]


def school_days(facts: Facts, school_id: str, as_of: date) -> list[date]:
    """The school's school days counted back from as_of."""
    return counted_back(facts.cycle_week[school_id], as_of)


def finding(facts: Facts, signal: str, pupil_id: str, as_of: date) -> Finding:
    """One signal for one pupil as of one date."""
    return RULES[signal](facts, facts.pupils[pupil_id], as_of)


def level_at(facts: Facts, signal: str, pupil: Row, day: date) -> float | None:
    """The signal's level at a date, None where there is none."""
    if not on_roll(pupil, day):
        return None
    found: Finding = facts.once(finding, signal, pupil["pupil_id"], day)
    return found.value if found.level is None else found.level


# --- marks -----------------------------------------------------------------------------------


def attended(marks: Sequence[Row]) -> int:
    """Marks that count as attendance."""
    return sum(CATEGORY[mark["code"]] in ATTENDED for mark in marks)


def possible(marks: Sequence[Row]) -> int:
    """Marks that count as a possible attendance."""
    return sum(CATEGORY[mark["code"]] in POSSIBLE for mark in marks)


def late(marks: Sequence[Row]) -> int:
    """Marks L or U."""
    return sum(mark["code"] in ("L", "U") for mark in marks)


def arrived(marks: Sequence[Row]) -> int:
    """Attended, and those who came after registration closed."""
    return attended(marks) + len([mark for mark in marks if mark["code"] == "U"])


def attendance_momentum(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Attendance in W against B, in percentage points."""
    signal = "attendance_momentum"
    w = facts.window(signal, pupil, as_of)
    now = facts.rows_in("attendance", pupil, as_of, w)
    before = facts.rows_in("attendance", pupil, as_of, facts.baseline(signal, pupil, as_of))
    figures = (attended(now), possible(now), span(w))
    enough = facts.number(f"{signal}.min_possible")
    if below(possible(now), enough) or below(possible(before), enough):
        return Finding(None, *figures, reason="too_few_marks")
    rate_now = attended(now) / possible(now)
    rate_before = attended(before) / possible(before)
    value = 100 * (rate_now - rate_before)
    flagged = at_most(value, -facts.number(f"{signal}.drop_points"))
    return Finding(value, *figures, flagged, level=100 * rate_now)


def persistent_lateness(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Late marks in W, unless they are getting fewer than in B."""
    signal = "persistent_lateness"
    w = facts.window(signal, pupil, as_of)
    now = facts.rows_in("attendance", pupil, as_of, w)
    before = facts.rows_in("attendance", pupil, as_of, facts.baseline(signal, pupil, as_of))
    figures = (late(now), arrived(now), span(w))
    enough = facts.number(f"{signal}.min_arrived")
    if below(arrived(now), enough):
        return Finding(None, *figures, reason="too_few_arrivals")
    not_fewer = below(arrived(before), enough) or late(now) >= late(before)
    flagged = at_least(late(now), facts.number(f"{signal}.min_lates")) and not_fewer
    return Finding(late(now), *figures, flagged)


# --- behaviour -------------------------------------------------------------------------------


def minutes(start: time, end: time) -> int:
    """Whole minutes from start to end on one day."""
    return (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)


def runs(lesson: Row, day: date, cycle_week: str | None) -> bool:
    """Whether the lesson runs on that day, in that cycle week."""
    return (
        lesson["weekday"] == day.isoweekday()
        and lesson["cycle_week"] in (None, cycle_week)
        and covers(lesson["from_on"], lesson["to_on"], day)
    )


def hours(facts: Facts, pupil: Row, as_of: date, w: set[date]) -> float:
    """hours(W): timetabled lesson hours in sessions the pupil attended."""
    cycle_weeks = facts.cycle_week[pupil["school_id"]]
    there = {
        (mark["date"], mark["session"])
        for mark in facts.rows_in("attendance", pupil, as_of, w)
        if CATEGORY[mark["code"]] in ATTENDED
    }
    memberships = facts.rows("class_member", pupil, as_of)
    total = 0
    for day in w:
        # A set: memberships of the same class that overlap count its lessons once.
        today = {m["class_id"] for m in memberships if covers(m["from_on"], m["to_on"], day)}
        for class_id in today:
            for lesson in facts.lessons[class_id]:
                if runs(lesson, day, cycle_weeks[day]) and (day, lesson["session"]) in there:
                    total += minutes(lesson["starts_at"], lesson["ends_at"])
    return total / 60


def concerns(facts: Facts, pupil: Row, as_of: date, days: set[date]) -> list[Row]:
    """The pupil's concerns dated on these days."""
    rows = facts.rows_in("behaviour", pupil, as_of, days)
    return [row for row in rows if row["kind"] == "concern"]


def behaviour_rate(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Severity-weighted concerns in W per 25 hours of lessons."""
    signal = "behaviour_rate"
    w = facts.window(signal, pupil, as_of)
    events = concerns(facts, pupil, as_of, w)
    severity = sum(event["severity"] for event in events)
    taught = hours(facts, pupil, as_of, w)
    figures = (severity, taught, span(w))
    if below(taught, facts.number(f"{signal}.min_hours")):
        return Finding(None, *figures, reason="too_few_hours")
    if not facts.school_recorded("behaviour", pupil, w):
        return Finding(None, *figures, reason="nothing_recorded")
    value = 25 * severity / taught
    high = at_least(value, facts.number(f"{signal}.min_rate"))
    often = at_least(len(events), facts.number(f"{signal}.min_events"))
    return Finding(value, *figures, high and often)


def behaviour_recency(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Concerns in R."""
    signal = "behaviour_recency"
    r = facts.window(signal, pupil, as_of)
    count = len(concerns(facts, pupil, as_of, r))
    if not facts.school_recorded("behaviour", pupil, r):
        return Finding(None, count, None, span(r), reason="nothing_recorded")
    flagged = at_least(count, facts.number(f"{signal}.min_events"))
    return Finding(count, count, None, span(r), flagged)


# --- progress, work, lessons -----------------------------------------------------------------


def progress_variance(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Mean gap to expected over the latest result of every subject, in scale steps."""
    signal = "progress_variance"
    after = as_of - timedelta(days=facts.number(f"{signal}.window_days"))
    latest: dict[str, Row] = {}
    for row in facts.rows("assessment", pupil, as_of):
        if row["date"] <= after or row["value"] is None or row["expected"] is None:
            continue
        best = latest.get(row["subject"])
        # Python compares text by code point, as the spec asks.
        if best is None or (row["date"], row["result_id"]) > (best["date"], best["result_id"]):
            latest[row["subject"]] = row
    gaps = [(r["value"] - r["expected"]) / SCALE_STEP[r["scale"]] for r in latest.values()]
    figures = (sum(gaps), len(gaps), span([r["date"] for r in latest.values()]))
    if below(len(gaps), facts.number(f"{signal}.min_subjects")):
        return Finding(None, *figures, reason="too_few_subjects")
    value = sum(gaps) / len(gaps)
    return Finding(value, *figures, at_most(value, -facts.number(f"{signal}.gap_steps")))


def missing_work(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Share of work that fell due since W's first day and is missing."""
    signal = "missing_work"
    w = facts.window(signal, pupil, as_of)
    key_subjects = facts.settings[f"{signal}.key_subjects"]
    assert isinstance(key_subjects, list)
    due = [
        row
        for row in facts.rows("work", pupil, as_of)
        if w
        and row["due_on"] >= min(w)  # a whole interval: weekends and holidays included
        and row["status"] != "excused"
        and (not key_subjects or row["subject"] in key_subjects)
    ]
    missing = sum(row["status"] == "missing" for row in due)
    figures = (missing, len(due), span(w))
    if below(len(due), facts.number(f"{signal}.min_due")):
        return Finding(None, *figures, reason="too_little_work")
    value = missing / len(due)
    return Finding(value, *figures, at_least(value, facts.number(f"{signal}.min_share")))


def disengagement(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Lessons in W the pupil was removed from or truanted."""
    signal = "disengagement"
    w = facts.window(signal, pupil, as_of)
    count = len(
        {
            (row["date"], row["period"])
            for row in facts.rows_in("lesson_mark", pupil, as_of, w)
            if row["mark"] in ("removed", "truant")
        }
    )
    if not facts.school_recorded("lesson_mark", pupil, w):
        return Finding(None, count, None, span(w), reason="no_lesson_marks")
    flagged = at_least(count, facts.number(f"{signal}.min_events"))
    return Finding(count, count, None, span(w), flagged)


# --- engagement against peers ----------------------------------------------------------------


def since(facts: Facts, pupil: Row, class_id: str, as_of: date) -> date | None:
    """From when the pupil is a member, in the membership that covers as_of; None if none does."""
    starts = [
        row["from_on"]
        for row in facts.rows("class_member", pupil, as_of)
        if row["class_id"] == class_id and covers(row["from_on"], row["to_on"], as_of)
    ]
    return min(starts, default=None)


def members(facts: Facts, class_id: str, as_of: date) -> list[Row]:
    """Pupils, of any school, who are members and on roll on as_of."""
    everyone = {row["pupil_id"] for row in facts.memberships[class_id]}
    pupils = [facts.pupils[pupil_id] for pupil_id in sorted(everyone)]
    return [p for p in pupils if on_roll(p, as_of) and since(facts, p, class_id, as_of)]


def use(facts: Facts, pupil_id: str, class_id: str, first: date, as_of: date) -> float:
    """Quantity of kind vle of one pupil in one class from first to as_of."""
    pupil = facts.pupils[pupil_id]
    total: float = sum(
        row["quantity"]
        for row in facts.rows("engagement", pupil, as_of)
        if row["class_id"] == class_id and row["kind"] == "vle" and row["date"] >= first
    )
    return total


def class_counts(
    facts: Facts, pupil: Row, class_id: str, inside: Sequence[Row], as_of: date
) -> bool:
    """Whether the class is old and large enough and the pupil long enough in it."""
    signal = "engagement_vs_peers"
    joined = since(facts, pupil, class_id, as_of)
    member_days = facts.number(f"{signal}.min_member_days")
    class_days = facts.number(f"{signal}.min_class_days")
    # Every row of the class: ended ones, leavers, and those older than an enrolment.
    started = min(row["from_on"] for row in facts.memberships[class_id])
    return (
        joined is not None
        and joined <= as_of - timedelta(days=member_days - 1)
        and len(inside) >= facts.number(f"{signal}.min_peers") + 1
        and started <= as_of - timedelta(days=class_days)
    )


def engagement_vs_peers(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Own use against the mean of the other members, in the class where it is lowest."""
    signal = "engagement_vs_peers"
    first = as_of - timedelta(days=facts.number(f"{signal}.window_days") - 1)
    window = (first, as_of)
    counting = 0
    compared: list[tuple[float, str, float, float]] = []
    for class_id in sorted({m["class_id"] for m in facts.rows("class_member", pupil, as_of)}):
        inside: list[Row] = facts.once(members, class_id, as_of)
        if not class_counts(facts, pupil, class_id, inside, as_of):
            continue
        counting += 1
        used = {
            p["pupil_id"]: facts.once(use, p["pupil_id"], class_id, first, as_of) for p in inside
        }
        own = used.pop(pupil["pupil_id"])
        mean = sum(used.values()) / len(used)
        if below(0, mean):
            compared.append((own / mean, class_id, own, mean))
    if not compared:
        reason = "no_peer_use" if counting else "no_class_counts"
        return Finding(None, None, None, window, reason=reason)
    lowest = min(ratio for ratio, _, _, _ in compared)
    # Classes with an equal ratio: the first class_id by code point speaks for them.
    value, _, own, mean = next(c for c in compared if at_most(c[0], lowest))
    flagged = below(value, facts.number(f"{signal}.share_of_peers"))
    return Finding(value, own, mean, window, flagged)


# --- support ---------------------------------------------------------------------------------


def is_due(support: Row, as_of: date) -> bool:
    """Whether the support's review is due and the support has not ended."""
    ended_on = support["ended_on"]
    return (
        support["started_on"] < as_of
        and support["review_on"] <= as_of
        and (ended_on is None or ended_on >= as_of)
    )


def change(facts: Facts, pupil: Row, support: Row, as_of: date) -> float | None:
    """How far the level moved since the support started, above 0 when better; None: no level."""
    signal = support["aim_signal"]
    then = level_at(facts, signal, pupil, support["started_on"])
    now = level_at(facts, signal, pupil, as_of)
    return None if then is None or now is None else BETTER[signal] * (now - then)


def support_without_change(facts: Facts, pupil: Row, as_of: date) -> Finding:
    """Due supports whose aim has not moved by a meaningful amount."""
    due = [support for support in facts.supports(pupil) if is_due(support, as_of)]
    if not due:
        return Finding(0, 0, 0, (None, None))
    known = unchanged = 0
    for support in due:
        moved = change(facts, pupil, support, as_of)
        if moved is None:
            continue
        known += 1
        key = f"support_without_change.meaningful_change.{support['aim_signal']}"
        unchanged += below(moved, facts.number(key))
    window = (min(support["started_on"] for support in due), as_of)
    if not known:
        return Finding(None, unchanged, len(due), window, reason="no_level_at_both")
    return Finding(unchanged, unchanged, len(due), window, unchanged >= 1)


RULES: dict[str, Callable[[Facts, Row, date], Finding]] = {
    "attendance_momentum": attendance_momentum,
    "persistent_lateness": persistent_lateness,
    "behaviour_rate": behaviour_rate,
    "behaviour_recency": behaviour_recency,
    "progress_variance": progress_variance,
    "missing_work": missing_work,
    "disengagement": disengagement,
    "engagement_vs_peers": engagement_vs_peers,
    "support_without_change": support_without_change,
}

# The parameter each signal's value is compared with.
THRESHOLD = {
    "attendance_momentum": "drop_points",
    "persistent_lateness": "min_lates",
    "behaviour_rate": "min_rate",
    "behaviour_recency": "min_events",
    "progress_variance": "gap_steps",
    "missing_work": "min_share",
    "disengagement": "min_events",
    "engagement_vs_peers": "share_of_peers",
}


def output(facts: Facts, pupil: Row, signal: str, as_of: date) -> Row:
    """One row as every face shows it; numbers are floats or None."""
    found: Finding = facts.once(finding, signal, pupil["pupil_id"], as_of)
    told = "flag" if found.flagged else "clear"
    level = found.value if found.level is None else found.level
    threshold = facts.number(f"{signal}.{THRESHOLD[signal]}") if signal in THRESHOLD else 1.0
    numbers = {
        "value": found.value,
        "level": level,
        "threshold": threshold,
        "numerator": found.numerator,
        "denominator": found.denominator,
    }
    return {
        "school_id": pupil["school_id"],
        "pupil_id": pupil["pupil_id"],
        "as_of": as_of,
        "signal": signal,
        "outcome": "cannot_tell" if found.reason else told,
        **{name: None if n is None else float(n) for name, n in numbers.items()},
        "window_from": found.window[0],
        "window_to": found.window[1],
        "reason": found.reason,
    }


def evaluate(
    tables: Tables,
    as_of: date,
    *,
    pack: str = "school",
    thresholds: Mapping[str, Setting] | None = None,
    school_id: str | None = None,
) -> list[Row]:
    """One row per pupil on roll on as_of per signal of the pack, of one school or of all.

    Rows come by school, pupil and signal in the order of the spec. A threshold that is not in
    DEFAULTS is a KeyError: a misspelt key must not pass for a default.
    """
    given = dict(thresholds or {})
    unknown = given.keys() - DEFAULTS.keys()
    if unknown:
        raise KeyError(sorted(unknown))
    facts = Facts(tables, {**DEFAULTS, **given})
    evaluated = [
        pupil
        for pupil in facts.pupils.values()
        if on_roll(pupil, as_of) and school_id in (None, pupil["school_id"])
    ]
    evaluated.sort(key=lambda pupil: (pupil["school_id"], pupil["pupil_id"]))
    return [output(facts, pupil, signal, as_of) for pupil in evaluated for signal in PACKS[pack]]
