"""The Ed-Fi connector: what it asks for, that paging misses nothing, that no body upsets it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.mis.edfi import KEY, SCHOOL, SECRET, Ods, event, ods_server

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Part, Reach
from sightline.sources.connectors.edfi import EdFi
from sightline.sources.connectors.edfi_routes import ROUTES
from sightline.synthetic.loopback import Asked, LoopbackServer

NOW = datetime(2026, 2, 27, 18, tzinfo=UTC)
EVENTS = "studentSchoolAttendanceEvents"
ATTENDANCE = Part("attendance", str(SCHOOL))
MANY = 1_203  # three pages
CONNECTOR = EdFi()


@pytest.fixture
def ods() -> Ods:
    ods = Ods()
    for number in range(MANY):
        ods.put(EVENTS, **event(str(number), NOW.date(), "Excused Absence"))
    return ods


@pytest.fixture
def server(ods: Ods) -> Iterator[LoopbackServer]:
    with ods_server(ods) as server:
        yield server


def source_at(address: str, **settings: str) -> Source:
    schools = {str(SCHOOL): "S1"}
    return Source("mis", "edfi", address, True, schools=schools, settings=settings)


def fetched(
    server: LoopbackServer, part: Part, *, since: datetime | None = None, cursor: str = ""
) -> list[Answer]:
    source = source_at(server.address)
    at = [NOW]

    def sleep(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    reach = Reach(source.hosts, lambda: at[0], sleep)
    with CONNECTOR.session(source, {"key": KEY, "secret": SECRET}, reach) as session:
        session.cursors = {part.name: cursor}
        return list(session.answers(part, since=since, resume=None))


def pupils_in(server: LoopbackServer, answers: list[Answer]) -> set[str]:
    source = source_at(server.address)
    return {
        row["studentReference.studentUniqueId"]
        for answer in answers
        for row in CONNECTOR.read(source, ATTENDANCE, answer).rows.get("attendance_events", [])
    }


@pytest.mark.loopback
@pytest.mark.parametrize("fault", ["nothing", "deleted", "changed", "added"])
def test_no_record_is_missed_while_others_come_go_and_change(
    ods: Ods, server: LoopbackServer, fault: str
) -> None:
    everyone = {str(number) for number in range(MANY)}
    keys = list(ods.records[EVENTS])
    pages = 0

    def meanwhile(asked: Asked) -> None:
        nonlocal pages
        if not asked.path.endswith(EVENTS) or "minChangeVersion" in asked.query:
            return
        pages += 1
        if fault == "deleted":
            ods.delete(EVENTS, keys[pages])
        elif fault == "changed":
            for number in range(20):
                ods.put(EVENTS, **ods.records[EVENTS][keys[pages * 20 + number]])
        elif fault == "added":
            ods.put(EVENTS, **event(f"new {pages}", NOW.date(), "Tardy"))

    ods.before = meanwhile
    found = pupils_in(server, fetched(server, ATTENDANCE))
    assert pages >= 3
    if fault == "deleted":
        everyone -= {str(number) for number in range(1, pages + 1)}
    assert everyone <= found


@pytest.mark.loopback
def test_changes_are_asked_for_from_the_last_version_and_only_days_of_need(
    ods: Ods, server: LoopbackServer
) -> None:
    cursor = CONNECTOR.read(
        source_at(server.address), ATTENDANCE, fetched(server, ATTENDANCE)[0]
    ).cursor
    assert cursor == str(ods.version)
    ods.records[EVENTS].clear()
    ods.version += 2_000
    ods.put(EVENTS, **event("late", datetime(2025, 11, 3).date(), "Tardy"))  # noqa: DTZ001
    seen = len(server.calls)
    fetched(server, ATTENDANCE, since=NOW - timedelta(days=1), cursor=cursor)
    asked = [one.query for one in server.calls[seen:] if one.path.endswith(EVENTS)]
    days = [one["eventDate"] for one in asked if "eventDate" in one]
    assert days[0] == "2025-11-03"
    assert (days[1], days[-1], len(days)) == ("2026-02-06", "2026-02-27", 23)
    assert asked[0]["minChangeVersion"] == str(int(cursor) - 1_000)


@pytest.mark.loopback
def test_a_platform_that_was_put_back_is_asked_for_everything(
    ods: Ods, server: LoopbackServer
) -> None:
    answers = fetched(server, ATTENDANCE, since=NOW, cursor=str(ods.version + 1))
    assert pupils_in(server, answers) == {str(number) for number in range(MANY)}


@pytest.mark.loopback
def test_each_call_is_one_the_feed_declares(ods: Ods, server: LoopbackServer) -> None:
    for part in CONNECTOR.parts(source_at(server.address, lesson_marks="yes")):
        fetched(server, part)
    declared = {route.path for routes in ROUTES.values() for route in routes}
    asked = {one.path.partition("/ed-fi/")[2] for one in server.calls}
    assert asked - {""} == declared
    queries = {name for one in server.calls for name in one.query}
    assert queries == {
        *("schoolId", "offset", "limit", "totalCount", "minChangeVersion", "maxChangeVersion"),
    }


@pytest.mark.loopback
def test_an_old_platform_is_not_asked_for_changed_keys(ods: Ods, server: LoopbackServer) -> None:
    ods.number = "5.3"
    fetched(server, Part("section_students", str(SCHOOL)))
    assert not [one for one in server.calls if one.path.endswith("keyChanges")]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"window_days": "a week"}, "window_days"),
        ({"settle_days": "-1"}, "settle_days"),
        ({"attendance": "some"}, "attendance"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, str], word: str) -> None:
    with pytest.raises(SightlineError, match=word) as refused:
        CONNECTOR.parts(source_at("https://ods.example", **settings))
    assert refused.value.code == "bad_settings"


def answer_of(resource: str, body: Any, query: str = "") -> tuple[Part, Answer]:
    path = ROUTES[resource][0].path
    url = f"https://ods.example/data/v3/ed-fi/{path}?{query}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Part(resource, str(SCHOOL)), Answer(url, data)


def test_only_declared_fields_of_our_schools_are_kept() -> None:
    ours = {
        "id": "a",
        "schoolReference": {"schoolId": SCHOOL, "link": "x"},
        "entryDate": "2025-09-01",
    }
    ours |= {"studentReference": {"studentUniqueId": 7}, "residencyStatusDescriptor": "x#y"}
    ours |= {"entryGradeLevelDescriptor": "uri://ed-fi.org/GradeLevelDescriptor#Ninth grade"}
    theirs = ours | {"id": "b", "schoolReference": {"schoolId": 99}}
    part, answer = answer_of("enrolments", [ours, theirs, {"no": "id"}, 7])
    read = CONNECTOR.read(source_at("https://ods.example"), part, answer)
    assert read.rows["enrolments"] == [
        {
            "record_id": "a",
            "studentReference.studentUniqueId": "7",
            "schoolReference.schoolId": "S1",
            "entryDate": "2025-09-01",
            "entryGradeLevelDescriptor": "Ninth grade",
        }
    ]
    assert [(one.place, one.reason) for one in read.rejected] == [
        (3, "unreadable_record"),
        (4, "unreadable_record"),
    ]
    assert read.records == 4


def test_a_day_that_was_asked_for_whole_is_said() -> None:
    query = f"schoolId={SCHOOL}&eventDate=2026-02-02&maxChangeVersion=9"
    part, answer = answer_of("attendance", [], query)
    read = CONNECTOR.read(source_at("https://ods.example"), part, answer)
    [row] = read.rows["asked_days"]
    assert (row["asked.schoolId"], row["asked.eventDate"]) == ("S1", "2026-02-02")
    part, answer = answer_of("attendance", [], f"schoolId={SCHOOL}&minChangeVersion=9")
    assert "asked_days" not in CONNECTOR.read(source_at("https://ods.example"), part, answer).rows


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": 1}', b"7", b"[" * 100_000, b"\xff"])
def test_a_body_of_another_shape_is_a_changed_source(body: bytes) -> None:
    part, answer = answer_of("students", body)
    with pytest.raises(SightlineError) as refused:
        CONNECTOR.read(source_at("https://ods.example"), part, answer)
    assert refused.value.code == "source_changed"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(ROUTES)), st.data())
def test_no_record_of_whatever_shape_is_lost_or_raises(resource: str, data: st.DataObject) -> None:
    names = {one.name.split(".")[0] for one in ROUTES[resource][0].fields} | {"id"}
    record = st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names), values))
    records = data.draw(st.lists(record | values, max_size=4))
    part, answer = answer_of(resource, records)
    read = CONNECTOR.read(source_at("https://ods.example"), part, answer)
    assert read.records == len(records)
    for rows in read.rows.values():
        assert all(isinstance(cell, str) and cell for row in rows for cell in row.values())
