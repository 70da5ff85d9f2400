from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

pytestmark = pytest.mark.django_db
Colleague = Callable[[str], Any]


@pytest.fixture
def finished(decided: Any, colleague: Colleague, at: datetime) -> Any:
    from sightline.triage.actions.meetings import finish

    by = colleague("head_of_year")
    return finish(by=by, at=at, meeting=decided, attended=[colleague("senco")])


def gather(at: datetime) -> int:
    from sightline.messages.actions.outbox import collect

    return collect(at=at)


def send(at: datetime, limit: int = 200) -> Any:
    from sightline.messages.actions.outbox import send_waiting

    return send_waiting(at=at, limit=limit)


def kinds() -> list[str]:
    from sightline.messages.models import Message

    return sorted(Message.objects.values_list("kind", flat=True))


def states() -> set[str]:
    from sightline.messages.models import Message

    return set(Message.objects.values_list("state", flat=True))


def of_kind(kind: str) -> Any:
    from sightline.messages.models import Message

    return Message.objects.filter(kind=kind)


def quiet(colleague: Colleague, *roles: str) -> None:
    """These people have chosen no digest, so that a test counts other mails only."""
    from sightline.people.models import User

    for role in roles:
        colleague(role)
    User.objects.update(digest_at="never")


def support(owner: Any, at: datetime, school: str, review_on: date, **values: Any) -> Any:
    from django.conf import settings

    from sightline.sheets import open_sheets
    from sightline.triage.models import Support

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    place = sheets.places(year_group=9)[0]
    given = {"name": "Morning check-in", "aim_signal": "attendance_momentum"} | values
    return Support.objects.create(
        school_id=school,
        pupil_ref=place.pupil_ref,
        owner=owner,
        started_on=date(2026, 2, 2),
        review_on=review_on,
        made_by=owner,
        made_at=at,
        **given,
    )


