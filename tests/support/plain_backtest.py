"""A backtest read out plainly, pupil by pupil and day by day, sharing nothing with the product."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from tests.support.plain_signals import (
    CATEGORY,
    DEFAULTS,
    POSSIBLE,
    Facts,
    at_most,
    counted_back,
    finding,
    on_roll,
)

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
ATTENDED = ("present", "approved")


@dataclass
class Told:
    """What one threshold would have done; counts of pupil-weeks but for onsets."""

    listed: int = 0
    judged: int = 0
    hits: int = 0
    already: int = 0
    unfollowed: int = 0
    supported: int = 0
    onsets: int = 0
    found: int = 0
    names: set[str] = field(default_factory=set)
    lead: list[int] = field(default_factory=list)
    per_week: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    base: float | None = None

    @property
    def lead_median(self) -> float | None:
        return median(self.lead) if self.lead else None


@dataclass
class Past:
    """The tables and the question."""

    tables: Tables
    weeks: Sequence[date]
    within: int

    def __post_init__(self) -> None:
        self.pupils = {row["pupil_id"]: row for row in self.tables.get("pupil", [])}
        self.marks: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables.get("attendance", []):
            if row["date"] >= self.pupils[row["pupil_id"]]["enrolled_on"]:
                self.marks[row["pupil_id"]].append(row)
        self.counted = {
            one: sorted(
                (row["date"], CATEGORY[row["code"]] not in ATTENDED)
                for row in self.marks[one]
                if CATEGORY[row["code"]] in POSSIBLE
            )
            for one in self.pupils
        }
        self.counted_on = {one: [day for day, _ in rows] for one, rows in self.counted.items()}
        self.facts = Facts(self.tables, DEFAULTS)
        self.open: dict[str, list[date]] = defaultdict(list)
        for row in self.tables.get("school_day", []):
            if row["kind"] == "open":
                self.open[row["school_id"]].append(row["date"])
        self.data_end: dict[str, date] = {}
        for name in ("attendance", "assessment", "engagement"):
            for row in self.tables.get(name, []):
                school = self.pupils[row["pupil_id"]]["school_id"]
                self.data_end[school] = max(self.data_end.get(school, date.min), row["date"])

    def until(self, pupil: Row) -> date:
        """The last day a pupil can be followed."""
        return min(pupil["left_on"] or date.max, self.data_end.get(pupil["school_id"], date.min))

    def held(self, school: str, week: date) -> bool:
        return any(week - timedelta(days=7) < day <= week for day in self.open[school])

    def missed(self, pupil_id: str, first: date, last: date) -> tuple[int, int]:
        """Possible sessions of these days, both included, and those absent."""
        found = self.counted[pupil_id][bisect_left(self.counted_on[pupil_id], first) :]
        absences = [absent for day, absent in found if day <= last]
        return len(absences), sum(absences)


Days = Callable[[Past, Row, date], bool]


def span(past: Past, pupil: Row, day: date) -> tuple[int, int]:
    return past.missed(pupil["pupil_id"], day - timedelta(days=past.within - 1), day)


def missed_a_tenth(past: Past, pupil: Row, day: date) -> bool:
    possible, absent = span(past, pupil, day)
    return possible >= 20 and 10 * absent >= possible


def fell(past: Past, pupil: Row, day: date) -> bool:
    possible, absent = span(past, pupil, day)
    if possible < 20:
        return False
    before = counted_back(past.open[pupil["school_id"]], day - timedelta(days=past.within))[:20]
    if not before:
        return False
    possible_then, absent_then = past.missed(
        pupil["pupil_id"], before[-1], day - timedelta(days=past.within)
    )
    if possible_then < 20:
        return False
    return at_most(100 * absent_then / possible_then + 5, 100 * absent / possible)


def fell_can_be_told(past: Past, pupil: Row, day: date) -> bool:
    before = counted_back(past.open[pupil["school_id"]], day - timedelta(days=past.within))[:20]
    if not before or span(past, pupil, day)[0] < 20:
        return False
    return past.missed(pupil["pupil_id"], before[-1], day - timedelta(days=past.within))[0] >= 20


Followed = tuple[bool, bool, bool]  # in it already, can be followed, came after


def by_windows(
    past: Past, pupil: Row, state: Days, told: Days, *, another: bool
) -> tuple[dict[date, Followed], list[date]]:
    """An outcome of the days that end on a day."""
    found, until = {}, past.until(pupil)
    for week in past.weeks:
        then = week + timedelta(days=past.within)
        already = not another and state(past, pupil, week)
        known = told(past, pupil, then) and then <= until
        found[week] = (already, known, known and not already and state(past, pupil, then))
    first = past.weeks[0] - timedelta(days=2 * past.within)
    days = (past.weeks[-1] - first).days + past.within + 1
    states = [state(past, pupil, first + timedelta(days=n)) for n in range(days)]
    onsets = [
        first + timedelta(days=n)
        for n, one in enumerate(states)
        if one and not any(states[max(n - past.within, 0) : n])
    ]
    return found, [day for day in onsets if day <= until]


def persistent_absence(past: Past, pupil: Row) -> Any:
    enough: Days = lambda p, who, day: span(p, who, day)[0] >= 20  # noqa: E731
    return by_windows(past, pupil, missed_a_tenth, enough, another=False)


def attendance_falls(past: Past, pupil: Row) -> Any:
    return by_windows(past, pupil, fell, fell_can_be_told, another=True)


def by_spells(
    past: Past, spells: Sequence[tuple[date, date]], until: date
) -> tuple[dict[date, Followed], list[date]]:
    """An outcome with a first and a last day of its own."""
    found = {}
    for week in past.weeks:
        then = week + timedelta(days=past.within)
        already = any(start <= week <= end for start, end in spells)
        came = any(week < start <= then for start, _ in spells)
        found[week] = (already, then <= until, then <= until and not already and came)
    return found, [start for start, _ in spells]


def suspension(past: Past, pupil: Row) -> Any:
    out: dict[date, bool] = defaultdict(bool)
    for row in past.marks[pupil["pupil_id"]]:
        if CATEGORY[row["code"]] != "missing":
            out[row["date"]] |= row["code"] == "E"
    spells: list[tuple[date, date]] = []
    before = False
    for day in sorted(out):
        if out[day] and before:
            spells[-1] = (spells[-1][0], day)
        elif out[day]:
            spells.append((day, day))
        before = out[day]
    return by_spells(past, spells, past.until(pupil))


def below_expected(past: Past, pupil: Row) -> Any:
    days = sorted(
        {
            row["date"]
            for row in past.tables.get("assessment", [])
            if row["pupil_id"] == pupil["pupil_id"]
            and row["date"] >= pupil["enrolled_on"]
            and None not in (row["value"], row["expected"])
        }
    )
    told = [(day, finding(past.facts, "progress_variance", pupil["pupil_id"], day)) for day in days]
    gaps = [(day, None if one.reason else one.value) for day, one in told]
    falls = [
        day
        for (_, before), (day, gap) in pairwise(gaps)
        if gap is not None and before is not None and at_most(gap, -1) and not at_most(before, -1)
    ]
    found, until = {}, past.until(pupil)
    for week in past.weeks:
        then = week + timedelta(days=past.within)
        last = [gap for day, gap in gaps if day <= week][-1:]
        stands = last[0] if last else None
        known = stands is not None and any(week < day <= then for day in days) and then <= until
        already = stands is not None and at_most(stands, -1)
        came = any(week < day <= then for day in falls)
        found[week] = (already, known, known and not already and came)
    return found, falls


def acted_on(past: Past, pupil: Row) -> Any:
    return by_spells(past, supports(past, pupil), past.until(pupil))


def supports(past: Past, pupil: Row) -> list[tuple[date, date]]:
    """Stretches with a support, joined where they meet."""
    rows = sorted(
        (row["started_on"], row["ended_on"] or date(9999, 12, 31))
        for row in past.tables.get("support", [])
        if row["pupil_id"] == pupil["pupil_id"]
    )
    joined: list[tuple[date, date]] = []
    for start, end in rows:
        if joined and start <= joined[-1][1] + timedelta(days=joined[-1][1] < date(9999, 1, 1)):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


OUTCOMES: dict[str, Callable[[Past, Row], Any]] = {
    "persistent_absence": persistent_absence,
    "attendance_falls": attendance_falls,
    "suspension": suspension,
    "below_expected": below_expected,
    "acted_on": acted_on,
}


def as_known(past: Past, week: date, settings: Mapping[str, Any]) -> Facts:
    """The facts without what was recorded only after a day.

    Whether a school records a thing at all is asked of its records as they stand.
    """
    kept = {
        name: [
            row for row in rows if not row.get("recorded_at") or row["recorded_at"].date() <= week
        ]
        for name, rows in past.tables.items()
    }
    facts = Facts(kept, {**DEFAULTS, **settings})
    facts._recorded = past.facts._recorded
    return facts


def tell(past: Past, signal: str, settings: Mapping[str, Any], outcome: str) -> Told:
    """Every figure of one threshold."""
    facts = {week: as_known(past, week, settings) for week in past.weeks}
    told, pools, drawn = Told(), defaultdict(list), defaultdict(int)
    for pupil_id, pupil in past.pupils.items():
        weeks = [
            week
            for week in past.weeks
            if on_roll(pupil, week) and past.held(pupil["school_id"], week)
        ]
        if not weeks:
            continue
        after, onsets = OUTCOMES[outcome](past, pupil)
        flagged = []
        for week in weeks:
            already, known, came = after[week]
            place, judged = (pupil["school_id"], week), known and not already
            said = finding(facts[week], signal, pupil_id, week)
            told.per_week[week] += said.flagged
            if judged and not said.reason:
                pools[place].append(came)
            if said.flagged:
                flagged.append(week)
                drawn[place] += judged
                helped = any(a <= week <= b for a, b in supports(past, pupil))
                count(told, pupil_id, already=already, judged=judged, came=came, helped=helped)
        look_back(told, past.within, weeks, flagged, onsets)
    told.base = at_random(pools, drawn)
    return told


def count(
    told: Told, pupil_id: str, *, already: bool, judged: bool, came: bool, helped: bool
) -> None:
    """One pupil listed in one week."""
    told.listed += 1
    told.names.add(pupil_id)
    told.already += already
    told.supported += helped
    told.unfollowed += not judged and not already
    told.judged += judged
    told.hits += judged and came


def look_back(
    told: Told, within: int, weeks: list[date], flagged: list[date], onsets: Sequence[date]
) -> None:
    """Which onsets came after a listing of the days before."""
    for day in onsets:
        near = [week for week in weeks if day - timedelta(days=within) <= week < day]
        first = next((week for week in near if week in flagged), None)
        told.onsets += bool(near)
        if first:
            told.found += 1
            told.lead.append((day - first).days)


def at_random(pools: Mapping[Any, list[bool]], drawn: Mapping[Any, int]) -> float | None:
    """What as many pupils, drawn each week and school from those judged, would have given."""
    listed = {place: count for place, count in drawn.items() if count}
    whole = [one for pool in pools.values() for one in pool]
    if listed:
        expected = sum(n * sum(pools[p]) / len(pools[p]) for p, n in listed.items())
        return expected / sum(listed.values())
    return sum(whole) / len(whole) if whole else None
