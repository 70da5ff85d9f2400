"""What this room holds about people: accounts and what they may see; caseloads; emergencies."""

from datetime import datetime, timedelta
from typing import Any

from sightline.people.models import EmergencyAccess, GrantedPupil, Invitation, User
from sightline.people.personal_data import Holds, described, erased, exported

__all__ = ["HOLDS", "describe", "erase", "export", "purge"]

HOLDS: Holds = {GrantedPupil: "pupil_ref", EmergencyAccess: "pupil_ref"}
INVITATIONS = timedelta(days=30)
CLOSED = timedelta(days=365)
FORMER = "A former member of staff"


def describe() -> list[dict[str, Any]]:
    return described("people")


def export(pupil_ref: str) -> dict[str, list[dict[str, Any]]]:
    return exported(HOLDS, pupil_ref)


def erase(pupil_ref: str) -> dict[str, int]:
    return erased(HOLDS, pupil_ref)


def purge(at: datetime) -> dict[str, int]:
    """Remove old one-time links, and the names of accounts closed a year ago."""
    gone, _ = Invitation.objects.filter(made_at__lt=at - INVITATIONS).delete()
    closed = User.objects.filter(closed_at__lt=at - CLOSED).exclude(name=FORMER)
    for user in closed:
        user.name, user.email = FORMER, f"closed-{user.pk}@invalid"
        user.staff_id = ""
        user.set_unusable_password()
        user.save(update_fields=["name", "email", "staff_id", "password"])
    return {"invitation": gone, "user": len(closed)}
