"""The pages of support and notes, without script: who gets in, and what a form keeps."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Breakfast club",
    "aim_signal": "attendance_momentum",
    "success_attendance_momentum": "99.9",
    "success_words": "In school on Mondays",
    "review_on": "2026-03-23",
}


def test_a_support_is_started_from_a_decision_and_then_shown(
    signed_in: Callable[[str], Client], ref: str, decided: Any
) -> None:
    client, address = signed_in("head_of_year"), f"/support/new/{ref}/?decision={decided.pk}"
    page = client.get(address)
    assert page.status_code == 200
    assert page.context["typed"]["name"] == "Breakfast club"
    owner = str(decided.owner_id)
    done = client.post(address, GOOD | {"owner": owner, "decision": str(decided.pk)})
    assert done.status_code == 303
    shown = client.get(done.headers["Location"])
    text = shown.content.decode()
    assert "Too early to say" in text
    assert "99.9% of sessions attended" in text
    assert shown.context["card"].support.decision_id == decided.pk


def test_a_form_refused_keeps_what_was_typed_and_names_every_mistake(
    signed_in: Callable[[str], Client], ref: str
) -> None:
    typed = GOOD | {
        "name": "",
        "success_attendance_momentum": "lots",
        "review_on": "other",
        "review_on_day": "40",
    }
    page = signed_in("head_of_year").post(f"/support/new/{ref}/", typed)
    assert page.status_code == 422
    text = page.content.decode()
    fields = [field for field, _ in page.context["errors"]]
    assert fields == [
        "id_name",
        "id_success_attendance_momentum",
        "id_owner",
        "id_review_on",
    ]
    assert all(f'id="{field}"' in text for field in fields)
    assert "In school on Mondays" in text
    assert 'value="lots"' in text


def test_a_level_no_better_than_now_is_refused(
    signed_in: Callable[[str], Client], ref: str, colleague: Callable[[str], Any]
) -> None:
    from sightline.triage.models import Support

    typed = GOOD | {"success_attendance_momentum": "1", "owner": str(colleague("senco").pk)}
    page = signed_in("head_of_year").post(f"/support/new/{ref}/", typed)
    assert "Hope for a level better than now" in page.content.decode()
    assert not Support.objects.exists()


def test_a_review_records_the_figures_as_they_stood(
    signed_in: Callable[[str], Client], begin: Any, at: Any
) -> None:
    from sightline.triage.models import Review

    support = begin(at=at.replace(month=1, day=12), review_on=date(2026, 3, 9))
    client = signed_in("head_of_year")
    text = client.get(f"/support/{support.pk}/").content.decode()
    assert "Review due" in text
    assert "school days before, from" in text
    empty = client.post(f"/support/{support.pk}/", {"note": "It helps", "seen": "0"})
    assert empty.status_code == 422
    assert "It helps" in empty.content.decode()
    done = client.post(
        f"/support/{support.pk}/", {"outcome": "keep", "next_review_on": "2026-03-23", "seen": "0"}
    )
    assert done.status_code == 303
    review = Review.objects.get()
    assert "sessions attended" in review.before
    assert "sessions attended" in review.since


def test_the_list_shows_only_pupils_the_viewer_may_see(
    signed_in: Callable[[str], Client], begin: Any, elsewhere: str
) -> None:
    from sightline.record.models import AuditEvent

    mine, other = begin(), begin(pupil_ref=elsewhere)
    client = signed_in("head_of_year")
    text = client.get("/support/?show=pupils").content.decode()
    assert f"/support/{mine.pk}/" in text
    assert f"/support/{other.pk}/" not in text
    looks = AuditEvent.objects.filter(action="read", area="support")
    assert [one.subject for one in looks] == [mine.pupil_ref]
    assert "No review is due." in client.get("/support/").content.decode()
    assert client.get("/support/?show=all").status_code == 404


@pytest.mark.parametrize("role", ["tutor", "class_teacher", "data_manager", "dpo", "trust_lead"])
def test_absent_and_forbidden_are_alike(
    signed_in: Callable[[str], Client], begin: Any, elsewhere: str, role: str
) -> None:
    support = begin(pupil_ref=elsewhere)
    client = signed_in(role)
    addresses = [f"/support/new/{elsewhere}/", "/support/new/zzzzzzzzzzzz/", "/support/999999/"]
    if role != "class_teacher":  # who may teach this pupil
        addresses += [f"/support/{support.pk}/", f"/pupil/{elsewhere}/note/"]
    for address in addresses:
        assert client.get(address).status_code == 404


def test_another_years_head_neither_reviews_nor_writes(
    signed_in: Callable[[str], Client], begin: Any, elsewhere: str
) -> None:
    support = begin(pupil_ref=elsewhere)
    client = signed_in("head_of_year")
    assert client.get(f"/support/{support.pk}/").status_code == 404
    posted = client.post(f"/support/{support.pk}/", {"outcome": "end", "seen": "0"})
    assert posted.status_code == 404
    assert client.post(f"/pupil/{elsewhere}/note/", {"kind": "note"}).status_code == 404
    assert support.reviews.count() == 0


def test_a_tutor_sees_the_figures_of_a_support_and_does_not_review(
    signed_in: Callable[[str], Client], begin: Any, sheets: Any
) -> None:
    ref = sheets.places(registration_group="9N")[0].pupil_ref
    support = begin(pupil_ref=ref, success_words="Words for the meeting")
    client = signed_in("tutor")
    text = client.get(f"/support/{support.pk}/").content.decode()
    assert "Words for the meeting" not in text
    assert "records the review" in text
    assert client.post(f"/support/{support.pk}/", {"outcome": "end"}).status_code == 404


def test_a_note_is_written_and_withdrawn_on_the_page(
    signed_in: Callable[[str], Client], ref: str
) -> None:
    from sightline.triage.models import PupilNote

    client, address = signed_in("head_of_year"), f"/pupil/{ref}/note/"
    assert client.post(address, {"kind": "note", "text": ""}).status_code == 422
    page = client.post(address, {"kind": "note", "text": "Sits at the front."}, follow=True)
    assert "Saved." in page.content.decode()
    note = PupilNote.objects.get()
    gone = client.post(f"{address}{note.pk}/withdraw/", follow=True)
    assert "Sits at the front." not in gone.content.decode()
    assert client.get(f"{address}{note.pk}/withdraw/").status_code == 404


def test_a_class_teacher_writes_a_line_for_teachers_but_no_talk_with_home(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any], sheets: Any
) -> None:
    teacher = colleague("class_teacher")
    taught = sheets.taught_by(teacher.staff_id, date(2026, 3, 9))
    ref = sheets.places(class_id=next(iter(taught)))[0].pupil_ref
    client, address = signed_in("class_teacher"), f"/pupil/{ref}/note/"
    assert {kind for kind, _ in client.get(address).context["tabs"]} == {
        "note",
        "strategy",
        "voice",
    }
    assert client.get(f"{address}?kind=home").status_code == 404
    done = client.post(address, {"kind": "strategy", "text": "Face the class."}, follow=True)
    assert "Face the class." in done.content.decode()


def test_the_pupil_is_asked_how_adults_should_see_them(
    signed_in: Callable[[str], Client], ref: str
) -> None:
    page = signed_in("senco").get(f"/pupil/{ref}/note/?kind=voice").content.decode()
    assert "How would you like adults to see you?" in page
    assert "Three model notes" in page
