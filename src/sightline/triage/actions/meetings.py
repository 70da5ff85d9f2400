"""A group's weekly meeting: opening its list, showing more of it, and finishing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sightline.governance.queries import objected
from sightline.people.models import User
from sightline.record.chain import changed
from sightline.sheets import GroupFacts
from sightline.signals.flag import Flag
from sightline.signals.weekly import Entry, WeeklyList
from sightline.triage.lists import (
    SET_ASIDE_CODES,
    allowed,
    counts_of,
    entry_of,
    lens_counts,
    make_list,
)
from sightline.triage.models import Attendance, Event, Listing, Meeting, SetAside
from sightline.triage.queries import before_list, meeting_of, undecided, week_of

__all__ = ["MORE", "MOST", "finish", "open_meeting", "show_more"]

MORE = 5
MOST = 15
"""Nobody can talk well about more pupils than this in one meeting."""
REASON_LENGTH = 200


@transaction.atomic
def open_meeting(*, by: User, at: datetime, group: GroupFacts) -> Meeting:
    """This week's list of a group, recorded as it is now; the one recorded before, if there is one.

    Whoever opens second, even at the same moment, gets the first's.
    """
    found = meeting_of(group.school_id, group.year_group, at.date())
    if found:
        return found
    objections = objected(group.school_id, at.date())
    before = before_list(group.school_id, group.year_group, at.date())
    weekly = make_list(
        group, before, on=at.date(), objections=objections, order=settings.SITE.keys.order
    )
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                school_id=group.school_id,
                year_group=group.year_group,
                week=week_of(at.date()),
                as_of=group.as_of,
                snapshot=group.snapshot,
                capacity=group.capacity,
                counts=counts_of(group, weekly, objections),
                opened_at=at,
            )
    except IntegrityError:  # somebody opened it between the look and the write
        return Meeting.objects.get(
            school_id=group.school_id, year_group=group.year_group, week=week_of(at.date())
        )
    _list(meeting, group, weekly.entries, start=1)
    used = allowed(group.flags, objections)
    _set_aside(meeting, weekly, used, {one.pupil_ref: one.until for one in before.decisions})
    _record(by, at, "open_meeting", meeting)
    return meeting


@transaction.atomic
def show_more(
    *,
    by: User,
    at: datetime,
    meeting: Meeting,
    reason: str,
    group: GroupFacts,
    pupil_ref: str = "",
) -> list[Listing]:
    """List some of those left out as well, with the reason: the next five, or the one asked for.

    Their reasons are those of `group` today; who no longer meets a threshold is passed over, and
    who met none when the list was made comes after the others. Raises ValidationError.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    listed = meeting.listings.count()
    _check_more(meeting, reason, listed)
    objections = objected(meeting.school_id, at.date())
    before = before_list(meeting.school_id, meeting.year_group, meeting.week)
    everybody = make_list(
        group,
        before,
        on=at.date(),
        objections=objections,
        order=settings.SITE.keys.order,
        capacity=len(group.flags),
    )
    entries = {entry.pupil_ref: entry for entry in everybody.entries}
    waiting = meeting.set_aside.filter(reason="others_first").order_by("pk")
    refs = [one.pupil_ref for one in waiting if one.pupil_ref in entries]
    since = _met_since(meeting, entries)
    refs += since
    if pupil_ref and pupil_ref not in refs:
        raise ValidationError({"reason": "This pupil is not among those left out of the list."})
    chosen = [pupil_ref] if pupil_ref else refs[: min(MORE, MOST - listed)]
    made = _list(meeting, group, [entries[ref] for ref in chosen], start=listed + 1)
    meeting.set_aside.filter(pupil_ref__in=chosen).delete()
    meeting.counts["met_threshold"] += len(set(chosen) & set(since))
    meeting.counts["lens"] = lens_counts(group, [one.pupil_ref for one in meeting.listings.all()])
    told = "; ".join(one for one in (meeting.more_reason, reason.strip()) if one)
    meeting.more_reason = told[:REASON_LENGTH]
    meeting.save(update_fields=["counts", "more_reason"])
    _record(by, at, "show_more", meeting, added=len(made))
    return made


@transaction.atomic
def finish(
    *,
    by: User,
    at: datetime,
    meeting: Meeting,
    attended: Iterable[User],
    gone: Collection[str] = (),
) -> Meeting:
    """End a meeting whose pupils are all decided or marked to come back to. Raises ValidationError.

    `gone` are listed pupils who are no longer in the group: nothing is left to decide about them.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.finished_at is not None:
        raise ValidationError({"meeting": "This meeting is already finished."})
    left = [one for one in undecided(meeting, at.date()) if one.pupil_ref not in gone]
    waiting = [one for one in left if not one.come_back]
    if waiting:
        places = ", ".join(str(one.position) for one in waiting)
        what = f"Not yet decided: number {places}. Decide, or choose “Come back to this”."
        raise ValidationError({"meeting": what})
    meeting.finished_at, meeting.finished_by = at, by
    meeting.save(update_fields=["finished_at", "finished_by"])
    people = {one.pk: one for one in (by, *attended)}
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, user=one) for one in people.values()]
    )
    _record(by, at, "finish_meeting", meeting)
    Event.objects.create(
        kind="finished", school_id=meeting.school_id, about=meeting.pk, by=by, at=at
    )
    return meeting


def _met_since(meeting: Meeting, refs: Iterable[str]) -> list[str]:
    """Of those who meet a threshold now, who did not when the list was made; in their order."""
    known = {one.pupil_ref for one in meeting.listings.all()}
    known |= {one.pupil_ref for one in meeting.set_aside.all()}
    return [ref for ref in refs if ref not in known]


def _check_more(meeting: Meeting, reason: str, listed: int) -> None:
    if len(reason.strip()) < 5:
        raise ValidationError({"reason": "Say why more than usual are to be talked about."})
    if meeting.finished_at is not None:
        raise ValidationError({"reason": "This meeting is already finished."})
    if listed >= MOST:
        raise ValidationError({"reason": f"A list holds {MOST} pupils at most."})


def _list(
    meeting: Meeting, group: GroupFacts, entries: Iterable[Entry], *, start: int
) -> list[Listing]:
    return Listing.objects.bulk_create(
        [
            Listing(
                meeting=meeting,
                pupil_ref=one.pupil_ref,
                position=position,
                entry=entry_of(group, one),
            )
            for position, one in enumerate(entries, start)
        ]
    )


def _set_aside(
    meeting: Meeting, weekly: WeeklyList, flags: Iterable[Flag], until: Mapping[str, date | None]
) -> None:
    """Record who met a threshold and is not listed; those left out in their order."""
    others = [one.pupil_ref for one in weekly.left_out]
    why = {ref: SET_ASIDE_CODES[words] for ref, words in weekly.set_aside.items()}
    why |= dict.fromkeys(others, "others_first")
    flagged: dict[str, list[str]] = defaultdict(list)
    for flag in flags:
        flagged[flag.pupil_ref].append(flag.signal)
    SetAside.objects.bulk_create(
        [
            SetAside(
                meeting=meeting,
                pupil_ref=ref,
                reason=reason,
                until=None if reason == "others_first" else until.get(ref),
                signals=flagged[ref],
            )
            for ref, reason in why.items()
        ]
    )


def _record(by: User, at: datetime, action: str, meeting: Meeting, **detail: int) -> None:
    changed(
        by=by,
        at=at,
        action=action,
        area="week",
        school_id=meeting.school_id,
        subject="",
        meeting=meeting.pk,
        **detail,
    )
