"""A OneRoster server, or bundles in a folder, reach the published snapshot: each row once."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline import load
from sightline.site import make_site
from sightline.sources.connectors.oneroster_feed import FEED, asked_fields
from sightline.synthetic.loopback import Asked, Given, LoopbackServer
from sightline.warehouse import open_snapshot
from tests.support.mis.faults import Faults, cut_short, fail_with, too_many
from tests.support.mis.oneroster import CLIENT, SECRET, OneRosterMis, served_oneroster
from tests.support.mis.oneroster_files import bundle_files, write_bundle, zip_bundle
from tests.support.mis.oneroster_records import Records, small_school
from tests.support.syncing import Connected, connected

pytestmark = pytest.mark.loopback

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRETS = {"client_id": CLIENT, "client_secret": SECRET}
PERSONAL = ("email", "phone", "sms", "username", "password", "white", "asian", "cityOfBirth")
COUNTS = {"school": 1, "class": 3, "staff": 1, "pupil": 24, "class_member": 72, "work": 48}
COUNTS["assessment"] = 24
KINDS = [("1.2", "oauth2"), ("1.1", "oauth2-body"), ("1.1", "oauth1")]


@contextmanager
def running(
    folder: Path, version: str = "1.2", sign_in: str = "oauth2", **more: object
) -> Iterator[tuple[Connected, OneRosterMis, LoopbackServer]]:
    mis = OneRosterMis(Records(small_school(folder / "rows", BEGAN), version), sign_in, most=10)
    with served_oneroster(mis) as server:
        settings = {"version": version, "sign_in": sign_in}
        settings["token_address"] = f"{mis.address}/token"
        site = connected(
            folder / "site",
            "oneroster",
            mis.address,
            schools={"ORG1": "S1"},
            secrets=SECRETS,
            settings=settings | {name: str(one) for name, one in more.items()},
        )
        yield site, mis, server


def stored(site: Connected, query: str) -> list[dict[str, object]]:
    with Engine() as engine:
        warehouse = site.site.warehouse
        open_snapshot(engine, warehouse, warehouse.require(), read_contract())
        return engine.rows(query)


@pytest.mark.parametrize(("version", "sign_in"), KINDS)
def test_a_school_is_read_whole(tmp_path: Path, version: str, sign_in: str) -> None:
    with running(tmp_path, version, sign_in) as (site, _, _):
        found = site.sync()
    assert found.published
    assert found.loaded is not None
    assert found.loaded.account.refusals == 0
    assert {table: site.rows(table) for table in COUNTS} == COUNTS
    one = stored(site, "SELECT * FROM pupil ORDER BY registration_group, sex LIMIT 1")[0]
    assert (one["school_id"], one["year_group"], one["registration_group"]) == ("S1", 9, "9A")
    statuses = stored(site, "SELECT status, count(*) AS n FROM work GROUP BY 1")
    late = 12 if version == "1.2" else 0  # 1.1 has no word for it
    wanted = {"excused": 12, "missing": 12, "submitted": 24 - late, "late": late}
    assert {row["status"]: row["n"] for row in statuses} == {k: n for k, n in wanted.items() if n}
    shown = stored(site, "SELECT min(value) AS least, max(value) AS most FROM assessment")[0]
    assert (shown["least"], shown["most"]) == (42.0, 88.0)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_only_what_the_feed_declares_is_asked_for(tmp_path: Path, version: str) -> None:
    with running(tmp_path, version) as (site, _, server):
        site.sync()
        asked = [one for one in server.calls if one.path != "/token"]
    declared = {field.name.split(".")[0] for one in FEED.resources for field in one.fields}
    assert len(asked) > len(FEED.resources)
    for call in asked:
        fields = set(call.query["fields"].split(","))
        assert fields <= declared
        assert not fields & set(PERSONAL)
    assert asked_fields("students", "1.1") != asked_fields("students", "1.2")


def test_the_next_night_asks_only_for_results_that_changed(tmp_path: Path) -> None:
    with running(tmp_path) as (site, mis, server):
        rows = mis.records.mis
        site.sync()
        rows.put("work", rows.rows["work"]["W2", "P001"] | {"status": "missing"}, site.at)
        server.calls.clear()
        site.later(days=1)
        found = site.sync()
        results = [one for one in server.calls if one.path.endswith("/results")]
    assert [one.query["filter"][:17] for one in results] == ["dateLastModified>"]
    assert found.loaded is not None
    work = found.loaded.account.tables["work"]
    assert (work.received, work.amended) == (1, 1)
    assert found.loaded.account.tables["pupil"].accepted == 0


def test_what_is_to_be_deleted_ends_and_does_not_vanish(tmp_path: Path) -> None:
    with running(tmp_path) as (site, mis, _):
        site.sync()
        rows = mis.records.mis
        site.later(days=1)
        rows.delete("pupil", ("P002",), site.at)
        rows.delete("class_member", ("C-Science", "P003", "2025-09-03"), site.at)
        for number in range(1, 25):
            rows.delete("work", ("W1", f"P{number:03}"), site.at)
        found = site.sync()
    assert found.loaded is not None
    tables = found.loaded.account.tables
    assert tables["pupil"].withdrawn == 1
    assert tables["work"].withdrawn == 24
    assert site.rows("pupil") == 24
    assert stored(site, "SELECT count(*) AS n FROM pupil WHERE left_on IS NOT NULL")[0]["n"] == 1
    ended = stored(site, "SELECT count(*) AS n FROM class_member WHERE to_on IS NOT NULL")
    assert ended[0]["n"] == 1
    assert site.rows("work") == 24


def test_the_same_again_changes_nothing_and_no_credential_is_in_any_file(tmp_path: Path) -> None:
    with running(tmp_path) as (site, _, _):
        site.sync()
        before = site.digest
        site.later(days=1)
        found = site.sync(full=True)
    assert not found.published
    assert site.digest == before
    texts = [one.read_bytes() for one in (tmp_path / "site").rglob("*") if one.is_file()]
    assert not any(SECRET.encode() in one or b"token-1" in one for one in texts)


def test_a_server_that_stumbles_gives_the_same_rows(tmp_path: Path) -> None:
    with running(tmp_path) as (site, _, server):
        faults = Faults(server)
        for path in ("/token", "/enrollments", "/results"):
            for fault in (too_many, fail_with(503), cut_short):
                faults.plan(path, fault, skip=1 if path != "/token" else 0)
        site.sync()
    assert faults.happened == 9
    assert {table: site.rows(table) for table in COUNTS} == COUNTS
    assert 7.0 in site.slept


def test_a_token_that_runs_out_is_renewed_once(tmp_path: Path) -> None:
    with running(tmp_path) as (site, mis, server):
        Faults(server).plan("/enrollments", lambda asked, given: (mis.expire(), given)[1], skip=1)
        found = site.sync()
    assert found.published
    assert mis.given == 2
    with running(tmp_path / "wrong") as (site, mis, server):
        Faults(server).plan("/v1p2/", fail_with(401), times=9)
        with pytest.raises(SightlineError, match="credentials were not accepted"):
            site.sync()
    assert mis.given == 1


def test_a_page_in_place_of_another_is_made_good_by_the_next_fetch(tmp_path: Path) -> None:
    with running(tmp_path) as (site, mis, server):
        mis.links = False

        def repeated(asked: Asked, given: Given) -> Given:  # the first page once more
            return mis.answer(replace(asked, query={**asked.query, "offset": "0"}))

        Faults(server).plan("/students", repeated, skip=1)
        site.sync()
        assert site.rows("pupil") < COUNTS["pupil"]
        site.later(days=1)
        site.sync(full=True)
    assert {table: site.rows(table) for table in COUNTS} == COUNTS


def test_a_withdrawn_scope_or_a_renamed_field_stops_the_sync_and_keeps_what_is_stored(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as (site, mis, _):
        site.sync()
        before = site.digest
        mis.withheld = {"grades"}
        site.later(days=1)
        with pytest.raises(SightlineError, match="grades is empty in all 25 records"):
            site.sync()
        mis.withheld, mis.renamed = set(), {"grades": "yearGroups"}
        with pytest.raises(SightlineError, match="grades is empty in all 25 records"):
            site.sync(full=True)
        assert site.digest == before
        mis.renamed = {}
        site.sync(full=True)
    assert site.digest == before


@pytest.mark.parametrize("minutes", [-3, 3])
def test_a_clock_that_is_off_loses_nothing(tmp_path: Path, minutes: int) -> None:
    with running(tmp_path) as (site, mis, _):
        mis.skew = timedelta(minutes=minutes)
        rows = mis.records.mis
        site.sync()
        rows.put("work", rows.rows["work"]["W2", "P001"] | {"status": "missing"}, site.at)
        site.later(days=1)
        site.sync()
    kept = stored(site, "SELECT count(*) AS n FROM work WHERE status = 'missing'")[0]["n"]
    wanted = [one for one in rows.since("work") if one["status"] == "missing"]
    assert kept == len(wanted)


# ------------------------------------------------------------------------------------- bundles


def bundled(folder: Path, version: str) -> tuple[Connected, Records]:
    records = Records(small_school(folder / "rows", BEGAN), version)
    (folder / "drop").mkdir()
    site = connected(
        folder / "site",
        "oneroster-csv",
        str(folder / "drop"),
        schools={"ORG1": "S1"},
        secrets={},
    )
    return site, records


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_bundle_holds_what_the_server_gives(tmp_path: Path, version: str) -> None:
    with running(tmp_path / "server", version) as (server, _, _):
        server.sync()
    site, records = bundled(tmp_path, version)
    write_bundle(tmp_path / "drop" / "2026-03-08", version, bundle_files(records))
    found = site.sync()
    assert found.loaded is not None
    assert found.loaded.account.refusals == 0
    for table in COUNTS:
        assert facts(site, table) == facts(server, table), table


def facts(site: Connected, table: str) -> list[str]:
    """A table's rows without what differs between two sites: keys, moments, which load."""
    theirs = ("pupil_ref", "recorded_at", "_known_from", "_load")
    rows = stored(site, f"SELECT * FROM {table}")
    own = [{name: one for name, one in row.items() if name not in theirs} for row in rows]
    return sorted(json.dumps(row, default=str) for row in own)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_delta_is_laid_over_the_last_whole_bundle(tmp_path: Path, zipped: bool) -> None:
    site, records = bundled(tmp_path, "1.2")
    place = tmp_path / "drop"
    write_bundle(place / "2026-03-08", "1.2", bundle_files(records))
    site.sync()
    later = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)
    rows = records.mis
    rows.put("pupil", rows.rows["pupil"]["P001",] | {"year_group": "10"}, later)
    rows.delete("pupil", ("P002",), later)
    everything = bundle_files(records, delta=True)
    delta = {
        name: "\r\n".join(
            line
            for at, line in enumerate(everything[name].splitlines())
            if not at or "2026-03-09" in line
        )
        + "\r\n"
        for name in ("users.csv", "roles.csv")
    }
    made = write_bundle(place / "2026-03-09", "1.2", delta, "delta")
    if zipped:
        zip_bundle(made, place / "2026-03-09.zip")
        shutil.rmtree(made)
    site.later(days=1)
    found = site.sync()
    assert found.loaded is not None
    assert found.loaded.account.refusals == 0
    assert found.loaded.account.tables["pupil"].amended == 1
    assert found.loaded.account.tables["pupil"].withdrawn == 1
    tens = stored(site, "SELECT registration_group, sex FROM pupil WHERE year_group = 10")
    assert [row["registration_group"] for row in tens] == ["9A"]
    assert tens[0]["sex"] is not None
    assert not site.sync().published


