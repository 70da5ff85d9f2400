"""What a named person decided, and what they had typed before they saved."""

from django.db import models

from sightline.people.fields import SealedText
from sightline.people.models import User
from sightline.triage.models.meeting import Listing

__all__ = ["Decision", "Draft"]


class Decision(models.Model):
    """What a named person decided about a listed pupil.

    Never changed in place: undoing sets `undone_at`, and changing makes a new row. At most one
    decision of a listing is in force, which the database itself holds.
    """

    PRIVACY = {
        "purpose": "Record what was decided, by whom, and when it is looked at again.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "listing": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "kind": "personal",
            "reason": "personal",
            "action": "special_category",
            "owner": "pseudonymous",
            "until": "personal",
            "adjustments": "special_category",
            "note": "special_category",
            "themes": "personal",
            "decided_by": "pseudonymous",
            "decided_at": "personal",
            "undone_by": "pseudonymous",
            "undone_at": "personal",
            "replaced": "pseudonymous",
        },
    }
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="decisions")
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)  # act, in_hand, not_now
    reason = models.CharField(max_length=16, blank=True)
    """For not_now: explained, wrong_data, already_better, not_for_us."""
    action = SealedText()
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    until = models.DateField()  # the review date, or until when the pupil stays away
    adjustments = models.CharField(max_length=8, blank=True)  # yes, no, unsure
    note = SealedText()
    themes = models.JSONField(default=list)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    replaced = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"],
                condition=models.Q(undone_at__isnull=True),
                name="one_decision_in_force",
            )
        ]
        indexes = [models.Index(fields=["pupil_ref", "-decided_at"], name="decision_by_pupil")]


class Draft(models.Model):
    """What somebody has typed and not yet saved, kept so that nothing typed is lost."""

    PRIVACY = {
        "purpose": "Never lose what was typed.",
        "keep": "until saved, or 30 days",
        "fields": {
            "id": "pseudonymous",
            "listing": "pseudonymous",
            "user": "pseudonymous",
            "text": "special_category",
            "saved_at": "personal",
        },
    }
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    text = SealedText()  # the form's fields as JSON
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "user"], name="one_draft_each")]
