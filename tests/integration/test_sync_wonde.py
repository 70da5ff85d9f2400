"""A school at Wonde reaches the published snapshot as it is there, with all that happens to it."""

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import read_refused
from sightline.site import open_site
from sightline.sources.connection import Source
from sightline.synthetic.loopback import Asked, Given, LoopbackServer, MadeUpMis, MadeUpWonde, Row
from sightline.synthetic.loopback.wonde import wonde_id
from sightline.warehouse import open_snapshot
from tests.support.mis.faults import Faults
from tests.support.mis.scenarios import BEGAN, a_school
from tests.support.syncing import Connected, connected

pytestmark = [pytest.mark.loopback, pytest.mark.xdist_group("sync")]

SUBJECTS = ("Mathematics", "English")
SETTINGS = {
    "week_a": "2025-09-01 2025-11-03 2026-02-16",
    "removed_codes": "RM",
    "truant_codes": "TR",
    "aspects": "; ".join(
        f"{one} = {one}, gcse_9_1; {one} Target = {one}, gcse_9_1, expected" for one in SUBJECTS
    ),
}


class World:
    """A made-up Wonde and a site that has been synced with it once."""

    def __init__(self, mis: MadeUpMis, wonde: MadeUpWonde, server: LoopbackServer) -> None:
        self.mis, self.wonde, self.server = mis, wonde, server
        self.site: Connected

    def connect(self, folder: Path) -> None:
        address = f"{self.server.address}/v1.0"
        if folder.exists():
            site = open_site(folder)
            found = site.sources.read("mis")
            more = {"schools": found.schools, "settings": found.settings}
            site.sources.write(Source("mis", "wonde", address, True, **more))  # type: ignore[arg-type]
            self.site = Connected(site, site.sources.read("mis"))
            return
        self.site = connected(
            folder,
            "wonde",
            address,
            schools=self.wonde.schools(),
            secrets={"token": self.wonde.token},
            settings=SETTINGS,
        )

    def stored(self, query: str, known_at: datetime | None = None) -> list[dict[str, Any]]:
        with Engine() as engine:
            warehouse = self.site.site.warehouse
            snapshot, contract = warehouse.require(), read_contract()
            open_snapshot(engine, warehouse, snapshot, contract, known_at=known_at)
            return engine.rows(query)

    def ref(self, pupil_id: str) -> str:
        [found] = self.site.site.keys.pupil_refs([wonde_id("pupil", pupil_id)])
        return str(found)

    def refs(self) -> dict[str, str]:
        return {pupil: self.ref(pupil) for (pupil,) in self.mis.rows["pupil"]}

    def refused(self) -> list[dict[str, Any]]:
        site = self.site.site
        return read_refused(site.warehouse, site.warehouse.require(), site.keys).to_pylist()


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MadeUpMis]:
    """A site after its first sync, and the rows of the school it was synced with."""
    folder = tmp_path_factory.mktemp("wonde")
    mis = a_school(folder / "rows")
    first, second = list(mis.since("pupil"))[:2]
    event = mis.since("behaviour")[0] | {"kind": "concern", "category": "Disruption"}
    for pupil, severity in ((first, "2"), (second, "4")):  # one incident, two pupils
        mine = {"event_id": f"B1~{pupil['pupil_id']}", "pupil_id": pupil["pupil_id"]}
        mis.put("behaviour", event | mine | {"severity": severity}, BEGAN)
    mis.changed["behaviour"].clear()
    with LoopbackServer(MadeUpWonde(mis).answer) as server:
        world = World(mis, MadeUpWonde(mis), server)
        world.connect(folder / "site")
        done = world.site.sync()
        assert done.published
        assert not done.with_warnings
    return folder / "site", mis


@pytest.fixture
def world(synced: tuple[Path, MadeUpMis], tmp_path: Path) -> Iterator[World]:
    folder, mis = synced
    shutil.copytree(folder, tmp_path / "site")
    mine = MadeUpMis.__new__(MadeUpMis)
    mine.__dict__.update(mis.__dict__)
    for name in ("rows", "changed", "deleted"):
        setattr(mine, name, copy.deepcopy(getattr(mis, name)))
    wonde = MadeUpWonde(mine)
    with LoopbackServer(wonde.answer) as server:
        world = World(mine, wonde, server)
        world.connect(tmp_path / "site")
        world.site.later(hours=5)
        yield world


