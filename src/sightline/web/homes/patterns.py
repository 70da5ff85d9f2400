"""Patterns of a school for its leaders: how the work goes, and when sessions are missed.

Only groups: fewer than ten pupils are not shown, and fewer than ten cases say nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sightline.pipeline.register import Register, YearDay
from sightline.sheets import SchoolSheets
from sightline.triage.process import Process, Step, by_part, steps_of, summed
from sightline.triage.shares import FEWEST, Share
from sightline.web.homes.days import term_of

__all__ = [
    "WEEKDAYS",
    "AbsenceCell",
    "AbsenceRowOf",
    "Patterns",
    "SignalLine",
    "absence_of",
    "patterns_of",
    "signal_lines",
]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
SCALE = 20  # percent: the longest bar
NOT_SHOWN = "Fewer than 10: not shown"


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

    year_group: int
    cells: Sequence[AbsenceCell]


@dataclass(frozen=True)
class SignalLine:
    """What became of one signal's flags: how often the meeting found something to do."""

    signal: str
    title: str
    accepted: int
    in_hand: int
    not_a_concern: int
    wrong_data: int
    useful: Share


@dataclass(frozen=True)
class Patterns:
    """The process of one school, as a whole, by term and by year group."""

    school_id: str
    name: str
    whole: Process
    terms: Sequence[Process]
    years: Sequence[Process]


def patterns_of(sheets: SchoolSheets, on: date) -> Patterns:
    """This school year's process figures of a school."""
    facts = sheets.facts
    years = {one.pupil_ref: one.year_group for one in sheets.places()}
    steps = steps_of(facts.school_id, since=_first_day(facts.days), on=on, year_of=years.get)
    steps.sort(key=lambda one: one.on)

    def year(step: Step) -> str:
        return f"Year {step.year_group}" if step.year_group is not None else ""

    by_year = sorted(by_part(steps, year), key=lambda one: int(one.name.split()[1]))
    return Patterns(
        facts.school_id,
        facts.name,
        summed(facts.name, steps),
        by_part(steps, lambda step: term_of(facts, step.on)),
        by_year,
    )


def signal_lines(
    counts: Mapping[str, Mapping[str, int]], title_of: Callable[[str], str]
) -> list[SignalLine]:
    """One line per signal, by title."""
    lines = []
    for signal, told in counts.items():
        accepted, in_hand = told.get("accepted", 0), told.get("in_hand", 0)
        no, wrong = told.get("not_a_concern", 0), told.get("wrong_data", 0)
        useful = Share(accepted + in_hand, accepted + in_hand + no + wrong)
        lines.append(SignalLine(signal, title_of(signal), accepted, in_hand, no, wrong, useful))
    return sorted(lines, key=lambda one: one.title)


def absence_of(register: Register) -> list[AbsenceRowOf]:
    """Sessions missed by year group and weekday."""
    years: dict[int, dict[int, YearDay]] = {}
    for one in register.year_days:
        years.setdefault(one.year_group, {})[one.weekday] = one
    return [
        AbsenceRowOf(year, [_cell(days.get(day)) for day in range(1, 6)])
        for year, days in sorted(years.items())
    ]


def _cell(day: YearDay | None) -> AbsenceCell:
    if day is None or day.pupils < FEWEST or not day.possible:
        return AbsenceCell(NOT_SHOWN, None)
    percent = round(100 * day.absent / day.possible, 1)
    return AbsenceCell(f"{percent:.1f}%", percent)


def _first_day(days: Mapping[date, object]) -> date:
    return min(days, default=date.min)
