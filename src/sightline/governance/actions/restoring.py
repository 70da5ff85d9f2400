"""After a restore, before anybody sees the site: what has happened since is done again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sightline.governance.actions.retention import purge
from sightline.governance.models import Objection
from sightline.governance.objections_file import mirror_objections
from sightline.governance.privacy import erase_everywhere
from sightline.kit import SightlineError
from sightline.people.models import User
from sightline.record.chain import Entry, record
from sightline.record.verify import verify

__all__ = ["replay"]

ACTOR = "command"
BROUGHT_BACK = "restore@invalid"


@transaction.atomic
def replay(
    *,
    backup: str,
    at: datetime,
    reason: str,
    erased: Sequence[Sequence[str]],
    objections: Sequence[dict[str, Any]],
) -> dict[str, int]:
    """Erase again, honour the objections in force, remove what is past its time; counts of each.

    `erased` are pupil_ref, school_id and the moment of the erasure; `reason` is why there was no
    ledger, if there was none. Raises `damaged` when the record does not hold afterwards.
    """
    for ref, school_id, moment in erased:
        why = f"Erased on {moment[:10]}, and again after a restore"
        erase_everywhere(ref, school_id=school_id, at=at, actor=ACTOR, why=why, begun=True)
    gone = {ref for ref, *_ in erased}
    wanted = [one for one in objections if one["pupil_ref"] not in gone]
    made = sum(_honoured(one, at) for one in wanted)
    counts = {
        "pupils": len(gone),
        "objections": made,
        "past_their_time": sum(purge(at).values()),
    }
    entry = Entry("restore", "record", "", f"backup {backup}", reason, counts)
    record([entry], at=at, actor=ACTOR)
    if verify():
        raise SightlineError("damaged", "the record", "it does not hold after the restore")
    transaction.on_commit(mirror_objections)
    return counts


def _honoured(one: dict[str, Any], at: datetime) -> bool:
    """Record an objection of the live site that the backup did not know; whether it was new."""
    values = {
        "school_id": one["school_id"],
        "pupil_ref": one["pupil_ref"],
        "themes": one["themes"],
        "from_on": date.fromisoformat(one["from_on"]),
        "to_on": date.fromisoformat(one["to_on"]) if one["to_on"] else None,
    }
    if Objection.objects.filter(**values, ended_at__isnull=True).exists():
        return False
    made = Objection.objects.create(
        **values,
        kind="objection",
        reason="In force at the site when it was restored; the reason was lost with it.",
        recorded_by=_nobody(at),
        recorded_at=at,
    )
    detail = {"objection": made.pk, "themes": made.themes}
    entry = Entry("object", "record", made.school_id, made.pupil_ref, "After a restore", detail)
    record([entry], at=at, actor=ACTOR)
    return True


def _nobody(at: datetime) -> User:
    """A closed account: who recorded the objection is not known here."""
    user, new = User.objects.get_or_create(
        email=BROUGHT_BACK,
        defaults={
            "name": "Restored from the site's own list",
            "created_at": at,
            "closed_at": at,
            "is_active": False,
        },
    )
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