def test_a_cause_is_mailed_once_however_often_it_is_found(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    quiet(colleague)
    assert gather(at) == 2
    assert send(at).sent == 2
    assert gather(at + timedelta(minutes=1)) == 0
    assert send(at + timedelta(minutes=1)).sent == 0
    assert len(mail.outbox) == 2


def test_a_recap_has_only_the_readers_own_actions_as_counts_and_dates(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    quiet(colleague)
    gather(at)
    send(at)
    to = {one.to[0]: one for one in mail.outbox}
    assert set(to) == {colleague("senco").email, colleague("tutor").email}
    body = to[colleague("senco").email].body
    assert "You took on 2 actions, to be looked at again by Mon 23 Mar." in body
    assert "1 action," in to[colleague("tutor").email].body
    assert "aunt" not in body


def test_a_collection_cut_off_half_way_leaves_nothing_and_is_made_again(
    finished: Any, colleague: Colleague, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sightline.triage.models import Event

    quiet(colleague)

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("django.db.models.query.QuerySet.update", killed)
        with pytest.raises(Killed), transaction.atomic():
            gather(at)
    assert kinds() == []
    assert Event.objects.filter(handled_at=None).exists()
    assert gather(at) == 2
    assert not Event.objects.filter(handled_at=None).exists()


def test_a_mail_cut_off_while_it_was_handed_over_is_not_sent_again(
    finished: Any, colleague: Colleague, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(colleague)
    gather(at)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sightline.messages.actions.outbox.hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            send(at)
    assert send(at + timedelta(minutes=1)).sent == 1, "the other one goes"
    send(at + timedelta(hours=1))
    cut_off = of_kind("recap").get(state="failed")
    assert "may have arrived" in cut_off.failure
    assert len(mail.outbox) == 1


def test_two_workers_never_send_the_same_mail(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    from sightline.messages.actions.outbox import _claim

    quiet(colleague)
    gather(at)
    message = of_kind("recap").first()
    assert _claim(message, at)
    assert not _claim(message, at)


def test_a_relay_that_is_away_is_tried_again_later_and_later(
    finished: Any, colleague: Colleague, at: datetime, settings: Any, socket_enabled: Any
) -> None:
    quiet(colleague)
    gather(at)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert send(at).relay == "ConnectionRefusedError"
    assert states() == {"waiting"}


def test_a_relay_that_says_not_yet_is_asked_again_after_a_while(
    finished: Any, colleague: Colleague, at: datetime, relay: Any
) -> None:
    quiet(colleague)
    gather(at)
    relay.answer = "451 try again later"
    assert send(at).failed == 2
    relay.answer = "250 taken"
    assert send(at).sent == 0
    assert send(at + timedelta(minutes=5)).sent == 2
    assert set(of_kind("recap").values_list("tries", flat=True)) == {2}


def test_an_address_the_relay_refuses_is_not_tried_again(
    finished: Any, colleague: Colleague, at: datetime, relay: Any
) -> None:
    quiet(colleague)
    gather(at)
    relay.answer = "550 nobody here"
    assert send(at).failed == 2
    assert states() == {"failed"}


def test_text_and_html_say_the_same_and_the_choice_of_mails_is_in_the_header(
    finished: Any, colleague: Colleague, at: datetime, relay: Any
) -> None:
    from html import unescape
    from re import sub

    quiet(colleague)
    gather(at)
    send(at)
    mail = relay.kept[0].message
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    words = unescape(sub(r"<[^>]+>", " ", page)).split()
    assert words == text.split()
    assert mail["List-Unsubscribe"].startswith("<http")
    assert mail["To"] in {colleague("senco").email, colleague("tutor").email}


def test_without_a_relay_messages_wait_and_go_when_one_is_set_up(
    finished: Any, colleague: Colleague, at: datetime, settings: Any
) -> None:
    quiet(colleague)
    gather(at)
    with_mail = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert send(at).sent == 0
    settings.EMAIL_BACKEND = with_mail
    assert send(at).sent == 2


def test_what_is_of_no_more_use_is_never_sent(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    quiet(colleague)
    gather(at)
    assert send(at + timedelta(days=4)).sent == 0
    assert states() == {"dropped"}


def test_somebody_who_has_left_gets_nothing(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    from sightline.people.models import User

    quiet(colleague)
    gather(at)
    User.objects.filter(pk=colleague("tutor").pk).update(is_active=False)
    assert send(at).sent == 1
    assert states() == {"sent", "dropped"}


def test_a_review_is_mailed_to_its_owner_on_the_morning_and_once_more_after_five_school_days(
    colleague: Colleague, school: str, at: datetime
) -> None:
    quiet(colleague, "senco")
    support(colleague("senco"), at, school, date(2026, 3, 9))
    gather(at.replace(hour=6))
    assert kinds() == []
    for day in range(14):
        now = at + timedelta(days=day)
        gather(now)
        send(now)
    assert [one.subject for one in mail.outbox] == [
        "1 review of support is due today",
        "1 review waiting",
    ]
    late = of_kind("review_late").get()
    assert late.made_at.date() == date(2026, 3, 16)


def test_a_review_done_before_its_mail_goes_is_not_mailed(
    colleague: Colleague, school: str, at: datetime
) -> None:
    quiet(colleague, "senco")
    one = support(colleague("senco"), at, school, date(2026, 3, 9))
    gather(at)
    one.review_on = date(2026, 4, 20)
    one.save()
    assert send(at).sent == 0
    assert states() == {"dropped"}


def test_a_review_of_a_pupil_one_may_no_longer_see_is_not_mailed(
    colleague: Colleague, school: str, at: datetime
) -> None:
    from sightline.people.models import Grant

    quiet(colleague, "senco")
    support(colleague("senco"), at, school, date(2026, 3, 9))
    gather(at)
    Grant.objects.filter(user=colleague("senco")).update(to_on=date(2026, 3, 6))
    assert send(at).sent == 0


def test_the_person_named_in_an_emergency_is_told_at_once_by_reference(
    colleague: Colleague, school: str, at: datetime
) -> None:
    from sightline.messages.actions.alerts import retry_alerts
    from sightline.people.models import EmergencyAccess

    quiet(colleague, "head_of_year", "senior_leader")
    access = EmergencyAccess.objects.create(
        user=colleague("head_of_year"),
        school_id=school,
        pupil_ref="abcdefghjkmn",
        reason="Their father has just rung",
        started_at=at,
        ends_at=at + timedelta(hours=1),
        told=colleague("senior_leader"),
    )
    gather(at)
    retry_alerts(at=at)
    (told,) = mail.outbox
    assert told.to == [colleague("senior_leader").email]
    assert f"The reference is E{access.pk}." in told.body
    assert "father" not in told.body
    assert "abcdefghjkmn" not in told.body


def test_a_report_that_data_is_wrong_goes_to_the_data_manager_once(
    colleague: Colleague, school: str, at: datetime
) -> None:
    from sightline.governance.models import Complaint

    quiet(colleague, "head_of_year", "data_manager")
    Complaint.objects.create(
        school_id=school,
        kind="wrong_data",
        text="He was on the trip",
        received_at=at,
        received_by=colleague("head_of_year"),
        acknowledge_by=at.date() + timedelta(days=30),
    )
    gather(at)
    gather(at + timedelta(days=1))
    (message,) = of_kind("wrong_data")
    assert message.to == colleague("data_manager")


def test_refused_rows_are_told_to_the_data_manager_once_for_each_table(
    colleague: Colleague, school: str, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sightline.messages.data_faults import Refused

    quiet(colleague, "data_manager", "senco")
    found = {"value": Refused(7, {"attendance": 3})}
    monkeypatch.setattr("sightline.messages.causes.refused_tables", lambda _: found["value"])
    gather(at)
    found["value"] = Refused(8, {"attendance": 2})
    gather(at + timedelta(days=1))
    assert of_kind("refused").count() == 1
    found["value"] = Refused(9, {"attendance": 2, "behaviour": 1})
    gather(at + timedelta(days=2))
    assert of_kind("refused").count() == 2
    send(at + timedelta(days=2))
    assert "attendance 2 and behaviour 1" in mail.outbox[-1].body


def test_attendance_that_did_not_come_is_told_once(
    colleague: Colleague, school: str, at: datetime
) -> None:
    quiet(colleague, "data_manager")
    gather(at.replace(hour=9, minute=30))
    assert of_kind("stale").count() == 0, "on Monday, Friday's marks are the latest"
    tuesday = at.replace(day=10, hour=9, minute=30)
    gather(tuesday)
    gather(tuesday + timedelta(days=1))
    assert of_kind("stale").count() == 1


def test_messages_are_forgotten_after_ninety_days(
    finished: Any, colleague: Colleague, at: datetime
) -> None:
    from sightline.governance.actions.retention import purge

    quiet(colleague)
    gather(at)
    send(at)
    assert purge(at + timedelta(days=89))["message"] == 0
    assert purge(at + timedelta(days=91))["message"] == 2
    assert kinds() == []
