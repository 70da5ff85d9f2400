"""Who may see a pupil today, by role and reason: the answer on the pupil's own page."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from sightline.access import Held, PupilPlace, Reason, Viewer, why_may_see
from sightline.people.models import EmergencyAccess, Grant, User

__all__ = ["Seer", "seers_of"]

AREAS = ("page", "strategies", "voice", "support")
"""Asked in this order: the first that somebody may see says why and in how much detail."""
Taught = Callable[[str, str, date], Mapping[str, str]]


@dataclass(frozen=True)
class Seer:
    """One account that may see something of a pupil: the first area that it may, and why."""

    user_id: int
    area: str
    reason: Reason


def seers_of(
    place: PupilPlace, *, at: datetime, taught: Taught, school_names: Mapping[str, str]
) -> list[Seer]:
    """Everybody with an open account who may see something of this pupil at a moment."""
    found, emergencies = [], _emergencies(place.pupil_ref, at)
    for user, held in _holders(place.school_id, at.date()).items():
        viewer = Viewer(
            user_id=user.pk,
            held=held,
            at=at,
            on=at.date(),
            taught=_classes(user, held, place.school_id, at.date(), taught),
            emergencies=emergencies.get(user.pk, {}),
            school_names=school_names,
        )
        for area in AREAS:
            if reason := why_may_see(viewer, place, area):
                found.append(Seer(user.pk, area, reason))
                break
    return found


def _holders(school_id: str, on: date) -> dict[User, tuple[Held, ...]]:
    rows = Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on),
        Q(school_id=school_id) | Q(scope="trust"),
        from_on__lte=on,
        user__is_active=True,
    )
    found: dict[User, list[Held]] = defaultdict(list)
    for one in rows.select_related("user").prefetch_related("pupils"):
        refs = frozenset(pupil.pupil_ref for pupil in one.pupils.all())
        found[one.user].append(
            Held(one.role, one.scope, one.school_id, one.value, one.from_on, one.to_on, refs)
        )
    return {user: tuple(held) for user, held in found.items()}


def _classes(
    user: User, held: tuple[Held, ...], school_id: str, on: date, taught: Taught
) -> Mapping[str, str]:
    teaches = user.staff_id and any(one.scope == "taught" for one in held)
    return taught(user.staff_id, school_id, on) if teaches else {}


def _emergencies(pupil_ref: str, at: datetime) -> dict[int, dict[str, datetime]]:
    """Who has this pupil's page open in an emergency, and until when."""
    rows = EmergencyAccess.objects.filter(pupil_ref=pupil_ref, started_at__lte=at, ends_at__gt=at)
    return {one.user_id: {pupil_ref: one.ends_at} for one in rows}
