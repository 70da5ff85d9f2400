"""Wonde: one token, one API for the registers of most English school systems.

Pages are followed by `meta.pagination.next`, as it is given. `cursor=true` asks for pages in the
order of ids, which nothing that changes meanwhile can move; where it is not understood the overlap
of syncs and the keys of rows make up for it. A scope that is withdrawn gives nulls, not an error.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import httpx

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Feed
from sightline.sources.connectors.http import Http, Reach
from sightline.sources.connectors.types import Answer, Called, Part, Read, Rejected, Row
from sightline.sources.connectors.wonde_feed import FEED, INCLUDED
from sightline.sources.connectors.wonde_rows import (
    SCHOOL_TIME,
    Unreadable,
    body_of,
    newest_in,
    records_in,
    rows_of,
    sums_in,
)
from sightline.sources.connectors.wonde_settings import aspects, check_settings

__all__ = ["FEED", "Wonde"]

PATHS = {
    "marks": "attendance/session",
    "lesson_marks": "attendance/lesson",
    "results": "assessment/results",
    "summaries": "attendance-summaries",
}
# Lessons are given for one week at a time: two weeks back, so that a week of holiday hides nothing.
LESSON_WEEKS = (-2, -1, 0, 1)
ASKED_ON = "x-asked-on"
LARGEST_CALL = 64 * 1024  # bytes
ACCESS = {
    "schoolApproved": "Wonde says that access was approved. The token it sent was not kept",
    "accessRevoked": "Wonde says that access was revoked",
    "accessDeclined": "Wonde says that access was declined",
}


class Wonde:
    """The connector."""

    @property
    def feed(self) -> Feed:
        return FEED

    def parts(self, source: Source) -> list[Part]:
        """Every resource of every school. Raises `bad_settings` for what cannot be used."""
        check_settings(source)
        given = source.settings
        without = set() if given.get("aspects") else {"results"}
        if not given.get("removed_codes") and not given.get("truant_codes"):
            without.add("lesson_marks")
        wanted = [one.name for one in FEED.resources if one.name not in without]
        return [Part(name, school) for name in wanted for school in source.schools]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator["_Session"]:
        """Raises `source_refused` when no token was given."""
        if not secrets.get("token"):
            raise SightlineError("source_refused", f"source {source.name}", "no token is kept")
        with reach.http(auth=_Bearer(secrets["token"]), per_second=FEED.per_second) as http:
            yield _Session(source, http, reach)

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """The rows of one page."""
        school_id = source.schools.get(part.school, "")
        resource = FEED.resource(part.resource)
        records = records_in(body_of(answer.body, f"Wonde, {resource.title}"))
        if not resource.views:
            return Read(records=len(records), sums=sums_in(records, school_id))
        rows: dict[str, list[Row]] = {view: [] for view in resource.views}
        rejected = []
        for place, record in enumerate(records, start=1):
            try:
                found = list(rows_of(resource, record, school_id, answer.headers.get(ASKED_ON, "")))
            except Unreadable:
                rejected.append(Rejected(place, "unreadable_record", resource.name))
                continue
            for view, row in found:
                if view != "results" or row.get("aspect.name") in aspects(source):
                    rows[view].append(row)
        return Read(
            {view: listed for view, listed in rows.items() if listed},
            rejected=tuple(rejected),
            records=len(records),
            newest=newest_in(records),
        )

    def called(self, source: Source, body: bytes) -> Called | None:
        """What a call from Wonde, or from whoever passes its changes on, asks for."""
        given = _payload(body)
        theirs = given.get("school_id")
        kind = given.get("payload_type")
        if not isinstance(theirs, str) or not isinstance(kind, str) or theirs not in source.schools:
            return None
        school = f"school {source.schools[theirs]}"
        if kind == "dataUpdated":
            return Called(self._live(source, theirs, given.get("resource")))
        if kind == "schoolMigration":
            if not given.get("completed_at"):
                return Called(notice=f"Wonde says that {school} will move to another system.")
            notice = (
                f"Wonde says that {school} moved to another system. Everything is fetched again. "
                "Its records come under new numbers: look at what is missing before the next list."
            )
            return Called(full=True, notice=notice)
        if kind in ACCESS:
            return Called(notice=f"{ACCESS[kind]} ({school}).")
        return None

    def _live(self, source: Source, school: str, path: object) -> tuple[Part, ...]:
        """What changes by the minute at a school; only one resource when the call names it."""
        parts = [one for one in self.parts(source) if one.school == school]
        live = [one for one in parts if FEED.resource(one.resource).live]
        named = [one for one in live if PATHS.get(one.resource, one.resource) == path]
        return tuple(named or live)


class _Bearer(httpx.Auth):
    """The token, in the header of each call."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass(frozen=True)
class _Session:
    """Asks for one part after another. `Answer.next`: the day it began, which query, which page."""

    source: Source
    http: Http
    reach: Reach

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """The pages of a part, of each of its queries in turn."""
        began = self.reach.now().astimezone(SCHOOL_TIME).date()
        number, url = 0, ""
        if resume:
            day, query, url = resume.split(" ", 2)
            began, number = date.fromisoformat(day), int(query)
        queries = _queries(self.source, part, since, began)
        url, seen = url or queries[0], set[str]()
        while url:
            if url in seen:
                where = f"Wonde, {part.resource}"
                raise SightlineError("source_changed", where, "its pages lead in a circle")
            seen.add(url)
            reply = self.http.get(url)
            following = _next_page(reply.body, f"Wonde, {part.resource}")
            if not following and number + 1 < len(queries):
                number, following = number + 1, queries[number + 1]
            place = f"{began} {number} {following}" if following else None
            yield Answer(url, reply.body, place, {ASKED_ON: began.isoformat()})
            url = following


def _queries(source: Source, part: Part, since: datetime | None, began: date) -> list[str]:
    """The first address of each query that a part needs; the timetable takes one for each week."""
    base = f"{source.address.rstrip('/')}/schools/{part.school}"
    if part.resource == "schools":
        return [base]
    wanted = {"per_page": source.settings.get("per_page", "200"), "cursor": "true"}
    if part.resource in INCLUDED:
        wanted["include"] = INCLUDED[part.resource]
    url = f"{base}/{PATHS.get(part.resource, part.resource)}"
    if part.resource == "lessons":
        monday = began - timedelta(days=began.weekday())
        weeks = [monday + timedelta(weeks=week) for week in LESSON_WEEKS]
        return [f"{url}?{urlencode(wanted | _week(first))}" for first in weeks]
    if since and not FEED.resource(part.resource).whole:
        wanted["updated_after"] = f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    elif part.resource in ("marks", "lesson_marks"):
        days = int(source.settings.get("history_days", "365"))
        wanted["attendance_date_after"] = f"{began - timedelta(days=days)} 00:00:00"
    return [f"{url}?{urlencode(wanted)}"]


def _week(monday: date) -> dict[str, str]:
    return {
        "lessons_start_after": f"{monday} 00:00:00",
        "lessons_start_before": f"{monday + timedelta(days=7)} 00:00:00",
    }


def _next_page(body: bytes, where: str) -> str:
    """Where the next page is; `pagination` is missing when everything fits on one."""
    meta = body_of(body, where).get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    following = pagination.get("next") if isinstance(pagination, dict) else None
    return following if isinstance(following, str) else ""


def _payload(body: bytes) -> dict[str, object]:
    if len(body) > LARGEST_CALL:
        return {}
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
