"""How Wonde is asked and how its answers are read, whatever they are."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.mis.faults import Faults, cut_short, fail_with, too_many
from tests.support.mis.scenarios import a_school

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Part, Reach, Read
from sightline.sources.connectors.wonde import FEED, Wonde
from sightline.sources.connectors.wonde_feed import INCLUDED
from sightline.synthetic.loopback import LoopbackServer, MadeUpMis, MadeUpWonde
from sightline.synthetic.loopback.wonde_records import UNWANTED

SCHOOL = "A1930499544"
NOW = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
wonde = Wonde()


def source(address: str = "https://api.wonde.com/v1.0", **settings: str) -> Source:
    return Source("mis", "wonde", address, True, schools={SCHOOL: "S1"}, settings=settings)


def read(resource: str, data: object, asked_on: str = "2026-03-09", **settings: str) -> Read:
    """What comes of a body with this `data`."""
    answer = Answer("", json.dumps({"data": data}).encode(), None, {"x-asked-on": asked_on})
    return wonde.read(source(**settings), Part(resource, SCHOOL), answer)


def mark(**changes: object) -> dict[str, object]:
    return {
        "id": "A1",
        "student": "A9",
        "date": {"date": "2026-03-02 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        "session": "AM",
        "attendance_code": {"data": {"id": "A5", "code": "L"}},
        "minutes_late": 12,
        "comment": "with the dentist",
        "updated_at": {"date": "2026-03-02 08:57:00.000000", "timezone": "UTC"},
        **changes,
    }


def test_a_mark_becomes_a_row_of_what_was_declared_and_nothing_else() -> None:
    found = read("marks", [mark()])
    assert found.rows["marks"] == [
        {
            "record_id": "A1",
            "school_id": "S1",
            "asked_on": "2026-03-09",
            "id": "A1",
            "student": "A9",
            "date": "2026-03-02",
            "session": "AM",
            "attendance_code.code": "L",
            "minutes_late": "12",
            "updated_at": "2026-03-02T08:57:00Z",
        }
    ]
    assert found.newest == datetime(2026, 3, 2, 8, 57, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        {"date": "2026-06-02 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        {"date": "2026-06-01 23:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        {"date": "2026-06-02 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"},
        {"date": "2026-06-02 00:00:00.000000", "timezone_type": 1, "timezone": "+01:00"},
        {"date": "2026-06-02 00:00:00.000000", "timezone_type": 2, "timezone": "BST"},
        {"date": "2026-06-02"},
        "2026-06-02",
        "2026-06-02 00:00:00",
    ],
)
def test_a_summer_date_is_the_same_day_however_it_is_written(told: object) -> None:
    [row] = read("marks", [mark(date=told)]).rows["marks"]
    assert row["date"] == "2026-06-02"


def test_the_start_of_a_lesson_is_told_on_the_schools_clock() -> None:
    lesson = {"id": "A1", "class": "A2", "start_at": {"date": "2026-06-02 08:55:00.000000"}}
    summer = lesson | {"start_at": {"date": "2026-06-02 08:55:00.000000", "timezone": "UTC"}}
    winter = lesson | {"start_at": {"date": "2026-01-13 08:55:00.000000", "timezone": "UTC"}}
    rows = read("lessons", [summer, winter]).rows["lessons"]
    assert [row["start_at"] for row in rows] == ["2026-06-02T09:55", "2026-01-13T08:55"]


def test_a_date_that_is_none_is_handed_on_for_the_contract_to_name() -> None:
    [row] = read("marks", [mark(date={"date": "0000-00-00 00:00:00"})]).rows["marks"]
    assert row["date"] == "0000-00-00 00:00:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"attendance_code": None},
        {"attendance_code": "A5"},  # an id: the include was not honoured
        {"attendance_code": {"data": {"id": "A5"}}},
        {"id": None},
    ],
)
def test_a_mark_without_a_code_never_becomes_a_missing_mark(changes: dict[str, object]) -> None:
    found = read("marks", [mark(), mark(**changes)])
    assert len(found.rows["marks"]) == 1
    [refused] = found.rejected
    assert (refused.place, refused.reason) == (2, "unreadable_record")


def incident(*pupils: object) -> dict[str, object]:
    return {
        "id": "A7",
        "type": "Disruption",
        "points": 2,
        "incident_date": "2026-03-02",
        "employee": {"data": {"id": "A3", "surname": "Somebody"}},
        "students": {"data": list(pupils)},
    }


def test_an_incident_is_a_row_for_each_pupil_with_the_points_of_each() -> None:
    two = incident({"id": "A9", "surname": "Sample", "meta": {"points": 4}}, {"id": "A8"})
    rows = read("behaviours", [two]).rows["behaviours"]
    kept = [(row["record_id"], row["students.id"], row.get("students.meta.points")) for row in rows]
    assert kept == [("A7", "A9", "4"), ("A7", "A8", None)]
    assert {row["employee"] for row in rows} == {"A3"}
    assert "Sample" not in str(rows)


def test_an_incident_that_nobody_is_part_of_any_more_is_still_given() -> None:
    [row] = read("behaviours", [incident()]).rows["behaviours"]
    assert row["record_id"] == "A7"
    assert "students.id" not in row


@pytest.mark.parametrize("students", [None, "A9", {"data": None}, {"data": [{"id": None}]}, []])
def test_pupils_that_cannot_be_read_do_not_look_as_if_they_had_gone(students: object) -> None:
    torn = {"id": "A2", "name": "9x1", "students": students}
    found = read("classes", [torn])
    if students == []:  # not what include gives, and yet clear
        assert found.rows["classes"]
    else:
        assert not found.rows
        assert len(found.rejected) == 1


def test_a_class_without_pupils_is_a_class() -> None:
    found = read("classes", [{"id": "A2", "name": "9x1", "students": {"data": []}}])
    assert [row["name"] for row in found.rows["classes"]] == ["9x1"]
    assert "members" not in found.rows


def test_what_was_deleted_and_came_back_is_not_deleted() -> None:
    back = {"id": "A1", "type": "student", "restored_at": {"date": "2026-03-02 08:00:00"}}
    gone = {"id": "A2", "type": "student", "restored_at": None}
    assert [row["id"] for row in read("deletions", [back, gone]).rows["deletions"]] == ["A2"]


def test_a_pupil_who_was_once_restored_is_a_pupil() -> None:
    pupil = {"id": "A1", "forename": "Sample", "restored_at": {"date": "2026-03-02 08:00:00"}}
    assert len(read("students", [pupil]).rows["students"]) == 1


def test_only_results_of_named_aspects_are_kept() -> None:
    def result(name: str) -> dict[str, object]:
        return {"id": "A1", "student": "A9", "result": "5", "aspect": {"data": {"name": name}}}

    given = [result("English"), result("Comment on English")]
    found = read("results", given, aspects="English = English, gcse_9_1")
    assert [row["aspect.name"] for row in found.rows["results"]] == ["English"]


def test_summaries_are_added_up_and_no_pupil_of_them_is_kept() -> None:
    one = {"id": "A1", "present": 100, "approved_education_activity": 2, "authorised_absences": 5}
    one |= {"unauthorized_absences": 3, "late_before_registration": 4, "missing_marks": 1}
    other = {"id": "A2", "present": 50, "possible_marks": 60, "late_after_registration": None}
    found = read("summaries", [one, other, "torn", None])
    assert not found.rows
    told = {what: number for (_, _, what), number in found.sums.items()}
    assert told == {
        "attended": 152,
        "authorised": 5,
        "unauthorised": 3,
        "late": 4,
        "missing": 1,
        "possible": 170,
    }


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": 1}', b"\xff", b"[" * 99_999])
def test_a_body_of_no_known_shape_stops_the_resource(body: bytes) -> None:
    with pytest.raises(SightlineError) as caught:
        wonde.read(source(), Part("marks", SCHOOL), Answer("", body))
    assert caught.value.code == "source_changed"


NAMES = sorted(
    {"id", "data", "date", "timezone", "students", "meta", "points", "restored_at", "lesson"}
    | {part for one in FEED.resources for field in one.fields for part in field.name.split(".")}
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)
records = st.dictionaries(st.sampled_from(NAMES), values, min_size=2, max_size=12)


@given(st.sampled_from(FEED.resources), st.lists(records | values, max_size=4))
def test_whatever_comes_each_record_is_rows_or_rejected(resource: Any, given_: list[Any]) -> None:
    settings = {"aspects": "English = English, gcse_9_1"}
    found = read(resource.name, given_, **settings)
    assert found.records == len(given_)
    declared = {field.name for field in resource.fields} | {"record_id", "school_id", "asked_on"}
    for listed in found.rows.values():
        for row in listed:
            assert row.keys() <= declared
            assert all(isinstance(value, str) for value in row.values())
            "".join(row.values()).encode()  # it can be written to a file
    made = {row["record_id"] for listed in found.rows.values() for row in listed}
    assert len(made) + len(found.rejected) <= found.records


@given(st.binary(max_size=200) | values.map(lambda one: json.dumps(one).encode()))
def test_whatever_is_called_into_the_hook_is_understood_or_nothing(body: bytes) -> None:
    assert wonde.called(source(), body) is None


def called(**told: str) -> Any:
    return wonde.called(source(), json.dumps({"school_id": SCHOOL, **told}).encode())


def test_a_call_only_says_what_to_ask_for_again() -> None:
    all_live = called(payload_type="dataUpdated", marks="never believed")
    assert {part.resource for part in all_live.parts} == {
        *("students", "marks", "behaviours", "achievements", "deletions"),
    }
    one = called(payload_type="dataUpdated", resource="attendance/session")
    assert one.parts == (Part("marks", SCHOOL),)
    assert called(payload_type="writeback") is None
    assert wonde.called(source(), b'{"payload_type": "dataUpdated", "school_id": "A2"}') is None


def test_a_move_to_another_system_asks_for_everything_when_it_is_done() -> None:
    ahead = called(payload_type="schoolMigration", migrate_to="Elm", scheduled_at="2026-04-01")
    assert not ahead.full
    done = called(payload_type="schoolMigration", completed_at="2026-04-02 20:00:00")
    assert done.full
    assert "new numbers" in done.notice


def test_a_token_that_comes_by_a_call_is_not_taken() -> None:
    told = called(payload_type="schoolApproved", school_token="e8f9a0", school_name="Elm School")
    assert told.parts == ()
    assert "e8f9a0" not in told.notice
    assert called(payload_type="accessRevoked", revoke_reason="x").notice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("per_page", one) for one in ("0", "201", "many", "-1", "²")),
        ("history_days", "9999"),
        ("week_a", "2025-09-02"),
        ("week_a", "next Monday"),
        ("calendar", "theirs"),
        ("severity_when_blank", "6"),
        ("aspects", "English"),
        ("aspects", "English = English, marks"),
        ("aspects", "English = English, percent, perhaps"),
        ("colour", "red"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SightlineError, match=name):
        wonde.parts(source(**{name: value}))


def test_lesson_registers_and_results_are_asked_for_only_when_the_settings_say_how() -> None:
    def resources(**settings: str) -> set[str]:
        return {part.resource for part in wonde.parts(source(**settings))}

    everything = {one.name for one in FEED.resources}
    assert resources() == everything - {"lesson_marks", "results"}
    more = {"removed_codes": "RM", "aspects": "English = English, gcse_9_1"}
    assert resources(**more) == everything


# ------------------------------------------------------------------------- against a real server


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("school")
    a_school(folder)
    return folder


@pytest.fixture
def mis(exports: Path) -> MadeUpMis:
    return MadeUpMis(exports, datetime(2026, 3, 6, 18, tzinfo=UTC))


@pytest.fixture
def made_up(mis: MadeUpMis) -> MadeUpWonde:
    return MadeUpWonde(mis)


@pytest.fixture
def server(made_up: MadeUpWonde) -> Iterator[LoopbackServer]:
    with LoopbackServer(made_up.answer) as server:
        yield server


Ask = Callable[..., list[Answer]]


@pytest.fixture
def ask(server: LoopbackServer, made_up: MadeUpWonde) -> Ask:
    """Asks for a resource; `slept` are the waits."""
    theirs = next(iter(made_up.schools()))
    slept: list[float] = []
    began = [NOW]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        began[0] += timedelta(seconds=seconds)

    def asked(
        resource: str,
        *,
        since: datetime | None = None,
        resume: str | None = None,
        token: str = made_up.token,
        pages: int = 10_000,
        **settings: str,
    ) -> list[Answer]:
        address = f"{server.address}/v1.0"
        connected = Source(
            "mis",
            "wonde",
            address,
            schools={theirs: "S0000"},
            settings={"per_page": "50", "history_days": "30"} | settings,
        )
        reach = Reach(connected.hosts, lambda: began[0], sleep)
        found = []
        with wonde.session(connected, {"token": token}, reach) as session:
            for answer in session.answers(Part(resource, theirs), since=since, resume=resume):
                found.append(answer)
                if len(found) == pages:
                    break
        return found

    asked.slept = slept  # type: ignore[attr-defined]
    return asked


def ids(answers: list[Answer]) -> list[str]:
    return [one["id"] for answer in answers for one in json.loads(answer.body)["data"]]


@pytest.mark.loopback
def test_pages_are_followed_to_the_last_and_taken_up_where_they_were_left(ask: Ask) -> None:
    all_of_it = ids(ask("marks"))
    assert len(all_of_it) == len(set(all_of_it)) > 200
    first = ask("marks", pages=3)
    assert ids(first) + ids(ask("marks", resume=first[-1].next)) == all_of_it
    assert ask("marks")[-1].next is None


@pytest.mark.loopback
def test_a_page_does_not_shift_when_something_before_it_goes(ask: Ask, mis: MadeUpMis) -> None:
    before = ids(ask("marks"))
    first = ask("marks", pages=2)
    gone = ids(first)[0]
    for row in mis.since("attendance"):
        own = "|".join(mis.key("attendance", row))
        if _mark_id(own) == gone:
            mis.delete("attendance", mis.key("attendance", row), NOW)
    assert ids(first) + ids(ask("marks", resume=first[-1].next)) == before


def _mark_id(own: str) -> str:
    from sightline.synthetic.loopback.wonde_records import wonde_id

    return wonde_id("mark", own)


@pytest.mark.loopback
def test_only_what_changed_is_asked_for(ask: Ask, mis: MadeUpMis) -> None:
    one = mis.since("attendance")[0]
    mis.put("attendance", one | {"code": "I"}, NOW)
    assert len(ids(ask("marks", since=NOW - timedelta(minutes=10)))) == 1
    assert ids(ask("marks", since=NOW + timedelta(minutes=10))) == []


@pytest.mark.loopback
def test_the_timetable_is_asked_for_week_by_week(ask: Ask, server: LoopbackServer) -> None:
    answers = ask("lessons")
    weeks = [dict(parse_qsl(urlsplit(one.url).query))["lessons_start_after"] for one in answers]
    assert sorted({week[:10] for week in weeks}) == [
        *("2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16"),
    ]
    first = ask("lessons", pages=2)
    assert ids(first) + ids(ask("lessons", resume=first[-1].next)) == ids(answers)


@pytest.mark.loopback
def test_what_is_asked_for_is_what_is_declared(ask: Ask, server: LoopbackServer) -> None:
    """Nothing is included that no declared field comes from, and no other path is called."""
    settings = {"removed_codes": "RM", "aspects": "English = English, gcse_9_1"}
    for resource in FEED.resources:
        server.calls.clear()
        ask(resource.name, pages=1, **settings)
        included = {
            one for call in server.calls for one in call.query.get("include", "").split(",") if one
        }
        assert included == set(filter(None, INCLUDED.get(resource.name, "").split(",")))
        for one in included:
            assert any(field.name.startswith(f"{one}.") for field in resource.fields)


@pytest.mark.loopback
def test_nothing_that_was_not_asked_for_is_in_any_row(ask: Ask, made_up: MadeUpWonde) -> None:
    """The answers hold comments, religion and more; what is kept of them does not."""
    settings = {"removed_codes": "RM", "aspects": "English = English, gcse_9_1"}
    told = b""
    theirs = next(iter(made_up.schools()))
    connected = Source("mis", "wonde", "", schools={theirs: "S0000"}, settings=settings)
    for resource in FEED.resources:
        for answer in ask(resource.name, pages=3, **settings):
            told += answer.body
            found = wonde.read(connected, Part(resource.name, theirs), answer)
            assert UNWANTED not in str(found.rows)
            assert not found.rejected
    assert UNWANTED.encode() in told


@pytest.mark.loopback
def test_waits_as_long_as_it_is_told_and_asks_again(ask: Ask, server: LoopbackServer) -> None:
    faults = Faults(server)
    faults.plan("attendance/session", too_many)
    faults.plan("attendance/session", fail_with(503), skip=1)
    faults.plan("attendance/session", cut_short, skip=2)
    assert len(ids(ask("marks"))) > 200
    assert faults.happened == 3
    assert 7 in ask.slept  # type: ignore[attr-defined]


@pytest.mark.loopback
@pytest.mark.parametrize(("status", "told"), [(401, "credentials"), (403, "do not allow")])
def test_a_token_or_scope_that_is_gone_is_said(
    ask: Ask, server: LoopbackServer, status: int, told: str
) -> None:
    Faults(server).plan("attendance/session", fail_with(status))
    with pytest.raises(SightlineError, match=told) as caught:
        ask("marks")
    assert caught.value.code == "source_refused"


@pytest.mark.loopback
def test_the_token_is_never_in_an_error_or_an_address(ask: Ask, server: LoopbackServer) -> None:
    with pytest.raises(SightlineError) as caught:
        ask("marks", token="wrong-secret")
    assert "wrong-secret" not in str(caught.value)
    assert all("wrong-secret" not in str(call.query) for call in server.calls)


@pytest.mark.loopback
def test_pages_that_lead_in_a_circle_are_left(ask: Ask, server: LoopbackServer) -> None:
    page = server.address + "/v1.0/schools/A1/attendance/session?page=1"

    def circle(asked: Any, given: Any) -> Any:
        body = {"data": [], "meta": {"pagination": {"next": page}}}
        return type(given)(200, json.dumps(body).encode())

    Faults(server).plan("attendance/session", circle, times=99)
    with pytest.raises(SightlineError, match="circle"):
        ask("marks")


@pytest.mark.loopback
def test_an_answer_that_leads_to_another_host_is_not_followed(
    ask: Ask, server: LoopbackServer
) -> None:
    def elsewhere(asked: Any, given: Any) -> Any:
        body = {"data": [], "meta": {"pagination": {"next": "https://elsewhere.example/"}}}
        return type(given)(200, json.dumps(body).encode())

    Faults(server).plan("attendance/session", elsewhere)
    with pytest.raises(SightlineError) as caught:
        ask("marks")
    assert caught.value.code == "not_allowed"


@pytest.mark.loopback
def test_marks_of_the_last_year_are_asked_for_at_first(ask: Ask, server: LoopbackServer) -> None:
    ask("marks", history_days="7", pages=1)
    first = server.calls[-1].query["attendance_date_after"]
    assert date.fromisoformat(first[:10]) == date(2026, 3, 2)
