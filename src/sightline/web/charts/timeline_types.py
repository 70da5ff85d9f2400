"""What a pupil's time line is drawn from, and its table and its sentence are written from."""

from dataclasses import dataclass
from datetime import date

from sightline.web.charts.axis import Column

__all__ = ["Bar", "Happening", "Letter", "Line", "Session", "TimeLine", "Week"]


@dataclass(frozen=True)
class Session:
    """A half-day of the register: attended, late, missed or unknown."""

    on: date
    half: int  # 0 morning, 1 afternoon
    state: str


@dataclass(frozen=True)
class Line:
    """A subject's results; `plain` is false for the one that moved furthest."""

    subject: str
    points: tuple[tuple[date, float], ...]
    plain: bool = True


@dataclass(frozen=True)
class Letter:
    """A note or a contact: who speaks, as one letter of the legend."""

    on: date
    letter: str


@dataclass(frozen=True)
class Bar:
    """A support in place from a day; without an end it goes on."""

    name: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Happening:
    """Something at the school, drawn as one line through every lane."""

    on: date
    title: str


@dataclass(frozen=True)
class Week:
    """The numbers of one school week; None where the viewer does not see that area."""

    monday: date
    possible: int | None
    attended: int | None
    late: int | None
    concerns: int | None
    praise: int | None
    work_due: int | None
    work_missing: int | None
    out_of_lessons: int | None

    @property
    def missed(self) -> int | None:
        if self.possible is None or self.attended is None:
            return None
        return self.possible - self.attended

    @property
    def share(self) -> str:
        """The share attended, as the drawing labels it; a dash in a week without sessions."""
        if not self.possible or self.attended is None:
            return "-"
        return f"{100 * self.attended / self.possible:.0f}%"


@dataclass(frozen=True)
class TimeLine:
    """One pupil over some school weeks. A lane that is None is not shown to this viewer."""

    columns: tuple[Column, ...]
    to: date
    weeks: tuple[Week, ...]
    sessions: tuple[Session, ...] | None = None
    concerns: tuple[date, ...] | None = None
    praise: tuple[date, ...] = ()
    lines: tuple[Line, ...] | None = None
    results_hint: tuple[str, ...] = ()
    letters: tuple[Letter, ...] | None = None
    bars: tuple[Bar, ...] | None = None
    happenings: tuple[Happening, ...] = ()
