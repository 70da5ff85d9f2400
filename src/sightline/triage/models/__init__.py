"""The weekly meeting and what it decides. Facts stay in the sheets; here is what people did."""

from sightline.triage.models.decision import Decision, Draft
from sightline.triage.models.event import Event, Signpost
from sightline.triage.models.meeting import Attendance, Listing, Meeting, SetAside
from sightline.triage.models.note import PupilNote, StrategyFeedback
from sightline.triage.models.support import Review, Support

__all__ = [
    "Attendance",
    "Decision",
    "Draft",
    "Event",
    "Listing",
    "Meeting",
    "PupilNote",
    "Review",
    "SetAside",
    "Signpost",
    "StrategyFeedback",
    "Support",
]
