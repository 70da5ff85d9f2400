"""Deciding on a listed pupil, undoing it, keeping what was typed, and coming back later."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sightline.people.models import User
from sightline.record.chain import changed
from sightline.triage.models import Decision, Draft, Listing
from sightline.triage.rules import Proposal, mistakes

__all__ = ["DRAFT_FIELDS", "Conflict", "come_back", "decide", "save_draft", "undo"]

DRAFT_FIELDS = (
    "kind",
    "reason",
    "action",
    "owner",
    "review",
    "away",
    "day",
    "month",
    "year",
    "adjustments",
    "note",
)
DRAFT_LENGTH = 4000
NOT_TRAINED = (
    "Your training has run out, so you cannot decide until it is renewed. Ask whoever looks after"
    " accounts at your school."
)


class Conflict(Exception):
    """Somebody decided, or undid, after the form was shown. `decision` is the one now in force."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__("another decision came first")
        self.decision = decision


@transaction.atomic
def decide(
    *,
    by: User,
    at: datetime,
    listing: Listing,
    kind: str,
    reason: str = "",
    action: str = "",
    owner: User | None = None,
    until: date | None = None,
    adjustments: str = "",
    note: str = "",
    seen: int | None = None,
) -> Decision:
    """Record a decision; it replaces the one in force only if `seen` says the person knew of it.

    Raises ValidationError with a sentence for each field, and Conflict.
    """
    _check_trained(by, at)
    given = Proposal(
        kind, reason, action.strip(), owner and owner.pk, until, adjustments, note.strip()
    )
    if wrong := mistakes(given, at.date()):
        raise ValidationError(wrong)
    before = _in_force_if_known(listing, seen)
    decision = _written(listing, given, before, by, at)
    Draft.objects.filter(listing=listing, user=by).delete()
    Listing.objects.filter(pk=listing.pk).update(come_back=False)
    replaced = {"replaced": before.pk} if before else {}
    _record(by, at, "decide", listing, decision=decision.pk, **replaced)
    return decision


@transaction.atomic
def undo(*, by: User, at: datetime, decision: Decision) -> None:
    """Take a decision back while the meeting is open; its words are kept as the person's draft."""
    listing = Listing.objects.select_for_update().get(pk=decision.listing_id)
    decision.refresh_from_db()
    if decision.undone_at is not None:
        raise ValidationError({"decision": "This decision was already undone or changed."})
    if listing.meeting.finished_at is not None:
        finished = "The meeting is finished. Change the decision instead."
        raise ValidationError({"decision": finished})
    _take_back(decision, by, at)
    Draft.objects.update_or_create(
        listing=listing, user=by, defaults={"text": _as_draft(decision), "saved_at": at}
    )
    _record(by, at, "undo_decision", listing, decision=decision.pk)


@transaction.atomic
def save_draft(*, by: User, at: datetime, listing: Listing, fields: Mapping[str, str]) -> Draft:
    """Keep what somebody has typed; it is theirs alone and goes when they decide."""
    kept = {name: fields[name][:DRAFT_LENGTH] for name in DRAFT_FIELDS if fields.get(name)}
    draft, _ = Draft.objects.update_or_create(
        listing=listing, user=by, defaults={"text": json.dumps(kept), "saved_at": at}
    )
    _record(by, at, "save_draft", listing)
    return draft


@transaction.atomic
def come_back(*, by: User, at: datetime, listing: Listing) -> None:
    """Move an undecided pupil behind the others; they stay on the list."""
    Listing.objects.filter(pk=listing.pk).update(come_back=True)
    _record(by, at, "come_back", listing)


def _check_trained(by: User, at: datetime) -> None:
    if by.trained_until is not None and by.trained_until < at.date():
        raise ValidationError({"kind": NOT_TRAINED})


def _in_force_if_known(listing: Listing, seen: int | None) -> Decision | None:
    """The decision in force, with the listing held until the end of the transaction."""
    Listing.objects.select_for_update().get(pk=listing.pk)
    found = Decision.objects.filter(listing=listing, undone_at__isnull=True).first()
    if (found.pk if found else None) != seen:
        raise Conflict(found)
    return found


def _written(
    listing: Listing, given: Proposal, before: Decision | None, by: User, at: datetime
) -> Decision:
    if before:
        _take_back(before, by, at)
    entry = listing.entry
    themes = {flag["theme"] for flag in entry["flags"] + entry["more_flags"]}
    not_now = given.kind == "not_now"
    try:
        with transaction.atomic():  # the database's own rule, should the lock ever fail
            return Decision.objects.create(
                listing=listing,
                school_id=listing.meeting.school_id,
                pupil_ref=listing.pupil_ref,
                kind=given.kind,
                reason=given.reason if not_now else "",
                action="" if not_now else given.action,
                owner_id=None if not_now else given.owner,
                until=given.until,
                adjustments=given.adjustments,
                note=given.note,
                themes=sorted(themes),
                decided_by=by,
                decided_at=at,
                replaced=before,
            )
    except IntegrityError as error:
        found = Decision.objects.filter(listing=listing, undone_at__isnull=True).first()
        raise Conflict(found) from error


def _take_back(decision: Decision, by: User, at: datetime) -> None:
    decision.undone_by, decision.undone_at = by, at
    decision.save(update_fields=["undone_by", "undone_at"])


def _as_draft(decision: Decision) -> str:
    """The form's fields as they were decided, so that undoing loses no word."""
    day = decision.until
    fields: dict[str, Any] = {
        "kind": decision.kind,
        "reason": decision.reason,
        "action": decision.action,
        "owner": str(decision.owner_id or ""),
        "away" if decision.kind == "not_now" else "review": day.isoformat(),
        "adjustments": decision.adjustments,
        "note": decision.note,
    }
    return json.dumps({name: value for name, value in fields.items() if value})


def _record(by: User, at: datetime, action: str, listing: Listing, **ids: int) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="week",
        school_id=listing.meeting.school_id,
        subject=listing.pupil_ref,
        listing=listing.pk,
        **ids,
    )
