"""A finished meeting with words in it that must never be mailed, and a mail relay."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.support.mail_server import Relay, mail_relay

REVIEW = date(2026, 3, 23)


@pytest.fixture
def relay(settings: Any, socket_enabled: Any) -> Iterator[Relay]:
    with mail_relay(settings) as found:
        yield found


@pytest.fixture
def site_setting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`site_setting(dsl_mail="...")` changes settings of the site for one test."""

    def change(**values: Any) -> None:
        found = {**django_settings.SITE.settings, **values}
        object.__setattr__(django_settings.SITE, "settings", found)

    before = django_settings.SITE.settings
    yield change  # type: ignore[misc]
    object.__setattr__(django_settings.SITE, "settings", before)


@pytest.fixture
def meeting(colleague: Callable[[str], Any], school: str, at: datetime) -> Any:
    """Year 9's list of this week, opened by the head of year."""
    from sightline.sheets import open_sheets
    from sightline.triage.actions.meetings import open_meeting

    sheets = open_sheets(django_settings.SITE, school)
    assert sheets is not None
    return open_meeting(by=colleague("head_of_year"), at=at, group=sheets.group(9))


@pytest.fixture
def decided(meeting: Any, colleague: Callable[[str], Any], at: datetime) -> Any:
    """The same meeting with every pupil decided: two actions for the SENCO, one for a tutor."""
    from sightline.triage.actions.decisions import decide

    by = colleague("head_of_year")
    owners = {1: "senco", 2: "senco", 3: "tutor"}
    for listing in meeting.listings.order_by("position"):
        role = owners.get(listing.position)
        if role:
            given = {"action": "Ring Bartholomew's aunt", "owner": colleague(role)}
            decide(by=by, at=at, listing=listing, kind="act", until=REVIEW, **given)
        else:
            decide(by=by, at=at, listing=listing, kind="in_hand", until=REVIEW)
    return meeting
