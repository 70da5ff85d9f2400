from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sightline.access import PupilPlace, why_may_see
from sightline.governance.actions import emergency
from sightline.governance.emergencies import open_emergencies, reviews_waiting
from sightline.governance.queries import viewer_of
from sightline.people.models import EmergencyAccess, User
from sightline.record.models import AuditEvent
from sightline.sheets import open_sheets

Colleague = Callable[[str], User]
Browser = Callable[[str], Client]
REASON = "Her mother rang: she has not come home."


@pytest.fixture
def place(school: str) -> PupilPlace:
    """A pupil whom the head of Year 9 may not see."""
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    return sheets.places(year_group=8)[0]


@pytest.fixture
def opened(colleague: Colleague, place: PupilPlace, at: datetime) -> EmergencyAccess:
    return emergency.open_page(
        by=colleague("head_of_year"),
        at=at,
        school_id=place.school_id,
        pupil_ref=place.pupil_ref,
        reason=REASON,
        told=colleague("senior_leader"),
    )


def seen(user: User, place: PupilPlace, at: datetime) -> str:
    viewer = viewer_of(user, at=at, taught=lambda *_: {}, school_names={})
    reason = why_may_see(viewer, place, "page")
    return reason.words if reason else ""


def test_the_page_is_open_for_an_hour_to_the_minute_and_to_nobody_else(
    colleague: Colleague, place: PupilPlace, at: datetime, opened: EmergencyAccess
) -> None:
    by, hour = colleague("head_of_year"), timedelta(hours=1)
    assert seen(by, place, at) == "Emergency access until 09:40"
    assert seen(by, place, at + hour - timedelta(seconds=1))
    assert not seen(by, place, at + hour)
    assert not seen(by, place, at - timedelta(seconds=1))
    assert not seen(colleague("tutor"), place, at)
    assert [one.pk for one in open_emergencies(by, at)] == [opened.pk]
    assert open_emergencies(by, at + hour) == []


def test_it_can_be_ended_before_by_oneself_alone(
    colleague: Colleague, place: PupilPlace, at: datetime, opened: EmergencyAccess
) -> None:
    later = at + timedelta(minutes=5)
    with pytest.raises(ValidationError):
        emergency.end_early(by=colleague("senior_leader"), at=later, access=opened)
    emergency.end_early(by=colleague("head_of_year"), at=later, access=opened)
    assert not seen(colleague("head_of_year"), place, later)


@pytest.mark.parametrize("role", ["head_of_year", "tutor", "administrator", None])
def test_somebody_who_may_review_must_be_told(
    colleague: Colleague, place: PupilPlace, at: datetime, role: str | None
) -> None:
    with pytest.raises(ValidationError) as error:
        emergency.open_page(
            by=colleague("head_of_year"),
            at=at,
            school_id=place.school_id,
            pupil_ref=place.pupil_ref,
            reason=REASON,
            told=colleague(role) if role else None,
        )
    assert list(error.value.message_dict) == ["told"]
    assert not EmergencyAccess.objects.exists()


