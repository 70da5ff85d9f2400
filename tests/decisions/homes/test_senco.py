from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.governance.models import Objection
from sightline.record.models import AuditEvent
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.inclusion import adjustments_open, unreviewed
from sightline.triage.models import Decision, Listing, Meeting, Support

MONDAY = date(2026, 3, 9)
SINCE = date(2025, 9, 1)


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture
def listing(
    sheets: SchoolSheets, colleague: Callable[[str], Any], at: datetime
) -> Callable[..., Listing]:
    """`listing(ref, "no")` is this week's listing of a pupil with that answer; "": not asked."""

    def make(ref: str, answer: str = "", week: date = MONDAY) -> Listing:
        meeting, _ = Meeting.objects.get_or_create(
            school_id="S0000",
            year_group=9,
            week=week,
            defaults={"as_of": week, "snapshot": 1, "capacity": 10, "opened_at": at},
        )
        flag = {"signal": "missing_work", "theme": "work", "because": f"Sentence about {ref}."}
        entry = {
            "flags": [flag],
            "more_flags": [],
            "good": [],
            "lens": {"sentences": [f"Around {ref}."], "lessons": []},
        }
        row = Listing.objects.create(
            meeting=meeting, pupil_ref=ref, position=1 + meeting.listings.count(), entry=entry
        )
        if answer:
            Decision.objects.create(
                listing=row,
                school_id="S0000",
                pupil_ref=ref,
                kind="act",
                action="Move to the front",
                owner=colleague("senco"),
                until=week + timedelta(days=14),
                adjustments=answer,
                decided_by=colleague("head_of_year"),
                decided_at=at - timedelta(days=(MONDAY - week).days),
            )
        return row

    return make


@pytest.fixture
def support(colleague: Callable[[str], Any], at: datetime) -> Callable[..., Support]:
    def make(ref: str, review_on: date) -> Support:
        user = colleague("senco")
        return Support.objects.create(
            school_id="S0000",
            pupil_ref=ref,
            name=f"Support of {ref}",
            aim_signal="missing_work",
            owner=user,
            started_on=date(2026, 1, 5),
            review_on=review_on,
            made_by=user,
            made_at=at,
        )

    return make


def test_an_adjustment_stays_open_until_a_later_yes(listing: Callable[..., Listing]) -> None:
    listing("p1", "no", date(2026, 2, 2))
    listing("p2", "unsure", date(2026, 2, 2))
    listing("p3", "yes", date(2026, 2, 2))
    listing("p1", "yes", date(2026, 3, 2))
    assert [one.pupil_ref for one in adjustments_open("S0000", SINCE)] == ["p2"]


def test_an_undone_decision_opens_nothing(listing: Callable[..., Listing], at: datetime) -> None:
    row = listing("p1", "no").decisions.get()
    row.undone_at, row.undone_by = at, row.decided_by
    row.save()
    assert adjustments_open("S0000", SINCE) == []


def test_a_support_past_its_date_without_a_look_is_named(support: Callable[..., Support]) -> None:
    late = support("p1", MONDAY - timedelta(days=3))
    support("p2", MONDAY)
    assert [one.support for one in unreviewed("S0000", MONDAY)] == [late.pk]


def test_the_page_puts_agreements_before_what_was_noticed(
    signed_in: Callable[[str], Client],
    sheets: SchoolSheets,
    listing: Callable[..., Listing],
    support: Callable[..., Support],
) -> None:
    sen = sorted(sheets.group(9).groups["sen"])
    listing(sen[0], "no")
    listing(sen[1])
    support(sen[2], MONDAY)
    page = signed_in("senco").get("/senco/").content.decode()
    assert "1 review due, 1 adjustment to put in place" in page
    assert "To do: Move to the front" in page
    assert f"Support of {sen[2]}" in page
    assert page.index("Adjustments not in place") < page.index(f"Sentence about {sen[1]}.")
    assert f"Around {sen[1]}." in page
    assert "Being noticed is no evidence of SEND" in page


def test_only_listed_pupils_with_send_are_named_as_such(
    signed_in: Callable[[str], Client], sheets: SchoolSheets, listing: Callable[..., Listing]
) -> None:
    sen = sheets.group(9).groups["sen"]
    other = next(one.pupil_ref for one in sheets.places(year_group=9) if one.pupil_ref not in sen)
    listing(other)
    page = signed_in("senco").get("/senco/").content.decode()
    assert f"Sentence about {other}." not in page


def test_each_pupil_shown_is_recorded(
    signed_in: Callable[[str], Client], sheets: SchoolSheets, listing: Callable[..., Listing]
) -> None:
    ref = min(sheets.group(9).groups["sen"])
    listing(ref)
    signed_in("senco").get("/senco/")
    (look,) = AuditEvent.objects.filter(action="read")
    assert (look.subject, look.area) == (ref, "needs")


def test_an_objection_takes_a_pupil_off_the_page(
    signed_in: Callable[[str], Client],
    colleague: Callable[[str], Any],
    sheets: SchoolSheets,
    listing: Callable[..., Listing],
    at: datetime,
) -> None:
    ref = min(sheets.group(9).groups["sen"])
    listing(ref, "no")
    Objection.objects.create(
        school_id="S0000",
        pupil_ref=ref,
        kind="opt_out",
        from_on=MONDAY,
        recorded_by=colleague("dpo"),
        recorded_at=at,
    )
    page = signed_in("senco").get("/senco/").content.decode()
    assert f"/pupil/{ref}/" not in page


@pytest.mark.parametrize("role", ["class_teacher", "tutor", "trust_lead", "data_manager"])
def test_who_changes_no_support_finds_no_page(
    signed_in: Callable[[str], Client], role: str
) -> None:
    assert signed_in(role).get("/senco/").status_code == 404


def test_an_empty_page_says_that_nothing_waits(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("senco").get("/senco/").content.decode()
    assert "No review is due." in page
    assert "adjustments were in place" in page
