"""Starting a support, with its goal fixed; and reviewing it, which alone moves its dates."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.people.models import User
from sightline.record.chain import changed
from sightline.triage.aims import AIMS, aims_of
from sightline.triage.models import Decision, Event, Review, Support
from sightline.triage.reviews import OUTCOMES

__all__ = ["NAME_LENGTH", "NOTE_LENGTH", "WORDS_LENGTH", "review_support", "start_support"]

NAME_LENGTH, WORDS_LENGTH, NOTE_LENGTH = 100, 400, 2000
LONGEST = timedelta(days=370)
UNFOUNDED = "This decision was undone, or is not about this pupil."
OVERTAKEN = "A colleague reviewed this a moment ago. Their review is shown below."


@transaction.atomic
def start_support(
    *,
    by: User,
    at: datetime,
    school_id: str,
    pupil_ref: str,
    name: str,
    aim_signal: str,
    start_level: float | None,
    success: float | None,
    success_words: str,
    owner: User | None,
    review_on: date | None,
    decision: Decision | None = None,
) -> Support:
    """Begin a support today. Neither the level at the start nor the one hoped for changes later.

    Raises ValidationError with a sentence for each field.
    """
    today = at.date()
    name, success_words = name.strip(), success_words.strip()
    wrong = _about(name, aim_signal, owner) | _hope(aim_signal, start_level, success, success_words)
    wrong |= _wrong_day("review_on", review_on, today)
    if decision and not _founded(decision, pupil_ref):
        wrong["decision"] = UNFOUNDED
    if wrong:
        raise ValidationError(wrong)
    support = Support.objects.create(
        school_id=school_id,
        pupil_ref=pupil_ref,
        name=name,
        aim_signal=aim_signal,
        start_level=start_level,
        success=success,
        success_words=success_words,
        owner=owner,
        started_on=today,
        review_on=review_on,
        decision=decision,
        made_by=by,
        made_at=at,
    )
    origin = {"decision": decision.pk} if decision else {}
    _record(by, at, "start_support", support, **origin)
    _announce("support_started", support, support.pk, by, at)
    return support


@transaction.atomic
def review_support(
    *,
    by: User,
    at: datetime,
    support: Support,
    outcome: str,
    before: str = "",
    since: str = "",
    note: str = "",
    next_review_on: date | None = None,
    seen: int | None = None,
) -> Review:
    """Keep, change or end a support, with the figures as they stood.

    `seen` is how many reviews there were when the form was shown; another since then is a mistake
    of the form. Raises ValidationError with a sentence for each field.
    """
    support = Support.objects.select_for_update().get(pk=support.pk)
    today, note = at.date(), note.strip()
    if support.ended_on and support.ended_on <= today:
        raise ValidationError({"outcome": "This support has ended already."})
    if seen is not None and support.reviews.count() != seen:
        raise ValidationError({"outcome": OVERTAKEN})
    wrong = _wrong_review(outcome, note, next_review_on, today)
    if wrong:
        raise ValidationError(wrong)
    ends = outcome == "end"
    review = Review.objects.create(
        support=support,
        outcome=outcome,
        before=before[:200],
        since=since[:200],
        note=note,
        next_review_on=None if ends else next_review_on,
        reviewed_by=by,
        reviewed_at=at,
    )
    if ends:
        support.ended_on = today
        support.save(update_fields=["ended_on"])
    elif next_review_on:
        support.review_on = next_review_on
        support.save(update_fields=["review_on"])
    _record(by, at, "review_support", support, review=review.pk, outcome=outcome)
    _announce("reviewed", support, review.pk, by, at)
    return review


def _about(name: str, aim_signal: str, owner: User | None) -> dict[str, str]:
    wrong = {}
    if not name:
        wrong["name"] = "Say what will be tried, in a few words."
    elif len(name) > NAME_LENGTH or "\n" in name:
        wrong["name"] = f"Keep the name on one line of at most {NAME_LENGTH} characters."
    if aim_signal not in AIMS:
        wrong["aim_signal"] = "Choose what this should move."
    if owner is None or not owner.is_active:
        wrong["owner"] = "Choose who looks after it."
    return wrong


def _hope(
    aim_signal: str, start_level: float | None, success: float | None, words: str
) -> dict[str, str]:
    if success is None and not words:
        return {"success": "Say what success looks like: a level, words, or both."}
    if len(words) > WORDS_LENGTH:
        return {"success_words": f"Keep these words under {WORDS_LENGTH} characters."}
    aim = aims_of({}).get(aim_signal)  # which way is better does not depend on thresholds
    if aim is None or start_level is None or success is None or aim.better(start_level, success):
        return {}
    return {"success": f"Hope for a level better than now: {aim.shown(start_level)}."}


def _founded(decision: Decision, pupil_ref: str) -> bool:
    in_force = decision.undone_at is None and decision.kind == "act"
    return in_force and decision.pupil_ref == pupil_ref


def _wrong_review(
    outcome: str, note: str, next_review_on: date | None, today: date
) -> dict[str, str]:
    wrong = {}
    if outcome not in OUTCOMES:
        wrong["outcome"] = "Choose one: keep, change or end."
    if outcome == "change" and not note:
        wrong["note"] = "Say what will be different from now on."
    if len(note) > NOTE_LENGTH:
        wrong["note"] = f"Keep the note under {NOTE_LENGTH:,} characters."
    if outcome in ("keep", "change"):
        wrong |= _wrong_day("next_review_on", next_review_on, today)
    return wrong


def _wrong_day(field: str, day: date | None, today: date) -> dict[str, str]:
    if day is None:
        return {field: "Choose when it is looked at next."}
    if day <= today:
        return {field: "Choose a date after today."}
    if day - today > LONGEST:
        return {field: "Choose a date within a year."}
    return {}


def _record(by: User, at: datetime, action: str, support: Support, **ids: int | str) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="support",
        school_id=support.school_id,
        subject=support.pupil_ref,
        support=support.pk,
        **ids,
    )


def _announce(kind: str, support: Support, about: int, by: User, at: datetime) -> None:
    Event.objects.create(kind=kind, school_id=support.school_id, about=about, by=by, at=at)
