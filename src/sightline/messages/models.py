"""The outbox and the private calendar feeds. No name and no reason is ever in a message."""

from django.db import models

from sightline.people.models import User
from sightline.triage.models import Meeting

__all__ = ["CalendarDay", "CalendarFeed", "Message", "PackCopy"]


class Message(models.Model):
    """One mail and what became of it.

    `key` names its cause, so that the same cause is never mailed twice. Its words are written when
    it is sent, from what its reader may see then; `detail` holds the ids they are written from.
    """

    PRIVACY = {
        "purpose": "Send each reminder once, and know that it was sent.",
        "keep": "90 days",
        "fields": {
            "id": "internal",
            "to": "pseudonymous",
            "kind": "internal",
            "key": "internal",
            "detail": "internal",
            "subject": "internal",
            "body": "internal",
            "urgent": "internal",
            "made_at": "internal",
            "not_before": "internal",
            "until": "internal",
            "state": "internal",
            "sent_at": "internal",
            "tries": "internal",
            "failure": "internal",
        },
    }
    to = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")  # null: the DSL
    kind = models.CharField(max_length=24)  # see letters.py
    key = models.CharField(max_length=120, unique=True)
    detail = models.JSONField(default=dict)
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    until = models.DateTimeField()  # after this it is of no use to its reader
    state = models.CharField(max_length=8, default="waiting")
    """waiting, sending, sent, dropped (there was nothing left to say) or failed."""
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "not_before"], name="message_by_state")]


class CalendarFeed(models.Model):
    """A private calendar address: the token is shown once and only its hash is kept."""

    PRIVACY = {
        "purpose": "Show a person's own review dates in their calendar, without names.",
        "keep": "until revoked",
        "fields": {
            "id": "internal",
            "user": "pseudonymous",
            "token_hash": "secret",
            "made_at": "internal",
            "last_read_at": "internal",
            "revoked_at": "internal",
        },
    }
    user = models.ForeignKey(User, models.CASCADE, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class CalendarDay(models.Model):
    """A day of somebody's feed as it was last handed out.

    Calendars only take a change whose `sequence` is higher, and only forget what was cancelled.
    """

    PRIVACY = {
        "purpose": "Tell calendars that a day has changed or is cancelled.",
        "keep": "a year",
        "fields": {
            "id": "internal",
            "user": "pseudonymous",
            "on": "internal",
            "count": "internal",
            "sequence": "internal",
            "changed_at": "internal",
        },
    }
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    on = models.DateField()
    count = models.SmallIntegerField()
    sequence = models.SmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="one_entry_a_day")]


class PackCopy(models.Model):
    """One printed copy of a meeting's pack, numbered so that each can be asked after."""

    PRIVACY = {
        "purpose": "Know how many copies of a meeting's pack were made, and by whom.",
        "keep": "as the meeting",
        "fields": {
            "id": "internal",
            "meeting": "pseudonymous",
            "number": "internal",
            "made_by": "pseudonymous",
            "made_at": "internal",
        },
    }
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="copies")
    number = models.SmallIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="each_copy_its_number")
        ]
