"""The safeguarding path: a person is told at once; no pupil and no word is ever kept."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.support.mail_server import Relay, mail_relay

pytestmark = pytest.mark.django_db
DSL = {
    "dsl_name": "Mrs Dhillon",
    "dsl_phone": "01632 960 123",
    "dsl_mail": "dsl@school.test",
    "crisis_words": "After six: the county's line.",
}


@pytest.fixture
def relay(settings: Any, socket_enabled: Any) -> Iterator[Relay]:
    with mail_relay(settings) as found:
        yield found


def press(client: Client, way: str, **more: Any) -> str:
    answer = client.post("/safeguarding/", {"way": way, **more}, follow=True)
    return str(answer.content.decode())


def test_the_page_says_who_to_tell_and_what_is_not_kept(
    signed_in: Callable[[str], Client], site_setting: Callable[..., None]
) -> None:
    site_setting(**DSL)
    page = signed_in("class_teacher").get("/safeguarding/").content.decode()
    assert all(words in page for words in ("Mrs Dhillon", "01632 960 123", "After six", "999"))
    assert "Nothing about whom, and nothing about what." in page


def test_the_page_says_plainly_when_nobody_is_entered(
    signed_in: Callable[[str], Client], site_setting: Callable[..., None]
) -> None:
    site_setting(**dict.fromkeys(DSL, ""))
    page = signed_in("tutor").get("/safeguarding/").content.decode()
    assert "has not entered its safeguarding lead" in page


def test_an_alert_is_mailed_within_the_request_and_says_when(
    signed_in: Callable[[str], Client], site_setting: Callable[..., None], relay: Relay, ref: str
) -> None:
    site_setting(**DSL)
    page = press(signed_in("tutor"), "alert")
    assert "Mail sent to the safeguarding lead at" in page
    [mail] = relay.kept
    assert mail.recipients == ("dsl@school.test",)
    assert "Mr Whitfield" in mail.text
    assert ref not in mail.text


@pytest.mark.parametrize("settings_known", [DSL, {**DSL, "dsl_mail": ""}])
def test_when_no_mail_can_be_sent_it_says_telephone_now(
    signed_in: Callable[[str], Client],
    site_setting: Callable[..., None],
    settings: Any,
    settings_known: dict[str, str],
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    site_setting(**settings_known)
    page = press(signed_in("tutor"), "alert")
    assert "The mail could not be sent" in page
    assert "Telephone Mrs Dhillon now" in page


def test_a_double_press_is_one_alert(
    signed_in: Callable[[str], Client], site_setting: Callable[..., None], relay: Relay
) -> None:
    from sightline.triage.models import Signpost

    site_setting(**DSL)
    client = signed_in("tutor")
    press(client, "alert")
    press(client, "alert")
    assert Signpost.objects.count() == len(relay.kept) == 1


def test_only_the_use_of_the_path_is_recorded(
    signed_in: Callable[[str], Client], site_setting: Callable[..., None]
) -> None:
    from sightline.record.models import AuditEvent
    from sightline.triage.models import Signpost

    site_setting(**DSL)
    page = press(signed_in("tutor"), "told", pupil="p1", text="He told me")
    assert "Thank you" in page
    post = Signpost.objects.get()
    assert (post.urgent, post.alerted_at) == (False, None)
    row = AuditEvent.objects.get(action="safeguarding_path")
    assert (row.subject, row.detail) == (f"signpost {post.pk}", {})
    names = {one.name for one in Signpost._meta.get_fields()}
    assert not names & {"pupil", "pupil_ref", "text", "note", "reason"}


def test_an_unanswered_alert_waits_for_senior_leaders_and_the_safeguarding_lead(
    signed_in: Callable[[str], Client],
    colleague: Callable[[str], Any],
    site_setting: Callable[..., None],
    at: datetime,
) -> None:
    from sightline.triage.models import Signpost
    from sightline.triage.safeguarding_queries import open_alerts

    site_setting(**DSL)
    press(signed_in("tutor"), "alert")
    post, on = Signpost.objects.get(), at.date()
    assert open_alerts(colleague("senior_leader"), on) == [post]
    assert open_alerts(colleague("senco"), on) == []
    site_setting(dsl_mail="SENCO@school.test")
    assert open_alerts(colleague("senco"), on) == [post]
    assert open_alerts(colleague("senior_leader"), on + timedelta(days=300)) == [post]
    for address in ("/safeguarding/", "/patterns/"):  # on every page of theirs, once
        shown = signed_in("senior_leader").get(address).content.decode()
        assert shown.count("asked for the safeguarding lead") == 1
    page = press(signed_in("senior_leader"), "answered", signpost=post.pk)
    assert "asked for the safeguarding lead" not in page
    assert open_alerts(colleague("senco"), on) == []


def test_nobody_else_can_answer_an_alert(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any], school: str, at: datetime
) -> None:
    from sightline.triage.actions.safeguarding import answer, use_path

    by = colleague("tutor")
    post = use_path(by=by, at=at, school_id=school, urgent=True)
    client = signed_in("head_of_year")
    answered = client.post("/safeguarding/", {"way": "answered", "signpost": post.pk})
    assert answered.status_code == 404
    with pytest.raises(ValidationError):
        answer(by=colleague("head_of_year"), at=at, signpost=post)
    assert client.get(f"/safeguarding/?used={post.pk}").context["used"] is None
