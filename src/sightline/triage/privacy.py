"""What this room holds about pupils: lists, decisions, supports, reviews and notes."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from sightline.governance.rules.clocks import kept_from
from sightline.people.personal_data import Holds, described, erased, exported
from sightline.triage.models import (
    Decision,
    Draft,
    Event,
    Listing,
    Meeting,
    PupilNote,
    Review,
    SetAside,
    StrategyFeedback,
    Support,
)

__all__ = ["HOLDS", "describe", "erase", "export", "purge"]

HOLDS: Holds = {
    Draft: "listing__pupil_ref",
    Review: "support__pupil_ref",
    StrategyFeedback: "strategy__pupil_ref",
    Support: "pupil_ref",
    Decision: "pupil_ref",
    Listing: "pupil_ref",
    SetAside: "pupil_ref",
    PupilNote: "pupil_ref",
}
DRAFTS = timedelta(days=30)
EVENTS = timedelta(days=90)


def describe() -> list[dict[str, Any]]:
    return described("triage")


def export(pupil_ref: str) -> dict[str, list[dict[str, Any]]]:
    return exported(HOLDS, pupil_ref)


def erase(pupil_ref: str) -> dict[str, int]:
    _unlink(Decision.objects.filter(pupil_ref=pupil_ref))
    return erased(HOLDS, pupil_ref)


def purge(at: datetime) -> dict[str, int]:
    """Remove drafts and events past their time, and what is older than the school year before."""
    since = kept_from(timezone.localtime(at).date())
    _unlink(Decision.objects.filter(listing__meeting__week__lt=since))
    past = {
        "draft": Draft.objects.filter(saved_at__lt=at - DRAFTS),
        "event": Event.objects.filter(at__lt=at - EVENTS),
        "meeting": Meeting.objects.filter(week__lt=since),
        "support": Support.objects.filter(ended_on__lt=since),
        "pupilnote": PupilNote.objects.filter(on__lt=since),
    }
    counts = {name: rows.count() for name, rows in past.items()}
    for rows in past.values():
        rows.delete()
    return counts


def _unlink(decisions: Any) -> None:
    """A decision holds on to the one it replaced; both go together."""
    decisions.update(replaced=None)
