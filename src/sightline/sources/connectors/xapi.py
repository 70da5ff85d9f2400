"""xAPI: the statements of a learning record store (LRS), version 1.0.3 of the specification.

A store is asked by when statements were stored, but they are counted by the day they are about: a
sum of a day may only replace an earlier one when all of the day's statements came. So the new ones
are looked at first; then everything is asked for again from the first day they are about, and what
is about earlier days is left out. A statement cannot be stored before the day it is about, less one
day for time zones. Stores do not give statements that were made void: each is asked for by itself.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode, urljoin

import httpx

from sightline.kit import SightlineError, plural
from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Feed, Field, Resource, Setting
from sightline.sources.connectors.http import Http, Reach, Reply
from sightline.sources.connectors.types import Answer, Called, Part, Read
from sightline.sources.connectors.xapi_rows import (
    MADE_VOID,
    THROUGH,
    WHOLE_FROM,
    day_of,
    moment_of,
    more_of,
    page_of,
    read_page,
    voided_by,
)

__all__ = ["FEED", "Xapi"]

HEADERS = {"X-Experience-API-Version": "1.0.3"}
LIMIT = "500"  # statements of a page; a store may give fewer
WINDOW = "35"  # days back of which late statements are still counted
ZONES = timedelta(days=1)  # a day begins earlier elsewhere than by the store's clock
KEYS, USE, MARKS = ("keys",), ("engagement_vs_peers",), ("progress_variance", "attainment")

FEED = Feed(
    kind="xapi",
    title="xAPI learning record store",
    about=(
        "Statements of the Jisc profile: who attended, used the learning platform, or was marked. "
        "Names in statements are not read."
    ),
    profile="xapi",
    resources=(
        Resource(
            "statements",
            "Statements",
            (
                Field("id", KEYS),
                Field("actor", KEYS, guarded=True),
                Field("verb", (*USE, *MARKS), guarded=True),
                Field("object", MARKS),
                Field("start", USE),
                Field("timestamp", (*USE, *MARKS)),
                Field("completion", USE),
                *(Field(name, MARKS) for name in ("raw", "min", "max", "scaled")),
                Field("module", USE),
            ),
            views=("statements", "voided"),
            tables=("engagement", "assessment"),
            from_start=False,
            seasonal=True,
        ),
    ),
    settings={
        "window_days": Setting(
            "How many days late a statement may come and still be counted the next day.",
            "35",
            required=False,
        ),
    },
    secrets={
        "key": Setting("The key (user name) of a client that may read all statements."),
        "secret": Setting("Its secret (password)."),
    },
    overlap=timedelta(days=1),
    pupil_columns={"statements": "actor", "voided": "actor"},
)


class Xapi:
    """A learning record store."""

    @property
    def feed(self) -> Feed:
        return FEED

    def parts(self, source: Source) -> list[Part]:
        _window(source)
        return [Part("statements")]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator["_Session"]:
        """Raises `source_refused` when no key is kept."""
        if not secrets.get("key") or not secrets.get("secret"):
            raise SightlineError("source_refused", f"source {source.name}", "its key is not kept")
        auth = httpx.BasicAuth(secrets["key"], secrets["secret"])
        with reach.http(auth=auth, per_second=FEED.per_second) as http:
            yield _Session(source, reach, http)

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        return read_page(source, answer)

    def called(self, source: Source, body: bytes) -> Called | None:
        """Stores do not call."""
        return None


class _Session:
    """Fetching from one store. `cursors` say up to when statements were stored last time."""

    def __init__(self, source: Source, reach: Reach, http: Http) -> None:
        self.cursors: Mapping[str, str] = {}
        self._source, self._reach, self._http = source, reach, http
        self._statements = source.address.rstrip("/") + "/statements"

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """What was made void, one by one, then the pages from the first day of anything new."""
        url: str | None
        if resume:
            whole_from, void, url = json.loads(resume)
        else:
            whole_from, void = self._looked_at(part, since)
            url = self._first(_stored_from(whole_from))
        for at, one in enumerate(void):
            if reply := self._made_void(one):
                rest = json.dumps([whole_from, void[at + 1 :], url])
                yield Answer(reply.url, reply.body, rest, {WHOLE_FROM: whole_from})
        while url:
            reply = self._http.get(url, headers=HEADERS)
            url = self._following(reply)
            through = {THROUGH: reply.headers.get(THROUGH, ""), WHOLE_FROM: whole_from}
            after = json.dumps([whole_from, [], url]) if url else None
            yield Answer(reply.url, reply.body, after, through)

    def _looked_at(self, part: Part, since: datetime | None) -> tuple[str, list[str]]:
        """The first day that statements stored since then are about, and those made void by them.

        Days before the window are left to the next complete sync, and that is said.
        """
        known = moment_of(self.cursors.get(part.name, ""))
        if since is None and known is None:
            return "", []
        from_on = since or (known or datetime.max.replace(tzinfo=UTC)) - FEED.overlap
        days, void = self._new(from_on)
        if since is None:
            return "", sorted(void)
        today = self._reach.now().astimezone(UTC).date()
        first = since.astimezone(UTC).date()
        oldest = min(today - timedelta(days=_window(self._source)), first).isoformat()
        if late := sum(count for day, count in days.items() if day < oldest):
            told = f"{plural(late, 'statement')} about days before {oldest}"
            self._reach.told(f"{told} will be counted with the next complete sync")
        return min(one for one in (first.isoformat(), *days) if one >= oldest), sorted(void)

    def _new(self, since: datetime) -> tuple[Counter[str], set[str]]:
        """How many statements stored since then are about each day; which were made void."""
        days, void = Counter[str](), set[str]()
        url: str | None = self._first(since)
        while url:
            reply = self._http.get(url, headers=HEADERS)
            for one in page_of(reply.body, self._source.name):
                target = voided_by(one)
                if target and (found := self._made_void(target)):
                    void.add(target)
                    days += Counter(day_of(it) for it in page_of(found.body, self._source.name))
                else:
                    days[day_of(one)] += 1
            url = self._following(reply)
        days.pop("", None)
        return days, void

    def _made_void(self, statement: str) -> Reply | None:
        """A statement that was made void, or None: a store need not know it."""
        query = {MADE_VOID: statement}
        try:
            return self._http.get(self._statements, query, headers=HEADERS)
        except SightlineError as error:
            if error.code != "source_refused":
                raise
            return None

    def _first(self, since: datetime | None) -> str:
        query = {"ascending": "true", "limit": LIMIT}
        if since is not None:
            query["since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self._statements}?{urlencode(query)}"

    def _following(self, reply: Reply) -> str | None:
        """The address of the next page. Raises `source_changed` when it is the same again."""
        more = more_of(reply.body, self._source.name)
        following = urljoin(reply.url, more) if more else None
        if following == reply.url:
            raise SightlineError("source_changed", self._source.name, "a page leads to itself")
        return following


def _stored_from(whole_from: str) -> datetime | None:
    if not whole_from:
        return None
    return datetime.combine(date.fromisoformat(whole_from), time(), UTC) - ZONES


def _window(source: Source) -> int:
    """Raises `bad_settings`."""
    given = source.settings.get("window_days") or WINDOW
    if not given.isdecimal() or not 1 <= int(given) <= 400:
        what = "`window_days` must be a whole number, 1 to 400"
        raise SightlineError("bad_settings", f"source {source.name}", what)
    return int(given)
