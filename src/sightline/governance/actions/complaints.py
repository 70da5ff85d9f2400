"""Complaints, requests to correct, and colleagues' reports that a figure is wrong."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sightline.governance.models import Complaint
from sightline.governance.rules.clocks import acknowledge_by
from sightline.people.models import User
from sightline.record.chain import changed

__all__ = ["KINDS", "OUTCOMES", "acknowledge", "close", "receive"]

KINDS = {
    "complaint": "Complaint",
    "correction": "Request to correct",
    "wrong_data": "A colleague says something is wrong",
}
OUTCOMES = {
    "complaint": {"upheld": "We agree", "not_upheld": "We do not agree"},
    "correction": {"corrected": "Corrected", "not_wrong": "It was not wrong"},
    "wrong_data": {"corrected": "Corrected", "not_wrong": "It was not wrong"},
}


@transaction.atomic
def receive(
    *,
    by: User,
    at: datetime,
    school_id: str,
    kind: str,
    text: str,
    pupil_ref: str = "",
    signal: str = "",
    received_on: date | None = None,
) -> Complaint:
    """Note what came in; the clock starts on the day it came, which may lie before today."""
    today = timezone.localtime(at).date()
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = "Say whether this is a complaint or a request to correct."
    if not text.strip():
        wrong["text"] = "Say what is wrong, in a sentence or two."
    if received_on is not None and received_on > today:
        wrong["received_on"] = "It cannot have come after today."
    if wrong:
        raise ValidationError(wrong)
    made = Complaint.objects.create(
        school_id=school_id,
        pupil_ref=pupil_ref,
        kind=kind,
        signal=signal,
        text=text.strip(),
        received_at=at,
        received_by=by,
        acknowledge_by=acknowledge_by(received_on or today),
    )
    _recorded(by, at, "receive", made, kind=kind, signal=signal)
    return made


@transaction.atomic
def acknowledge(*, by: User, at: datetime, complaint: Complaint) -> None:
    """Say that the sender was told it has come; who does it answers for it from then on."""
    held = _open(complaint)
    if held.acknowledged_at is not None:
        raise ValidationError("It was acknowledged already.")
    held.acknowledged_at, held.owner = at, by
    held.save(update_fields=["acknowledged_at", "owner"])
    _recorded(by, at, "acknowledge", held)


@transaction.atomic
def close(*, by: User, at: datetime, complaint: Complaint, outcome: str, answer: str) -> None:
    """Answer it, in words. Answering also acknowledges, where nobody had."""
    held = _open(complaint)
    wrong = {}
    if outcome not in OUTCOMES[held.kind]:
        wrong["outcome"] = "Say what came of it."
    if not answer.strip():
        wrong["answer"] = "Say what you answered, as the person will read it."
    if wrong:
        raise ValidationError(wrong)
    held.acknowledged_at = held.acknowledged_at or at
    held.outcome, held.answer, held.closed_at, held.closed_by = outcome, answer.strip(), at, by
    held.save(update_fields=["acknowledged_at", "outcome", "answer", "closed_at", "closed_by"])
    _recorded(by, at, "close", held, outcome=outcome)


def _open(complaint: Complaint) -> Complaint:
    held = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if held.closed_at is not None:
        raise ValidationError("It was answered already.")
    return held


def _recorded(by: User, at: datetime, verb: str, one: Complaint, **detail: str) -> None:
    changed(
        by=by,
        at=at,
        action=f"{verb}_complaint",
        area="data" if one.kind == "wrong_data" else "record",
        school_id=one.school_id,
        subject=one.pupil_ref or f"complaint {one.pk}",
        complaint=one.pk,
        **detail,
    )
