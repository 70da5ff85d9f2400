from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

pytestmark = pytest.mark.django_db
Colleague = Callable[[str], Any]
SignedIn = Callable[[str], Any]
DAY = date(2026, 3, 23)


@pytest.fixture
def token(colleague: Colleague, at: datetime) -> str:
    from sightline.messages.actions.feeds import make_feed

    return make_feed(by=colleague("senco"), at=at)


@pytest.fixture
def supports(colleague: Colleague, school: str, at: datetime) -> list[Any]:
    """Two reviews of the SENCO's on one day."""
    from django.conf import settings

    from sightline.sheets import open_sheets
    from sightline.triage.models import Support

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    owner = colleague("senco")
    return [
        Support.objects.create(
            school_id=school,
            pupil_ref=place.pupil_ref,
            name="Morning check-in",
            aim_signal="attendance_momentum",
            owner=owner,
            started_on=date(2026, 2, 2),
            review_on=DAY,
            made_by=owner,
            made_at=at,
        )
        for place in sheets.places(year_group=9)[:2]
    ]


def feed(token: str, at: datetime) -> list[dict[str, Any]]:
    from sightline.messages.actions.feeds import read_feed

    data = read_feed(token, at=at)
    assert data is not None
    return [
        {
            "uid": str(one["UID"]),
            "title": str(one["SUMMARY"]),
            "on": one.decoded("DTSTART"),
            "sequence": one["SEQUENCE"],
            "status": str(one["STATUS"]),
            "url": str(one["URL"]),
        }
        for one in Calendar.from_ical(data).walk("VEVENT")
    ]


def test_a_day_is_one_all_day_entry_with_a_count_and_a_link(
    token: str, supports: Any, at: datetime
) -> None:
    (day,) = feed(token, at)
    assert day["title"] == "Pupil review (2)"
    assert day["on"] == DAY
    assert type(day["on"]) is date
    assert day["status"] == "CONFIRMED"
    assert day["url"].endswith("/support/")


def test_a_change_keeps_the_entry_and_raises_its_sequence(
    token: str, supports: Any, at: datetime
) -> None:
    (before,) = feed(token, at)
    supports[0].ended_on = at.date()
    supports[0].save()
    (after,) = feed(token, at + timedelta(hours=1))
    assert after["uid"] == before["uid"]
    assert (after["title"], after["sequence"]) == ("Pupil review (1)", before["sequence"] + 1)
    assert feed(token, at + timedelta(hours=2)) == [after], "nothing changed since"


def test_a_review_that_moves_is_cancelled_on_its_old_day_and_not_deleted(
    token: str, supports: Any, at: datetime
) -> None:
    feed(token, at)
    for one in supports:
        one.review_on = date(2026, 4, 20)
        one.save()
    old, new = feed(token, at + timedelta(days=1))
    assert (old["on"], old["status"]) == (DAY, "CANCELLED")
    assert old["sequence"] == 1
    assert (new["on"], new["title"]) == (date(2026, 4, 20), "Pupil review (2)")


def test_days_that_are_past_stay_as_they_were(token: str, supports: Any, at: datetime) -> None:
    feed(token, at)
    for one in supports:
        one.ended_on = DAY
        one.save()
    (day,) = feed(token, at + timedelta(days=20))
    assert (day["title"], day["status"]) == ("Pupil review (2)", "CONFIRMED")


def test_an_action_of_a_meeting_is_a_review_day_of_whoever_took_it_on(
    decided: Any, token: str, at: datetime
) -> None:
    assert [one["title"] for one in feed(token, at)] == ["Pupil review (2)"]


def test_a_pupil_one_may_no_longer_see_leaves_the_feed(
    token: str, supports: Any, colleague: Colleague, at: datetime
) -> None:
    from sightline.people.models import Grant

    feed(token, at)
    Grant.objects.filter(user=colleague("senco")).update(to_on=at.date())
    (day,) = feed(token, at + timedelta(days=1))
    assert day["status"] == "CANCELLED"


def test_only_the_hash_of_an_address_is_kept(token: str) -> None:
    from sightline.messages.models import CalendarFeed

    kept = CalendarFeed.objects.get()
    assert token not in str(vars(kept))
    assert len(token) >= 40


