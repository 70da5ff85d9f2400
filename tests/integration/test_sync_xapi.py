"""A learning record store, synced: sums of days stay whole, whenever statements come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import load
from sightline.warehouse import open_snapshot
from tests.support.mis.xapi import KEY, SECRET, Lrs, lrs_server
from tests.support.syncing import Connected, connected

pytestmark = pytest.mark.loopback
NIGHT = datetime(2026, 3, 9, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY = NIGHT - 3 * DAY + 9 * HOUR


@pytest.fixture
def lrs() -> Lrs:
    lrs = Lrs(page=50)
    for hour in range(4):
        at = FRIDAY + hour * HOUR
        lrs.store("viewed", "S1", at, stored=at)
    lrs.store("attended", "S1", FRIDAY, stored=FRIDAY, result={"completion": False})
    lrs.store("scored", "S1", FRIDAY, stored=FRIDAY, result={"score": {"scaled": 0.5}})
    return lrs


@pytest.fixture
def college(lrs: Lrs, tmp_path: Path) -> Iterator[Connected]:
    files = tmp_path / "files"
    files.mkdir()
    (files / "school.csv").write_text("school_id,name,phase\nU,Elm University,he\n")
    (files / "pupil.csv").write_text("pupil_id,school_id,enrolled_on\nS1,U,2025-09-15\n")
    with lrs_server(lrs) as server:
        secrets = {"key": KEY, "secret": SECRET}
        address = f"{server.address}/xapi"
        site = connected(tmp_path / "site", "xapi", address, schools={}, secrets=secrets)
        site.at = NIGHT
        load(site.site, "canonical", files, recorded_at=NIGHT - DAY, load_day=date(2026, 3, 8))
        yield site


def engagement(site: Connected) -> dict[tuple[str, str], float]:
    """Day and kind -> quantity."""
    with Engine() as engine:
        snapshot = site.site.warehouse.require()
        open_snapshot(engine, site.site.warehouse, snapshot, read_contract())
        rows = engine.rows("SELECT CAST(date AS VARCHAR) AS day, kind, quantity FROM engagement")
    return {(row["day"], row["kind"]): float(row["quantity"]) for row in rows}


def test_a_late_statement_adds_to_the_sum_of_its_day(college: Connected, lrs: Lrs) -> None:
    college.sync()
    assert engagement(college) == {("2026-03-06", "vle"): 4, ("2026-03-06", "campus"): 0}
    assert college.rows("assessment") == 1
    lrs.store("viewed", "S1", FRIDAY, stored=NIGHT + HOUR)
    college.later(days=1)
    college.sync()
    assert engagement(college)["2026-03-06", "vle"] == 5


def test_what_is_made_void_no_longer_counts(college: Connected, lrs: Lrs) -> None:
    college.sync()
    first, *_, attended, scored = (one["id"] for one in lrs.statements)
    for one in (first, attended, scored):
        lrs.make_void(one, stored=NIGHT + HOUR)
    college.later(days=1)
    college.sync()
    assert engagement(college) == {("2026-03-06", "vle"): 3}
    assert college.rows("assessment") == 0


def test_the_same_again_changes_nothing(college: Connected) -> None:
    college.sync()
    before = college.digest
    college.later(days=1)
    college.sync()
    college.later(days=1)
    college.sync(full=True)
    assert college.digest == before
