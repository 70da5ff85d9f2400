"""For each kind of connector a made-up system to sync with, and changes to happen in it."""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sightline.pipeline import load
from sightline.site import Site
from sightline.synthetic import write_schools
from sightline.synthetic.loopback import LoopbackServer, MadeUpMis
from sightline.synthetic.loopback.wonde import MadeUpWonde
from tests.support.mis import edfi as ods
from tests.support.mis import oneroster as roster
from tests.support.mis import sftp, xapi
from tests.support.mis.faults import Faults
from tests.support.mis.oneroster_records import Records, small_school

__all__ = ["SCENARIOS", "Scenario", "a_school"]

UNTIL = date(2026, 3, 6)
BEGAN = datetime(2026, 3, 6, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """A running system. `change` lets much happen in it at once: rows come, change and go.

    `faults` breaks its network; None for those that have none. `begin` brings in what the site
    must have before its first sync.
    """

    kind: str
    address: str
    schools: Mapping[str, str]
    secrets: Mapping[str, str]
    change: Callable[[datetime], None]
    settings: Mapping[str, str] = field(default_factory=dict)
    faults: Faults | None = None
    begin: Callable[[Site], None] = lambda site: None


def a_school(folder: Path) -> MadeUpMis:
    """A very small made-up school."""
    write_schools(folder, schools=1, pupils=8, seed=11, until=UNTIL)
    return MadeUpMis(folder, BEGAN)


def much_happens(mis: MadeUpMis, at: datetime) -> None:
    """Marks come and are put right, an incident goes, a name changes, somebody leaves."""
    marks = mis.since("attendance")
    for mark in marks[::7]:
        mis.put("attendance", mark | {"code": "I", "minutes_late": ""}, at)
    for mark in marks[1:20:3]:
        mis.delete("attendance", mis.key("attendance", mark), at)
    for event in mis.since("behaviour")[::3]:
        mis.delete("behaviour", (event["event_id"],), at)
    for event in mis.since("behaviour")[::2]:
        mis.put("behaviour", event | {"location": "Canteen"}, at)
    first, second = mis.since("pupil_identity")[:2]
    mis.put("pupil_identity", first | {"family_name": "Renamed"}, at)
    pupil = mis.rows["pupil"][(second["pupil_id"],)]
    mis.put("pupil", pupil | {"left_on": "2026-03-06"}, at)


@contextmanager
def wonde(folder: Path) -> Iterator[Scenario]:
    mis = a_school(folder)
    made_up = MadeUpWonde(mis)
    with LoopbackServer(made_up.answer) as server:
        yield Scenario(
            "wonde",
            f"{server.address}/v1.0",
            made_up.schools(),
            {"token": made_up.token},
            lambda at: much_happens(mis, at),
            faults=Faults(server),
        )


@contextmanager
def oneroster(folder: Path) -> Iterator[Scenario]:
    mis = small_school(folder, BEGAN)
    made_up = roster.OneRosterMis(Records(mis, "1.2"), "oauth2", most=25)

    def change(at: datetime) -> None:
        work = mis.since("work")
        for row in work[::3]:
            mis.put("work", row | {"status": "missing"}, at)
        for row in work[1:9:3]:
            mis.delete("work", mis.key("work", row), at)
        for pupil in mis.since("pupil")[:4]:
            mis.put("pupil", pupil | {"year_group": "11"}, at)
        renamed = mis.since("pupil_identity")[5]
        mis.put("pupil_identity", renamed | {"family_name": "Renamed"}, at)

    with roster.served_oneroster(made_up) as server:
        yield Scenario(
            "oneroster",
            made_up.address,
            {"ORG1": "S1"},
            {"client_id": roster.CLIENT, "client_secret": roster.SECRET},
            change,
            {
                "version": "1.2",
                "sign_in": "oauth2",
                "token_address": f"{made_up.address}/token",
                "phase": "secondary",
            },
            Faults(server),
        )


@contextmanager
def edfi(folder: Path) -> Iterator[Scenario]:
    platform = ods.made_up_ods(pupils=12)
    events = "studentSchoolAttendanceEvents"

    def change(at: datetime) -> None:
        lately = sorted(platform.records[events].items(), key=lambda one: one[1]["eventDate"])
        for key, _ in lately[-2:]:
            platform.delete(events, key)
        for number in ("3", "5", "7"):
            on = date(2026, 3, 5)
            platform.put(events, **ods.event(number, on, "Unexcused Absence"))

    with ods.ods_server(platform) as server:
        yield Scenario(
            "edfi",
            server.address,
            {str(ods.SCHOOL): "S1"},
            {"key": ods.KEY, "secret": ods.SECRET},
            change,
            {"severities": "Fighting = 4", "window_days": "14"},
            Faults(server),
        )


@contextmanager
def learning_records(folder: Path) -> Iterator[Scenario]:
    lrs = xapi.Lrs(page=20)
    friday = BEGAN - timedelta(hours=9)
    for number in range(60):
        at = friday + timedelta(minutes=number)
        lrs.store("viewed", f"S{number % 4}", at, stored=at)
    first = lrs.store("attended", "S1", friday, stored=friday, result={"completion": True})

    def change(at: datetime) -> None:
        for number in range(30):
            lrs.store("viewed", f"S{number % 4}", friday + timedelta(hours=2), stored=at)
        lrs.make_void(first, stored=at)
        lrs.store("scored", "S2", at, stored=at, result={"score": {"scaled": 0.5}})

    def begin(site: Site) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "school.csv").write_text("school_id,name,phase\nU,Elm University,he\n")
        pupils = "".join(f"S{number},U,2025-09-15\n" for number in range(4))
        (folder / "pupil.csv").write_text("pupil_id,school_id,enrolled_on\n" + pupils)
        load(site, "canonical", folder, recorded_at=BEGAN, load_day=BEGAN.date())

    with xapi.lrs_server(lrs) as server:
        address = f"{server.address}/xapi"
        secrets = {"key": xapi.KEY, "secret": xapi.SECRET}
        yield Scenario("xapi", address, {}, secrets, change, {}, Faults(server), begin)


