"""What the worker does for a connected site: by its turn, and when somebody calls."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.mis.faults import Faults, fail_with
from tests.support.mis.scenarios import a_school
from tests.support.syncing import Connected, connected

from sightline.pipeline.sync.calls import Wish, note_wish
from sightline.project.bring_in import bring_in, due_sources, wishes_waiting
from sightline.sheets import open_sheets
from sightline.sources.connectors import connector
from sightline.synthetic.loopback import LoopbackServer, MadeUpMis
from sightline.synthetic.loopback.wonde import MadeUpWonde

pytestmark = [pytest.mark.loopback, pytest.mark.django_db]
EARLY = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)


@pytest.fixture
def mis(tmp_path: Path) -> MadeUpMis:
    return a_school(tmp_path / "exports")


@pytest.fixture
def server(mis: MadeUpMis) -> Iterator[LoopbackServer]:
    with LoopbackServer(MadeUpWonde(mis).answer) as server:
        yield server


@pytest.fixture
def ours(
    tmp_path: Path,
    mis: MadeUpMis,
    server: LoopbackServer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Connected:
    made_up = MadeUpWonde(mis)
    found = connected(
        tmp_path / "site",
        "wonde",
        f"{server.address}/v1.0",
        schools=made_up.schools(),
        secrets={"token": made_up.token},
    )
    (found.site.folder / "sheets").mkdir()
    settings.SITE = found.site
    for clock in ("bring_in.now", "bring_in.today"):
        moment = EARLY if clock.endswith("now") else EARLY.date()
        monkeypatch.setattr(f"sightline.project.{clock}", lambda moment=moment: moment)
    monkeypatch.setattr("sightline.project.bring_in.time.sleep", lambda seconds: None)
    return found


def test_a_source_whose_turn_it_is_reaches_the_pages(ours: Connected) -> None:
    assert due_sources(ours.site, EARLY) == ["mis"]
    done = bring_in("mis")
    assert done is not None
    assert done.published
    [school] = ours.source.schools.values()
    sheets = open_sheets(ours.site, school)
    assert sheets is not None
    assert len(sheets.places()) == ours.rows("pupil")
    assert due_sources(ours.site, EARLY + timedelta(minutes=5)) == []


def test_a_call_brings_a_changed_mark_to_the_pages(ours: Connected, mis: MadeUpMis) -> None:
    bring_in("mis")
    mark = next(one for one in reversed(mis.since("attendance")) if one["code"] == "/")
    mis.put("attendance", mark | {"code": "O"}, EARLY - timedelta(minutes=1))
    parts = [one for one in connector("wonde").parts(ours.source) if one.resource == "marks"]
    note_wish(ours.site, "mis", Wish(tuple(parts)), EARLY)
    assert {name for name, _ in wishes_waiting(ours.site)} == {"mis"}
    done = bring_in("mis", wished=True)
    assert done is not None
    assert done.loaded is not None
    assert done.loaded.account.tables["attendance"].amended == 1
    assert bring_in("mis", wished=True) is None


def test_a_call_that_cannot_be_followed_now_waits(ours: Connected, server: LoopbackServer) -> None:
    bring_in("mis")
    faults = Faults(server)
    faults.plan(".", fail_with(503), times=99)
    parts = [one for one in connector("wonde").parts(ours.source) if one.resource == "marks"]
    note_wish(ours.site, "mis", Wish(tuple(parts)), EARLY)
    assert bring_in("mis", wished=True) is None
    assert wishes_waiting(ours.site)
    faults.end()
    assert bring_in("mis", wished=True) is not None
    assert not wishes_waiting(ours.site)


def test_nothing_is_asked_by_turn_while_registers_are_taken(
    ours: Connected, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.project.bring_in.now", lambda: EARLY.replace(hour=8, minute=50))
    assert bring_in("mis") is None
    assert server.calls == []