def test_nothing_is_read_again_until_a_bundle_comes(tmp_path: Path) -> None:
    site, records = bundled(tmp_path, "1.1")
    write_bundle(tmp_path / "drop" / "a", "1.1", bundle_files(records))
    assert site.sync().records == 233
    site.later(minutes=20)
    assert site.sync().records == 0


def test_a_bundle_of_other_schools_brings_only_ours(tmp_path: Path) -> None:
    site, records = bundled(tmp_path, "1.2")
    mis = records.mis
    mis.put("school", {"school_id": "ORG2", "name": "Another", "phase": "primary"}, BEGAN)
    other = mis.rows["pupil"]["P001",] | {"pupil_id": "Z1", "school_id": "ORG2"}
    mis.put("pupil", other, BEGAN)
    named = {"pupil_id": "Z1", "given_name": "Other", "family_name": "School", "upn": ""}
    mis.put("pupil_identity", named | {"date_of_birth": ""}, BEGAN)
    write_bundle(tmp_path / "drop" / "a", "1.2", bundle_files(records, ["ORG1", "ORG2"]))
    found = site.sync()
    assert found.loaded is not None
    assert (site.rows("school"), site.rows("pupil")) == (1, 24)


def test_a_bundle_is_loaded_by_hand_too(tmp_path: Path) -> None:
    records = Records(small_school(tmp_path / "rows", BEGAN), "1.2")
    folder = write_bundle(tmp_path / "bundle", "1.2", bundle_files(records))
    zipped = tmp_path / "zipped"
    zipped.mkdir()
    zip_bundle(folder, zipped / "roster.zip")
    accounts = []
    for number, place in enumerate((folder, zipped)):
        site = make_site(tmp_path / f"site{number}")
        day = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
        found = load(site, "oneroster", place, recorded_at=day, load_day=day.date())
        assert found.account.refusals == 0
        accounts.append({name: one.accepted for name, one in found.account.tables.items()})
    assert accounts[0] == accounts[1]
    assert accounts[0]["pupil"] == 24
