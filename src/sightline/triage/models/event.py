"""What others need to hear of: events, and uses of the safeguarding path."""

from django.db import models

from sightline.people.models import User

__all__ = ["Event", "Signpost"]


class Event(models.Model):
    """Something that happened and that others may need to hear of; messages read it."""

    PRIVACY = {
        "purpose": "Tell messages that something happened, in the same transaction as it.",
        "keep": "90 days",
        "fields": {
            "id": "internal",
            "kind": "internal",
            "school_id": "personal",
            "about": "pseudonymous",
            "by": "pseudonymous",
            "at": "personal",
            "handled_at": "internal",
        },
    }
    kind = models.CharField(max_length=24)  # see events.py
    school_id = models.CharField(max_length=64)
    about = models.BigIntegerField(null=True)  # the id of the meeting, review or signpost
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)


class Signpost(models.Model):
    """That somebody used the safeguarding path. Not about whom and not what: that stays out."""

    PRIVACY = {
        "purpose": "Know that the safeguarding path is used and that alerts were answered.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "internal",
            "school_id": "personal",
            "used_by": "pseudonymous",
            "used_at": "personal",
            "urgent": "personal",
            "alerted_at": "personal",
            "answered_by": "pseudonymous",
            "answered_at": "personal",
        },
    }
    school_id = models.CharField(max_length=64)
    used_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    used_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    alerted_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
