"""What is kept to answer for the product: objections, complaints, exports, thresholds."""

from django.db import models

from sightline.people.fields import SealedText
from sightline.people.models import User

__all__ = ["Complaint", "Export", "Objection", "ThresholdChange"]


class Objection(models.Model):
    """An opt-out or objection: from which day, and to which themes (empty: all signals)."""

    PRIVACY = {
        "purpose": "Leave a pupil out of lists and signals when they or their family object.",
        "keep": "until the pupil's data is erased",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "kind": "personal",
            "themes": "personal",
            "from_on": "personal",
            "to_on": "personal",
            "reason": "special_category",
            "recorded_by": "pseudonymous",
            "recorded_at": "personal",
            "ended_by": "pseudonymous",
            "ended_at": "personal",
        },
    }
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)  # opt_out, objection
    themes = models.JSONField(default=list)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    reason = SealedText()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)


class Complaint(models.Model):
    """A complaint, a request to correct, or a colleague's report that a figure is wrong.

    `acknowledge_by` is 30 days after it was received (Data (Use and Access) Act 2025 s.103).
    """

    PRIVACY = {
        "purpose": "Answer complaints and corrections in time, and keep what was answered.",
        "keep": "3 years after it was closed",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "kind": "personal",
            "signal": "personal",
            "text": "special_category",
            "received_at": "personal",
            "received_by": "pseudonymous",
            "acknowledge_by": "personal",
            "acknowledged_at": "personal",
            "owner": "pseudonymous",
            "outcome": "personal",
            "answer": "special_category",
            "closed_at": "personal",
            "closed_by": "pseudonymous",
        },
    }
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=12)  # complaint, correction, wrong_data
    signal = models.CharField(max_length=48, blank=True)
    text = SealedText()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acknowledge_by = models.DateField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=16, blank=True
    )  # corrected, not_wrong, upheld, not_upheld
    answer = SealedText()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class Export(models.Model):
    """A file that left the product: what, why, how many rows, and its hash."""

    PRIVACY = {
        "purpose": "Know which copies exist, for what, and who made them.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "what": "internal",
            "purpose": "personal",
            "columns": "internal",
            "rows": "internal",
            "filter": "pseudonymous",
            "sha256": "internal",
            "made_by": "pseudonymous",
            "made_at": "personal",
        },
    }
    school_id = models.CharField(max_length=64, blank=True)
    what = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    columns = models.JSONField(default=list)
    rows = models.IntegerField()
    filter = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()


class ThresholdChange(models.Model):
    """A proposed threshold; a second person confirms or declines it, then it is in force."""

    PRIVACY = {
        "purpose": "Show who changed a threshold, when and why, and who agreed.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "internal",
            "name": "internal",
            "old": "internal",
            "new": "internal",
            "reason": "internal",
            "effect": "internal",
            "proposed_by": "pseudonymous",
            "proposed_at": "personal",
            "settled_by": "pseudonymous",
            "settled_at": "personal",
            "state": "internal",
        },
    }
    name = models.CharField(max_length=80)  # signal.parameter
    old = models.JSONField()
    new = models.JSONField()
    reason = models.CharField(max_length=400)
    effect = models.JSONField(default=dict)  # year group -> [noticed before, noticed after]
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="proposed")  # confirmed, declined
