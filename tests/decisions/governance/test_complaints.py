from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sightline.governance.actions.complaints import acknowledge, close, receive
from sightline.governance.answer_queries import matter_of, reports_about
from sightline.governance.models import Complaint
from sightline.record.models import AuditEvent

SignedIn = Callable[[str], Client]


@pytest.fixture
def complaint(colleague: Callable[[str], Any], school: str, at: datetime) -> Complaint:
    return receive(by=colleague("dpo"), at=at, school_id=school, kind="complaint", text="Too much.")


@pytest.mark.parametrize(("days", "state"), [(29, "soon"), (30, "soon"), (31, "overdue")])
def test_its_clock_runs_out_after_thirty_days(complaint: Complaint, days: int, state: str) -> None:
    today = date(2026, 3, 9) + timedelta(days=days)
    assert matter_of(complaint, today).state == state


def test_the_clock_counts_from_the_day_it_came(
    colleague: Callable[[str], Any], school: str, at: datetime
) -> None:
    values = {"by": colleague("dpo"), "at": at, "school_id": school, "text": "A letter."}
    one = receive(kind="correction", received_on=date(2026, 2, 9), **values)
    assert one.acknowledge_by == date(2026, 3, 11)
    with pytest.raises(ValidationError, match="after today"):
        receive(kind="correction", received_on=date(2026, 3, 10), **values)


def test_just_before_midnight_the_school_is_still_on_the_same_day(
    colleague: Callable[[str], Any], school: str
) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight in London
    one = receive(by=colleague("dpo"), at=late, school_id=school, kind="complaint", text="Late.")
    assert one.acknowledge_by == date(2026, 7, 31)


def test_steps_are_taken_once_and_in_order(
    complaint: Complaint, colleague: Callable[[str], Any], at: datetime
) -> None:
    by = {"by": colleague("dpo"), "at": at, "complaint": complaint}
    acknowledge(**by)
    with pytest.raises(ValidationError, match="acknowledged already"):
        acknowledge(**by)
    close(**by, outcome="upheld", answer="We agree.")
    for again in (lambda: acknowledge(**by), lambda: close(**by, outcome="upheld", answer="x")):
        with pytest.raises(ValidationError, match="answered already"):
            again()
    told = [row.action for row in AuditEvent.objects.order_by("number")]
    assert told == ["receive_complaint", "acknowledge_complaint", "close_complaint"]
    assert "Too much" not in str([row.__dict__ for row in AuditEvent.objects.all()])


def test_answering_acknowledges_and_needs_words_and_an_outcome_of_its_kind(
    complaint: Complaint, colleague: Callable[[str], Any], at: datetime
) -> None:
    by = {"by": colleague("dpo"), "at": at, "complaint": complaint}
    with pytest.raises(ValidationError) as refused:
        close(**by, outcome="corrected", answer=" ")
    assert set(refused.value.message_dict) == {"outcome", "answer"}
    close(**by, outcome="not_upheld", answer="We looked.")
    complaint.refresh_from_db()
    assert complaint.acknowledged_at == at


def test_a_report_goes_to_the_data_manager_and_its_answer_to_the_colleague(
    signed_in: SignedIn, pupil: str, pupil_name: str
) -> None:
    leader, manager = signed_in("head_of_year"), signed_in("data_manager")
    address = reverse("report_wrong", args=[pupil])
    refused = leader.post(address, {"text": " ", "signal": "missing_work"})
    assert refused.status_code == 422
    assert leader.post(address, {"text": "Was on a trip", "signal": "nothing"}).status_code == 302
    one = Complaint.objects.get()
    assert (one.kind, one.signal, one.pupil_ref) == ("wrong_data", "", pupil)
    listed = manager.get(reverse("complaints")).content.decode()
    assert pupil_name in listed
    assert "Note one that came in" not in listed
    page = reverse("complaint", args=[one.pk])
    assert "Was on a trip" in manager.get(page).content.decode()
    assert manager.post(page, {"step": "acknowledge"}).status_code == 302
    done = manager.post(page, {"outcome": "corrected", "answer": "Two marks put right."})
    assert done.status_code == 302
    [report] = reports_about(pupil)
    assert (report.outcome_words, report.answer) == ("Corrected", "Two marks put right.")
    assert "Two marks put right." in leader.get(address).content.decode()


def test_the_data_manager_sees_reports_and_no_complaint(
    signed_in: SignedIn, complaint: Complaint
) -> None:
    manager = signed_in("data_manager")
    assert "Too much" not in manager.get(reverse("complaints")).content.decode()
    page = reverse("complaint", args=[complaint.pk])
    assert manager.get(page).status_code == 404
    assert manager.post(page, {"step": "acknowledge"}).status_code == 404
    assert manager.post(reverse("complaints"), {"kind": "complaint"}).status_code == 404
    for role in ("head_of_year", "administrator", "senior_leader"):
        assert signed_in(role).get(reverse("complaints")).status_code == 404
        assert signed_in(role).get(page).status_code == 404


def test_who_may_not_see_a_pupil_cannot_report_about_them(signed_in: SignedIn, pupil: str) -> None:
    address = reverse("report_wrong", args=[pupil])
    for role in ("trust_lead", "data_manager", "administrator", "dpo"):
        assert signed_in(role).post(address, {"text": "x"}).status_code == 404
    assert signed_in("tutor").get(address).status_code == 200
    assert not Complaint.objects.exists()


def test_the_officer_notes_a_letter_and_is_told_of_the_commissioner(
    signed_in: SignedIn, pupil: str, school: str
) -> None:
    client = signed_in("dpo")
    empty = client.post(reverse("complaints"), {"school": school, "text": "kept as typed"})
    assert empty.status_code == 422
    assert "kept as typed" in empty.content.decode()
    unknown = client.post(
        reverse("complaints"), {"kind": "complaint", "pupil": "nobody", "text": "a"}
    )
    assert "No pupil on the roll" in unknown.content.decode()
    typed = {"kind": "complaint", "pupil": pupil, "text": "We were not told."}
    sent = client.post(reverse("complaints"), typed)
    assert sent.status_code == 302
    page = client.get(sent["Location"]).content.decode()
    assert "ico.org.uk" in page
    assert "To be acknowledged" in page
