"""What is asked of an Ed-Fi platform for one part, step by step, and how far that has come.

Attendance holds no record of a pupil who was there, so a missed record would say "present". The
days of a window are therefore asked for whole each time, and older days when something in them
changed or went. Incidents are asked for with everyone who took part.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sightline.sources.connectors.edfi_routes import ROUTES
from sightline.sources.connectors.edfi_rows import keys_of, text_of
from sightline.sources.connectors.types import Part

__all__ = ["LIMIT", "Asking", "Place", "Step"]

LIMIT = 500  # records of a page: the most that a platform gives unless its host says otherwise
MOST_DAYS, MOST_INCIDENTS = 60, 200  # beyond these, asking for everything is less work
Step = tuple[str, dict[str, str]]  # a path and what is asked of it
Records = Callable[[Step], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where fetching stands: what is still to be asked, and the page of the first of it."""

    steps: tuple[Step, ...]
    offset: int | None = None
    asked_on: str = ""
    window_from: str = ""

    @property
    def text(self) -> str | None:
        """To go on from; None at the end."""
        if not self.steps:
            return None
        return json.dumps([self.steps, self.offset, self.asked_on, self.window_from])

    @staticmethod
    def read(text: str) -> "Place":
        steps, offset, asked_on, window_from = json.loads(text)
        return Place(tuple((path, query) for path, query in steps), offset, asked_on, window_from)

    def after(self, offset: int) -> "Place":
        """The place after the page at this offset: the one before it, or the next step."""
        if offset > 0:
            return replace(self, offset=offset - LIMIT)
        return replace(self, steps=self.steps[1:], offset=None)


@dataclass(frozen=True, slots=True)
class Asking:
    """The steps of a part. `first` is the change version from which to ask; None: everything.

    `gone_since` is that for what is there no more, `newest` the last one that counts this time.
    `records` gives the records of a step at once, to see what they are about.
    """

    part: Part
    first: int | None
    gone_since: int | None
    newest: int
    tells_key_changes: bool
    records: Records

    def steps(self, window: date, today: date) -> list[Step]:
        """What to ask, in order; last what changed while the rest was asked for."""
        found: list[Step] | None = None
        if self.first is not None and self.part.resource == "attendance":
            found = self._days(self.first, window, today)
        elif self.first is not None and self.part.resource == "incidents":
            found = self._incidents(self.first)
        return self._all() if found is None else found

    def _all(self) -> list[Step]:
        steps: list[Step] = []
        meanwhile: list[Step] = []
        for route in ROUTES[self.part.resource]:
            if route.path.endswith("/keyChanges") and not self.tells_key_changes:
                continue
            query = self._school if route.by_school else {}
            lowest = self.gone_since if route.gone else None if route.whole else self.first
            steps.append((route.path, query | self._until_now(lowest)))
            meanwhile.append((route.path, query | self._from_now))
        if self.part.resource == "incidents" and self.gone_since is not None:
            steps += self._incidents(self.gone_since, ends=("/deletes",)) or []
        return steps + meanwhile

    def _days(self, first: int, window: date, today: date) -> list[Step] | None:
        """Every day of the window and each older one in which something changed; None: too many."""
        path = ROUTES["attendance"][0].path
        changed = {text_of(one, "eventDate")[:10] for one in self._changed(path, first)}
        older = sorted(day for day in changed if day and day < window.isoformat())
        if len(older) > MOST_DAYS:
            return None
        recent = [window + timedelta(days=at) for at in range((today - window).days + 1)]
        days = older + [day.isoformat() for day in recent]
        latest = self._until_now(None)
        steps = [(path, self._school | {"eventDate": day} | latest) for day in days]
        return [*steps, (path, self._school | self._from_now)]

    def _incidents(self, first: int, ends: tuple[str, ...] = ("", "/deletes")) -> list[Step] | None:
        """Each incident in which something changed, with everyone in it; None: too many."""
        paths = [route.path for route in ROUTES["incidents"]]
        found = {
            text_of(one, "incidentIdentifier")
            for path in paths
            for one in self._changed(path, first, ends)
        }
        if len(found) > MOST_INCIDENTS:
            return None
        return [
            (path, self._school | {"incidentIdentifier": one})
            for one in sorted(found - {""})
            for path in paths
        ]

    def _changed(
        self, path: str, first: int, ends: tuple[str, ...] = ("", "/deletes")
    ) -> Iterator[Mapping[str, Any]]:
        """The keys of this school's records that changed or went since a version."""
        for end in ends:
            query = self._until_now(first)
            for record in self.records((path + end, query if end else self._school | query)):
                keys = keys_of(record)
                if not end or text_of(keys, "schoolId") == self.part.school:
                    yield keys

    @property
    def _school(self) -> dict[str, str]:
        return {"schoolId": self.part.school} if self.part.school else {}

    def _until_now(self, lowest: int | None) -> dict[str, str]:
        low = {} if lowest is None else {"minChangeVersion": str(lowest)}
        return low | {"maxChangeVersion": str(self.newest)}

    @property
    def _from_now(self) -> dict[str, str]:
        return {"minChangeVersion": str(self.newest + 1)}
