import io
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.contract import attendance_codes
from sightline.pipeline.register import register_of
from sightline.record.models import AuditEvent
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.models import PupilNote
from sightline.web.homes.absence import LATE, SPELL, TEN, worklists

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def no_figures_left() -> Any:
    """The site's folder is shared by all tests: what these put in does not stay."""
    yield
    for file in (settings.SITE.folder / "reconciliation").glob("*"):
        file.unlink()


def refs_in(page: str) -> set[str]:
    return set(re.findall(r'href="/pupil/([^/"]+)/"', page))


def test_our_count_of_a_day_is_the_pupils_marks_added_up(sheets: SchoolSheets, school: str) -> None:
    register = register_of(settings.SITE, school, min(sheets.facts.days), FRIDAY)
    refs = [one.pupil_ref for one in sheets.places()]
    marks = [
        mark for one in sheets.pupils(refs).values() for mark in one.marks if mark.on == FRIDAY
    ]
    for half in ("AM", "PM"):
        kinds = [mark.category for mark in marks if mark.session == half]
        ours = register.sessions[FRIDAY, half]
        attended = sum(one in ("present", "approved_educational_activity") for one in kinds)
        absent = sum(one in ("authorised_absence", "unauthorised_absence") for one in kinds)
        assert (ours.attended, ours.possible) == (attended, attended + absent)
        assert ours.on_roll == ours.possible + ours.not_possible + ours.missing


def test_each_list_holds_exactly_those_it_says(sheets: SchoolSheets) -> None:
    rows, late = sheets.absences(), sheets.levels("persistent_lateness")
    lists = worklists(rows, late)
    assert {one.pupil_ref for one in lists["today"].rows} == {
        one.pupil_ref
        for one in sheets.pupils(row.pupil_ref for row in rows).values()
        if any(m.on == FRIDAY and (m.code == "N" or m.category == "missing") for m in one.marks)
    }
    assert all(row.spell >= SPELL for row in lists["away"].rows)
    assert all(row.unauthorised >= TEN for row in lists["ten"].rows)
    assert {row.pupil_ref for row in lists["late"].rows} == {
        ref for ref, count in late.items() if count >= LATE
    } & {row.pupil_ref for row in rows}


