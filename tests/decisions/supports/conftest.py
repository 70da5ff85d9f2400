"""A pupil of Year 9, a decision about them, and settings of the site for one test."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings


@pytest.fixture
def sheets(school: str) -> Any:
    from sightline.sheets import open_sheets

    return open_sheets(django_settings.SITE, school)


@pytest.fixture
def ref(sheets: Any) -> str:
    """A pupil of Year 9 whose attendance can be told and is below 99%."""
    level = sheets.levels("attendance_momentum")
    return next(
        one.pupil_ref
        for one in sheets.places(year_group=9)
        if level.get(one.pupil_ref, 100) < 99 and one.registration_group != "9N"
    )


@pytest.fixture
def elsewhere(sheets: Any) -> str:
    """A pupil whom the head of Year 9 does not lead."""
    return sheets.places(year_group=8)[0].pupil_ref


@pytest.fixture
def decided(ref: str, school: str, at: datetime, colleague: Callable[[str], Any]) -> Any:
    """A decision to act on the pupil."""
    from sightline.triage.actions.decisions import decide
    from sightline.triage.models import Listing, Meeting

    meeting = Meeting.objects.create(
        school_id=school,
        year_group=9,
        week=at.date(),
        as_of=date(2026, 3, 6),
        snapshot=1,
        capacity=10,
        opened_at=at,
    )
    entry = {"flags": [{"theme": "attendance"}], "more_flags": []}
    listing = Listing.objects.create(meeting=meeting, pupil_ref=ref, position=1, entry=entry)
    return decide(
        by=colleague("head_of_year"),
        at=at,
        listing=listing,
        kind="act",
        action="Breakfast club",
        owner=colleague("senco"),
        until=date(2026, 3, 23),
    )


@pytest.fixture
def begin(ref: str, school: str, at: datetime, colleague: Callable[[str], Any]) -> Any:
    """`begin(name="...")` starts a support as the head of year, changed as asked."""
    from sightline.triage.actions.supports import start_support

    def start(**changed: Any) -> Any:
        values = {
            "by": colleague("head_of_year"),
            "at": at,
            "school_id": school,
            "pupil_ref": ref,
            "name": "Breakfast club",
            "aim_signal": "attendance_momentum",
            "start_level": 84.0,
            "success": 88.0,
            "success_words": "In school on Mondays",
            "owner": colleague("senco"),
            "review_on": date(2026, 3, 23),
        }
        return start_support(**(values | changed))

    return start


@pytest.fixture
def site_setting() -> Iterator[Callable[..., None]]:
    """`site_setting(dsl_mail="...")` changes settings of the site for one test."""
    before = django_settings.SITE.settings

    def change(**values: Any) -> None:
        found = {**django_settings.SITE.settings, **values}
        object.__setattr__(django_settings.SITE, "settings", found)

    yield change
    object.__setattr__(django_settings.SITE, "settings", before)
