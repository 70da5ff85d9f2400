"""Thresholds: one person proposes with a reason, another confirms or declines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sightline.governance.models import ThresholdChange
from sightline.governance.thresholds_file import set_threshold
from sightline.kit import SightlineError
from sightline.people.models import User
from sightline.record.chain import changed
from sightline.signals import read_library, values_of

__all__ = ["check_value", "propose", "settle"]

LONGEST = 400


def check_value(name: str, value: Any) -> tuple[Any, Any]:
    """The value in force and the one asked for, checked as the signal itself declares it.

    Raises ValidationError with the range.
    """
    site = settings.SITE
    library = read_library() | read_library(site.folder / "signals")
    now = values_of(library, site.thresholds(), "thresholds.yml")
    try:
        new = values_of(library, {name: value}, "thresholds.yml")[name]
    except SightlineError as error:
        told = error.what.replace(f"`{name}` is", "The value is").replace(f"`{name}`", "The value")
        raise ValidationError({"value": f"{told}."}) from error
    if new == now[name]:
        raise ValidationError({"value": "This value is in force already."})
    return now[name], new


@transaction.atomic
def propose(
    *, by: User, at: datetime, name: str, value: Any, reason: str, effect: Mapping[str, Any]
) -> ThresholdChange:
    """Propose a value for `signal.parameter`. `effect` is what the proposer was shown."""
    old, new = check_value(name, value)
    if not reason.strip():
        raise ValidationError({"reason": "Say why, so that the next reader knows."})
    if len(reason.strip()) > LONGEST:
        raise ValidationError({"reason": f"Say it in {LONGEST} characters or fewer."})
    if ThresholdChange.objects.filter(name=name, state="proposed").exists():
        raise ValidationError({"value": "A proposal for this value is waiting already."})
    made = ThresholdChange.objects.create(
        name=name,
        old=old,
        new=new,
        reason=reason.strip(),
        effect=dict(effect),
        proposed_by=by,
        proposed_at=at,
    )
    _recorded(by, at, "propose_threshold", made)
    return made


@transaction.atomic
def settle(*, by: User, at: datetime, change: ThresholdChange, agree: bool) -> ThresholdChange:
    """Confirm or decline a colleague's proposal; confirmed, it is in the site's file at once.

    The file is written last: whatever fails before it leaves file and record as they were.
    """
    held = ThresholdChange.objects.select_for_update().get(pk=change.pk)
    if held.state != "proposed":
        raise ValidationError("This proposal was settled already.")
    if held.proposed_by_id == by.pk:
        raise ValidationError("Somebody other than the proposer confirms or declines.")
    if agree and check_value(held.name, held.new)[0] != held.old:
        raise ValidationError("The value has changed since this was proposed. Decline it.")
    held.state = "confirmed" if agree else "declined"
    held.settled_by, held.settled_at = by, at
    held.save(update_fields=["state", "settled_by", "settled_at"])
    _recorded(by, at, "confirm_threshold" if agree else "decline_threshold", held)
    if agree:
        on = timezone.localtime(at).date()
        path = settings.SITE.folder / "thresholds.yml"
        set_threshold(path, held.name, held.new, f"confirmed {on}, change {held.pk}")
    return held


def _recorded(by: User, at: datetime, action: str, one: ThresholdChange) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="thresholds",
        school_id="",
        subject=f"change {one.pk}",
        name=one.name,
        old=one.old,
        new=one.new,
    )
