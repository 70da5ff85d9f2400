"""Calls to other systems: polite, patient, and never anywhere else than where they may go."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.support.mis.faults import Faults, cut_short, fail_with, held_back, too_many

from sightline.kit import SightlineError
from sightline.sources.connectors import Http, Reach
from sightline.synthetic.loopback import Given, LoopbackServer

pytestmark = pytest.mark.loopback


class Time:
    """A clock that only moves while somebody sleeps."""

    def __init__(self) -> None:
        self.at, self.slept = datetime(2026, 3, 9, 7, tzinfo=UTC), list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(lambda asked: Given(200, b'{"data": []}', {"X-Total-Count": "0"})) as one:
        yield one


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def http(server: LoopbackServer, time: Time, told: list[str]) -> Iterator[Http]:
    reach = Reach(frozenset([server.host]), lambda: time.at, time.sleep, told.append, timeout=0.5)
    with reach.http(per_second=2) as http:
        yield http


def test_an_answer_comes_with_its_headers_in_small_letters(
    http: Http, server: LoopbackServer
) -> None:
    reply = http.get(f"{server.address}/students", {"page": "1"})
    assert (reply.status, reply.body) == (200, b'{"data": []}')
    assert reply.headers["x-total-count"] == "0"
    assert server.calls[0].query == {"page": "1"}


@pytest.mark.parametrize(
    "fault",
    [cut_short, fail_with(500), fail_with(503), held_back(0.8)],
    ids=["cut short", "500", "503", "too late"],
)
def test_what_may_pass_is_asked_again(
    http: Http, server: LoopbackServer, told: list[str], fault: Callable[..., Given]
) -> None:
    Faults(server).plan("/students", fault, times=2)
    assert http.get(f"{server.address}/students").body == b'{"data": []}'
    assert len(server.calls) == 3
    assert len(told) == 2
    assert not any("students" in sentence for sentence in told)


def test_a_supplier_who_asks_to_wait_is_waited_for(
    http: Http, server: LoopbackServer, time: Time
) -> None:
    Faults(server).plan("/students", too_many)
    http.get(f"{server.address}/students")
    assert time.slept == [7]


def test_a_date_to_wait_until_is_understood(http: Http, server: LoopbackServer, time: Time) -> None:
    def later(asked: object, given: Given) -> Given:
        return Given(429, b"", {"Retry-After": "Mon, 09 Mar 2026 07:00:30 GMT"})

    Faults(server).plan("/", later)
    http.get(f"{server.address}/")
    assert time.slept == [30]


def test_a_wait_of_hours_is_not_waited_for(http: Http, server: LoopbackServer, time: Time) -> None:
    Faults(server).plan("/", lambda asked, given: Given(429, b"", {"Retry-After": "86400"}))
    http.get(f"{server.address}/")
    assert time.slept == [120]


def test_six_failures_are_enough(http: Http, server: LoopbackServer) -> None:
    Faults(server).plan("/", fail_with(502), times=99)
    with pytest.raises(SightlineError, match="it answered 502, 6 times") as caught:
        http.get(f"{server.address}/")
    assert caught.value.code == "source_down"
    assert len(server.calls) == 6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_a_person_has_to_put_right_is_not_asked_again(
    http: Http, server: LoopbackServer, status: int
) -> None:
    Faults(server).plan("/", fail_with(status))
    with pytest.raises(SightlineError) as caught:
        http.get(f"{server.address}/")
    assert caught.value.code == "source_refused"
    assert len(server.calls) == 1


def test_calls_are_no_faster_than_agreed(http: Http, server: LoopbackServer, time: Time) -> None:
    for _ in range(5):
        http.get(f"{server.address}/")
    assert time.slept == [0.5] * 4


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/next",
        "http://127.0.0.1:1/next",
        "ftp://127.0.0.1/next",
        "/relative",
        "http://user:password@127.0.0.1@elsewhere.example/",
    ],
)
def test_an_answer_cannot_lead_elsewhere(http: Http, server: LoopbackServer, address: str) -> None:
    with pytest.raises(SightlineError) as caught:
        http.get(address)
    assert caught.value.code == "not_allowed"
    assert server.calls == []


def test_without_encryption_nothing_leaves_the_machine(time: Time) -> None:
    reach = Reach(frozenset(["mis.example"]), lambda: time.at, time.sleep)
    with reach.http() as http, pytest.raises(SightlineError, match="only https is allowed"):
        http.get("http://mis.example/students")


def test_a_redirect_is_not_followed(http: Http, server: LoopbackServer) -> None:
    Faults(server).plan("/", lambda asked, given: Given(302, b"", {"Location": "/other"}))
    with pytest.raises(SightlineError, match="302"):
        http.get(f"{server.address}/")
    assert len(server.calls) == 1


def test_a_body_without_end_is_given_up(
    http: Http, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.sources.connectors.http.LARGEST_BODY", 1000)
    Faults(server).plan("/", lambda asked, given: Given(200, b"x" * 5000))
    with pytest.raises(SightlineError) as caught:
        http.get(f"{server.address}/")
    assert caught.value.code == "source_changed"


def test_credentials_are_in_no_error_and_no_sentence(
    server: LoopbackServer, time: Time, told: list[str]
) -> None:
    reach = Reach(frozenset([server.host]), lambda: time.at, time.sleep, told.append)
    Faults(server).plan("/", fail_with(500), times=99)
    with (
        reach.http(auth=httpx.BasicAuth("user", "very-secret-token")) as http,
        pytest.raises(SightlineError) as caught,
    ):
        http.get(f"{server.address}/", {"key": "very-secret-token"})
    assert "very-secret-token" not in "".join([str(caught.value), *told])
