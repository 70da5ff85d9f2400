"""The xAPI connector: whole days, the next page where the store says, nothing of no use kept."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.mis.xapi import KEY, SECRET, Lrs, lrs_server

from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.sources import read_profile
from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Part, Reach, Read
from sightline.sources.connectors.xapi import Xapi
from sightline.sources.connectors.xapi_rows import USED, WHOLE_FROM
from sightline.sources.views import load_macros
from sightline.synthetic.loopback import Asked, Given, LoopbackServer

NOW = datetime(2026, 3, 9, 3, tzinfo=UTC)
PART = Part("statements")
CONNECTOR = Xapi()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lrs() -> Lrs:
    lrs = Lrs()
    for back in range(10, 0, -1):
        at = NOW - back * DAY
        lrs.store("viewed", "S1", at, stored=at + HOUR)
        lrs.store("attended", "S2", at, stored=at + HOUR)
    return lrs


@pytest.fixture
def server(lrs: Lrs) -> Iterator[LoopbackServer]:
    with lrs_server(lrs) as server:
        yield server


class Fetched:
    """What one fetch brought."""

    def __init__(
        self,
        server: LoopbackServer,
        *,
        since: datetime | None = None,
        cursor: str = "",
        resume: str | None = None,
        **settings: str,
    ) -> None:
        source = Source("lrs", "xapi", f"{server.address}/xapi", True, settings=settings)
        self.told: list[str] = []
        at = [NOW]

        def sleep(seconds: float) -> None:
            at[0] += timedelta(seconds=seconds)

        reach = Reach(source.hosts, lambda: at[0], sleep, self.told.append)
        with CONNECTOR.session(source, {"key": KEY, "secret": SECRET}, reach) as session:
            session.cursors = {PART.name: cursor}
            self.answers = list(session.answers(PART, since=since, resume=resume))
        self.reads = [CONNECTOR.read(source, PART, answer) for answer in self.answers]

    def rows(self, view: str = "statements") -> list[dict[str, str]]:
        return [row for read in self.reads for row in read.rows.get(view, [])]

    @property
    def days(self) -> list[str]:
        return sorted({row["timestamp"][:10] for row in self.rows()})


@pytest.mark.loopback
def test_everything_comes_page_by_page_and_can_be_taken_up_again(server: LoopbackServer) -> None:
    whole = Fetched(server)
    assert len(whole.rows()) == 20
    assert len(whole.answers) == 7
    again = Fetched(server, resume=whole.answers[3].next)
    assert whole.rows()[12:] == again.rows()
    assert whole.reads[-1].newest == NOW - DAY + HOUR


@pytest.mark.loopback
def test_new_statements_bring_their_days_whole(lrs: Lrs, server: LoopbackServer) -> None:
    lrs.store("viewed", "S1", NOW - HOUR, stored=NOW - HOUR)
    assert Fetched(server, since=NOW - DAY).days == ["2026-03-08", "2026-03-09"]
    lrs.store("viewed", "S1", NOW - 5 * DAY, stored=NOW - HOUR)
    late = Fetched(server, since=NOW - DAY)
    assert late.days == [f"2026-03-0{day}" for day in range(4, 10)]
    assert len([row for row in late.rows() if row["timestamp"][:10] == "2026-03-04"]) == 3


@pytest.mark.loopback
def test_what_is_later_than_the_window_waits_and_is_said(lrs: Lrs, server: LoopbackServer) -> None:
    lrs.store("viewed", "S1", NOW - 8 * DAY, stored=NOW - HOUR)
    lrs.store("scored", "S1", NOW - 8 * DAY, stored=NOW - HOUR)
    fetched = Fetched(server, since=NOW - DAY, window_days="3")
    assert [row["verb"] for row in fetched.rows() if row["timestamp"] < "2026-03-06"] == ["scored"]
    assert fetched.told == [
        "2 statements about days before 2026-03-06 will be counted with the next complete sync"
    ]


@pytest.mark.loopback
def test_a_statement_made_void_is_named_and_its_day_comes_whole(
    lrs: Lrs, server: LoopbackServer
) -> None:
    void = lrs.statements[10]["id"]
    lrs.make_void(void, stored=NOW - HOUR)
    fetched = Fetched(server, since=NOW - DAY)
    assert [(row["id"], row["actor"], row["verb"]) for row in fetched.rows("voided")] == [
        (void, "S1", "viewed")
    ]
    assert fetched.days[0] == "2026-03-04"
    assert void not in {row["id"] for row in fetched.rows()}
    complete = Fetched(server, cursor=(NOW - DAY).isoformat())
    assert [row["id"] for row in complete.rows("voided")] == [void]


@pytest.mark.loopback
def test_names_and_statements_of_no_use_are_not_kept(lrs: Lrs, server: LoopbackServer) -> None:
    lrs.store("liked", "S1", NOW - HOUR, stored=NOW)
    rows = Fetched(server).rows()
    assert {row["verb"] for row in rows} == {"viewed", "attended"}
    assert "Nobody" not in json.dumps(rows)
    assert set(rows[0]) == {"record_id", "id", "actor", "verb", "object", "timestamp"}


@pytest.mark.loopback
def test_each_call_says_its_version_and_stays_with_the_store(server: LoopbackServer) -> None:
    Fetched(server, since=NOW - DAY)
    assert {one.headers["x-experience-api-version"] for one in server.calls} == {"1.0.3"}
    assert {name for one in server.calls for name in one.query} == {"ascending", "limit", "since"}


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("more", "code"),
    [("https://elsewhere.example/more", "not_allowed"), ("", "source_changed")],
)
def test_a_next_page_that_leads_away_or_round_is_not_followed(
    server: LoopbackServer, more: str, code: str
) -> None:
    def mislead(asked: Asked, given: Given) -> Given:
        page = {"statements": [], "more": more or f"{asked.path}?{urlencode(asked.query)}"}
        return Given(200, json.dumps(page).encode())

    server.change = mislead
    with pytest.raises(SightlineError) as refused:
        Fetched(server)
    assert refused.value.code == code


def test_the_profile_counts_what_the_connector_keeps() -> None:
    with Engine() as engine:
        load_macros(engine, read_profile("xapi").macros)
        for verb in USED:
            kind = engine.value(f"SELECT engagement_kind('{verb}')")
            assert (kind is None) == (verb == "scored")


def read(body: bytes, whole_from: str = "") -> Read:
    source = Source("lrs", "xapi", "https://lrs.example/xapi")
    answer = Answer("https://lrs.example/xapi/statements", body, None, {WHOLE_FROM: whole_from})
    return CONNECTOR.read(source, PART, answer)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"statements": 7}', b"{}", b"[" * 100_000, b"\xff"])
def test_a_body_of_another_shape_is_a_changed_source(body: bytes) -> None:
    with pytest.raises(SightlineError) as refused:
        read(body)
    assert refused.value.code == "source_changed"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
statements = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "actor", "verb", "object", "result", "stored"), values)
)


@given(st.lists(statements | values, max_size=5), st.sampled_from(["", "2026-03-01"]))
def test_no_statement_of_whatever_shape_raises(some: list[object], whole_from: str) -> None:
    found = read(json.dumps({"statements": some}).encode(), whole_from)
    assert found.records == len(some)
