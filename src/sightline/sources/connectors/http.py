"""The only way out: calls to the hosts a source names, politely, again where that may help.

Retried: no answer, a body cut short, 429 and 5xx; a 429 waits as long as the supplier says. Never
retried: anything that a person has to put right. Redirects are not followed and bodies are capped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from sightline.kit import SightlineError

__all__ = ["Http", "Reach", "Reply"]

TRIES = 6
LONGEST_WAIT = 120.0  # seconds before one retry, whatever the supplier asks
LARGEST_BODY = 64 * 1024**2  # bytes
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
AGAIN = {429, 500, 502, 503, 504}
REFUSED = {
    401: "the credentials were not accepted",
    403: "the credentials do not allow this",
    404: "there is nothing at this address",
}


@dataclass(frozen=True)
class Reach:
    """What a session may use: which hosts, how to wait, what time it is.

    `hosts` are `host` or `host:port`. `told` hears of waits and retries, as sentences without
    content. `timeout` is in seconds.
    """

    hosts: frozenset[str]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    told: Callable[[str], None] = lambda sentence: None
    timeout: float | None = None

    def http(self, *, auth: httpx.Auth | None = None, per_second: float = 5.0) -> "Http":
        """A client for these hosts. Use it as a context manager."""
        return Http(self, auth, per_second)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer with a status of 200 to 299. `headers` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Http:
    """Calls to the allowed hosts, at most so many a second. `calls` counts them."""

    def __init__(self, reach: Reach, auth: httpx.Auth | None, per_second: float) -> None:
        self.calls = 0
        self._reach, self._gap = reach, 1 / per_second
        self._last: datetime | None = None
        timeout = TIMEOUT if reach.timeout is None else httpx.Timeout(reach.timeout)
        self._client = httpx.Client(
            auth=auth,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Sightline", "Accept-Encoding": "gzip"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """GET, again where that may help.

        Raises `not_allowed` for another host, `source_refused` for 401, 403, 404 and other
        mistakes of ours, `source_down` when it does not answer in six tries.
        """
        return self._ask("GET", url, params=params, headers=headers)

    def post(self, url: str, data: Mapping[str, str]) -> Reply:
        """POST a form (to ask for a token), with the same care."""
        return self._ask("POST", url, data=data)

    def _ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Reply:
        where = _checked(url, self._reach.hosts)
        request = self._client.build_request(
            method,
            url,
            params=dict(params) if params else None,
            headers=dict(headers) if headers else None,
            data=dict(data) if data else None,
        )
        why = ""
        for attempt in range(TRIES):
            self._pace()
            try:
                reply = self._send(request, where)
            except httpx.InvalidURL as error:
                raise SightlineError("not_allowed", where, "this is not an address") from error
            except httpx.TransportError as error:  # time-outs, cut bodies, refused connections
                why, wait = _why(error), 2.0**attempt
            else:
                if not isinstance(reply, _Again):
                    return reply
                why = f"it answered {reply.status}"
                wait = 2.0**attempt if reply.wait is None else reply.wait
            if attempt + 1 < TRIES:
                wait = min(wait, LONGEST_WAIT)
                self._reach.told(f"{where}: {why}; trying again in {wait:.0f} seconds")
                self._reach.sleep(wait)
        raise SightlineError("source_down", where, f"{why}, {TRIES} times")

    def _pace(self) -> None:
        now = self._reach.now()
        if self._last is not None:
            since = (now - self._last).total_seconds()
            if 0 <= since < self._gap:
                self._reach.sleep(self._gap - since)
        self._last = self._reach.now()
        self.calls += 1

    def _send(self, request: httpx.Request, where: str) -> "Reply | _Again":
        response = self._client.send(request, stream=True)
        try:
            if response.status_code in AGAIN:
                return _Again(response.status_code, self._asked_wait(response))
            if not response.is_success:
                raise SightlineError("source_refused", where, _refusal(response.status_code))
            body = _body(response, where)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(str(request.url), response.status_code, headers, body)

    def _asked_wait(self, response: httpx.Response) -> float | None:
        """Retry-After in seconds: a number or a date by the supplier's clock."""
        given = response.headers.get("Retry-After", "").strip()
        if given.isdigit():
            return float(given)
        try:
            until = parsedate_to_datetime(given)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - self._reach.now()).total_seconds())


@dataclass(frozen=True, slots=True)
class _Again:
    status: int
    wait: float | None


def _checked(url: str, hosts: frozenset[str]) -> str:
    """The host of an address that may be called."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not {host, parts.netloc.rpartition("@")[2]} & hosts:
        what = f"the answer leads to another host than {', '.join(sorted(hosts))}"
        raise SightlineError("not_allowed", host or "address", what)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise SightlineError("not_allowed", host, "only https is allowed")
    return host


def _body(response: httpx.Response, where: str) -> bytes:
    pieces, held = [], 0
    for piece in response.iter_bytes():
        held += len(piece)
        if held > LARGEST_BODY:
            what = f"an answer is larger than {LARGEST_BODY // 1024**2} MB"
            raise SightlineError("source_changed", where, what)
        pieces.append(piece)
    return b"".join(pieces)


def _refusal(status: int) -> str:
    return REFUSED.get(status, f"it answered {status}")


def _why(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer was cut short"
    return "it cannot be reached"
