import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.support.school_site import SCHOOL

from sightline.pipeline.sync import SourceState, Status, Step
from sightline.pipeline.sync.calls import take_wish, waiting_wishes
from sightline.pipeline.sync.state import PartState, write_state
from sightline.record.models import AuditEvent
from sightline.sources.connection import Source
from sightline.web.clock import now
from sightline.web.homes.sources import source_lines

SECRET = "a-long-secret-of-the-hook"
THEIRS = "A1930499544"


@pytest.fixture
def connected(school: str) -> Iterator[Source]:
    """The school's site with a source that is switched on; nothing answers at its address."""
    sources = settings.SITE.sources
    source = Source("mis", "wonde", "https://mis.example/v1.0", True, schools={THEIRS: SCHOOL})
    sources.write(source)
    sources.write_secrets("mis", {"token": "t", "hook": SECRET})
    yield source
    sources.remove("mis")
    while waiting_wishes(settings.SITE):
        take_wish(settings.SITE, "mis")


def keep(state: SourceState) -> None:
    write_state(Path(settings.SITE.folder) / "sources" / "mis.state.json", state)


def test_without_a_connection_the_page_says_how_one_is_made(
    school: str, signed_in: Callable[[str], Client]
) -> None:
    page = signed_in("data_manager").get("/data/sources/").content.decode()
    assert "sightline connect NAME" in page


def test_the_page_says_how_a_connection_stands(
    connected: Source, signed_in: Callable[[str], Client]
) -> None:
    heard = now() - timedelta(minutes=4)
    parts = {f"students.{THEIRS}": PartState(heard, heard, heard, 1012)}
    outcome = {
        "records": 12,
        "refused": 1,
        "published": True,
        "held": [{"resource": "students", "why": "Pupils: sen_status is empty in all records"}],
        "stopped": ["results.A1: it does not allow this"],
    }
    keep(
        SourceState(
            parts=parts, missing={"behaviour": 3}, missing_since={"behaviour": "2026-03-02"}
        )
    )
    page = signed_in("data_manager").get("/data/sources/").content.decode()
    assert "1,012" in page
    assert "3 in behaviour" in page
    keep(SourceState(parts=parts, outcome=outcome))
    page = signed_in("data_manager").get("/data/sources/").content.decode()
    assert "12 records came in, 1 row was refused and what was new is published." in page
    assert "Held back." in page
    assert "it does not allow this" in page


def test_why_a_sync_ended_early_is_said(
    connected: Source, signed_in: Callable[[str], Client]
) -> None:
    keep(SourceState(outcome={"error": "mis.example: it answered 500, 6 times."}))
    page = signed_in("data_manager").get("/data/sources/").content.decode()
    assert "The last sync ended early." in page
    assert "it answered 500" in page


def test_a_running_sync_tells_where_it_is(
    connected: Source, signed_in: Callable[[str], Client]
) -> None:
    folder = Path(settings.SITE.folder) / "landing" / "mis"
    folder.mkdir(parents=True, exist_ok=True)
    at = now()
    step = {"stage": "fetching", "detail": f"marks.{THEIRS}", "records": 500, "expected": 2000}
    told = {"started_at": (at - timedelta(minutes=2)).isoformat(), "told_at": at.isoformat()}
    (folder / "round.json").write_text(json.dumps({"step": {**step, "note": ""}, **told}))
    try:
        page = signed_in("data_manager").get("/data/sources/now/").content.decode()
        assert "fetching marks, 500 records of about 2,000, about 6 minutes to go" in page
    finally:
        (folder / "round.json").unlink()


def test_what_is_left_is_worked_out_from_what_was_there_last_time() -> None:
    began = datetime(2026, 3, 9, 7, tzinfo=UTC)
    status = Status(Step("fetching", "marks", 100, 400), began, began)
    assert status.left(began + timedelta(seconds=30)) == 90
    assert Status(Step("fetching", "marks", 0, 0), began, began).left(began) is None


@pytest.mark.parametrize("do", ["sync", "full", "accept"])
def test_who_looks_after_the_data_may_ask_for_a_sync_and_it_is_recorded(
    connected: Source,
    signed_in: Callable[[str], Client],
    do: str,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        answer = signed_in("data_manager").post("/data/sources/", {"source": "mis", "do": do})
    assert answer.status_code == 303
    wish = take_wish(settings.SITE, "mis")
    assert wish is not None
    assert (wish.full, wish.accept) == (do == "full", do == "accept")
    assert AuditEvent.objects.filter(action="source_asked", subject="mis").count() == 1


def test_rows_end_only_in_a_table_that_misses_some(
    connected: Source,
    signed_in: Callable[[str], Client],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    keep(SourceState(missing={"behaviour": 3}))
    client = signed_in("data_manager")
    sent = {"source": "mis", "do": "end"}
    assert client.post("/data/sources/", {**sent, "table": "pupil"}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post("/data/sources/", {**sent, "table": "behaviour"})
    wish = take_wish(settings.SITE, "mis")
    assert wish is not None
    assert wish.end_missing == ("behaviour",)


def test_a_connection_can_be_switched_off(
    connected: Source,
    signed_in: Callable[[str], Client],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        signed_in("administrator").post("/data/sources/", {"source": "mis", "do": "off"})
    assert not settings.SITE.sources.read("mis").on
    assert AuditEvent.objects.filter(action="source_off").count() == 1


def test_who_only_reads_about_the_data_may_not_ask(
    connected: Source, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("dpo")
    assert "Sync now" not in client.get("/data/sources/").content.decode()
    assert client.post("/data/sources/", {"source": "mis", "do": "sync"}).status_code == 404
    assert not waiting_wishes(settings.SITE)


def test_a_broken_file_harms_no_other_connection(connected: Source) -> None:
    path = Path(settings.SITE.folder) / "sources" / "broken.toml"
    path.write_text("kind = 3")
    try:
        lines = {one.name: one for one in source_lines(settings.SITE, now())}
        assert "must be given" in lines["broken"].trouble
        assert lines["mis"].trouble == ""
    finally:
        path.unlink()


@pytest.mark.django_db
class TestTheHook:
    """Where a supplier calls."""

    @staticmethod
    def call(secret: str = SECRET, name: str = "mis", **body: str) -> int:
        told = {"payload_type": "schoolMigration", "school_id": THEIRS} | body
        client = Client(enforce_csrf_checks=True)
        return client.post(
            f"/hook/{name}/{secret}/", json.dumps(told), content_type="application/json"
        ).status_code

    def test_a_call_is_noted_and_fetches_nothing_by_itself(self, connected: Source) -> None:
        assert self.call() == 202
        wish = take_wish(settings.SITE, "mis")
        assert wish is not None
        assert SCHOOL in wish.notice

    def test_a_wrong_secret_name_or_body_is_not_found(self, connected: Source) -> None:
        assert self.call("wrong") == 404
        assert self.call(name="other") == 404
        assert self.call(payload_type="somethingElse") == 404
        assert not waiting_wishes(settings.SITE)

    def test_a_call_of_unreasonable_size_is_not_read(self, connected: Source) -> None:
        assert self.call(school_id="x" * 70_000) == 404

    def test_a_source_that_is_off_hears_nothing(self, connected: Source) -> None:
        path = Path(settings.SITE.folder) / "sources" / "mis.toml"
        path.write_text(path.read_text().replace("on = true", "on = false"))
        assert self.call() == 404

    def test_nobody_can_look_at_it(self, connected: Source) -> None:
        assert Client().get(f"/hook/mis/{SECRET}/").status_code == 405
