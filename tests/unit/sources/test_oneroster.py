"""How OneRoster is asked and its answers are read, whatever comes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.kit import SightlineError
from sightline.sources import read_profile
from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Part, Reach, connector
from sightline.sources.connectors.oneroster import first_page
from sightline.sources.connectors.oneroster_feed import FEED, SERVICES
from sightline.synthetic.loopback import Asked, Given, LoopbackServer

ROSTER = connector("oneroster")
SETTINGS = {"version": "1.2", "token_address": "https://sis.example.org/token"}
SOURCE = Source(
    "roster", "oneroster", "https://sis.example.org", schools={"ORG1": "S1"}, settings=SETTINGS
)
MOMENT = datetime(2026, 3, 9, 7, tzinfo=UTC)


def with_settings(**changed: str) -> Source:
    settings = SETTINGS | changed
    return Source("roster", "oneroster", SOURCE.address, schools=SOURCE.schools, settings=settings)


def page(resource: str, *records: object, school: str = "ORG1", **headers: str):
    member = SERVICES[resource][2]
    body = json.dumps({member: list(records)}).encode()
    return ROSTER.read(SOURCE, Part(resource, school), Answer("", body, None, headers))


# --------------------------------------------------------------------------------------- reading


def test_a_user_of_1_2_becomes_a_user_and_a_row_for_each_role() -> None:
    school = {"href": "x", "sourcedId": "ORG1", "type": "org"}
    found = page(
        "students",
        {
            "sourcedId": "P1",
            "status": "active",
            "dateLastModified": "2026-03-01T10:00:00.000Z",
            "givenName": "Sample",
            "familyName": "Pupil",
            "email": "nobody@example.org",
            "grades": ["09"],
            "userIds": [
                {"type": "LDAP", "identifier": "nobody"},
                {"type": "upn", "identifier": "U999200118001"},
            ],
            "roles": [{"roleType": "primary", "role": "student", "org": school, "endDate": None}],
        },
    )
    assert found.rows["users"] == [
        {
            "record_id": "P1",
            "status": "active",
            "dateLastModified": "2026-03-01T10:00:00.000Z",
            "givenName": "Sample",
            "familyName": "Pupil",
            "grades": "09",
            "userIds": "U999200118001",
        }
    ]
    assert found.rows["roles"] == [
        {
            "record_id": "P1~1",
            "user.sourcedId": "P1",
            "status": "active",
            "dateLastModified": "2026-03-01T10:00:00.000Z",
            "roleType": "primary",
            "role": "student",
            "org.sourcedId": "ORG1",
        }
    ]
    assert found.newest == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_school_is_named_as_the_site_names_it_with_its_own_phase() -> None:
    source = with_settings(phase="secondary S1=primary")
    body = json.dumps({"org": {"sourcedId": "ORG1", "name": "Elm", "type": "school"}}).encode()
    found = ROSTER.read(source, Part("orgs", "ORG1"), Answer("", body))
    assert found.rows["orgs"][0]["school_id"] == "S1"
    assert found.rows["orgs"][0]["phase"] == "primary"


def test_what_is_no_record_is_rejected_with_its_place() -> None:
    found = page("results", None, {"sourcedId": ""}, {"sourcedId": "R1"}, {"sourcedId": {}})
    assert [one.place for one in found.rejected] == [1, 2, 4]
    assert found.records == 4
    assert found.rows == {"results": [{"record_id": "R1"}]}


def test_the_servers_own_count_is_kept_for_comparison() -> None:
    found = page("results", school="", **{"x-total-count": "120"})
    assert found.totals == {("", "", "rows.results"): 120.0}
    assert page("students", **{"x-total-count": "many"}).totals == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"users": {}}', b'{"other": []}', b'{"users": [NaN]}', b"[" * 9000],
)
def test_a_body_of_no_known_shape_is_a_change_of_the_source(body: bytes) -> None:
    with pytest.raises(SightlineError) as raised:
        ROSTER.read(SOURCE, Part("students", "ORG1"), Answer("", body))
    assert raised.value.code == "source_changed"


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
NAMES = sorted({one.name.split(".")[0] for resource in FEED.resources for one in resource.fields})
DIRTY = st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=8) | ANY_JSON


@given(st.sampled_from(FEED.resources), st.lists(DIRTY, max_size=5))
def test_whatever_a_record_holds_it_becomes_text_of_declared_fields(
    resource: Any, records: list[Any]
) -> None:
    found = page(resource.name, *records)
    declared = {one.name for one in resource.fields}
    declared |= {name.removeprefix("roles.") for name in declared}
    declared |= {"record_id", "school_id", "phase", "user.sourcedId"}
    main = found.rows.get(resource.views[0], [])
    assert len(main) + len(found.rejected) == found.records == len(records)
    for rows in found.rows.values():
        for row in rows:
            assert row["record_id"]
            assert set(row) <= declared
            assert all(isinstance(one, str) and one for one in row.values())
            "".join(row.values()).encode("utf-8")


@given(st.binary(max_size=200), st.sampled_from(FEED.resources))
def test_whatever_a_body_holds_it_is_read_or_explained(body: bytes, resource: Any) -> None:
    answer = Answer("", body)
    said = ""
    try:
        ROSTER.read(SOURCE, Part(resource.name), answer)
    except SightlineError as error:
        said = error.code
    assert said in ("", "source_changed")


def test_every_column_of_the_profile_comes_from_a_declared_field() -> None:
    declared = {one.name.removeprefix("roles.") for r in FEED.resources for one in r.fields}
    ours = {"record_id", "school_id", "phase", "user.sourcedId"}
    for view in read_profile("oneroster").views:
        for column in view.columns:
            assert column.headings[0] in declared | ours, f"{view.name}.{column.name}"


# ---------------------------------------------------------------------------------------- asking


def asked_of(
    answer: Callable[[Asked], Given], source: Source, part: Part, since: datetime | None = None
) -> list[Asked]:
    """The calls that one part makes of a server without sign-in."""

    def all_of(asked: Asked) -> Given:
        token = Given(200, b'{"access_token": "t"}')
        return token if asked.path == "/token" else answer(asked)

    with LoopbackServer(all_of) as server:
        settings = dict(source.settings) | {"token_address": f"{server.address}/token"}
        here = Source(
            "roster", "oneroster", server.address, schools=source.schools, settings=settings
        )
        reach = Reach(here.hosts, lambda: MOMENT, lambda seconds: None)
        with ROSTER.session(here, {"client_id": "a", "client_secret": "b"}, reach) as session:
            list(session.answers(part, since=since, resume=None))
        return [one for one in server.calls if one.path != "/token"]


def users(*ids: str) -> bytes:
    return json.dumps({"users": [{"sourcedId": one} for one in ids]}).encode()


def by_offset(pages: list[list[str]], **headers: str) -> Callable[[Asked], Given]:
    """Pages of any length at the offsets they begin at."""
    starts: dict[int, list[str]] = {}
    at = 0
    for one in pages:
        starts[at] = one
        at += len(one)
    return lambda asked: Given(200, users(*starts.get(int(asked.query["offset"]), [])), headers)


STUDENTS = Part("students", "ORG1")


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("headers", "calls"),
    [({"X-Total-Count": "5"}, ["0", "2", "4"]), ({}, ["0", "2", "4", "5"])],
)
def test_pages_are_followed_by_count_or_until_nothing_comes(
    headers: dict[str, str], calls: list[str]
) -> None:
    """A server that gives fewer records than were asked for loses none."""
    asked = asked_of(by_offset([["1", "2"], ["3", "4"], ["5"]], **headers), SOURCE, STUDENTS)
    assert [one.query["offset"] for one in asked] == calls


@pytest.mark.loopback
def test_a_server_that_knows_no_paging_is_asked_twice_and_no_more() -> None:
    asked = asked_of(lambda asked: Given(200, users("1", "2")), SOURCE, STUDENTS)
    assert len(asked) == 2


@pytest.mark.loopback
def test_the_header_link_leads_on_and_never_to_another_host() -> None:
    def answer(asked: Asked) -> Given:
        if "page" in asked.query:
            return Given(200, users("2"), {"Link": '</x?page=1>; rel="first"'})
        return Given(
            200, users("1"), {"Link": f'</x>; rel="prev", <{asked.path}?page=2>; rel=next'}
        )

    asked = asked_of(answer, SOURCE, STUDENTS)
    assert [dict(one.query).get("page") for one in asked] == [None, "2"]
    away = {"Link": '<https://elsewhere.example.org/>; rel="next"'}
    with pytest.raises(SightlineError) as raised:
        asked_of(lambda asked: Given(200, users("1"), away), SOURCE, STUDENTS)
    assert raised.value.code == "not_allowed"


@pytest.mark.loopback
def test_pages_that_lead_back_to_themselves_are_no_endless_round() -> None:
    def answer(asked: Asked) -> Given:
        query = "&".join(f"{name}={value}" for name, value in asked.query.items())
        return Given(200, users("1"), {"Link": f'<{asked.path}?{query}>; rel="next"'})

    with pytest.raises(SightlineError, match="lead back to themselves"):
        asked_of(lambda asked: answer(asked), with_settings(), Part("results"), None)


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("1.1", "/ims/oneroster/v1p1/schools/ORG1/students"),
        ("1.2", "/ims/oneroster/rostering/v1p2/schools/ORG1/students"),
    ],
)
def test_each_version_has_its_own_address_and_fields(version: str, path: str) -> None:
    asked = asked_of(lambda asked: Given(200, users()), with_settings(version=version), STUDENTS)
    assert asked[0].path == path
    fields = asked[0].query["fields"].split(",")
    assert ("roles" in fields) == (version == "1.2")
    assert ("role" in fields) == (version == "1.1")
    assert {"sourcedId", "status", "grades"} <= set(fields)
    assert not {"email", "phone", "username", "password"} & set(fields)


@pytest.mark.loopback
def test_results_are_asked_for_by_change_and_the_roster_is_not() -> None:
    empty = Given(200, b'{"results": [], "users": []}')
    since = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    (results,) = asked_of(lambda asked: empty, SOURCE, Part("results"), since)
    assert results.query["filter"] == "dateLastModified>'2026-03-01T08:30:00.000Z'"
    assert (results.query["sort"], results.query["orderBy"]) == ("sourcedId", "asc")
    (students,) = asked_of(lambda asked: empty, SOURCE, STUDENTS, since)
    assert "filter" not in students.query


def test_an_address_copied_with_the_standards_own_part_is_understood() -> None:
    for address in ("https://a.org/x", "https://a.org/x/ims/oneroster/v1p1/", "https://a.org/x/"):
        source = Source("r", "oneroster", address, schools={"A/B": "S1"}, settings=SETTINGS)
        found = urlsplit(first_page(source, Part("orgs", "A/B"), None))
        assert found.path == "/x/ims/oneroster/rostering/v1p2/schools/A%2FB"
        assert list(dict(parse_qsl(found.query))) == ["fields"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"version": "1.0"}, "`version` is one of"),
        ({"leave_out": "names"}, "`leave_out` knows"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SightlineError, match=said):
        ROSTER.parts(with_settings(**settings))


def test_what_is_left_out_is_not_fetched() -> None:
    parts = ROSTER.parts(with_settings(leave_out="demographics gradebook"))
    assert not {"demographics", "categories", "lineItems", "results"} & {
        one.resource for one in parts
    }
    assert Part("students", "ORG1") in parts


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"sign_in": "basic"}, "bad_settings"),
        ({"sign_in": "oauth1"}, "bad_settings"),
        ({"token_address": ""}, "bad_settings"),
        ({"signature": "PLAINTEXT", "sign_in": "oauth1", "version": "1.1"}, "bad_settings"),
        ({"sign_in": "oauth2"}, "source_refused"),
    ],
)
def test_a_sign_in_that_cannot_work_is_told_before_any_call(
    settings: dict[str, str], code: str
) -> None:
    source = with_settings(**settings)
    reach = Reach(source.hosts, lambda: MOMENT, lambda seconds: None)
    with pytest.raises(SightlineError) as raised, ROSTER.session(source, {}, reach):
        pass
    assert raised.value.code == code


@pytest.mark.loopback
def test_only_the_scopes_that_are_needed_are_asked_for() -> None:
    seen: list[str] = []

    def answer(asked: Asked) -> Given:
        seen.append(dict(parse_qsl(asked.body.decode()))["scope"])
        return Given(200, b'{"access_token": "t"}')

    for settings in (
        {},
        {"leave_out": "demographics gradebook"},
        {"scope": "mine:x roster.readonly"},
    ):
        with LoopbackServer(answer) as server:
            more = {**SETTINGS, **settings, "token_address": f"{server.address}/token"}
            here = Source("r", "oneroster", server.address, schools={"A": "S1"}, settings=more)
            reach = Reach(here.hosts, lambda: MOMENT, lambda seconds: None)
            secrets = {"client_id": "a", "client_secret": "b"}
            with (
                ROSTER.session(here, secrets, reach) as session,
                pytest.raises(SightlineError),  # this server knows nothing but tokens
            ):
                list(session.answers(STUDENTS, since=None, resume=None))
    scopes = [[word.rpartition("/")[2] for word in one.split()] for one in (seen[0], seen[-2])]
    assert scopes[0] == [
        *("roster-core.readonly", "roster-demographics.readonly", "gradebook.readonly")
    ]
    assert any(one.endswith("scope/roster-core.readonly") for one in seen)
    assert "mine:x https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly" in seen