@pytest.fixture(scope="module")
def still(synced: tuple[Path, MadeUpMis]) -> Iterator[World]:
    """The school and the site as they are after the first sync, only to be looked at."""
    folder, mis = synced
    wonde = MadeUpWonde(mis)
    with LoopbackServer(wonde.answer) as server:
        world = World(mis, wonde, server)
        world.connect(folder)
        yield world


def with_refs(world: World, rows: list[Row], *names: str) -> set[tuple[Any, ...]]:
    """Made-up rows as they must be stored: these columns after the pupil's reference."""
    refs = world.refs()
    return {(refs[row["pupil_id"]], *(row[name] or None for name in names)) for row in rows}


def as_rows(found: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(None if one is None else str(one) for one in row.values()) for row in found}


def test_every_mark_is_there_as_it_is_in_the_school(still: World) -> None:
    names = ("date", "session", "code", "minutes_late")
    marks = still.stored(f"SELECT pupil_ref, {', '.join(names)} FROM attendance")
    assert as_rows(marks) == with_refs(still, still.mis.since("attendance"), *names)


def test_pupils_are_there_with_what_is_needed_of_them(still: World) -> None:
    names = ("enrolled_on", "year_group", "registration_group", "sex", "sen_status", "eal")
    listed = "CAST(eal AS VARCHAR) AS eal, CAST(disadvantaged AS VARCHAR) AS disadvantaged"
    found = still.stored(f"SELECT pupil_ref, {', '.join(names[:-1])}, {listed} FROM pupil")
    rows = still.mis.since("pupil")
    assert as_rows(found) == with_refs(still, rows, *names, "disadvantaged")
    with still.site.site.vault(still.site.site.warehouse.current()) as vault:
        kept = vault.read("pupil_identity")
    given = {still.ref(row["pupil_id"]): row for row in still.mis.since("pupil_identity")}
    assert {ref: one["family_name"] for ref, one in kept.items()} == {
        ref: row["family_name"] for ref, row in given.items()
    }
    assert all(one["upn"] == given[ref]["upn"] for ref, one in kept.items())


def test_the_timetable_is_that_of_the_school(still: World) -> None:
    names = "weekday, cycle_week, period, session, starts_at, ends_at, room"
    found = as_rows(still.stored(f"SELECT class_id, staff_id, {names} FROM lesson"))
    wanted = {
        (
            wonde_id("class", row["class_id"]),
            wonde_id("staff", row["staff_id"]) if row["staff_id"] else None,
            *(row[name.strip()] or None for name in names.split(",")),
        )
        for row in still.mis.since("lesson")
    }
    assert {row[:5] for row in found} == {row[:5] for row in wanted}
    assert {tuple(str(one)[:5] for one in row) for row in found} == {
        tuple(str(one)[:5] for one in row) for row in wanted
    }


def test_classes_and_who_is_in_them(still: World) -> None:
    spells = still.stored("SELECT pupil_ref, class_id, from_on, to_on FROM class_member")
    wanted = {
        (still.ref(row["pupil_id"]), wonde_id("class", row["class_id"]), "2025-09-01", None)
        for row in still.mis.since("class_member")
        if not row["to_on"]
    }
    assert as_rows(spells) == wanted
    names = {row["name"] for row in still.mis.since("class")}
    assert {row["name"] for row in still.stored("SELECT name FROM class")} == names


def test_school_days_are_those_with_marks_in_the_weeks_of_the_timetable(still: World) -> None:
    found = still.stored("SELECT date, kind, cycle_week FROM school_day")
    marked = {row["date"] for row in still.mis.since("attendance") if row["code"]}
    known = {row["date"]: row for row in still.mis.since("school_day")}
    assert {str(row["date"]) for row in found} == marked
    assert {row["kind"] for row in found} == {"open"}
    weeks = {str(row["date"]): row["cycle_week"] for row in found}
    assert weeks == {day: known[day]["cycle_week"] for day in weeks}


