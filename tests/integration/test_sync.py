"""What every sync promises, shown with one made-up system: nothing lost, nothing twice, no harm."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.kit import SightlineError
from sightline.people.keys import begin_rotation, end_rotation
from sightline.pipeline import read_refused
from sightline.pipeline.reseal import reseal_site
from sightline.pipeline.sync import Choices, Clock, Step, is_due, is_quiet, read_status, sync
from sightline.pipeline.sync.calls import Wish, note_wish, take_wish, waiting_wishes
from sightline.site import open_site
from sightline.sources.connectors import Part, connector
from sightline.synthetic.loopback import LoopbackServer, MadeUpMis
from sightline.synthetic.loopback.wonde import MadeUpWonde
from tests.support.mis.faults import Faults, fail_with
from tests.support.mis.scenarios import a_school
from tests.support.syncing import Connected, connected

pytestmark = [pytest.mark.loopback, pytest.mark.xdist_group("sync")]
MARKS = "attendance/session"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("school")
    a_school(folder)
    return folder


@pytest.fixture
def mis(exports: Path) -> MadeUpMis:
    return MadeUpMis(exports, datetime(2026, 3, 6, 18, tzinfo=UTC))


@pytest.fixture
def wonde(mis: MadeUpMis) -> MadeUpWonde:
    return MadeUpWonde(mis)


@pytest.fixture
def server(wonde: MadeUpWonde) -> Iterator[LoopbackServer]:
    with LoopbackServer(wonde.answer) as server:
        yield server


@pytest.fixture
def ours(tmp_path: Path, server: LoopbackServer, wonde: MadeUpWonde) -> Connected:
    return connected(
        tmp_path / "site",
        "wonde",
        f"{server.address}/v1.0",
        schools=wonde.schools(),
        secrets={"token": wonde.token, "hook": "made-up-hook"},
    )


def put_right(mis: MadeUpMis, at: datetime, code: str = "I") -> None:
    mark = next(one for one in mis.since("attendance") if one["code"] == "/")
    mis.put("attendance", mark | {"code": code}, at)


class Cut(Exception):
    """The power goes."""


def test_a_sync_without_news_publishes_nothing(ours: Connected) -> None:
    assert ours.sync(full=True).published
    before = ours.digest
    ours.later(hours=2)
    assert not ours.sync().published
    assert ours.digest == before


def test_what_has_changed_and_only_that_is_fetched(
    ours: Connected, mis: MadeUpMis, server: LoopbackServer
) -> None:
    everything = ours.sync(full=True).records
    ours.later(hours=2)
    put_right(mis, ours.at)
    done = ours.sync()
    assert done.records < everything / 5
    assert done.loaded
    assert done.loaded.account.tables["attendance"].amended == 1


def test_a_sync_that_is_cut_off_goes_on_where_it_stopped(
    ours: Connected, server: LoopbackServer, tmp_path: Path
) -> None:
    shutil.copytree(ours.site.folder, tmp_path / "calm")
    calm = Connected(open_site(tmp_path / "calm"), ours.source)
    calm.sync()
    every_call = len(server.calls)
    server.calls.clear()

    def told(step: Step) -> None:
        if step.stage == "landed":
            raise Cut

    landed = 0
    for _ in range(40):
        try:
            clock = Clock(ours._now, ours._sleep)
            done = sync(ours.site, "mis", clock=clock, told=told if landed < 8 else print)
            break
        except Cut:
            landed += 1
    assert done.published
    assert ours.digest == calm.digest
    assert len(server.calls) <= every_call


def test_what_has_landed_cannot_be_read_on_the_disk(ours: Connected, mis: MadeUpMis) -> None:
    names = {row["family_name"] for row in mis.since("pupil_identity")}
    names |= {row["upn"] for row in mis.since("pupil_identity") if row["upn"]}

    def told(step: Step) -> None:
        if step.stage == "reading":
            raise Cut

    with pytest.raises(Cut):
        sync(ours.site, "mis", clock=Clock(ours._now, ours._sleep), told=told)
    files = [path for path in (ours.site.folder / "landing").rglob("*") if path.is_file()]
    assert any(path.suffix == ".page" for path in files)
    for path in files:
        held = path.read_bytes()
        assert not any(name.encode() in held for name in names), path.name


def test_nothing_is_left_behind_when_a_sync_has_ended(ours: Connected) -> None:
    ours.sync(full=True)
    left = [path.name for path in (ours.site.folder / "landing").rglob("*") if path.is_file()]
    assert all(name.endswith(".lock") for name in left), left


def test_a_damaged_page_is_fetched_again(ours: Connected, server: LoopbackServer) -> None:
    def told(step: Step) -> None:
        if step.stage == "reading":
            raise Cut

    with pytest.raises(Cut):
        sync(ours.site, "mis", clock=Clock(ours._now, ours._sleep), told=told)
    page = next((ours.site.folder / "landing").rglob("students.*/000001.page"))
    page.write_bytes(page.read_bytes()[:-20])
    server.calls.clear()
    assert ours.sync().published
    assert {call.path.rpartition("/")[2] for call in server.calls} == {"students"}


def test_a_dry_run_changes_nothing(ours: Connected) -> None:
    done = ours.sync(dry_run=True)
    assert done.loaded
    assert done.loaded.account.tables["attendance"].accepted > 1000
    assert ours.site.warehouse.current() is None
    assert ours.state.parts == {}


def test_the_cursor_stays_when_nothing_could_be_published(
    ours: Connected, server: LoopbackServer
) -> None:
    ours.sync(full=True)
    before = ours.state
    ours.later(hours=2)
    Faults(server).plan(".", fail_with(500), times=999)
    with pytest.raises(SightlineError, match="it answered 500, 6 times"):
        ours.sync()
    assert ours.state.parts == before.parts
    assert "it answered 500" in ours.state.outcome["error"]


def test_on_a_site_put_back_to_an_earlier_snapshot_everything_is_asked_for_again(
    ours: Connected, mis: MadeUpMis, tmp_path: Path
) -> None:
    ours.sync(full=True)
    shutil.copytree(ours.site.folder / "warehouse", tmp_path / "kept")
    ours.later(hours=2)
    put_right(mis, ours.at)
    ours.sync()
    after = ours.digest
    shutil.rmtree(ours.site.folder / "warehouse")
    shutil.copytree(tmp_path / "kept", ours.site.folder / "warehouse")
    ours.later(hours=2)
    ours.sync()
    assert ours.digest == after


def test_a_withdrawn_scope_empties_nothing(ours: Connected, wonde: MadeUpWonde) -> None:
    ours.sync(full=True)
    before = ours.digest
    wonde.withdrawn.add("students.extended_details.sen_status")
    ours.later(days=1)
    few = ours.sync(full=True)
    # Eight pupils are too few to be sure: this is what the guard is for from twenty on.
    assert not few.held
    assert ours.digest != before


def test_an_empty_answer_that_is_all_right_removes_nothing(ours: Connected, mis: MadeUpMis) -> None:
    ours.sync(full=True)
    before = ours.digest
    for mark in mis.since("attendance"):
        mis.delete("attendance", mis.key("attendance", mark), ours.at, silently=True)
    ours.later(hours=2)
    done = ours.sync(full=True)
    assert [one.resource for one in done.held]
    assert "0 records where there were" in done.held[0].why
    assert ours.digest == before


def test_a_row_the_source_no_longer_has_stays_until_somebody_says_so(
    ours: Connected, mis: MadeUpMis
) -> None:
    ours.sync(full=True)
    event = mis.since("behaviour")[0]
    had = ours.rows("behaviour")
    mis.delete("behaviour", (event["event_id"],), ours.at, silently=True)
    ours.later(hours=2)
    assert ours.sync(full=True).loaded.missing == {"behaviour": 1}  # type: ignore[union-attr]
    assert ours.rows("behaviour") == had
    assert ours.state.missing == {"behaviour": 1}
    ours.later(hours=2)
    ours.sync(full=True, end_missing=frozenset({"behaviour"}))
    assert ours.rows("behaviour") == had - 1
    assert ours.state.missing == {}


def test_a_refused_row_is_named_by_its_record_until_that_record_is_mended(
    ours: Connected, mis: MadeUpMis
) -> None:
    mark = mis.since("attendance")[5]
    mis.put("attendance", mark | {"code": "QQ"}, ours.at)
    ours.sync(full=True)
    [row] = refused(ours)
    assert row["reason"] == "not_allowed"
    assert row["record"]
    ours.later(hours=2)
    put_right(mis, ours.at)
    ours.sync()
    assert [one["record"] for one in refused(ours)] == [row["record"]]
    mis.put("attendance", mark, ours.at)
    ours.later(minutes=20)
    ours.sync()
    assert refused(ours) == []


def refused(ours: Connected) -> list[dict[str, object]]:
    warehouse = ours.site.warehouse
    rows: list[dict[str, object]] = read_refused(
        warehouse, warehouse.current(), ours.site.keys
    ).to_pylist()
    return rows


def test_a_pupil_known_from_exports_is_the_same_pupil(
    ours: Connected, mis: MadeUpMis, exports: Path
) -> None:
    from sightline.pipeline import load

    load(ours.site, "canonical", exports, recorded_at=ours.at, load_day=ours.at.date())
    had = ours.rows("pupil")
    ours.sync(full=True)
    assert ours.rows("pupil") == had
    assert ours.site.sources.known_as("mis")
    sealed = (ours.site.folder / "sources" / "mis.ids").read_bytes()
    assert mis.since("pupil")[0]["pupil_id"].encode() not in sealed


def test_only_what_is_wanted_of_a_source_is_asked_for(
    ours: Connected, server: LoopbackServer, wonde: MadeUpWonde
) -> None:
    path = ours.site.folder / "sources" / "mis.toml"
    path.write_text(path.read_text().replace("\n[schools]", 'resources = ["students"]\n[schools]'))
    ours.sync()
    assert {call.path.rpartition("/")[2] for call in server.calls} <= {"students", "deletions"}


def test_two_syncs_of_one_source_do_not_run_at_once(ours: Connected) -> None:
    def told(step: Step) -> None:
        if step.stage == "landed":
            with pytest.raises(SightlineError, match="it is being synced already"):
                ours.sync()

    sync(ours.site, "mis", clock=Clock(ours._now, ours._sleep), told=told)


def test_another_terminal_sees_where_a_sync_is(ours: Connected) -> None:
    seen = []

    def told(step: Step) -> None:
        status = read_status(ours.site.folder / "landing" / "mis" / "round.json")
        seen.append(status.step.stage if status else None)

    sync(ours.site, "mis", clock=Clock(ours._now, ours._sleep), told=told)
    assert {"planned", "reading", "loading", "done"} <= set(seen)
    assert read_status(ours.site.folder / "landing" / "mis" / "round.json") is None


def test_a_call_brings_in_what_it_is_about_and_no_more(
    ours: Connected, mis: MadeUpMis, server: LoopbackServer
) -> None:
    ours.sync(full=True)
    ours.later(hours=2)
    put_right(mis, ours.at)
    parts = connector("wonde").parts(ours.source)
    marks = next(part for part in parts if part.resource == "marks")
    server.calls.clear()
    assert ours.sync(only=[marks]).published
    assert all(MARKS in call.path for call in server.calls)


def test_wishes_wait_in_a_folder_until_they_are_taken_together(ours: Connected) -> None:
    one, two = Part("marks", "A1"), Part("marks", "A2")
    for wish in (Wish((one,)), Wish((two,), notice="Moved."), Wish((one,))):
        note_wish(ours.site, "mis", wish, ours.at)
    assert {name for name, _ in waiting_wishes(ours.site)} == {"mis"}
    taken = take_wish(ours.site, "mis")
    assert taken is not None
    assert (set(taken.parts), taken.full, taken.notice) == ({one, two}, False, "Moved.")
    assert take_wish(ours.site, "mis") is None


def test_a_wish_for_all_that_is_due_takes_in_one_for_a_part() -> None:
    both = Wish((Part("marks"),)) + Wish(accept=True)
    assert both == Wish(accept=True)
    assert both.choices == Choices(accept=True)
    assert (both + Wish(end_missing=("behaviour",))).choices.full


def test_nothing_is_asked_while_registers_are_taken() -> None:
    winter, summer = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC)
    assert not is_quiet(winter.replace(hour=8, minute=34))
    assert is_quiet(winter.replace(hour=8, minute=35))
    assert is_quiet(winter.replace(hour=9, minute=14))
    assert not is_quiet(winter.replace(hour=9, minute=15))
    assert is_quiet(summer.replace(hour=7, minute=40))  # British Summer Time


def test_a_source_is_asked_when_its_minutes_have_passed(ours: Connected) -> None:
    assert is_due(ours.source, ours.state, ours.at)
    ours.sync()
    assert not is_due(ours.source, ours.state, ours.at + timedelta(minutes=14))
    assert is_due(ours.source, ours.state, ours.at + timedelta(minutes=16))


def test_credentials_are_sealed_told_to_nobody_and_survive_a_new_key(
    ours: Connected, wonde: MadeUpWonde
) -> None:
    kept = b"".join(
        path.read_bytes() for path in (ours.site.folder / "sources").iterdir() if path.is_file()
    )
    assert wonde.token.encode() not in kept
    assert wonde.token not in repr(ours.site.sources)
    begin_rotation(ours.site.folder / "secret.key")
    site = open_site(ours.site.folder)
    assert reseal_site(site) >= 1
    end_rotation(ours.site.folder / "secret.key")
    assert open_site(ours.site.folder).sources.secrets("mis")["token"] == wonde.token


def test_the_whole_of_it_from_the_command_line(
    tmp_path: Path, server: LoopbackServer, wonde: MadeUpWonde
) -> None:
    run, site = CliRunner(), str(tmp_path / "fresh")
    [(theirs, school)] = wonde.schools().items()
    assert run.invoke(app, ["init", site]).exit_code == 0
    address = f"{server.address}/v1.0"
    given = ["--site", site, "--kind", "wonde", "--address", address, "--on"]
    made = run.invoke(
        app, ["connect", "mis", *given, "--school", f"{theirs}={school}"], input=wonde.token + "\n"
    )
    assert made.exit_code == 0, made.output
    assert wonde.token not in made.output
    tried = run.invoke(app, ["sync", "mis", "--site", site, "--dry-run"])
    assert "nothing was published" in tried.output
    done = run.invoke(app, ["sync", "--site", site])
    assert done.exit_code == 0, done.output
    assert "Snapshot 000001 is published" in done.output
    listed = run.invoke(app, ["sources", "--site", site])
    assert "mis" in listed.output
    hooked = run.invoke(app, ["connect", "mis", "--site", site, "--hook"])
    secrets = open_site(tmp_path / "fresh").sources.secrets("mis")
    assert f"/hook/mis/{secrets['hook']}/" in hooked.output
    assert secrets["token"] == wonde.token
    assert run.invoke(app, ["disconnect", "mis", "--site", site]).exit_code == 0
    assert not list((tmp_path / "fresh" / "sources").glob("mis.*"))


def test_a_source_that_is_not_there_is_named() -> None:
    with pytest.raises(SightlineError, match="there are: "):
        connector("nowhere")


def test_nothing_is_on_by_itself(ours: Connected) -> None:
    path = ours.site.folder / "sources" / "mis.toml"
    path.write_text(path.read_text().replace("on = true", ""))
    assert not is_due(ours.site.sources.read("mis"), ours.state, ours.at)


def test_choices_say_whether_they_ask_for_anything() -> None:
    assert not Choices(accept=True).asks
    assert Choices(full=True).asks


def test_a_school_may_begin_with_its_exports_and_ask_only_for_what_happens_from_then_on(
    ours: Connected, mis: MadeUpMis, exports: Path, server: LoopbackServer
) -> None:
    from sightline.pipeline import load

    load(ours.site, "canonical", exports, recorded_at=ours.at, load_day=ours.at.date())
    put_right(mis, ours.at)
    done = ours.sync(full=True, since=ours.at)
    assert done.loaded
    assert done.loaded.account.tables["attendance"].received == 1
    assert done.loaded.account.tables["attendance"].amended == 1
    assert ours.site.sources.known_as("mis")


def test_a_mark_of_a_pupil_who_is_yet_to_come_is_asked_for_again(
    ours: Connected, mis: MadeUpMis
) -> None:
    ours.sync(full=True)
    marks = next(one for one in connector("wonde").parts(ours.source) if one.resource == "marks")
    ours.later(hours=2)
    old = mis.since("pupil")[0]
    mis.put("pupil", old | {"pupil_id": "NEW", "enrolled_on": "2026-03-02"}, ours.at)
    mis.put(
        "pupil_identity", {**mis.since("pupil_identity")[0], "pupil_id": "NEW", "upn": ""}, ours.at
    )
    mark = mis.since("attendance")[0] | {"pupil_id": "NEW", "date": "2026-03-06", "code": "/"}
    mis.put("attendance", mark, ours.at)
    refused_first = ours.sync(only=[marks])
    assert refused_first.loaded
    assert refused_first.loaded.account.tables["attendance"].by_reason == {"unknown_pupil": 1}
    ours.later(hours=3)
    ours.sync()
    assert refused(ours) == []
