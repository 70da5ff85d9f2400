"""What other rooms may ask: who may see what, who has looked, who has objected."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from django.db.models import Q, prefetch_related_objects

from sightline.access.rules import Held, Viewer
from sightline.governance.emergencies import open_emergencies
from sightline.governance.models import Objection
from sightline.people.models import EmergencyAccess, Grant, User
from sightline.record.models import AuditEvent

__all__ = ["lookers", "objected", "open_emergencies", "viewer_of"]


def viewer_of(
    user: User,
    *,
    at: datetime,
    taught: Callable[[str, str, date], Mapping[str, str]],
    school_names: Mapping[str, str],
) -> Viewer:
    """A user as the access rules know them at a moment.

    `taught(staff_id, school_id, on)` asks the timetable which classes somebody teaches.
    """
    on = at.date()
    in_force = Q(to_on__isnull=True) | Q(to_on__gte=on)
    grants = list(user.grants.filter(in_force, from_on__lte=on))
    refs = _named_pupils(grants)
    held = tuple(
        Held(
            one.role,
            one.scope,
            one.school_id,
            one.value,
            one.from_on,
            one.to_on,
            refs[one.pk],
        )
        for one in grants
    )
    classes: dict[str, str] = {}
    for one in held:
        if one.scope == "taught" and user.staff_id:
            classes |= taught(user.staff_id, one.school_id, on)
    open_now = EmergencyAccess.objects.filter(user=user, started_at__lte=at, ends_at__gt=at)
    emergencies = {one.pupil_ref: one for one in open_now}
    return Viewer(
        user_id=user.pk,
        held=held,
        at=at,
        on=on,
        taught=classes,
        emergencies={ref: one.ends_at for ref, one in emergencies.items()},
        emergency_schools=frozenset(one.school_id for one in emergencies.values()),
        school_names=school_names,
    )


def _named_pupils(grants: Iterable[Grant]) -> dict[int, frozenset[str]]:
    """The pupils of each grant by its id; only some scopes name any."""
    listing = [one for one in grants if one.scope in ("caseload", "pupils")]
    prefetch_related_objects(listing, "pupils")
    named = {one.pk: frozenset(pupil.pupil_ref for pupil in one.pupils.all()) for one in listing}
    return defaultdict(frozenset, named)


def objected(school_id: str, on: date) -> dict[str, frozenset[str]]:
    """The pupils of a school with an objection in force: pupil_ref -> themes (empty: all)."""
    rows = Objection.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on),
        school_id=school_id,
        from_on__lte=on,
        ended_at__isnull=True,
    )
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        before = found.get(row.pupil_ref)
        everything = not row.themes or before == frozenset()
        found[row.pupil_ref] = (
            frozenset() if everything else (before or frozenset()) | frozenset(row.themes)
        )
    return found


def lookers(pupil_ref: str, since: datetime) -> Iterable[AuditEvent]:
    """Every recorded look at a pupil since a moment, latest first."""
    return AuditEvent.objects.filter(subject=pupil_ref, action="read", at__gte=since).order_by(
        "-number"
    )