def test_lesson_registers_say_who_was_out_of_lessons(still: World) -> None:
    found = still.stored("SELECT mark, count(*) AS n FROM lesson_mark GROUP BY mark")
    wanted: dict[str, int] = {}
    for row in still.mis.since("lesson_mark"):
        wanted[row["mark"]] = wanted.get(row["mark"], 0) + 1
    assert {row["mark"]: row["n"] for row in found} == wanted


def test_results_stand_beside_what_was_expected(still: World) -> None:
    names = ("subject", "point", "date", "value", "expected")
    found = still.stored(f"SELECT pupil_ref, {', '.join(names)} FROM assessment")
    rows = [row for row in still.mis.since("assessment") if row["subject"] in SUBJECTS]
    wanted = {
        (still.ref(row["pupil_id"]), *(row[name] for name in names[:3]), float(row["value"]))
        for row in rows
        if row["value"]
    }
    assert {(*map(str, list(row.values())[:4]), float(row["value"])) for row in found} == wanted
    expected = {
        (still.ref(one["pupil_id"]), one["subject"], one["point"]): float(one["expected"])
        for one in rows
        if one["expected"]
    }
    of = {(row["pupil_ref"], row["subject"], row["point"]): row["expected"] for row in found}
    assert {key: float(of[key]) for key in expected} == expected


def test_wondes_own_sums_are_kept_to_be_set_beside_ours(still: World) -> None:
    totals = {what: number for school, day, what, number in still.site.state.totals}
    codes = [row["code"] for row in still.mis.since("attendance")]
    assert totals["late"] == sum(code in ("L", "U") for code in codes)
    assert totals["possible"] == totals["attended"] + totals["authorised"] + totals["unauthorised"]
    assert totals["attended"] > 1000


def test_a_mark_put_right_is_an_amendment_and_the_earlier_one_is_still_known(world: World) -> None:
    mark = next(row for row in world.mis.since("attendance") if row["code"] == "/")
    before = world.site.at
    world.mis.put("attendance", mark | {"code": "I"}, world.site.at)
    world.site.later(minutes=5)
    loaded = world.site.sync().loaded
    assert loaded
    assert loaded.account.tables["attendance"].amended == 1
    query = (
        f"SELECT code FROM attendance WHERE pupil_ref = '{world.ref(mark['pupil_id'])}' "
        f"AND date = '{mark['date']}' AND session = '{mark['session']}'"
    )
    assert world.stored(query) == [{"code": "I"}]
    assert world.stored(query, before) == [{"code": "/"}]


def incident(world: World) -> list[tuple[str, int]]:
    own = wonde_id("incident", "B1")
    found = world.stored(
        f"SELECT pupil_ref, severity FROM behaviour WHERE event_id LIKE '{own}~%' ORDER BY severity"
    )
    return [(row["pupil_ref"], row["severity"]) for row in found]


def test_an_incident_has_a_row_for_each_pupil_and_loses_those_who_are_taken_out(
    world: World,
) -> None:
    two = [row for row in world.mis.since("behaviour") if row["event_id"].startswith("B1~")]
    one, other = (world.ref(row["pupil_id"]) for row in two)
    assert incident(world) == [(one, 2), (other, 4)]
    world.mis.delete("behaviour", (two[1]["event_id"],), world.site.at)
    world.site.later(minutes=5)
    world.site.sync()
    assert incident(world) == [(one, 2)]
    world.mis.delete("behaviour", (two[0]["event_id"],), world.site.at)
    world.site.later(minutes=5)
    world.site.sync()
    assert incident(world) == []


def test_who_leaves_a_class_or_the_school_was_there_until_then(world: World) -> None:
    spell = next(row for row in world.mis.since("class_member") if not row["to_on"])
    leaver = world.mis.since("pupil")[-1]["pupil_id"]
    assert spell["pupil_id"] != leaver
    world.mis.delete("class_member", world.mis.key("class_member", spell), world.site.at)
    world.mis.delete("pupil", (leaver,), world.site.at)
    marks = world.site.rows("attendance")
    world.site.later(days=1)  # classes are asked for once a day
    world.site.sync()
    own = wonde_id("class", spell["class_id"])
    [left] = world.stored(
        "SELECT from_on, to_on FROM class_member WHERE "
        f"class_id = '{own}' AND pupil_ref = '{world.ref(spell['pupil_id'])}'"
    )
    assert str(left["to_on"]) == "2026-03-09"
    [gone] = world.stored(f"SELECT left_on FROM pupil WHERE pupil_ref = '{world.ref(leaver)}'")
    assert str(gone["left_on"]) == "2026-03-09"
    assert world.site.rows("attendance") == marks


