"""A district's Ed-Fi platform, synced: exceptions become attendance and stay true."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.synthetic.loopback import LoopbackServer
from sightline.warehouse import open_snapshot
from tests.support.mis.edfi import KEY, MONDAY, SCHOOL, SECRET, Ods, event, made_up_ods, ods_server
from tests.support.mis.faults import Faults, cut_short
from tests.support.syncing import Connected, connected

pytestmark = pytest.mark.loopback
FRIDAY = datetime(2026, 2, 27, 18, tzinfo=UTC)  # the fourth week's
EVENTS = "studentSchoolAttendanceEvents"
PARTS = "studentDisciplineIncidentBehaviorAssociations"
THERE = "/\\"


@pytest.fixture
def ods() -> Ods:
    return made_up_ods()


@pytest.fixture
def server(ods: Ods) -> Iterator[LoopbackServer]:
    with ods_server(ods) as server:
        yield server


@pytest.fixture
def school(server: LoopbackServer, tmp_path: Path) -> Connected:
    site = connected(
        tmp_path / "site",
        "edfi",
        server.address,
        schools={str(SCHOOL): "S1"},
        secrets={"key": KEY, "secret": SECRET},
        settings={"severities": "Fighting = 4", "window_days": "7"},
    )
    site.at = FRIDAY
    return site


def rows(site: Connected, query: str) -> list[tuple[object, ...]]:
    """The rows of a query over the published tables."""
    with Engine() as engine:
        snapshot = site.site.warehouse.require()
        open_snapshot(engine, site.site.warehouse, snapshot, read_contract())
        return [tuple(row.values()) for row in engine.rows(query)]


def marks(site: Connected, pupil: str, on: date) -> str:
    """A pupil's codes of a day."""
    ref = site.site.keys.pupil_refs([pupil])[0]
    whose = f"pupil_ref = '{ref}' AND date = DATE '{on}'"
    found = rows(site, f"SELECT code FROM attendance WHERE {whose} ORDER BY session")
    return "".join(str(code) for (code,) in found)


def the_event(ods: Ods, on: date) -> str:
    return next(key for key, one in ods.records[EVENTS].items() if one["eventDate"] == str(on))


def test_a_first_sync_brings_the_school_and_the_marks_nobody_wrote(school: Connected) -> None:
    done = school.sync()
    assert done.loaded is not None
    assert {name: one.quarantined for name, one in done.loaded.account.tables.items()} == (
        dict.fromkeys(done.loaded.account.tables, 0)
    )
    assert school.rows("pupil") == 30
    assert school.rows("class_member") == 30
    assert rows(school, "SELECT DISTINCT school_id, year_group FROM pupil") == [("S1", 10)]
    assert rows(school, "SELECT category, severity FROM behaviour") == [("Fighting", 4)]
    assert school.rows("attendance") == 30 * 19 * 2  # Friday has no record yet: it waits
    assert marks(school, "1", MONDAY) == "CC"
    assert marks(school, "2", MONDAY) == THERE
    assert rows(
        school, "SELECT DISTINCT subject, point, CAST(date AS VARCHAR), scale FROM assessment"
    ) == [("Algebra", "Spring 1, Grading Period", "2026-02-20", "percent")]


def test_the_same_again_changes_nothing(school: Connected) -> None:
    school.sync()
    before = school.digest
    school.later(hours=2)
    school.sync()
    assert school.digest == before
    school.later(minutes=15)
    school.sync(full=True)
    assert school.digest == before


def test_an_exception_taken_back_makes_the_pupil_present_again(school: Connected, ods: Ods) -> None:
    school.sync()
    thursday = MONDAY + timedelta(days=24)
    assert marks(school, "25", thursday) == "CC"
    ods.delete(EVENTS, the_event(ods, thursday), silently=True)
    ods.put(EVENTS, **event("3", thursday, "Tardy"))
    school.later(minutes=15)
    school.sync()
    assert (marks(school, "25", thursday), marks(school, "3", thursday)) == (THERE, "L\\")


def test_what_changed_long_before_the_window_is_heard_of(school: Connected, ods: Ods) -> None:
    school.sync()
    thursday = MONDAY + timedelta(days=3)
    ods.delete(EVENTS, the_event(ods, MONDAY))
    ods.put(EVENTS, id=the_event(ods, thursday), **event("4", thursday, "Unexcused Absence"))
    school.later(minutes=15)
    school.sync()
    assert (marks(school, "1", MONDAY), marks(school, "4", thursday)) == (THERE, "OO")
    before = school.digest
    school.later(minutes=15)
    school.sync(full=True)
    assert school.digest == before


