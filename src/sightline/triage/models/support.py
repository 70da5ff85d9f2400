"""What is being tried for a pupil, and each look at it."""

from typing import Any

from django.db import models

from sightline.people.fields import SealedText
from sightline.people.models import User
from sightline.triage.models.decision import Decision

__all__ = ["Review", "Support"]


class Support(models.Model):
    """Something tried for a pupil, with what success looks like fixed before it starts.

    `success` is the level of `aim_signal` hoped for and `start_level` the level at the start (null:
    could not be told); neither changes afterwards.
    """

    PRIVACY = {
        "purpose": "See that support is reviewed on time and changed when it does not help.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "name": "special_category",
            "aim_signal": "personal",
            "start_level": "personal",
            "success": "personal",
            "success_words": "special_category",
            "owner": "pseudonymous",
            "started_on": "personal",
            "review_on": "personal",
            "ended_on": "personal",
            "decision": "pseudonymous",
            "made_by": "pseudonymous",
            "made_at": "personal",
        },
    }
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12)
    name = SealedText()
    aim_signal = models.CharField(max_length=48)
    start_level = models.FloatField(null=True, blank=True)
    success = models.FloatField(null=True, blank=True)
    success_words = SealedText()
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_on = models.DateField()
    review_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="supports")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    FIXED = (
        "school_id",
        "pupil_ref",
        "name",
        "aim_signal",
        "start_level",
        "success",
        "success_words",
        "started_on",
    )

    class Meta:
        indexes = [models.Index(fields=["pupil_ref", "-started_on"], name="support_by_pupil")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to move the goal: what was hoped for stays as it was written at the start."""
        if not self._state.adding:
            stored = Support.objects.filter(pk=self.pk).values(*self.FIXED).first() or {}
            if moved := [name for name, value in stored.items() if getattr(self, name) != value]:
                raise ValueError(f"{', '.join(moved)} of a support is fixed at its start")
        super().save(*args, **kwargs)


class Review(models.Model):
    """A look at a support: keep, change or end, and the figures as they stood."""

    PRIVACY = {
        "purpose": "Record whether a support was kept, changed or ended, on which figures.",
        "keep": "as the support",
        "fields": {
            "id": "pseudonymous",
            "support": "pseudonymous",
            "outcome": "personal",
            "before": "personal",
            "since": "personal",
            "note": "special_category",
            "next_review_on": "personal",
            "reviewed_by": "pseudonymous",
            "reviewed_at": "personal",
        },
    }
    support = models.ForeignKey(Support, models.CASCADE, related_name="reviews")
    outcome = models.CharField(max_length=8)  # keep, change, end
    before = models.CharField(max_length=200, blank=True)
    since = models.CharField(max_length=200, blank=True)
    note = SealedText()
    next_review_on = models.DateField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
