"""The record's own tables: its rows, and where its chain ends."""

from django.db import models

__all__ = ["AuditEvent", "ChainHead"]


class AuditEvent(models.Model):
    """One look or one change. Append-only: the database itself refuses to alter or delete a row.

    Holds references, never values, and no foreign keys, so that erasing a person never breaks the
    chain. `hash` covers every column and the hash of the row before (see audit.py).
    """

    PRIVACY = {
        "purpose": "Show who looked at whom and who changed what, and that nobody altered this.",
        "keep": "7 years",
        "fields": {
            "number": "internal",
            "at": "personal",
            "actor": "pseudonymous",
            "acting_for": "pseudonymous",
            "action": "internal",
            "area": "internal",
            "school_id": "personal",
            "subject": "pseudonymous",
            "why": "personal",
            "detail": "pseudonymous",
            "request": "internal",
            "previous": "internal",
            "hash": "internal",
        },
    }
    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=24)  # "user 12", "system", "calendar 3", "nobody"
    acting_for = models.CharField(max_length=24, blank=True)  # view as: whose page it was
    action = models.CharField(max_length=40)  # "read", or a verb of the actions: "decide", "finish"
    area = models.CharField(max_length=24)  # a kind of information in access.yml
    school_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=40, blank=True)  # a pupil_ref, or "user 4", "export 2"
    why = models.CharField(max_length=200, blank=True)  # the reason access was allowed
    detail = models.JSONField(default=dict)
    request = models.CharField(max_length=32, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_by_subject"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
        ]


class ChainHead(models.Model):
    """The last number and hash of the audit chain; its one row is the lock writers take."""

    PRIVACY = {
        "purpose": "Hand each audit row its number and the hash before it.",
        "keep": "as long as the audit record",
        "fields": {"id": "internal", "number": "internal", "hash": "internal"},
    }
    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
