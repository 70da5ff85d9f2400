"""Notes written for the family's eyes, the pupil's own words, and what helps in the classroom."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.people.models import User
from sightline.record.chain import changed
from sightline.triage.models import PupilNote, StrategyFeedback

__all__ = [
    "KINDS",
    "MOST_STRATEGIES",
    "WITHDRAW_WITHIN",
    "may_withdraw",
    "retire_strategy",
    "strategy_feedback",
    "withdraw_note",
    "write_note",
]

KINDS = {"note": 2000, "home": 2000, "strategy": 120, "voice": 400}
"""Each kind of note and how many characters it may have."""
MOST_STRATEGIES = 3
WITHDRAW_WITHIN = timedelta(days=1)
AREAS = {"note": "notes", "home": "notes", "strategy": "strategies", "voice": "voice"}
FULL = (
    "There are three lines for teachers already, and more are not read. Take one away first: on the"
    " same page, below the form."
)


@transaction.atomic
def write_note(
    *, by: User, at: datetime, school_id: str, pupil_ref: str, kind: str, text: str
) -> PupilNote:
    """Keep a note. Raises ValidationError with a sentence for each field."""
    text = text.replace("\r\n", "\n").strip()
    if kind not in KINDS:
        raise ValidationError({"kind": "Choose what kind of note this is."})
    if not text:
        raise ValidationError({"text": "Write something first."})
    if len(text) > KINDS[kind]:
        raise ValidationError({"text": f"Keep this to {KINDS[kind]:,} characters or fewer."})
    if kind == "strategy":
        _check_strategy(pupil_ref, text)
    note = PupilNote.objects.create(
        school_id=school_id,
        pupil_ref=pupil_ref,
        kind=kind,
        text=text,
        on=at.date(),
        written_by=by,
        written_at=at,
    )
    _record(by, at, "write_note", note)
    return note


@transaction.atomic
def withdraw_note(*, by: User, at: datetime, note: PupilNote) -> None:
    """Take one's own note back within a day: that it was written stays, its text goes for good."""
    note = PupilNote.objects.select_for_update().get(pk=note.pk)
    if not may_withdraw(note, by, at):
        raise ValidationError(
            {"note": "A note can be withdrawn by its writer, within a day of writing it."}
        )
    note.text = ""  # type: ignore[assignment]
    note.withdrawn_at = at
    note.save(update_fields=["text", "withdrawn_at"])
    _record(by, at, "withdraw_note", note)


@transaction.atomic
def retire_strategy(*, by: User, at: datetime, note: PupilNote) -> None:
    """Stop showing a line to teachers; it stays in the record of what was tried."""
    note = PupilNote.objects.select_for_update().get(pk=note.pk)
    if note.kind != "strategy" or note.withdrawn_at:
        raise ValidationError({"note": "This line is not shown to teachers any more."})
    note.withdrawn_at = at
    note.save(update_fields=["withdrawn_at"])
    _record(by, at, "retire_strategy", note)


@transaction.atomic
def strategy_feedback(
    *, by: User, at: datetime, strategy: PupilNote, class_id: str, helped: bool
) -> StrategyFeedback:
    """A teacher's word on a line after a lesson; the last one of a day counts."""
    if strategy.kind != "strategy" or strategy.withdrawn_at:
        raise ValidationError({"strategy": "This line is not shown to teachers any more."})
    feedback, _ = StrategyFeedback.objects.update_or_create(
        strategy=strategy,
        class_id=class_id,
        by=by,
        on=at.date(),
        defaults={"helped": helped, "at": at},
    )
    _record(by, at, "strategy_feedback", strategy, feedback=feedback.pk)
    return feedback


def may_withdraw(note: PupilNote, user: User, at: datetime) -> bool:
    """Whether this person may still take this note back."""
    mine = note.written_by_id == user.pk
    return mine and note.withdrawn_at is None and at - note.written_at <= WITHDRAW_WITHIN


def _check_strategy(pupil_ref: str, text: str) -> None:
    if "\n" in text:
        raise ValidationError({"text": "Keep this to one line."})
    current = PupilNote.objects.filter(
        pupil_ref=pupil_ref, kind="strategy", withdrawn_at__isnull=True
    )
    if len(current.select_for_update()) >= MOST_STRATEGIES:
        raise ValidationError({"text": FULL})


def _record(by: User, at: datetime, action: str, note: PupilNote, **ids: int) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area=AREAS[note.kind],
        school_id=note.school_id,
        subject=note.pupil_ref,
        note=note.pk,
        **ids,
    )