def test_a_reason_is_a_sentence_and_sealed(
    colleague: Colleague, place: PupilPlace, at: datetime, opened: EmergencyAccess
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM people_emergencyaccess")
        assert REASON.encode() not in bytes(cursor.fetchone()[0])
    with pytest.raises(ValidationError) as error:
        emergency.open_page(
            by=colleague("senco"),
            at=at,
            school_id=place.school_id,
            pupil_ref=place.pupil_ref,
            reason="urgent",
            told=colleague("senior_leader"),
        )
    assert list(error.value.message_dict) == ["reason"]


def test_the_person_told_reviews_and_after_three_days_all_reviewers(
    colleague: Colleague, at: datetime, opened: EmergencyAccess
) -> None:
    told, other = colleague("senior_leader"), colleague("dpo")
    asked = {who: [one.pk for one in reviews_waiting(who, at)] for who in (told, other)}
    assert asked == {told: [opened.pk], other: []}
    later = at + timedelta(days=3)
    assert [one.pk for one in reviews_waiting(other, later)] == [opened.pk]
    assert reviews_waiting(colleague("head_of_year"), later) == []
    emergency.review(by=other, at=later, access=opened, outcome="justified")
    assert reviews_waiting(told, later) == []


def test_nobody_reviews_their_own_and_a_no_needs_a_note(
    colleague: Colleague, place: PupilPlace, at: datetime, opened: EmergencyAccess
) -> None:
    boss, dpo = colleague("senior_leader"), colleague("dpo")
    own = emergency.open_page(
        by=boss,
        at=at,
        school_id=place.school_id,
        pupil_ref=place.pupil_ref,
        reason=REASON,
        told=dpo,
    )
    for by, outcome, note in (
        (boss, "justified", ""),
        (colleague("head_of_year"), "justified", ""),
        (dpo, "perhaps", ""),
        (dpo, "not_justified", " "),
    ):
        with pytest.raises(ValidationError):
            emergency.review(by=by, at=at, access=own, outcome=outcome, note=note)
    emergency.review(by=dpo, at=at, access=own, outcome="not_justified", note="We spoke.")
    with pytest.raises(ValidationError):
        emergency.review(by=dpo, at=at, access=own, outcome="justified")


def test_opening_ending_and_reviewing_are_recorded_without_the_reason(
    colleague: Colleague, at: datetime, opened: EmergencyAccess
) -> None:
    emergency.end_early(by=opened.user, at=at + timedelta(minutes=1), access=opened)
    emergency.review(by=opened.told, at=at, access=opened, outcome="justified", note="Right.")
    rows = AuditEvent.objects.filter(subject=opened.pupil_ref).order_by("number")
    assert [row.action for row in rows] == [
        "emergency_open",
        "emergency_end",
        "emergency_review",
    ]
    assert REASON not in str([(row.why, row.detail) for row in rows])


def test_the_page_finds_by_name_records_everybody_shown_and_opens(
    colleague: Colleague, signed_in: Browser, place: PupilPlace
) -> None:
    from sightline.people.identity import names_of
    from sightline.web.clock import now

    snapshot = settings.SITE.warehouse.current()
    with settings.SITE.vault(snapshot) as vault:
        name = str(names_of(vault, [place.pupil_ref])[place.pupil_ref])
    browser, told = signed_in("head_of_year"), colleague("senior_leader")
    typed = {"school_id": place.school_id, "name": name.upper()}
    answer = browser.post(reverse("emergency"), typed | {"find": "1"})
    found = [one["ref"] for one in answer.context["found"]]
    assert place.pupil_ref in found
    looks = AuditEvent.objects.filter(action="read", subject__in=found)
    assert looks.count() == len(found)
    full = typed | {"pupil": place.pupil_ref, "told": told.pk, "reason": "no"}
    refused = browser.post(reverse("emergency"), full)
    assert refused.status_code == 422
    assert "Say in a sentence" in refused.content.decode()
    opened = browser.post(reverse("emergency"), full | {"reason": REASON})
    assert (opened.status_code, opened.url) == (303, reverse("pupil", args=[place.pupil_ref]))
    held = EmergencyAccess.objects.get()
    assert held.ends_at - held.started_at == timedelta(hours=1)
    browser.post(reverse("emergency"), {"school_id": place.school_id, "end": held.pk})
    assert open_emergencies(held.user, now()) == []


def test_another_schools_pupils_cannot_be_looked_for(signed_in: Browser) -> None:
    answer = signed_in("head_of_year").post(
        reverse("emergency"), {"school_id": "S0001", "name": "a b"}
    )
    assert answer.status_code == 404


def test_a_reviewer_without_the_pupil_in_scope_sees_no_name(
    colleague: Colleague, signed_in: Browser, opened: EmergencyAccess
) -> None:
    EmergencyAccess.objects.update(started_at=opened.started_at - timedelta(days=4))
    page = signed_in("dpo").get(reverse("emergency_reviews"))
    assert "A pupil in Year 8" in page.content.decode()
    data: dict[str, Any] = {"access": opened.pk, "outcome": "not_justified", "note": ""}
    refused = signed_in("dpo").post(reverse("emergency_reviews"), data)
    assert refused.status_code == 422
    done = signed_in("dpo").post(reverse("emergency_reviews"), data | {"note": "We spoke."})
    assert done.status_code == 303
    assert signed_in("senco").get(reverse("emergency_reviews")).status_code == 404
