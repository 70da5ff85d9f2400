import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.support.mail_server import Relay

pytestmark = pytest.mark.django_db
Colleague = Callable[[str], Any]
DSL = "dsl@school.test"


@pytest.fixture(autouse=True)
def lead(site_setting: Callable[..., None]) -> None:
    site_setting(dsl_mail=DSL)


@pytest.fixture
def signpost(colleague: Colleague, school: str, at: datetime) -> Any:
    from sightline.triage.actions.safeguarding import use_path

    return use_path(by=colleague("tutor"), at=at, school_id=school, urgent=True)


def alert(signpost: Any) -> Any:
    from sightline.messages.actions.alerts import alert_safeguarding

    return alert_safeguarding(signpost)


def retry(at: datetime) -> Any:
    from sightline.messages.actions.alerts import retry_alerts

    return retry_alerts(at=at)


def many_waiting(to: Any, at: datetime, count: int) -> None:
    from sightline.messages.models import Message

    Message.objects.bulk_create(
        Message(
            to=to,
            kind="stale",
            key=f"stale:test:{number}",
            detail={"school": "S0000", "last": "2026-03-05"},
            made_at=at - timedelta(hours=1),
            not_before=at - timedelta(hours=1),
            until=at + timedelta(days=1),
        )
        for number in range(count)
    )


def test_a_call_to_the_safeguarding_lead_goes_at_once_past_a_thousand_waiting_mails(
    signpost: Any, colleague: Colleague, at: datetime, relay: Relay
) -> None:
    from sightline.messages.actions.alerts import Sent

    many_waiting(colleague("data_manager"), at, 1000)
    began = time.monotonic()
    assert isinstance(alert(signpost), Sent)
    assert time.monotonic() - began < 5
    assert [one.recipients for one in relay.kept] == [(DSL,)]
    signpost.refresh_from_db()
    assert signpost.alerted_at == at


def test_the_call_says_who_and_when_and_nothing_of_whom_or_what(
    signpost: Any, relay: Relay
) -> None:
    alert(signpost)
    (mail,) = relay.kept
    assert mail.message["Subject"] == "Safeguarding: a colleague needs you now"
    assert "Mr Whitfield pressed the button" in mail.text
    assert "at 08:40 on Mon 9 Mar" in mail.text
    assert "List-Unsubscribe" not in mail.text


def test_when_it_cannot_go_the_caller_is_told_so_and_the_worker_tries_every_minute(
    signpost: Any, at: datetime, relay: Relay
) -> None:
    from sightline.messages.actions.alerts import NotSent, Sent

    relay.answer = "451 not now"
    assert alert(signpost) == NotSent("not yet (451)")
    signpost.refresh_from_db()
    assert signpost.alerted_at is None
    (still,) = retry(at + timedelta(minutes=1))
    assert isinstance(still, NotSent)
    relay.answer = "250 taken"
    (gone,) = retry(at + timedelta(minutes=2))
    assert gone == Sent(at + timedelta(minutes=2))
    assert retry(at + timedelta(minutes=3)) == []
    assert len(relay.kept) == 1


def test_a_relay_that_never_answers_is_given_up_after_five_seconds(
    signpost: Any, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sightline.messages.actions import alerts

    assert alerts.TIMEOUT == 5
    monkeypatch.setattr(alerts, "TIMEOUT", 1)
    relay.silent = True
    began = time.monotonic()
    assert isinstance(alert(signpost), alerts.NotSent)
    assert time.monotonic() - began < 4


def test_a_call_is_tried_again_even_when_the_relay_refused_it(
    signpost: Any, at: datetime, relay: Relay
) -> None:
    from sightline.messages.actions.alerts import NotSent, Sent

    relay.answer = "550 no"
    assert isinstance(alert(signpost), NotSent)
    relay.answer = "250 taken"
    assert isinstance(retry(at + timedelta(minutes=1))[0], Sent)


def test_without_a_mail_address_or_a_relay_it_says_that_nothing_was_sent(
    signpost: Any, settings: Any, site_setting: Callable[..., None]
) -> None:
    from sightline.messages.actions.alerts import NotSent

    site_setting(dsl_mail="")
    assert isinstance(alert(signpost), NotSent)
    site_setting(dsl_mail=DSL)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert isinstance(alert(signpost), NotSent)


def test_a_request_cut_off_before_the_call_is_made_good_by_the_worker(
    signpost: Any, at: datetime, relay: Relay
) -> None:
    from sightline.messages.actions.alerts import Sent

    assert isinstance(retry(at + timedelta(minutes=1))[0], Sent)
    assert len(relay.kept) == 1


def test_nobody_is_called_any_more_once_a_colleague_has_answered(
    signpost: Any, at: datetime, relay: Relay
) -> None:
    signpost.answered_at = at
    signpost.save()
    assert retry(at + timedelta(minutes=1)) == []
    assert relay.kept == []


def test_in_the_workers_round_calls_go_before_everything_else(
    signpost: Any, colleague: Colleague, at: datetime, relay: Relay, monkeypatch: Any
) -> None:
    from sightline.project import work

    many_waiting(colleague("data_manager"), at, 30)
    monkeypatch.setattr(work, "now", lambda: at)
    work.every_minute_first.call_local()
    work.every_minute.call_local()
    assert relay.kept[0].recipients == (DSL,)
    assert len(relay.kept) > 30


def test_a_call_cut_off_while_it_was_sent_is_sent_again(
    signpost: Any, at: datetime, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sightline.messages.actions import alerts

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            retry(at)
    assert retry(at + timedelta(seconds=30)) == [], "another worker may be at it"
    assert isinstance(retry(at + timedelta(minutes=1))[0], alerts.Sent)
