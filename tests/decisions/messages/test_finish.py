from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Any]
FINISH, RECAP = "/week/year-9/finish/", "/week/year-9/recap/"


def test_a_meeting_with_somebody_undecided_is_not_finished_and_the_ticks_are_kept(
    meeting: Any, signed_in: SignedIn, colleague: Callable[[str], Any]
) -> None:
    pk = colleague("senco").pk
    response = signed_in("head_of_year").post(FINISH, {"attended": [pk]})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Not yet decided: number 1" in page
    assert f'value="{pk}" checked' in page
    meeting.refresh_from_db()
    assert meeting.finished_at is None


def test_finishing_records_who_was_there_and_leads_to_the_recap(
    decided: Any, signed_in: SignedIn, colleague: Callable[[str], Any]
) -> None:
    browser = signed_in("head_of_year")
    senco = colleague("senco")
    first = browser.get(FINISH).content.decode()
    assert "Mrs Bell" in first
    response = browser.post(FINISH, {"attended": [senco.pk, 999999, "x"]})
    assert (response.status_code, response["Location"]) == (303, RECAP)
    there = {one.user for one in decided.attended.all()}
    assert there == {senco, colleague("head_of_year")}
    assert browser.get(FINISH)["Location"] == RECAP
    assert browser.post(FINISH, {}).status_code == 422


def test_the_recap_says_who_will_do_what_by_when(decided: Any, signed_in: SignedIn) -> None:
    browser = signed_in("head_of_year")
    browser.post(FINISH, {})
    page = browser.get(RECAP).content.decode()
    said = "Mrs Bell will ring Bartholomew's aunt by Mon 23 Mar."
    assert page.replace("&#x27;", "'").count(said) == 4, "two on the page, two to copy"
    text = browser.get(f"{RECAP}?text")
    assert text["Content-Type"].startswith("text/plain")
    assert text.content.decode().splitlines().count(said) == 2


def test_every_pupil_of_a_recap_is_recorded_as_seen(decided: Any, signed_in: SignedIn) -> None:
    from sightline.record.models import AuditEvent

    signed_in("head_of_year").get(RECAP)
    seen = AuditEvent.objects.filter(action="read", area="week").values_list("subject", flat=True)
    acted = decided.listings.filter(position__lte=3).values_list("pupil_ref", flat=True)
    assert set(seen) == set(acted)


def test_whoever_sees_no_decisions_in_full_sees_no_recap_of_them(
    decided: Any, signed_in: SignedIn
) -> None:
    page = signed_in("attendance_officer").get(RECAP).content.decode()
    assert "aunt" not in page
    assert signed_in("tutor").get(RECAP).status_code == 404


@pytest.mark.parametrize("role", ["attendance_officer", "tutor", "class_teacher", "dpo"])
def test_only_those_who_lead_a_meeting_finish_it(
    decided: Any, signed_in: SignedIn, role: str
) -> None:
    browser = signed_in(role)
    assert browser.get(FINISH).status_code == 404
    assert browser.post(FINISH, {}).status_code == 404
    decided.refresh_from_db()
    assert decided.finished_at is None


def test_a_meeting_nobody_has_opened_cannot_be_finished(school: str, signed_in: SignedIn) -> None:
    assert signed_in("head_of_year").get(FINISH).status_code == 404
    assert signed_in("head_of_year").get(RECAP).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Get the radio aid working in L4.", "get the radio aid working in L4"),
        ("SENCO meeting", "SENCO meeting"),
        ("iPad for maths", "iPad for maths"),
        ("A", "a"),
        ("", ""),
    ],
)
def test_an_action_goes_on_after_a_name(typed: str, said: str, at: datetime) -> None:
    from sightline.web.finishing import _begin_small

    assert _begin_small(typed) == said
