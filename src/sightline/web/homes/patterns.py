"""Patterns of a school for its leaders: how the work goes, and when sessions are missed.

Only groups: every number has been through the gate, so small ones and those that would let a small
one be worked out are words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.insights.disclosure import Dimension, Table
from sightline.pipeline.evidence.released import release_groups
from sightline.pipeline.register import Register
from sightline.sheets import SchoolSheets
from sightline.site import Site
from sightline.triage.process import Process, by_part, steps_of, summed
from sightline.triage.shares import TOO_FEW, Share
from sightline.web.homes.days import term_of
from sightline.web.homes.shown import NOT_SHOWN, share_of, shown_shares, shown_steps

__all__ = [
    "WEEKDAYS",
    "AbsenceCell",
    "AbsenceRowOf",
    "Part",
    "Patterns",
    "SignalLine",
    "absence_of",
    "patterns_of",
    "signal_lines",
]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
SCALE = 20  # percent: the longest bar
ASKED = ("talked about", "worth the talk", "acted on")


@dataclass(frozen=True)
class AbsenceCell:
    """One weekday of a year group, in words; `percent` is None where too few pupils."""

    words: str
    percent: float | None

    @property
    def bar(self) -> float:
        """How long its bar is, on one scale for all."""
        return min(100.0, 100 * (self.percent or 0) / SCALE)


@dataclass(frozen=True)
class AbsenceRowOf:
    """One year group's five weekdays."""

    name: str
    cells: Sequence[AbsenceCell]


@dataclass(frozen=True)
class SignalLine:
    """What became of one signal's flags: how often the meeting found something to do.

    `useful` were acted on or in hand already; `acted_on` of all talked about.
    """

    signal: str
    title: str
    useful: Share
    acted_on: Share


@dataclass(frozen=True)
class Part:
    """The figures of a school, a half-term or a year group, as released.

    `listed` of those who met a threshold; `lists` is how many lists there were.
    """

    name: str
    lists: int
    listed: Share
    decided: Share
    on_time: Share
    ended: Share
    days: str


@dataclass(frozen=True)
class Patterns:
    """The process of one school, as a whole, by term and by year group."""

    school_id: str
    name: str
    whole: Part
    terms: Sequence[Part]
    years: Sequence[Part]


def patterns_of(site: Site, sheets: SchoolSheets, on: date) -> Patterns:
    """This school year's process figures of a school."""
    facts = sheets.facts
    since = _first_day(facts.days)
    years = {one.pupil_ref: one.year_group for one in sheets.places()}
    steps = steps_of(facts.school_id, since=since, on=on, year_of=years.get)
    steps.sort(key=lambda one: one.on)
    of_year = {n: f"Year {n}" for n in (one.year_group for one in steps) if n is not None}
    by_year = by_part(steps, lambda step: of_year.get(step.year_group or 0, ""))
    by_year.sort(key=lambda one: int(one.name.split()[1]))
    splits = {"half-term": by_part(steps, lambda step: term_of(facts, step.on)), "year": by_year}
    shown = _Shown(site, f"{facts.school_id} from {since}", on, summed(facts.name, steps), splits)
    return Patterns(
        facts.school_id,
        facts.name,
        shown.part(shown.whole),
        [shown.part(one, "half-term") for one in splits["half-term"]],
        [shown.part(one, "year") for one in splits["year"]],
    )


SHARES: Mapping[str, Callable[[Process], Share]] = {
    "listed": lambda one: Share(min(one.listed, one.met), one.met),
    "decided": lambda one: one.decided,
    "on_time": lambda one: one.on_time,
    "ended": lambda one: one.ended,
}


class _Shown:
    """The shares of a school, of its half-terms and year groups, released together."""

    def __init__(
        self,
        site: Site,
        school: str,
        on: date,
        whole: Process,
        splits: Mapping[str, Sequence[Process]],
    ) -> None:
        self.whole = whole
        self.found = {
            name: shown_shares(
                site,
                f"{school}: {name}",
                on,
                share(whole),
                {by: {one.name: share(one) for one in parts} for by, parts in splits.items()},
            )
            for name, share in SHARES.items()
        }

    def part(self, process: Process, by: str = "") -> Part:
        """One part's figures, or those of the whole."""
        shares = {
            name: parts[by][process.name] if by else whole
            for name, (whole, parts) in self.found.items()
        }
        days = process.days if shares["decided"].tells else TOO_FEW
        return Part(process.name, process.lists, **shares, days=days)


def signal_lines(
    site: Site,
    school: str,
    on: date,
    counts: Mapping[str, Mapping[str, int]],
    title_of: Callable[[str], str],
) -> list[SignalLine]:
    """One line per signal, by title. `school` says of which pupils and since when."""
    lines = []
    for signal, told in counts.items():
        acted = told.get("accepted", 0)
        worth = acted + told.get("in_hand", 0)
        asked = worth + told.get("not_a_concern", 0) + told.get("wrong_data", 0)
        shown, _ = shown_steps(
            site, f"{school}: decisions on {signal}", on, ASKED, (asked, worth, acted), {}
        )
        useful, done = (share_of(shown, ASKED[0], step) for step in ASKED[1:])
        lines.append(SignalLine(signal, title_of(signal), useful, done))
    return sorted(lines, key=lambda one: one.title)


def absence_of(site: Site, school: str, on: date, register: Register) -> list[AbsenceRowOf]:
    """Sessions missed by year group and weekday, where there are enough pupils."""
    pupils: dict[str, int] = {}
    cells: dict[tuple[str, ...], int] = {}
    for one in register.year_days:
        year = f"Year {one.year_group}"
        pupils[year] = min(pupils.get(year, one.pupils), one.pupils)
        day = WEEKDAYS[one.weekday - 1]
        cells |= {(year, day, "possible"): one.possible, (year, day, "missed"): one.absent}
    order = tuple(sorted(pupils, key=lambda year: int(year.split()[1])))
    if not order:
        return []
    open_on = tuple(day for day in WEEKDAYS if any(key[1] == day for key, n in cells.items() if n))
    years, days = Dimension("year", order), Dimension("weekday", open_on or WEEKDAYS)
    cells = {key: count for key, count in cells.items() if key[1] in days.levels}
    counts = Table(f"{school}: pupils", on, (years,), {(x,): pupils[x] for x in order})
    steps = Dimension("session", ("possible", "missed"), nested=True)
    sessions = Table(f"{school}: sessions", on, (years, days, steps), cells)
    enough, missed = release_groups(site, [counts, sessions])
    return [
        AbsenceRowOf(
            year,
            [
                _cell(missed.rate((year, day, "missed"), (year, day, "possible")))
                if enough.shown(year) is not None and day in days.levels
                else _cell(None)
                for day in WEEKDAYS
            ],
        )
        for year in order
    ]


def _cell(rate: float | None) -> AbsenceCell:
    if rate is None:
        return AbsenceCell(NOT_SHOWN, None)
    return AbsenceCell(f"{100 * rate:.1f}%", round(100 * rate, 1))


def _first_day(days: Mapping[date, object]) -> date:
    return min(days, default=date.min)
