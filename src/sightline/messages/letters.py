"""The words of each mail, written as it is sent: counts, dates and a link; no name, no reason.

Each function answers None when there is nothing (any more) to say to this reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sightline.governance.models import Complaint
from sightline.kit import plural, sentence_list
from sightline.messages.days import local
from sightline.messages.digest import digest_sentences
from sightline.messages.links import link
from sightline.messages.models import Message
from sightline.messages.reviews import reviews_waiting
from sightline.people.models import EmergencyAccess, User
from sightline.triage.models import Decision, Meeting, Signpost
from sightline.triage.rules import day_words

__all__ = ["Letter", "write_letter"]


@dataclass(frozen=True)
class Letter:
    """A mail: its sentences, and the page to which they lead."""

    subject: str
    sentences: tuple[str, ...]
    link: str
    link_words: str
    optional: bool = True  # whether its reader can choose not to have it


def write_letter(message: Message, at: datetime) -> Letter | None:
    """What a message says now."""
    reader = message.to
    if reader is None:
        return _crisis(message)
    return WRITERS[message.kind](message, reader, at) if reader.is_active else None


def _crisis(message: Message) -> Letter | None:
    """To the safeguarding lead: who asked for help and when. Never about whom, nor what."""
    post = Signpost.objects.select_related("used_by").get(pk=message.detail["signpost"])
    if post.answered_at:
        return None
    at = local(post.used_at)
    sentences = (
        f"{post.used_by.name} pressed the button for a safeguarding concern that cannot wait, "
        f"at {at:%H:%M} on {day_words(at.date())}.",
        "Please ring or go to them now. Sightline holds nothing about the concern itself.",
    )
    subject = "Safeguarding: a colleague needs you now"
    return Letter(subject, sentences, link("safeguarding"), "Say that you have answered", False)


def _digest(message: Message, reader: User, at: datetime) -> Letter | None:
    monday = date.fromisoformat(message.detail["monday"])
    sentences = digest_sentences(reader, monday, at)
    if not sentences:
        return None
    return Letter(f"This week: {day_words(monday)}", sentences, link("home"), "Open this week")


def _review_due(message: Message, reader: User, at: datetime) -> Letter | None:
    on = date.fromisoformat(message.detail["on"])
    count = reviews_waiting(reader, message.detail["school"], on, at)
    if not count:
        return None
    today = on == local(at).date()
    due = "due today" if today else f"due on {day_words(on)}"
    sentence = f"{plural(count, 'review')} of support {'is' if count == 1 else 'are'} {due}."
    return Letter(sentence.rstrip("."), (sentence,), link("supports"), "Open your reviews")


def _review_late(message: Message, reader: User, at: datetime) -> Letter | None:
    on = date.fromisoformat(message.detail["on"])
    count = reviews_waiting(reader, message.detail["school"], on, at)
    if not count:
        return None
    was = "was" if count == 1 else "were"
    sentences = (
        f"{plural(count, 'review')} of support {was} due on {day_words(on)}.",
        "We will not mail again: what is still waiting comes up in the weekly meeting.",
    )
    subject = f"{plural(count, 'review')} waiting"
    return Letter(subject, sentences, link("supports"), "Open your reviews")


def _recap(message: Message, reader: User, at: datetime) -> Letter | None:
    """Counts and dates of the reader's own actions: an action's words may name a child."""
    meeting = Meeting.objects.get(pk=message.detail["meeting"])
    own = Decision.objects.filter(
        listing__meeting=meeting, kind="act", undone_at__isnull=True, owner=reader
    )
    days = sorted(own.values_list("until", flat=True))
    if not days:
        return None
    held = local(meeting.finished_at or at).date()
    dates = sentence_list([day_words(day) for day in sorted(set(days))])
    sentences = (
        f"The Year {meeting.year_group} meeting of {day_words(held)} is finished.",
        f"You took on {plural(len(days), 'action')}, to be looked at again by {dates}.",
    )
    subject = f"After the Year {meeting.year_group} meeting: {plural(len(days), 'action')}"
    return Letter(subject, sentences, link("home"), "See what was agreed")


def _emergency(message: Message, reader: User, at: datetime) -> Letter | None:
    access = EmergencyAccess.objects.filter(pk=message.detail["emergency"]).first()
    if access is None or access.reviewed_at:
        return None
    start, end = local(access.started_at), local(access.ends_at)
    sentences = (
        f"A colleague opened a page in an emergency on {day_words(start.date())}, "
        f"from {start:%H:%M} to {end:%H:%M}, and named you as the person to tell.",
        f"The reference is E{access.pk}.",
    )
    subject = f"Emergency access E{access.pk}"
    return Letter(subject, sentences, link("emergency"), "See the reason", False)


def _complaint(message: Message, reader: User, at: datetime) -> Letter | None:
    one = Complaint.objects.filter(pk=message.detail["complaint"]).first()
    if one is None or one.acknowledged_at or one.closed_at:
        return None
    late = one.acknowledge_by < local(at).date()
    due = "was to be acknowledged" if late else "is to be acknowledged"
    sentence = f"Complaint C{one.pk} {due} by {day_words(one.acknowledge_by)}."
    subject = f"Complaint C{one.pk}: acknowledgement {'late' if late else 'due'}"
    return Letter(subject, (sentence,), link("complaint", pk=one.pk), "Open it", False)


def _wrong_data(message: Message, reader: User, at: datetime) -> Letter | None:
    one = Complaint.objects.filter(pk=message.detail["complaint"]).first()
    if one is None or one.closed_at:
        return None
    sentence = f"A colleague says that a figure is wrong (report C{one.pk})."
    return Letter(sentence.rstrip("."), (sentence,), link("complaint", pk=one.pk), "Open it")


def _refused(message: Message, reader: User, at: datetime) -> Letter | None:
    tables: Mapping[str, int] = message.detail["tables"]
    counts = sentence_list([f"{name} {count:,}" for name, count in sorted(tables.items())])
    sentences = (
        f"Load {message.detail['snapshot']} left rows out: {counts}.",
        "Each is listed with its row, its column and what would put it right.",
    )
    return Letter(
        "Rows were left out of the latest load", sentences, link("quarantine"), "See them"
    )


def _stale(message: Message, reader: User, at: datetime) -> Letter | None:
    last = date.fromisoformat(message.detail["last"])
    sentence = f"Attendance is to {day_words(last)}; nothing later has come."
    return Letter("Attendance is not up to date", (sentence,), link("data"), "See the loads")


Writer = Callable[[Message, User, datetime], Letter | None]
WRITERS: Mapping[str, Writer] = {
    "complaint": _complaint,
    "digest": _digest,
    "emergency": _emergency,
    "recap": _recap,
    "refused": _refused,
    "review_due": _review_due,
    "review_late": _review_late,
    "stale": _stale,
    "wrong_data": _wrong_data,
}
