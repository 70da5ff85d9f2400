"""Calls the safeguarding lead: at once, in the caller's own request, ahead of every queue."""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from sightline.messages.letters import write_letter
from sightline.messages.models import Message
from sightline.messages.post import (
    Later,
    Refusal,
    hand_over,
    mail_is_set_up,
    open_relay,
    plain_text,
)
from sightline.triage.models import Signpost

__all__ = ["NotSent", "Sent", "alert_safeguarding", "retry_alerts"]

TIMEOUT = 5  # seconds
KEEP_TRYING = timedelta(days=1)
HELD = timedelta(seconds=45)  # how long a worker may be at one alert before another takes it


@dataclass(frozen=True)
class Sent:
    """The relay has taken the alert."""

    at: datetime


@dataclass(frozen=True)
class NotSent:
    """The alert has not gone: the page must say so, and whom to ring. It is tried every minute."""

    why: str


@transaction.atomic
def alert_safeguarding(signpost: Signpost) -> Sent | NotSent:
    """Mail the safeguarding lead that a colleague needs them now; says whether it has gone.

    Waits five seconds at most for each answer of the relay, on a connection of its own.
    """
    return _try(_message_for(signpost, signpost.used_at), signpost.used_at)


def retry_alerts(*, at: datetime) -> list[Sent | NotSent]:
    """Try every alert that has not gone, calls to the safeguarding lead first."""
    since = at - KEEP_TRYING
    unanswered = Signpost.objects.filter(urgent=True, alerted_at=None, answered_at=None)
    for signpost in unanswered.filter(used_at__gt=since):  # its request was cut off
        _message_for(signpost, at)
    open_ones = Message.objects.filter(urgent=True, until__gt=at)
    waiting = open_ones.filter(Q(state="waiting") | Q(state="sending", not_before__lte=at))
    order = F("to_id").asc(nulls_first=True), "made_at"
    return [_try(one, at) for one in waiting.select_related("to").order_by(*order)]


def _message_for(signpost: Signpost, at: datetime) -> Message:
    values = {
        "kind": "crisis",
        "detail": {"signpost": signpost.pk},
        "urgent": True,
        "made_at": at,
        "not_before": at,
        "until": signpost.used_at + KEEP_TRYING,
    }
    found, _ = Message.objects.get_or_create(key=f"crisis:{signpost.pk}", defaults=values)
    return found


def _try(message: Message, at: datetime) -> Sent | NotSent:
    address = message.to.email if message.to else settings.SITE.settings["dsl_mail"]
    letter = write_letter(message, at)
    if letter is None:
        return _end(message, "dropped", "no longer needed")
    if not mail_is_set_up() or not address:
        return NotSent("no mail can be sent from this site yet")
    if not _claim(message, at):
        return NotSent("it is being sent by another process")
    try:
        relay = open_relay(TIMEOUT)
        try:
            hand_over(letter, address, message.pk, relay)
        finally:
            relay.close()
    except (Later, Refusal) as error:
        return _end(message, "waiting", str(error))
    except (OSError, smtplib.SMTPException) as error:
        return _end(message, "waiting", type(error).__name__)
    _end(message, "sent", "", sent_at=at, subject=letter.subject, body=plain_text(letter))
    if message.kind == "crisis":
        Signpost.objects.filter(pk=message.detail["signpost"]).update(alerted_at=at)
    return Sent(at)


def _claim(message: Message, at: datetime) -> bool:
    mine = Message.objects.filter(
        Q(state="waiting") | Q(state="sending", not_before__lte=at), pk=message.pk
    )
    return bool(mine.update(state="sending", tries=F("tries") + 1, not_before=at + HELD))


def _end(message: Message, state: str, why: str, **values: object) -> NotSent:
    found = Message.objects.filter(pk=message.pk)
    found.update(state=state, failure=why, **values)  # type: ignore[arg-type]
    return NotSent(why)
