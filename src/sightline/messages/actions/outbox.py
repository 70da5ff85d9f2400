"""From causes to sent mail. Each step may be cut off anywhere and run again."""

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from sightline.messages.causes import Cause, causes_at
from sightline.messages.letters import Letter, write_letter
from sightline.messages.models import Message
from sightline.messages.post import (
    Later,
    Refusal,
    hand_over,
    mail_is_set_up,
    open_relay,
    plain_text,
)
from sightline.triage.models import Event

__all__ = ["Round", "collect", "send_waiting"]

BACK_OFF = (1, 5, 15, 60, 240)  # minutes after each failed try
RELAY_TIMEOUT = 10  # seconds
CUT_OFF = "stopped while it was being sent: it may have arrived, and is not sent again"
LOST_AFTER = timedelta(minutes=15)


@dataclass
class Round:
    """What became of one round of sending."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    relay: str = ""  # why the relay could not be reached


def collect(*, at: datetime) -> int:
    """Write a message for every cause that has none yet; how many are new.

    Causes are sought outside the transaction, so that a meeting's saves do not wait for it.
    """
    events = Event.objects.filter(handled_at__isnull=True, at__lte=at)
    handled = list(events.values_list("pk", flat=True))
    causes = list(causes_at(at))
    with transaction.atomic():
        new = _write(causes, at)
        Event.objects.filter(pk__in=handled).update(handled_at=at)
    return new


def _write(causes: Iterable[Cause], at: datetime) -> int:
    by_key = {one.key: one for one in causes}
    known = Message.objects.filter(key__in=list(by_key)).values_list("key", flat=True)
    fresh = [one for key, one in by_key.items() if key not in set(known)]
    Message.objects.bulk_create(
        [
            Message(
                to_id=one.to,
                kind=one.kind,
                key=one.key,
                detail=one.detail,
                made_at=at,
                not_before=at,
                until=one.until,
                urgent=one.urgent,
            )
            for one in fresh
        ],
        ignore_conflicts=True,  # another worker was quicker
    )
    return len(fresh)


def send_waiting(*, at: datetime, limit: int = 200) -> Round:
    """Send what waits, oldest first, one at a time and outside any transaction.

    A message is claimed before it is handed over, so that none is sent by two workers, nor again
    after a worker was stopped half-way. A relay that cannot be reached ends the round.
    """
    done = Round()
    _give_up(at)
    if not mail_is_set_up():
        return done
    waiting = Message.objects.filter(state="waiting", urgent=False, not_before__lte=at)
    relay: Any = None
    try:
        for message in waiting.select_related("to").order_by("made_at", "pk")[:limit]:
            letter = write_letter(message, at)
            if letter is None:
                _settle(message, "dropped")
                done.dropped += 1
                continue
            relay = relay or open_relay(RELAY_TIMEOUT)
            _send(message, letter, relay, at, done)
    except (OSError, smtplib.SMTPException) as error:
        done.relay = type(error).__name__
    finally:
        if relay is not None:
            relay.close()
    return done


def _send(message: Message, letter: Letter, relay: Any, at: datetime, done: Round) -> None:
    if not _claim(message, at):
        return
    try:
        hand_over(letter, message.to.email if message.to else "", message.pk, relay)
    except Refusal as refusal:
        _settle(message, "failed", failure=str(refusal))
        done.failed += 1
    except (Later, OSError, smtplib.SMTPException) as error:
        again = at + timedelta(minutes=BACK_OFF[min(message.tries, len(BACK_OFF) - 1)])
        why = str(error) if isinstance(error, Later) else type(error).__name__
        _settle(message, "waiting", failure=why, not_before=again)
        done.failed += 1
        if not isinstance(error, Later):
            raise
    else:
        _settle(message, "sent", sent_at=at, subject=letter.subject, body=plain_text(letter))
        done.sent += 1


def _claim(message: Message, at: datetime) -> bool:
    """Make this message ours for a while; False when another worker has it."""
    mine = Message.objects.filter(pk=message.pk, state="waiting")
    taken = mine.update(state="sending", tries=F("tries") + 1, not_before=at + LOST_AFTER)
    return bool(taken)


def _settle(message: Message, state: str, **values: Any) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, **{"failure": "", **values})


def _give_up(at: datetime) -> None:
    """Let go of what is of no more use, and of what a stopped worker left half-way."""
    ordinary = Message.objects.filter(urgent=False)
    ordinary.filter(state="waiting", until__lte=at).update(state="dropped", failure="too late")
    lost = ordinary.filter(state="sending", not_before__lte=at)
    lost.update(state="failed", failure=CUT_OFF)
