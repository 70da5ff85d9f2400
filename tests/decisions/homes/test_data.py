from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.governance.models import Complaint
from sightline.pipeline import load
from sightline.pipeline.backup import Outcome, record_outcome
from sightline.record.models import AuditEvent
from sightline.site import make_site
from sightline.web.clock import now
from sightline.web.homes.loads import backup_of, loads_of, refused_counts, refused_rows

SECRET_VALUE = "Wilhelmina Featherstonehaugh"


@pytest.fixture
def refused(school: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site of two schools with a refused row in each, one of them holding a name."""
    site = make_site(tmp_path / "site")
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "school.csv").write_text("school_id,name,phase\nA,Ash,secondary\nB,Beech,secondary\n")
    (folder / "pupil.csv").write_text(
        "pupil_id,school_id,year_group,enrolled_on\nP1,A,9,2025-09-01\n"
        f"P2,A,{SECRET_VALUE},2025-09-01\nP3,B,9,never\nP4,B,9,2025-09-01\n"
    )
    load(
        site,
        "canonical",
        folder,
        recorded_at=datetime(2026, 3, 6, 18, tzinfo=UTC),
        load_day=date(2026, 3, 6),
    )
    return site


def test_every_load_adds_up_table_by_table(school: str) -> None:
    for one in loads_of(settings.SITE):
        for table in one.tables:
            assert table.received == table.accepted + table.duplicates + table.refused
        assert one.received == one.accepted + one.duplicates + one.refused


def test_the_page_shows_the_last_account(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("data_manager").get("/data/").content.decode()
    last = loads_of(settings.SITE)[0]
    assert f"Load {last.number}: {last.received:,} rows in, {last.refused:,} refused" in page
    assert "marks not made" in page


def test_the_page_says_when_the_last_backup_was_verified(
    signed_in: Callable[[str], Client], refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("data_manager")
    assert "Last backup" not in client.get("/data/").content.decode()  # the demo needs none
    monkeypatch.setattr(
        "sightline.web.views.data.backup_of", lambda site, now: backup_of(refused, now)
    )
    assert "None has been made and verified." in client.get("/data/").content.decode()
    for hours, late in ((20, False), (60, True)):
        at = now() - timedelta(hours=hours)
        record_outcome(refused.folder, Outcome("one", at, "", 1, True, 2.0, 1, 1))
        page = client.get("/data/").content.decode()
        assert "restored for a moment and compared" in page
        assert ("more than two days ago" in page) is late


def test_refused_rows_are_counted_by_school(refused: Any) -> None:
    everything = refused_counts(refused, None)
    ash, beech = (refused_counts(refused, frozenset(one)) for one in ("A", "B"))
    assert sum(many for *_, many in everything) == 2
    assert sum(many for *_, many in ash) <= 1
    assert sum(many for *_, many in beech) <= 1


def test_one_schools_reader_sees_no_other_schools_value(refused: Any) -> None:
    assert any(SECRET_VALUE in one.value for one in refused_rows(refused, None))
    assert not [one for one in refused_rows(refused, frozenset("B")) if SECRET_VALUE in one.value]


def test_a_refused_value_is_on_its_own_page_alone_and_each_look_is_recorded(
    signed_in: Callable[[str], Client], refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("data_manager")
    monkeypatch.setattr("sightline.web.views.data.settings.SITE", refused)
    monkeypatch.setattr("sightline.web.views.data._schools", lambda *_: [])
    monkeypatch.setattr("sightline.web.views.data._limit", lambda *_: None)
    assert SECRET_VALUE not in client.get("/data/").content.decode()
    for _ in range(2):
        assert SECRET_VALUE in client.get("/data/refused/").content.decode()
    looks = AuditEvent.objects.filter(area="data", action="read")
    assert [one.subject for one in looks] == ["refused 000001"] * 2
    assert SECRET_VALUE not in str(list(looks.values()))


@pytest.mark.parametrize("role", ["senior_leader", "trust_lead", "dpo", "administrator"])
def test_who_sees_counts_sees_no_refused_value(
    signed_in: Callable[[str], Client], role: str
) -> None:
    client = signed_in(role)
    page = client.get("/data/")
    assert page.status_code == 200
    assert "/data/refused/" not in page.content.decode()
    assert client.get("/data/refused/").status_code == 404


@pytest.mark.parametrize("role", ["class_teacher", "tutor", "senco", "attendance_officer"])
def test_who_has_nothing_to_do_with_loads_finds_no_page(
    signed_in: Callable[[str], Client], role: str
) -> None:
    assert signed_in(role).get("/data/").status_code == 404
    assert signed_in(role).get("/data/refused/").status_code == 404


def test_reports_of_wrong_data_wait_here_without_their_words(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any], at: datetime, school: str
) -> None:
    Complaint.objects.create(
        school_id=school,
        pupil_ref="p1",
        kind="wrong_data",
        text="Robin was here on Tuesday",
        received_at=at,
        received_by=colleague("tutor"),
        acknowledge_by=date(2026, 4, 8),
    )
    page = signed_in("data_manager").get("/data/").content.decode()
    assert "Reported as wrong" in page
    assert f"/record/complaints/{Complaint.objects.get().pk}/" in page
    assert "Robin" not in page
    assert "Reported as wrong" not in signed_in("senior_leader").get("/data/").content.decode()


def test_late_data_is_a_warning(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, at: datetime, school: str
) -> None:
    monkeypatch.setattr("sightline.web.door.now", lambda: at.replace(day=11))
    page = signed_in("data_manager").get("/data/").content.decode()
    assert "Tue 10 Mar has not arrived." in page


def test_staff_without_an_account_are_counted_by_role_and_never_named(
    signed_in: Callable[[str], Client],
) -> None:
    page = signed_in("data_manager").get("/data/").content.decode()
    assert "Staff without an account" in page
    assert "S0000-T" not in page


def test_the_page_is_made_at_once(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("data_manager")
    client.get("/data/")
    start = perf_counter()
    client.get("/data/")
    assert perf_counter() - start < 0.3
