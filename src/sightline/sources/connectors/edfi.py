"""Ed-Fi ODS/API 5 to 7: client credentials, pages from the end, change versions.

Pages are asked for from the last to the first, of changes up to a version fixed at the start: while
a part is fetched, records can then only leave the pages, which moves others towards those not yet
asked for, and none is missed. What left because it changed is asked for at the end.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.edfi_feed import FEED
from sightline.sources.connectors.edfi_routes import ROUTES
from sightline.sources.connectors.edfi_rows import (
    ASKED_ON,
    WINDOW_FROM,
    json_of,
    newest_version,
    read_body,
)
from sightline.sources.connectors.edfi_sign_in import Bearer, Platform, find_platform, new_token
from sightline.sources.connectors.edfi_steps import LIMIT, Asking, Place, Step
from sightline.sources.connectors.feed import Feed
from sightline.sources.connectors.http import Http, Reach, Reply
from sightline.sources.connectors.types import Answer, Called, Part, Read

__all__ = ["EdFi"]

EARLIER = 1_000  # versions below the last one: changes may be written down out of order
SCHOOL_TIME = ZoneInfo("Europe/London")
NUMBERS = {"window_days": (5, 400), "settle_days": (0, 20), "year_offset": (-5, 5)}
WINDOW = "21"  # days


class EdFi:
    """An Ed-Fi platform."""

    @property
    def feed(self) -> Feed:
        return FEED

    def parts(self, source: Source) -> list[Part]:
        """Each of the schools by itself; what has no school, once."""
        _check(source)
        wanted = [one.name for one in FEED.resources]
        if source.settings.get("lesson_marks") != "yes":
            wanted.remove("section_attendance")
        return [
            Part(name, school)
            for name in wanted
            for school in (source.schools if _by_school(name) else [""])
        ]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator["_Session"]:
        session = _Session(source, secrets, reach)
        with session.http:
            yield session

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        return read_body(source, part, answer)

    def called(self, source: Source, body: bytes) -> Called | None:
        """Platforms do not call."""
        return None


class _Session:
    """One sign-in. `cursors` are the change versions up to which each part was fetched."""

    def __init__(self, source: Source, secrets: Mapping[str, str], reach: Reach) -> None:
        self.cursors: Mapping[str, str] = {}
        self._source, self._secrets, self._reach = source, secrets, reach
        self._found: Platform | None = None
        self.http: Http = reach.http(auth=Bearer(self._token), per_second=FEED.per_second)

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """First the newest change version, then the pages of every step."""
        if resume is None:
            reply = self.http.get(self._platform.versions)
            place = self._start(part, since, newest_version(reply.body, part.name))
            yield _answer(reply, place)
        else:
            place = Place.read(resume)
        while place.steps:
            reply, place = self._page(place)
            yield _answer(reply, place)

    @property
    def _platform(self) -> Platform:
        """Asked for once."""
        if self._found is None:
            self._found = find_platform(self._source, self._reach)
        return self._found

    def _token(self) -> str:
        return new_token(self._platform, self._source, self._secrets, self._reach)

    def _start(self, part: Part, since: datetime | None, newest: int) -> Place:
        today = self._reach.now().astimezone(SCHOOL_TIME).date()
        window = today - timedelta(days=int(self._source.settings.get("window_days") or WINDOW))
        if since is not None:  # nothing between the last time and the window is left out
            window = min(window, since.astimezone(SCHOOL_TIME).date())
        cursor = self.cursors.get(part.name, "")
        last = int(cursor) if cursor.isdecimal() else None
        if last is not None and last > newest:  # the platform was put back: everything anew
            last = None
        first = None if last is None else max(0, last - EARLIER)
        asking = Asking(
            part,
            None if since is None else first,
            first,
            newest,
            self._platform.tells_key_changes,
            self._all_records,
        )
        steps = asking.steps(window, today)
        return Place(tuple(steps), None, today.isoformat(), window.isoformat())

    def _all_records(self, step: Step) -> Iterator[Any]:
        place = Place((step,))
        while place.steps:
            reply, place = self._page(place)
            records = json_of(reply.body, self._source.name)
            yield from records if isinstance(records, list) else []

    def _page(self, place: Place) -> tuple[Reply, Place]:
        """The next page and the place after it. Of several the last one comes first."""
        offset = place.offset
        if offset is None:
            reply = self._records(place.steps[0], 0)
            total = reply.headers.get("total-count", "")
            if not total.isdecimal() or len(total) > 12:
                what = f"{place.steps[0][0]} comes without a Total-Count"
                raise SightlineError("source_changed", self._source.name, what)
            if int(total) <= LIMIT:
                return reply, place.after(0)
            offset = (int(total) - 1) // LIMIT * LIMIT
        return self._records(place.steps[0], offset), place.after(offset)

    def _records(self, step: Step, offset: int) -> Reply:
        path, query = step
        paging = {"offset": str(offset), "limit": str(LIMIT), "totalCount": "true"}
        return self.http.get(f"{self._platform.data}ed-fi/{path}", query | paging)


def _answer(reply: Reply, place: Place) -> Answer:
    dates = {ASKED_ON: place.asked_on, WINDOW_FROM: place.window_from}
    return Answer(reply.url, reply.body, place.text, dates)


def _by_school(resource: str) -> bool:
    return any(route.by_school for route in ROUTES[resource])


def _check(source: Source) -> None:
    """Raises `bad_settings` for a setting that cannot be used."""
    where = f"source {source.name}"
    if not source.schools:
        what = "no school is named: give each as `its schoolId = our school`"
        raise SightlineError("bad_settings", where, what)
    for name, (least, most) in NUMBERS.items():
        given = source.settings.get(name, "") or str(least)
        if not given.removeprefix("-").isdecimal() or not least <= int(given) <= most:
            what = f"`{name}` must be a whole number, {least} to {most}"
            raise SightlineError("bad_settings", where, what)
    if source.settings.get("attendance", "") not in ("", "exceptions", "every"):
        what = "`attendance` must be exceptions, every, or empty"
        raise SightlineError("bad_settings", where, what)
