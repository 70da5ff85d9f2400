"""Joiners, movers and leavers: accounts follow the staff file, at every load."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sightline.people.actions.accounts import close
from sightline.people.actions.trail import noted
from sightline.people.models import Grant, User
from sightline.record.chain import Entry, record

__all__ = ["StaffChanges", "follow_staff"]

FEW = 5  # up to so many leavers at once need no second look


@dataclass(frozen=True)
class StaffChanges:
    """What a load changed: ids of users, and joiners (staff_id: role) without an account.

    `held_back` are leavers who were left alone because they are most of the school's accounts: the
    staff file is then more likely to be incomplete.
    """

    closed: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    held_back: tuple[int, ...] = ()
    joiners: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def follow_staff(
    *,
    at: datetime,
    school_id: str,
    staff: Mapping[str, str],
    present: Collection[str],
    elsewhere: Mapping[str, str] | None = None,
) -> StaffChanges:
    """Close the accounts of those who left a school, and take movers' grants there away.

    `staff` is staff_id: role of everybody known, `present` the ids of those who work there now,
    `elsewhere` staff_id: school_id of those present at the site's other schools.
    """
    elsewhere = elsewhere or {}
    accounts = User.objects.select_for_update().filter(school_id=school_id, is_active=True)
    tied = list(accounts.exclude(staff_id=""))
    away = [user for user in tied if user.staff_id not in present]
    movers = [user for user in away if user.staff_id in elsewhere]
    leavers = [user for user in away if user.staff_id not in elsewhere]
    known = {user.staff_id for user in tied}
    joiners = {one: staff.get(one, "") for one in sorted(present) if one not in known}
    for user in movers:
        _move(user, elsewhere[user.staff_id], at)
    moved = tuple(user.pk for user in movers)
    if len(leavers) > FEW and len(leavers) * 2 > len(tied):
        held = tuple(user.pk for user in leavers)
        entry = Entry("leavers_held_back", "people", school_id, "", "", {"users": list(held)})
        record([entry], at=at, actor="system")
        return StaffChanges(moved=moved, held_back=held, joiners=joiners)
    for user in leavers:
        close(by=None, at=at, user=user, why="left")
    return StaffChanges(tuple(user.pk for user in leavers), moved, (), joiners)


def _move(user: User, school_id: str, at: datetime) -> None:
    """At another school of the site now: the account stays, what it saw at the old one ends."""
    last = at.date() - timedelta(days=1)
    old = Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=last), user=user, school_id=user.school_id
    )
    ended = old.exclude(scope="trust").update(to_on=last)
    user.school_id = school_id
    user.save(update_fields=["school_id"])
    noted(by=None, at=at, action="account_move", about=user, grants_ended=ended)
