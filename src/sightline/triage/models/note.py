"""What people write down: notes, the pupil's own words, what helps in lessons."""

from django.db import models

from sightline.people.fields import SealedText
from sightline.people.models import User

__all__ = ["PupilNote", "StrategyFeedback"]


class PupilNote(models.Model):
    """A note written here for the family's eyes, or the pupil's own words (`kind` = voice)."""

    PRIVACY = {
        "purpose": "Keep what a person knows that the figures do not, and what the pupil says.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "kind": "personal",
            "text": "special_category",
            "on": "personal",
            "written_by": "pseudonymous",
            "written_at": "personal",
            "withdrawn_at": "personal",
        },
    }
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)  # note, voice, strategy, home
    text = SealedText()
    on = models.DateField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["pupil_ref", "-on"], name="note_by_pupil")]


class StrategyFeedback(models.Model):
    """A teacher's one-tap word on a strategy after a lesson: this helped, or it did not."""

    PRIVACY = {
        "purpose": "Keep the strategies that help, and change those that do not.",
        "keep": "as the note of the strategy",
        "fields": {
            "id": "pseudonymous",
            "strategy": "pseudonymous",
            "class_id": "pseudonymous",
            "helped": "personal",
            "by": "pseudonymous",
            "on": "personal",
            "at": "personal",
        },
    }
    strategy = models.ForeignKey(PupilNote, models.CASCADE, related_name="feedback")
    class_id = models.CharField(max_length=64)
    helped = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "class_id", "by", "on"], name="one_word_a_day"
            )
        ]