def test_a_lesson_that_moves_ends_where_it_was(world: World) -> None:
    lesson = world.mis.since("lesson")[0]
    moved = lesson | {"period": "9", "starts_at": "15:10", "ends_at": "16:00"}
    world.mis.delete("lesson", world.mis.key("lesson", lesson), world.site.at, silently=True)
    world.mis.put("lesson", moved, world.site.at)
    world.site.later(days=1)
    world.site.sync()
    own = wonde_id("class", lesson["class_id"])
    found = world.stored(
        f"SELECT period, to_on FROM lesson WHERE class_id = '{own}' "
        f"AND weekday = {lesson['weekday']} AND cycle_week = '{lesson['cycle_week']}'"
    )
    ended = {row["period"]: str(row["to_on"]) for row in found}
    assert ended[lesson["period"]] == "2026-03-09"
    assert ended["9"] == "None"


def test_a_member_of_staff_who_leaves_has_a_last_day(world: World) -> None:
    person = world.mis.since("staff")[0]
    world.mis.put("staff", person | {"left_on": "2026-03-06"}, world.site.at)
    world.site.later(days=1)
    world.site.sync()
    own = wonde_id("staff", person["staff_id"])
    [found] = world.stored(f"SELECT left_on FROM staff WHERE staff_id = '{own}'")
    assert str(found["left_on"]) == "2026-03-06"


@pytest.mark.parametrize("minutes", [-3, 3])
def test_a_supplier_whose_clock_is_wrong_loses_nothing(world: World, minutes: int) -> None:
    wonde = MadeUpWonde(world.mis, skew=timedelta(minutes=minutes))
    world.server.answer = wonde.answer
    for code in ("I", "M", "L", "I"):
        mark = world.mis.since("attendance")[7]
        world.mis.put("attendance", mark | {"code": code, "minutes_late": ""}, world.site.at)
        world.site.later(seconds=30)
        world.site.sync()
        query = (
            f"SELECT code FROM attendance WHERE pupil_ref = '{world.ref(mark['pupil_id'])}' "
            f"AND date = '{mark['date']}' AND session = '{mark['session']}'"
        )
        assert world.stored(query) == [{"code": code}]


def doubled(asked: Asked, given: Given) -> Given:
    """Every record of a page twice, in another order."""
    body = json.loads(given.body)
    body["data"] = [*reversed(body["data"]), *body["data"]]
    return Given(200, json.dumps(body).encode(), given.headers)


def test_pages_that_come_doubled_or_out_of_order_change_nothing(world: World) -> None:
    before = world.site.digest
    Faults(world.server).plan("", doubled, times=999)
    world.site.sync(full=True)
    assert world.site.digest == before


def test_pages_that_shift_while_they_are_read_double_nothing(world: World) -> None:
    world.wonde.cursors = False
    marks = world.mis.since("attendance")
    before = len(marks)

    def shift(asked: Asked, given: Given) -> Given:
        """A new mark at the front of the list pushes the others on."""
        new = marks[0] | {"date": "2026-03-09", "code": "/"}
        world.mis.put("attendance", new, world.site.at)
        return given

    Faults(world.server).plan("attendance/session", shift, skip=1, times=1)
    world.site.sync(full=True)
    world.site.later(minutes=15)
    world.site.sync()
    assert world.site.rows("attendance") == before + 1


def renamed(old: str, new: str) -> Callable[[Asked, Given], Given]:
    return lambda asked, given: Given(
        200, given.body.replace(f'"{old}"'.encode(), f'"{new}"'.encode()), given.headers
    )