def test_the_day_opens_on_those_without_a_reason(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    page = signed_in("attendance_officer").get("/attendance/").content.decode()
    wanted = {row.pupil_ref for row in sheets.absences() if row.unexplained}
    assert refs_in(page) == wanted
    assert f"Fri 6 Mar: {len(wanted)} without a reason yet" in page


def test_a_year_shows_that_year_alone(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    page = signed_in("attendance_officer").get("/attendance/?show=away&year=9").content.decode()
    assert refs_in(page)
    assert all(sheets.pupil(ref).year_group == 9 for ref in refs_in(page))


def test_codes_stand_in_words_and_never_as_a_judgement(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("attendance_officer").get("/attendance/?show=away").content.decode()
    known = {one.code: one.meaning for one in attendance_codes()}
    told = re.findall(r"since \w+ \d+ \w+: (.+?)\.</p>", page)
    assert told
    codes = {code for one in told for code in re.findall(r"(?:^|, | and )(\w+) [a-z]", one)}
    assert codes <= known.keys()
    assert not re.search(r"\b(persistent|poor|truant|risk)\b", page)


@pytest.mark.parametrize("show", ["today", "away", "ten", "late"])
def test_each_pupil_shown_is_recorded_and_nobody_else(
    signed_in: Callable[[str], Client], show: str
) -> None:
    page = signed_in("attendance_officer").get(f"/attendance/?show={show}").content.decode()
    looks = AuditEvent.objects.filter(action="read", area="attendance")
    assert {one.subject for one in looks} == refs_in(page)
    assert looks.count() == len(refs_in(page))


def test_a_tutor_sees_the_tutor_group_alone(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    page = signed_in("tutor").get("/attendance/?show=late").content.decode()
    assert refs_in(page)
    assert {sheets.pupil(ref).registration_group for ref in refs_in(page)} == {"9N"}
    assert "Our figure" not in page
    assert signed_in("tutor").get("/attendance/figures/").status_code == 404


@pytest.mark.parametrize("role", ["class_teacher", "trust_lead", "data_manager", "administrator"])
def test_who_sees_no_marks_finds_no_page(signed_in: Callable[[str], Client], role: str) -> None:
    assert signed_in(role).get("/attendance/").status_code == 404
    assert signed_in(role).get("/attendance/figures/").status_code == 404


def test_a_call_is_noted_in_one_line(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    ref = next(row.pupil_ref for row in sheets.absences() if row.unexplained)
    client = signed_in("attendance_officer")
    answer = client.post("/attendance/call/", {"ref": ref, "text": "Grandma will ring at ten."})
    assert answer.status_code == 303
    note = PupilNote.objects.get()
    assert (note.kind, note.pupil_ref, note.text) == ("home", ref, "Grandma will ring at ten.")
    assert ref not in answer["Location"]


def test_a_call_without_words_keeps_the_page_and_says_so(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    ref = next(row.pupil_ref for row in sheets.absences() if row.unexplained)
    answer = signed_in("attendance_officer").post("/attendance/call/", {"ref": ref, "text": " "})
    assert answer.status_code == 422
    assert f'href="#call-{ref}"' in answer.content.decode()
    assert not PupilNote.objects.exists()


def test_a_call_about_a_pupil_out_of_scope_is_absent(
    signed_in: Callable[[str], Client], sheets: SchoolSheets
) -> None:
    other = next(one for one in sheets.places() if one.registration_group != "9N")
    form = {"ref": other.pupil_ref, "text": "Words"}
    assert signed_in("tutor").post("/attendance/call/", form).status_code == 404
    assert signed_in("class_teacher").post("/attendance/call/", form).status_code == 404
    assert not PupilNote.objects.exists()


def upload(client: Client, text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "figures.csv"
    return client.post("/attendance/figures/", {"file": file})


def test_their_figure_stands_beside_ours(
    signed_in: Callable[[str], Client], sheets: SchoolSheets, school: str
) -> None:
    ours = register_of(settings.SITE, school, min(sheets.facts.days), FRIDAY).sessions[FRIDAY, "AM"]
    client = signed_in("attendance_officer")
    text = f"date,session,possible,attended\n{FRIDAY},AM,{ours.possible},{ours.attended}\n"
    answer = upload(client, text)
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "1 the same, 0 explained, 0 not explained" in page
    assert AuditEvent.objects.filter(action="keep_figures").count() == 1


def test_figures_put_in_again_replace_and_the_rest_stay(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("attendance_officer")
    upload(client, "date,possible,attended\n2026-03-05,10,9\n2026-03-06,10,9\n")
    upload(client, "date,possible,attended\n2026-03-06,11,9\n")
    kept = (settings.SITE.folder / "reconciliation" / "S0000.csv").read_text()
    assert kept.splitlines()[1:] == ["2026-03-05,,10,9", "2026-03-06,,11,9"]


def test_a_file_with_a_wrong_line_is_not_kept_at_all(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("attendance_officer")
    answer = upload(client, "date,possible,attended\n2026-03-05,10,9\n2026-03-06,10,12\n")
    assert answer.status_code == 422
    assert "Line 3" in answer.content.decode()
    assert not (settings.SITE.folder / "reconciliation" / "S0000.csv").exists()
    assert client.post("/attendance/figures/", {}).status_code == 422


def test_late_data_is_said(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, at: datetime, school: str
) -> None:
    monkeypatch.setattr("sightline.web.door.now", lambda: at.replace(day=11))
    page = signed_in("attendance_officer").get("/attendance/").content.decode()
    assert "Attendance is to Fri 6 Mar; Tue 10 Mar has not arrived." in page


def test_before_the_first_load_the_page_says_what_is_missing(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("attendance_officer")
    monkeypatch.setattr("sightline.web.homes.school.sheet_schools", lambda _: {})
    answer = client.get("/attendance/")
    assert answer.status_code == 200
    assert "Nothing has been loaded yet" in answer.content.decode()
