"""Around the pupil: where and when concerns and absences gather, and what changed there.

A sentence is only written when it clears the small-number rule: at least 4 concerns (or missed
sessions) in the last 20 school days, at least 3 of them and 60% in one place, class, weekday or
lesson, and that place less than half of the pupil's time. Staff never appear.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.kit import plural
from sightline.sheets.figures import ABSENT, ATTENDED, Share, Span, concerns, number
from sightline.sheets.timetable import Lesson
from sightline.sheets.types import BehaviourRow, PupilSheet

__all__ = [
    "DAYS",
    "Around",
    "Cluster",
    "absence_cluster",
    "concern_clusters",
    "gathers",
    "lessons_of",
]

DAYS = 20  # school days looked at
MIN_ALL, MIN_IN, MIN_SHARE, MAX_TIME = 4, 3, 0.6, 0.5
WEEKDAYS = ("", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MOST_LESSONS = 3  # class names worth asking about


@dataclass(frozen=True)
class Around:
    """What a lens looks at besides the sheet: the days, the lessons attended, the class names."""

    span: Span
    lessons: Sequence[Lesson]
    class_names: Mapping[str, str]


@dataclass(frozen=True)
class Cluster:
    """A place or time in which most gathered. `events` says which concerns, for comparing."""

    kind: str  # class, room, weekday, slot, absence
    value: Any
    sentence: str
    events: frozenset[int] = frozenset()


def gathers(inside: int, everything: int, time: Share) -> bool:
    """The small-number rule: whether so many of all, in so much of the time, may be said."""
    part = time.part
    return (
        everything >= MIN_ALL
        and inside >= MIN_IN
        and inside >= MIN_SHARE * everything - 1e-9
        and part is not None
        and part < MAX_TIME
    )


def concern_clusters(sheet: PupilSheet, around: Around) -> tuple[Cluster, ...]:
    """Where and when the concerns of the last 20 school days gather, at most one of each kind."""
    found = concerns(sheet, around.span)
    kinds: dict[str, tuple[Callable[[Any], Any], Callable[[Lesson], Any]]] = {
        "class": (lambda one: one.class_id, lambda lesson: lesson.class_id),
        "room": (lambda one: one.room, lambda lesson: lesson.room),
        "weekday": (lambda one: one.on.isoweekday(), lambda lesson: lesson.on.isoweekday()),
        "slot": (
            lambda one: one.period and (one.on.isoweekday(), one.period),
            lambda lesson: (lesson.on.isoweekday(), lesson.period),
        ),
    }
    clusters = {
        kind: cluster
        for kind, (of_event, of_lesson) in kinds.items()
        if (cluster := _cluster(kind, found, of_event, of_lesson, around))
    }
    for kind, other in (("room", "class"), ("slot", "weekday")):  # the same told twice
        same = kind in clusters and other in clusters
        if same and clusters[kind].events == clusters[other].events:
            del clusters[kind]
    return tuple(clusters.values())


def lessons_of(sheet: PupilSheet, span: Span) -> tuple[str, ...]:
    """The ids of the few classes that most concerns were logged in, two or more in each."""
    counted = Counter(one.class_id for one in concerns(sheet, span))
    everything = counted.total()
    if everything < MIN_ALL:
        return ()
    chosen: list[str] = []
    for class_id, count in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        enough = sum(counted[one] for one in chosen) >= MIN_SHARE * everything
        if count < 2 or enough or len(chosen) == MOST_LESSONS:
            break
        if class_id:
            chosen.append(class_id)
    return tuple(chosen)


def absence_cluster(sheet: PupilSheet, span: Span) -> Cluster | None:
    """The weekday on which missed sessions gather, if there is one."""
    marks = [mark for mark in sheet.marks if span.holds(mark.on)]
    possible = Counter(m.on.isoweekday() for m in marks if m.category in ABSENT + ATTENDED)
    missed = Counter(m.on.isoweekday() for m in marks if m.category in ABSENT)
    if not missed:
        return None
    weekday, count = min(missed.items(), key=lambda one: (-one[1], one[0]))
    time = Share(possible[weekday], possible.total())
    if not gathers(count, missed.total(), time):
        return None
    sentence = (
        f"{_of_all(count, missed.total(), 'missed session')} in the last "
        f"{plural(span.days, 'school day')} were on {WEEKDAYS[weekday]}, "
        f"which had {time.count} of {time.of} possible sessions."
    )
    return Cluster("absence", weekday, sentence)


def _cluster(
    kind: str,
    found: Sequence[BehaviourRow],
    of_event: Callable[[Any], Any],
    of_lesson: Callable[[Lesson], Any],
    around: Around,
) -> Cluster | None:
    counted = Counter(value for one in found if (value := of_event(one)))
    if not counted:
        return None
    value, count = min(counted.items(), key=lambda one: (-one[1], str(one[0])))
    inside = sum(lesson.minutes for lesson in around.lessons if of_lesson(lesson) == value)
    time = Share(inside, sum(lesson.minutes for lesson in around.lessons))
    if not gathers(count, len(found), time):
        return None
    events = frozenset(place for place, one in enumerate(found) if of_event(one) == value)
    rooms = {found[place].room for place in events}
    sentence = (
        f"{_of_all(count, len(found), 'concern')} in the last "
        f"{plural(around.span.days, 'school day')} were "
        f"{_where(kind, value, rooms, around)}, {_time_words(time)}."
    )
    return Cluster(kind, value, sentence, events)


def _where(kind: str, value: Any, rooms: set[str], around: Around) -> str:
    if kind == "class":
        room = next(iter(rooms)) if len(rooms) == 1 else ""
        return f"in {around.class_names.get(value) or 'one class'}" + (room and f", room {room}")
    if kind == "room":
        return f"in {value}"
    if kind == "weekday":
        return f"on {WEEKDAYS[value]}"
    return f"on {WEEKDAYS[value[0]]} in period {value[1]}"


def _time_words(time: Share) -> str:
    if not time.count:
        return "where no lesson was timetabled"
    return f"which had {_hours(time.count)} of {_hours(time.of)} hours of lessons"


def _hours(minutes: int) -> str:
    return number(minutes / 60, 1)


def _of_all(count: int, everything: int, one: str) -> str:
    of = plural(everything, one)
    return f"All {of}" if count == everything else f"{count} of {of}"
