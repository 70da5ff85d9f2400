"""Objections and opt-outs: recorded by the data protection officer, honoured from that moment."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.governance.models import Objection
from sightline.governance.objections_file import mirror_objections
from sightline.people.models import User
from sightline.record.chain import changed

__all__ = ["KINDS", "end_objection", "record_objection"]

KINDS = {
    "objection": "An objection by the pupil or the family",
    "opt_out": "An opt-out the school has agreed to",
}


@transaction.atomic
def record_objection(
    *,
    by: User,
    at: datetime,
    school_id: str,
    pupil_ref: str,
    kind: str,
    themes: Collection[str],
    known_themes: Collection[str],
    from_on: date,
    to_on: date | None,
    reason: str,
) -> Objection:
    """Record an objection; no themes means all signals. Raises ValidationError by field."""
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = "Say whether this is an objection or an opt-out."
    if not set(themes) <= set(known_themes):
        wrong["themes"] = "Choose themes from the list, or none for all signals."
    if to_on is not None and to_on < from_on:
        wrong["to_on"] = "The last day cannot be before the first."
    if not reason.strip():
        wrong["reason"] = "Say what was asked for, and by whom."
    if wrong:
        raise ValidationError(wrong)
    made = Objection.objects.create(
        school_id=school_id,
        pupil_ref=pupil_ref,
        kind=kind,
        themes=sorted(set(themes)),
        from_on=from_on,
        to_on=to_on,
        reason=reason.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    _recorded(by, at, "object", made)
    return made


@transaction.atomic
def end_objection(*, by: User, at: datetime, objection: Objection) -> None:
    """End an objection now: the pupil is back in lists and signals from the next one made."""
    held = Objection.objects.select_for_update().get(pk=objection.pk)
    if held.ended_at is not None:
        raise ValidationError("This objection has ended already.")
    held.ended_at, held.ended_by = at, by
    held.save(update_fields=["ended_at", "ended_by"])
    _recorded(by, at, "end_objection", held)


def _recorded(by: User, at: datetime, action: str, one: Objection) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="record",
        school_id=one.school_id,
        subject=one.pupil_ref,
        objection=one.pk,
        themes=one.themes,
        from_on=one.from_on,
        to_on=one.to_on,
    )
    transaction.on_commit(mirror_objections, robust=True)
