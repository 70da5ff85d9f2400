"""The recorded list of a week, who is on it and who was at the meeting."""

from django.db import models

from sightline.people.models import User

__all__ = ["Attendance", "Listing", "Meeting", "SetAside"]


class Meeting(models.Model):
    """One group's list for one week, recorded as it was shown, and when its meeting finished.

    `counts` holds on_roll, met_threshold, could_not_tell, objected, tie_at_the_cut and lens: the
    shares of SEND, EAL and disadvantaged pupils on the list and in the group.
    """

    PRIVACY = {
        "purpose": "Keep the list as it was shown, so that next week's can follow from it.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "school_id": "personal",
            "year_group": "personal",
            "week": "internal",
            "as_of": "internal",
            "snapshot": "internal",
            "capacity": "internal",
            "counts": "personal",
            "opened_at": "internal",
            "more_reason": "internal",
            "finished_at": "internal",
            "finished_by": "pseudonymous",
        },
    }
    school_id = models.CharField(max_length=64)
    year_group = models.SmallIntegerField()
    week = models.DateField()  # the Monday; the list stays as recorded until the next
    as_of = models.DateField()  # the day the figures are for
    snapshot = models.IntegerField()
    capacity = models.SmallIntegerField()
    counts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    more_reason = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_id", "year_group", "week"], name="one_list_a_week"
            )
        ]


class Listing(models.Model):
    """A pupil on a recorded list. `entry` is what was shown (see lists.py), without identity."""

    PRIVACY = {
        "purpose": "Keep why a pupil was listed, and in which words.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "meeting": "pseudonymous",
            "pupil_ref": "pseudonymous",
            "position": "personal",
            "entry": "special_category",
            "come_back": "personal",
        },
    }
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="listings")
    pupil_ref = models.CharField(max_length=12)
    position = models.SmallIntegerField()
    entry = models.JSONField()
    come_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "pupil_ref"], name="once_on_a_list")
        ]


class SetAside(models.Model):
    """A pupil who met a threshold and is not repeated on this list, with the reason."""

    PRIVACY = {
        "purpose": "Say who was left out of a list, and why.",
        "keep": "end of the school year and one more",
        "fields": {
            "id": "pseudonymous",
            "meeting": "pseudonymous",
            "pupil_ref": "pseudonymous",
            "reason": "personal",
            "until": "personal",
            "signals": "personal",
        },
    }
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="set_aside")
    pupil_ref = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)  # in_hand, not_now, others_first
    until = models.DateField(null=True, blank=True)
    signals = models.JSONField(default=list)  # flagged then: next week's list asks what is new


class Attendance(models.Model):
    """Who was at a meeting."""

    PRIVACY = {
        "purpose": "Record who took part in the decisions.",
        "keep": "as the meeting",
        "fields": {"id": "pseudonymous", "meeting": "pseudonymous", "user": "pseudonymous"},
    }
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attended")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="attended_once")]
