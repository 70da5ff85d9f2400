"""What leaves this room. References and figures only: no name, no UPN, no note text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sightline.signals.flag import Flag

__all__ = [
    "AbsenceRow",
    "BehaviourRow",
    "GroupFacts",
    "Lens",
    "Mark",
    "NoteRow",
    "PupilSheet",
    "ResultRow",
    "SchoolEvent",
    "SchoolFacts",
    "Slot",
    "SupportRow",
    "WeekFigures",
]


@dataclass(frozen=True)
class Mark:
    """A morning or afternoon of the register. `category` is the code's, or `missing`."""

    on: date
    session: str  # AM, PM
    code: str
    category: str  # present, approved_educational_activity, authorised_absence, ...
    late: bool
    minutes_late: int | None = None


@dataclass(frozen=True)
class BehaviourRow:
    """One log: a concern or praise, and where it was."""

    on: date
    kind: str  # concern, praise
    category: str
    severity: int | None
    period: str
    class_id: str
    subject: str
    room: str
    staff_id: str


@dataclass(frozen=True)
class ResultRow:
    """One assessment result and what was expected, on its own scale."""

    on: date
    subject: str
    point: str
    scale: str
    value: float | None
    expected: float | None


@dataclass(frozen=True)
class WeekFigures:
    """One school week, Monday first: the numbers of the pupil page's table and of every drawing.

    Counts; `on_roll_days` is the open days of the week the pupil was on roll.
    """

    monday: date
    on_roll_days: int
    possible: int
    attended: int
    late: int
    concerns: int
    praise: int
    work_due: int
    work_missing: int
    out_of_lessons: int  # lessons marked removed or truant
    use: float | None  # minutes (or clicks) on learning platforms; None: none recorded at school


@dataclass(frozen=True)
class SupportRow:
    """A support from the school's own system. `name` is as recorded there."""

    support_id: str
    name: str
    aim_signal: str
    started_on: date
    review_on: date
    ended_on: date | None
    staff_id: str


@dataclass(frozen=True)
class NoteRow:
    """That a note exists; its text is in the vault under `note_id`."""

    note_id: str
    on: date
    category: str
    restricted: bool


@dataclass(frozen=True)
class Lens:
    """Around the pupil: sentences of rooms, lessons, weekdays and changes, each with its counts.

    Only what clears the small-number rule (see lens.py). Staff never appear by name or id.
    """

    sentences: tuple[str, ...]
    lessons: tuple[str, ...]  # class names in which most logs were, for the adjustments question


@dataclass(frozen=True)
class PupilSheet:
    """Everything the facts say about one pupil this school year, up to `as_of`."""

    pupil_ref: str
    school_id: str
    as_of: date
    year_group: int | None
    registration_group: str
    sex: str
    sen_status: str  # N, K, E
    eal: bool | None
    disadvantaged: bool | None
    enrolled_on: date
    left_on: date | None
    class_ids: tuple[str, ...]  # member of today
    marks: tuple[Mark, ...]
    behaviour: tuple[BehaviourRow, ...]
    results: tuple[ResultRow, ...]
    weeks: tuple[WeekFigures, ...]
    out_of_lessons: tuple[tuple[date, str, str, str], ...]  # date, period, class_id, mark
    supports: tuple[SupportRow, ...]
    notes: tuple[NoteRow, ...]
    signals: tuple[Mapping[str, Any], ...]
    """One row per signal: signal, theme, outcome, value, level, threshold, numerator, denominator,
    window_from, window_to, reason, because, strength (flags only)."""
    good: tuple[str, ...]
    lens: Lens
    story: tuple[str, ...]  # 2-3 sentences, the same as "Copy as text"
    minutes: tuple[tuple[date, int], ...] = ()  # open day, minutes of lessons in school for
    work: tuple[tuple[date, int, int], ...] = ()  # day due, pieces due (not excused), missing
    use: tuple[tuple[date, float], ...] = ()  # day, use of the learning platform


@dataclass(frozen=True)
class AbsenceRow:
    """One pupil's absence as an attendance officer works with it; sessions of this school year.

    `spell` counts the sessions missed one after the other up to the latest mark, `spell_from` is
    the first one's day. `unauthorised` counts those of the last ten school weeks. `unexplained`
    names the sessions of the latest day marked N or not marked at all.
    """

    pupil_ref: str
    year_group: int | None
    registration_group: str
    possible: int
    attended: int
    spell: int
    spell_from: date | None
    unauthorised: int
    unexplained: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A lesson of the timetable that holds on some date."""

    class_id: str
    class_name: str
    subject: str
    weekday: int
    cycle_week: str
    period: str
    session: str
    starts_at: str
    ends_at: str
    staff_id: str
    room: str


@dataclass(frozen=True)
class SchoolEvent:
    """Something that happened at the school: staffing, building, timetable."""

    event_id: str
    kind: str
    title: str
    from_on: date
    to_on: date | None
    class_id: str
    subject: str
    year_group: int | None


@dataclass(frozen=True)
class SchoolFacts:
    """The school as the sheets' day knows it.

    `days` maps every date of the school year with a row to (kind, term, cycle_week); `fresh_to`
    each table to its latest date; `missing_marks` is the share of expected marks of the last five
    school days without a code.
    """

    school_id: str
    name: str
    phase: str
    as_of: date
    snapshot: int
    recorded_at: datetime
    built_at: datetime
    capacity: int
    pack: str
    days: Mapping[date, tuple[str, str, str]]
    year_groups: Mapping[int, int]  # year group -> pupils on roll
    fresh_to: Mapping[str, date]
    missing_marks: float | None
    staff: Mapping[str, str]  # staff_id -> role, as the latest staff file says


@dataclass(frozen=True)
class GroupFacts:
    """All that one group's weekly list needs, on one date.

    `flags` are the group's; `before` (pupil_ref, signal) flagged 7 days earlier; `cannot_tell`
    pupils with no flag and at least one cannot-tell; `good`, `lens` and `weeks` are of the flagged
    pupils; `shares` maps sen, eal and disadvantaged to (how many in the group, of how many known);
    `groups` the same three to the pupils who are in them; `days` are the school's open days up to
    `as_of`, first to last; `term` names the term for the tie-break.
    """

    school_id: str
    year_group: int
    as_of: date
    snapshot: int
    capacity: int
    on_roll: int
    flags: tuple[Flag, ...]
    before: frozenset[tuple[str, str]]
    cannot_tell: frozenset[str]
    good: Mapping[str, tuple[str, ...]]
    lens: Mapping[str, Lens]
    weeks: Mapping[str, tuple[WeekFigures, ...]]
    shares: Mapping[str, tuple[int, int]]
    groups: Mapping[str, frozenset[str]]
    days: tuple[date, ...]
    term: str
