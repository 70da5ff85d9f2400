"""Give, confirm and end what people may see. A grant is ended, never deleted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from sightline.access import read_matrix
from sightline.people.actions.trail import noted
from sightline.people.models import Grant, GrantedPupil, ProposedGrant, User

__all__ = ["NEEDS_VALUE", "Asked", "active_administrators", "end_grant", "give", "settle"]

ALONE = 2  # the first two administrators need nobody's confirmation
NEEDS_VALUE = {"year": "a year group", "tutor_group": "a tutor group", "subject": "a subject"}


@dataclass(frozen=True)
class Asked:
    """A role to give.

    `value` is a year, tutor group or subject, `refs` the pupils of a caseload.
    """

    role: str
    scope: str
    school_id: str = ""
    value: str = ""
    refs: frozenset[str] = frozenset()
    to_on: date | None = None
    reason: str = ""


@transaction.atomic
def give(*, by: User | None, at: datetime, user: User, asked: Asked) -> Grant | ProposedGrant:
    """Give a role from today on; a third administrator waits for another's confirmation.

    `by` is None for the command line. Raises ValidationError.
    """
    _check(by, user, asked)
    if asked.role == "administrator" and active_administrators(at.date()) >= ALONE:
        proposed = ProposedGrant.objects.create(
            user=user,
            role=asked.role,
            scope=asked.scope,
            school_id=asked.school_id,
            reason=asked.reason,
            proposed_by=by,
            proposed_at=at,
        )
        what = {"proposal": proposed.pk, "role": asked.role}
        noted(by=by, at=at, action="grant_propose", about=user, **what)
        return proposed
    return _granted(by=by, at=at, user=user, asked=asked)


@transaction.atomic
def settle(*, by: User, at: datetime, proposed: ProposedGrant, agree: bool) -> Grant | None:
    """Confirm or decline a proposed administrator. Raises ValidationError."""
    proposed = ProposedGrant.objects.select_for_update().get(pk=proposed.pk)
    if proposed.settled_at is not None:
        raise ValidationError({"proposal": "This was settled already."})
    if by.pk in (proposed.proposed_by_id, proposed.user_id):
        raise ValidationError({"proposal": "Another administrator has to confirm this."})
    proposed.settled_by, proposed.settled_at, proposed.agreed = by, at, agree
    proposed.save(update_fields=["settled_by", "settled_at", "agreed"])
    if not agree:
        noted(by=by, at=at, action="grant_decline", about=proposed.user, proposal=proposed.pk)
        return None
    asked = Asked(proposed.role, proposed.scope, proposed.school_id, reason=proposed.reason)
    giver = proposed.proposed_by
    return _granted(by=by, at=at, user=proposed.user, asked=asked, giver=giver, confirmed=by)


@transaction.atomic
def end_grant(*, by: User | None, at: datetime, grant: Grant) -> Grant:
    """End a grant: yesterday was its last day. Raises ValidationError."""
    if by is not None and grant.user_id == by.pk:
        raise ValidationError({"grant": "Another administrator has to change what you may see."})
    if grant.to_on is not None and grant.to_on < at.date():
        raise ValidationError({"grant": "This ended already."})
    if grant.role == "administrator" and active_administrators(at.date()) <= 1:
        raise ValidationError({"grant": "This is the last administrator: make another first."})
    grant.to_on = at.date() - timedelta(days=1)
    grant.save(update_fields=["to_on"])
    noted(by=by, at=at, action="grant_end", about=grant.user, grant=grant.pk, role=grant.role)
    return grant


def active_administrators(on: date) -> int:
    """How many people are administrators on a date."""
    held = Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on),
        role="administrator",
        from_on__lte=on,
        user__is_active=True,
    )
    return held.values("user").distinct().count()


def _granted(
    *,
    by: User | None,
    at: datetime,
    user: User,
    asked: Asked,
    giver: User | None = None,
    confirmed: User | None = None,
) -> Grant:
    grant = Grant.objects.create(
        user=user,
        role=asked.role,
        scope=asked.scope,
        school_id=asked.school_id,
        value=asked.value,
        from_on=at.date(),
        to_on=asked.to_on,
        reason=asked.reason,
        given_by=giver or by,
        given_at=at,
        confirmed_by=confirmed,
    )
    GrantedPupil.objects.bulk_create(
        GrantedPupil(grant=grant, pupil_ref=ref) for ref in sorted(asked.refs)
    )
    what = {"grant": grant.pk, "role": grant.role, "scope": grant.scope}
    noted(by=by, at=at, action="grant_give", about=user, **what)
    return grant


def _check(by: User | None, user: User, asked: Asked) -> None:
    """Raise ValidationError with a sentence for the field that is wrong."""
    if by is not None and by.pk == user.pk:
        raise ValidationError({"role": "Nobody can give themselves a role: ask a colleague."})
    role = read_matrix().roles.get(asked.role)
    if role is None:
        raise ValidationError({"role": "Choose a role."})
    if asked.scope not in role["scopes"]:
        raise ValidationError({"scope": "This role cannot be held over that."})
    if asked.scope != "trust" and not asked.school_id:
        raise ValidationError({"school_id": "Choose a school."})
    if asked.scope in NEEDS_VALUE and not asked.value:
        raise ValidationError({"value": f"Enter {NEEDS_VALUE[asked.scope]}."})
    if asked.scope == "year" and not asked.value.isdigit():
        raise ValidationError({"value": "Enter the year group as a number, such as 9."})
    if asked.scope == "taught" and not user.staff_id:
        raise ValidationError({"staff_id": "Choose the person's line in the staff file."})
