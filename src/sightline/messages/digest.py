"""The weekly digest of one person: how many pupils to talk about, reviews due, how new data is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings

from sightline.access import Viewer, may
from sightline.governance.queries import objected
from sightline.kit import plural, sentence_list
from sightline.messages.reviews import review_days
from sightline.messages.viewers import viewer_at
from sightline.people.models import User
from sightline.sheets import SchoolSheets, open_sheets, sheet_schools
from sightline.triage.lists import make_list
from sightline.triage.queries import before_list, meeting_of, undecided
from sightline.triage.rules import day_words

__all__ = ["digest_sentences"]


def digest_sentences(reader: User, monday: date, at: datetime) -> tuple[str, ...]:
    """What the week holds for somebody, under their access now; nothing when it holds nothing."""
    viewer = viewer_at(reader, at)
    schools = list(_schools(viewer))
    counts = [one for sheets in schools for one in _groups(viewer, sheets, monday, len(schools))]
    due = _reviews(reader, monday, at)
    if not counts and not due:
        return ()
    sentences = []
    if counts:
        first, group = counts[0]
        rest = [f"{count} in {name}" for count, name in counts[1:]]
        words = sentence_list([f"{plural(first, 'pupil')} to talk about in {group}", *rest])
        sentences.append(f"{words}.")
    if due:
        sentences.append(f"{plural(due, 'review')} due.")
    latest = {sheets.facts.fresh_to.get("attendance") for sheets in schools} - {None}
    if latest:
        sentences.append(f"Data to {day_words(min(day for day in latest if day))}.")
    return (" ".join(sentences),)


def _schools(viewer: Viewer) -> Iterator[SchoolSheets]:
    """The schools in which the person holds a role."""
    held = {one.school_id for one in viewer.roles()}
    for school_id in sheet_schools(settings.SITE):
        sheets = open_sheets(settings.SITE, school_id)
        if sheets and school_id in held:
            yield sheets


def _groups(
    viewer: Viewer, sheets: SchoolSheets, monday: date, schools: int
) -> Iterator[tuple[int, str]]:
    """The year groups the person decides in, with how many pupils are to be talked about."""
    school = sheets.facts.school_id
    for year in sorted(sheets.facts.year_groups):
        if may(viewer, "decide", school_id=school, year_group=year):
            count = _to_talk_about(sheets, year, monday)
            name = f"Year {year}" if schools == 1 else f"Year {year} at {sheets.facts.name}"
            if count:
                yield count, name


def _to_talk_about(sheets: SchoolSheets, year: int, monday: date) -> int:
    """How many the week's list holds that are not decided: recorded, or as it would be now."""
    school = sheets.facts.school_id
    meeting = meeting_of(school, year, monday)
    if meeting:
        return 0 if meeting.finished_at else len(undecided(meeting, monday))
    before, objections = before_list(school, year, monday), objected(school, monday)
    order = settings.SITE.keys.order
    weekly = make_list(sheets.group(year), before, on=monday, objections=objections, order=order)
    return len(weekly.entries)


def _reviews(reader: User, monday: date, at: datetime) -> int:
    """The person's own reviews due by the end of the week."""
    friday = monday + timedelta(days=4)
    return sum(count for on, count in review_days(reader, at).items() if on <= friday)