@pytest.mark.parametrize(
    ("old", "new"), [("attendance_code", "code_of_attendance"), ("code", "mark")]
)
def test_a_renamed_field_holds_the_marks_and_makes_none_missing(
    world: World, old: str, new: str
) -> None:
    before = world.site.digest
    Faults(world.server).plan("attendance/session", renamed(old, new), times=999)
    done = world.site.sync(full=True)
    assert [one.resource for one in done.held] == ["marks"]
    assert world.site.digest == before


def test_few_marks_without_their_code_are_refused_and_nothing_is_overwritten(world: World) -> None:
    world.wonde.withdrawn.add("attendance/session.attendance_code")
    before = world.site.digest
    mark = next(row for row in world.mis.since("attendance") if row["code"] == "/")
    world.mis.put("attendance", mark | {"code": "I"}, world.site.at)
    world.site.later(minutes=5)
    assert world.site.sync().rejected == 1
    assert world.site.digest == before
    assert {one["file"] for one in world.refused()} == {"marks.csv"}


def test_pupils_of_a_class_that_are_withheld_do_not_leave_it(world: World) -> None:
    world.wonde.withdrawn.add("classes.students")
    spells = world.stored("SELECT * FROM class_member ORDER BY ALL")
    world.site.later(days=1)
    done = world.site.sync()
    assert "classes" in {one.resource for one in done.held}
    assert world.stored("SELECT * FROM class_member ORDER BY ALL") == spells


def test_a_refused_scope_is_told_and_the_rest_comes_in(world: World) -> None:
    world.wonde.refused.add("behaviours")
    mark = next(row for row in world.mis.since("attendance") if row["code"] == "/")
    world.mis.put("attendance", mark | {"code": "I"}, world.site.at)
    world.site.later(minutes=5)
    done = world.site.sync()
    assert len(done.stopped) == 1
    assert "behaviours" in done.stopped[0]
    assert done.published


def test_a_change_of_system_brings_the_same_pupils_under_new_numbers(world: World) -> None:
    """Every id at Wonde is new; pupils are recognised by their UPN, and their marks are theirs."""
    own = world.refs()
    before = as_rows(world.stored("SELECT pupil_ref, date, session, code FROM attendance"))

    def moved(asked: Asked, given: Given) -> Given:
        body = given.body
        for pupil in own:
            body = body.replace(wonde_id("pupil", pupil).encode(), f"A7{pupil[-4:]}".encode())
        return Given(200, body, given.headers)

    world.server.change = moved
    world.site.sync(full=True)
    assert as_rows(world.stored("SELECT pupil_ref, date, session, code FROM attendance")) == before
    assert {row["pupil_ref"] for row in world.stored("SELECT pupil_ref FROM pupil")} == set(
        own.values()
    )
    # What Wonde then says of the old numbers, by itself, is said of the numbers alone.
    old = [{"id": wonde_id("pupil", pupil), "type": "student"} for pupil in own]
    Faults(world.server).plan("deletions", lambda asked, given: told_gone(old), times=9)
    world.site.later(minutes=15)
    world.site.sync()
    assert world.stored("SELECT pupil_ref FROM pupil WHERE left_on IS NOT NULL") == []


def told_gone(records: list[dict[str, str]]) -> Given:
    return Given(200, json.dumps({"data": records, "meta": {}}).encode())


def test_a_weekday_with_a_mark_is_a_school_day_and_a_weekend_is_not(world: World) -> None:
    """Also in summer time, and also when the first mark of the morning comes by itself."""
    pupil = world.mis.since("pupil")[0]["pupil_id"]
    for day, code in (("2026-03-28", "/"), ("2026-03-30", "/"), ("2026-03-31", "#")):
        mark = {"pupil_id": pupil, "date": day, "session": "AM", "code": code}
        world.mis.put("attendance", {**mark, "minutes_late": ""}, world.site.at)
    world.site.at = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
    world.site.sync()
    days = {str(row["date"]) for row in world.stored("SELECT date FROM school_day")}
    assert days & {"2026-03-28", "2026-03-30", "2026-03-31"} == {"2026-03-30"}
    assert [(one["reason"], one["value"]) for one in world.refused()] == [
        ("not_open", "2026-03-28")
    ]
