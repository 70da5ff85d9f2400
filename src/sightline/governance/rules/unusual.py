"""Looks that are worth asking about: at night, very many in an hour, a pupil of the same name.

Pure: looks in, counts out. None of these is wrong by itself; an exam week explains a lot.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Look", "Unusual", "unusual_looks"]

NIGHT_FROM, NIGHT_TO = 22, 6  # hours of the school's clock
MANY = 60  # different pupils within an hour


@dataclass(frozen=True)
class Look:
    """One recorded look at a pupil, at the school's own time."""

    actor: str
    at: datetime
    subject: str


@dataclass(frozen=True)
class Unusual:
    """Something worth asking about: who, how often, about how many pupils. Never which."""

    kind: str  # night, many, same_name
    actor: str
    looks: int
    pupils: int
    first: datetime
    last: datetime

    @property
    def words(self) -> str:
        return {
            "night": "looked between 22:00 and 06:00",
            "many": f"looked at more than {MANY} pupils within an hour",
            "same_name": "looked at a pupil with the same family name",
        }[self.kind]


def unusual_looks(
    looks: Iterable[Look],
    *,
    pupil_names: Mapping[str, str],
    staff_names: Mapping[str, str],
) -> list[Unusual]:
    """One line for each person and kind, most looks first.

    `pupil_names` maps a pupil's reference to a family name, `staff_names` an actor to theirs.
    """
    by_actor: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        by_actor[look.actor].append(look)
    found = []
    for actor, theirs in by_actor.items():
        theirs.sort(key=lambda look: look.at)
        name = staff_names.get(actor, "").casefold()
        kinds = {
            "night": [look for look in theirs if _at_night(look.at)],
            "many": _busy_hours(theirs),
            "same_name": [
                look
                for look in theirs
                if name and pupil_names.get(look.subject, "").casefold() == name
            ],
        }
        found += [_told(kind, actor, these) for kind, these in kinds.items() if these]
    return sorted(found, key=lambda one: (-one.looks, one.actor, one.kind))


def _at_night(at: datetime) -> bool:
    return at.hour >= NIGHT_FROM or at.hour < NIGHT_TO


def _busy_hours(looks: list[Look]) -> list[Look]:
    """The looks that lie in any hour with more than MANY different pupils."""
    busy: set[int] = set()
    within: dict[str, int] = defaultdict(int)
    first = 0
    for place, look in enumerate(looks):
        within[look.subject] += 1
        while look.at - looks[first].at >= timedelta(hours=1):
            before = looks[first].subject
            within[before] -= 1
            if not within[before]:
                del within[before]
            first += 1
        if len(within) > MANY:
            busy.update(range(first, place + 1))
    return [looks[place] for place in sorted(busy)]


def _told(kind: str, actor: str, looks: list[Look]) -> Unusual:
    pupils = len({look.subject for look in looks})
    return Unusual(kind, actor, len(looks), pupils, looks[0].at, looks[-1].at)
