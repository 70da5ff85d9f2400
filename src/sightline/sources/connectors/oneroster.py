"""OneRoster by REST: version 1.1 (OAuth 1.0a or 2) and 1.2 (OAuth 2 client credentials).

The roster is fetched whole each time: a pupil is put together of a user, their demographics and
their tutor group, so part of it would blank the rest. Results come by `dateLastModified`. Deleted
records keep coming with the status `tobedeleted`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Feed
from sightline.sources.connectors.http import Http, Reach, Reply
from sightline.sources.connectors.oneroster_feed import FEED, SERVICES, asked_fields
from sightline.sources.connectors.oneroster_rows import read_page, records_in
from sightline.sources.connectors.oneroster_sign_in import check_sign_in, sign_in
from sightline.sources.connectors.types import Answer, Called, Part, Read

__all__ = ["FEED", "OneRoster", "first_page"]

VERSIONS = ("1.1", "1.2")
GRADEBOOK = ("categories", "lineItems", "results")
PAGE = 1000  # records asked for at once; a server may give fewer
NEXT = re.compile(r"<([^>]*)>\s*;[^,<]*\brel\s*=\s*\"?next\b", re.IGNORECASE)


class OneRoster:
    """The connector. See the module."""

    @property
    def feed(self) -> Feed:
        return FEED

    def parts(self, source: Source) -> list[Part]:
        """What to fetch, parents first; what belongs to a school once for each school."""
        if source.settings.get("version") not in VERSIONS:
            raise _bad(source, f"`version` is one of {', '.join(VERSIONS)}")
        check_sign_in(source)
        if not source.schools:
            raise _bad(source, "[schools] must give the sourcedId of each school and our own id")
        skipped = _left_out(source)
        parts = []
        for resource in FEED.resources:
            if resource.name not in skipped:
                by_school = "{school}" in SERVICES[resource.name][1]
                schools = source.schools if by_school else ("",)
                parts += [Part(resource.name, school) for school in schools]
        return parts

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator["_Session"]:
        """A way to fetch. It signs in at the first call."""
        auth = sign_in(source, secrets, reach)
        with reach.http(auth=auth, per_second=FEED.per_second) as http:
            yield _Session(source, http)

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """The rows of one page."""
        return read_page(source, part, answer)

    def called(self, source: Source, body: bytes) -> Called | None:
        """The standard has no calls from the server to us."""
        return None


class _Session:
    def __init__(self, source: Source, http: Http) -> None:
        self._source, self._http = source, http

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """The pages of a part in the order of their ids."""
        url: str | None = resume or first_page(self._source, part, since)
        before = b""
        while url:
            reply = self._http.get(url)
            following = _next(part, url, reply, before)
            if following == url:
                what = f"the pages of {part.name} lead back to themselves"
                raise SightlineError("source_changed", f"source {self._source.name}", what)
            before = reply.body
            kept = {
                name: reply.headers[name] for name in ("x-total-count",) if name in reply.headers
            }
            yield Answer(url, reply.body, following, kept)
            url = following


def _left_out(source: Source) -> set[str]:
    """The resources that the setting `leave_out` names. Raises `bad_settings`."""
    named = set(source.settings.get("leave_out", "").split())
    if odd := sorted(named - {"demographics", "gradebook", "teachers"}):
        raise _bad(source, f"`leave_out` knows demographics, gradebook, teachers; not {odd[0]}")
    return (named - {"gradebook"}) | (set(GRADEBOOK) if "gradebook" in named else set())


def first_page(source: Source, part: Part, since: datetime | None) -> str:
    """The address of a part's first page. The fields asked for are those of the feed."""
    version = source.settings["version"]
    service, path, _ = SERVICES[part.resource]
    folder = "v1p1" if version == "1.1" else f"{service}/v1p2"
    # People copy the address with or without the standard's own part of it.
    root = re.sub(r"/ims/oneroster(/.*)?$", "", source.address.rstrip("/"))
    url = f"{root}/ims/oneroster/{folder}/{path.format(school=quote(part.school, safe=''))}"
    asked = {"fields": ",".join(asked_fields(part.resource, version))}
    if part.resource != "orgs":
        asked |= {"limit": str(PAGE), "offset": "0", "sort": "sourcedId", "orderBy": "asc"}
    if since is not None and not FEED.resource(part.resource).whole:
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        asked["filter"] = f"dateLastModified>'{moment}'"
    return _with_query(url, asked)


def _next(part: Part, url: str, reply: Reply, before: bytes) -> str | None:
    """The next page: as the header Link says, else by the count, else until nothing new comes."""
    if part.resource == "orgs":
        return None
    given = reply.headers.get("link", "")
    if found := NEXT.search(given):
        return _same_scheme(urljoin(url, found[1]), url)
    total = reply.headers.get("x-total-count", "")
    if given and not total:
        return None
    asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    count = len(records_in(part, reply.body))
    offset = int(asked["offset"]) if asked.get("offset", "").isdecimal() else 0
    more = offset + count < int(total) if total.isdecimal() else reply.body != before
    if not count or not more:
        return None
    return _with_query(url.partition("?")[0], asked | {"offset": str(offset + count)})


def _same_scheme(following: str, url: str) -> str:
    """Behind a proxy a server may name itself by http although it is reached by https."""
    scheme, host = urlsplit(url)[:2]
    parts = urlsplit(following)
    return urlunsplit(parts._replace(scheme=scheme)) if parts.netloc == host else following


def _with_query(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}?{urlencode(asked, quote_via=quote, safe='')}"


def _bad(source: Source, what: str) -> SightlineError:
    return SightlineError("bad_settings", f"source {source.name}", what)