@contextmanager
def exports(folder: Path) -> Iterator[Scenario]:
    mis = a_school(folder)
    _settled(folder, BEGAN)
    settings = {"profile": "canonical"}

    def change(at: datetime) -> None:
        _marks_change(mis, folder, at)

    yield Scenario("folder", str(folder), {}, {}, change, settings)


@contextmanager
def secure_transfer(folder: Path) -> Iterator[Scenario]:
    mis = a_school(folder)
    _settled(folder, BEGAN)

    def change(at: datetime) -> None:
        _marks_change(mis, folder, at)

    with sftp.SftpServer(folder.parent) as server:
        yield Scenario(
            "sftp",
            f"sftp://{server.host}/{folder.name}",
            {},
            {"password": sftp.PASSWORD},
            change,
            {"profile": "canonical", "user": sftp.USER, "host_key": server.fingerprint},
        )


def _marks_change(mis: MadeUpMis, folder: Path, at: datetime) -> None:
    """The export of the next evening: other marks, and a pupil who has left."""
    much_happens(mis, at)
    for table in ("attendance", "pupil", "pupil_identity"):
        rows = mis.since(table)
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    _settled(folder, at - timedelta(hours=1))


def _settled(folder: Path, at: datetime) -> None:
    """The files were written at a moment, and nothing is being written any more."""
    for path in folder.iterdir():
        os.utime(path, (at.timestamp(), at.timestamp()))


SCENARIOS: dict[str, Callable[[Path], AbstractContextManager[Scenario]]] = {
    "edfi": edfi,
    "folder": exports,
    "oneroster": oneroster,
    "sftp": secure_transfer,
    "wonde": wonde,
    "xapi": learning_records,
}