def test_the_feed_needs_no_sign_in_and_answers_not_modified(token: str, supports: Any) -> None:
    first = Client().get(f"/calendar/{token}.ics")
    assert first.status_code == 200
    assert first["Content-Type"].startswith("text/calendar")
    again = Client().get(f"/calendar/{token}.ics", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_an_unknown_and_a_revoked_address_are_the_same(
    token: str, colleague: Colleague, at: datetime
) -> None:
    from sightline.messages.actions.feeds import revoke_feed
    from sightline.messages.models import CalendarFeed

    pk = CalendarFeed.objects.get().pk
    assert not revoke_feed(by=colleague("tutor"), at=at, pk=pk), "it is not theirs"
    assert revoke_feed(by=colleague("senco"), at=at, pk=pk)
    answers = [Client().get(f"/calendar/{one}.ics") for one in (token, "x" * 43)]
    assert [one.status_code for one in answers] == [404, 404]


def test_the_feed_of_somebody_who_has_left_is_gone(token: str, colleague: Colleague) -> None:
    from sightline.people.models import User

    User.objects.filter(pk=colleague("senco").pk).update(is_active=False)
    assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_reading_is_recorded_once_a_day(token: str, supports: Any, at: datetime) -> None:
    from sightline.messages.models import CalendarFeed
    from sightline.record.models import AuditEvent

    for hours in (0, 1, 2, 24):
        feed(token, at + timedelta(hours=hours))
    pk = CalendarFeed.objects.get().pk
    assert AuditEvent.objects.filter(actor=f"calendar {pk}").count() == 2
    assert CalendarFeed.objects.get().last_read_at == at + timedelta(hours=24)


def test_guessing_addresses_is_slowed_down(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr("sightline.web.views.messages.A_MINUTE", 3)
    same_minute = SimpleNamespace(time=lambda: 0)
    monkeypatch.setattr("sightline.web.views.messages.time", same_minute)
    codes = [Client().get(f"/calendar/{number}.ics").status_code for number in range(5)]
    assert codes == [404, 404, 404, 429, 429]


def test_an_address_is_shown_once_and_can_be_ended(signed_in: SignedIn) -> None:
    browser = signed_in("senco")
    made = browser.post("/me/calendar/")
    assert made.status_code == 303
    shown = browser.get("/me/calendar/").content.decode()
    address = shown.partition("/calendar/")[2].partition(".ics")[0].rpartition("/")[2]
    assert "not shown again" in shown
    assert Client().get(f"/calendar/{address}.ics").status_code == 200
    again = browser.get("/me/calendar/").content.decode()
    assert address not in again
    assert "Last read" in again
    action = again.partition('action="/me/calendar/')[2].partition('"')[0]
    assert browser.post(f"/me/calendar/{action}").status_code == 303
    assert Client().get(f"/calendar/{address}.ics").status_code == 404


def test_nobody_has_more_than_three_addresses(signed_in: SignedIn) -> None:
    browser = signed_in("senco")
    assert [browser.post("/me/calendar/").status_code for _ in range(4)] == [303, 303, 303, 422]


def test_somebody_elses_address_cannot_be_ended(token: str, signed_in: SignedIn) -> None:
    from sightline.messages.models import CalendarFeed

    pk = CalendarFeed.objects.get().pk
    assert signed_in("tutor").post(f"/me/calendar/{pk}/end/").status_code == 404


def test_one_review_is_a_file_without_a_name_for_those_who_may_see_it(
    supports: Any, signed_in: SignedIn
) -> None:
    address = f"/support/{supports[0].pk}/review.ics"
    response = signed_in("senco").get(address)
    assert response["Content-Disposition"] == 'attachment; filename="review.ics"'
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Pupil review (1)"
    assert event.decoded("DTSTART") == DAY
    for role in ("data_manager", "dpo"):
        assert signed_in(role).get(address).status_code == 404
    assert signed_in("senco").get("/support/999999/review.ics").status_code == 404


def test_calendars_understand_the_file(token: str, supports: Any, at: datetime) -> None:
    from sightline.messages.actions.feeds import read_feed

    data = read_feed(token, at=at)
    assert data is not None
    assert all(len(line) <= 75 for line in data.split(b"\r\n")), "folded as RFC 5545 asks"
    calendar = Calendar.from_ical(data)
    assert calendar["VERSION"] == "2.0"
    assert calendar.errors == []