def test_after_a_month_without_a_sync_no_day_between_is_left_out(
    school: Connected, ods: Ods
) -> None:
    for day in range(28, 35, 3):
        ods.put(EVENTS, **event("5", MONDAY + timedelta(days=day), "Excused Absence"))
    school.at = datetime(2026, 2, 6, 18, tzinfo=UTC)
    school.sync()
    assert school.rows("attendance") == 30 * 4 * 2
    school.at = FRIDAY
    school.sync()
    assert school.rows("attendance") == 30 * 19 * 2


def test_a_pupil_who_left_was_not_there_afterwards(school: Connected, ods: Ods) -> None:
    school.sync()
    key = next(iter(ods.records["studentSchoolAssociations"]))
    ods.put(
        "studentSchoolAssociations",
        **ods.records["studentSchoolAssociations"][key] | {"exitWithdrawDate": "2026-02-23"},
    )
    school.later(minutes=15)
    school.sync()
    assert marks(school, "1", date(2026, 2, 23)) == THERE
    assert marks(school, "1", date(2026, 2, 24)) == ""


def test_when_a_school_falls_silent_its_marks_are_taken_back_and_it_is_said(
    school: Connected, ods: Ods
) -> None:
    friday = date(2026, 2, 20)
    for key, one in list(ods.records[EVENTS].items()):
        if one["eventDate"] > str(friday):
            ods.delete(EVENTS, key)
    school.at = FRIDAY - timedelta(days=3)
    school.sync()
    assert marks(school, "2", friday) == THERE
    school.at = FRIDAY
    done = school.sync()
    assert marks(school, "2", friday) == ""
    assert done.loaded is not None
    assert [(row["reason"], row["value"]) for row in done.loaded.refused.to_pylist()] == [
        ("attendance_silent", "2026-02-20 to 2026-02-27, 6 open days")
    ]


def test_who_is_taken_out_of_an_incident_has_no_concern_any_more(
    school: Connected, ods: Ods
) -> None:
    school.sync()
    name = {"incidentIdentifier": "INC-1", "schoolId": SCHOOL}
    ods.put(
        PARTS,
        disciplineIncidentReference=name,
        studentReference={"studentUniqueId": "7"},
        behaviorDescriptor="uri://ed-fi.org/Behavior#Fighting",
    )
    school.later(minutes=15)
    school.sync()
    assert school.rows("behaviour") == 2
    first = next(iter(ods.records[PARTS]))
    ods.delete(PARTS, first)
    school.later(minutes=15)
    school.sync()
    ref = school.site.keys.pupil_refs(["7"])[0]
    assert rows(school, "SELECT pupil_ref FROM behaviour") == [(ref,)]
    ods.delete("disciplineIncidents", next(iter(ods.records["disciplineIncidents"])))
    school.later(minutes=15)
    school.sync()
    assert school.rows("behaviour") == 0


def test_deleted_and_renamed_records_of_classes_end(school: Connected, ods: Ods) -> None:
    school.sync()
    members, grades = "studentSectionAssociations", "grades"
    ods.delete(members, next(iter(ods.records[members])))
    first, second, *_ = ods.records[grades]
    ods.delete(grades, first)
    ods.put(grades, **ods.records[grades][second] | {"numericGradeEarned": 12.5})
    school.later(days=1)
    school.sync()
    assert rows(school, "SELECT count(*), min(value) FROM assessment") == [(29, 12.5)]
    ended = rows(school, "SELECT count(*) FROM class_member WHERE to_on IS NOT NULL")
    assert ended == [(1,)]


def test_a_scope_not_granted_leaves_out_its_part_alone(school: Connected, ods: Ods) -> None:
    ods.forbidden = {"grades", "gradingPeriods"}
    done = school.sync()
    assert [one.partition(":")[0] for one in done.stopped] == [f"grades.{SCHOOL}"]
    assert (school.rows("assessment"), school.rows("pupil")) == (0, 30)


def test_a_key_that_is_not_accepted_says_so_and_is_not_repeated(school: Connected) -> None:
    school.site.sources.write_secrets("mis", {"key": KEY, "secret": "wrong-and-private"})
    with pytest.raises(SightlineError) as refused:
        school.sync()
    assert refused.value.code == "source_refused"
    assert "wrong-and-private" not in str(refused.value)


def test_a_sync_that_was_cut_off_goes_on_where_it_stopped(
    school: Connected, ods: Ods, server: LoopbackServer
) -> None:
    school.sync()
    ods.put(EVENTS, **event("9", date(2026, 2, 26), "Excused Absence"))
    ods.calls_of_a_token = 4  # tokens end soon, too
    faults = Faults(server)
    faults.plan(EVENTS, cut_short, skip=5, times=6)
    school.later(minutes=15)
    with pytest.raises(SightlineError, match="cut short"):
        school.sync()
    asked = len(server.calls)
    school.later(minutes=15)
    school.sync()
    days = [one.query["eventDate"] for one in server.calls[asked:] if "eventDate" in one.query]
    assert 0 < len(days) < 8
    assert marks(school, "9", date(2026, 2, 26)) == "CC"
