import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pypdf import PdfReader
from tests.support.mail_server import Relay

pytestmark = pytest.mark.django_db
Colleague = Callable[[str], Any]

KINDS = {
    "complaint",
    "crisis",
    "digest",
    "emergency",
    "recap",
    "refused",
    "review_due",
    "review_late",
    "stale",
    "wrong_data",
}


@pytest.fixture
def told(decided: Any, colleague: Colleague, school: str, at: datetime, monkeypatch: Any) -> Any:
    """A school in which everything has happened that is ever mailed, with words in every field."""
    from sightline.governance.models import Complaint
    from sightline.messages.data_faults import Refused
    from sightline.people.models import EmergencyAccess
    from sightline.triage.actions.meetings import finish
    from sightline.triage.actions.safeguarding import use_path
    from sightline.triage.models import Support

    everybody = [colleague(role) for role in ("senco", "data_manager", "dpo", "senior_leader")]
    head = colleague("head_of_year")
    finish(by=head, at=at, meeting=decided, attended=everybody[:1])
    refs = [one.pupil_ref for one in decided.listings.all()]
    for review_on in (date(2026, 3, 9), date(2026, 2, 27)):
        Support.objects.create(
            school_id=school,
            pupil_ref=refs[0],
            name="Reading to Bartholomew",
            aim_signal="attendance_momentum",
            owner=everybody[0],
            started_on=date(2026, 2, 2),
            review_on=review_on,
            made_by=head,
            made_at=at,
        )
    for kind in ("complaint", "wrong_data"):
        Complaint.objects.create(
            school_id=school,
            pupil_ref=refs[1],
            kind=kind,
            text="Bartholomew was on the trip",
            received_at=at,
            received_by=head,
            acknowledge_by=date(2026, 3, 12),
        )
    EmergencyAccess.objects.create(
        user=head,
        school_id=school,
        pupil_ref=refs[2],
        reason="Bartholomew's aunt rang",
        started_at=at,
        ends_at=at + timedelta(hours=1),
        told=everybody[3],
    )
    refused = Refused(3, {"attendance": 2})
    monkeypatch.setattr("sightline.messages.causes.refused_tables", lambda _: refused)
    stale = {school: date(2026, 3, 5)}
    monkeypatch.setattr("sightline.messages.causes.stale_attendance", lambda *_: stale)
    use_path(by=colleague("tutor"), at=at, school_id=school, urgent=True)
    return decided


@pytest.fixture(scope="session")
def secrets(school: str) -> frozenset[str]:
    """Every pupil's and colleague's name, UPN, birth date, reference and note in the demo."""
    from sightline.sheets import open_sheets

    site = django_settings.SITE
    sheets = open_sheets(site, school)
    assert sheets is not None
    found = {place.pupil_ref for place in sheets.places()}
    with site.vault(site.warehouse.current()) as vault:
        for kind in ("pupil_identity", "staff", "note"):
            for values in vault.read(kind).values():
                found |= {value for value in values.values() if isinstance(value, str)}
    words = {"Bartholomew", "aunt", "Ring Bartholomew's aunt"}
    return frozenset(one for one in found | words if len(one) > 2)


def named_in(text: str, secrets: Iterable[str]) -> list[str]:
    """The secrets that stand in a text as whole words, however many words each has."""
    squeezed = " ".join(text.split())
    return [
        one
        for one in secrets
        if one in squeezed and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", squeezed)
    ]


def test_no_mail_holds_anything_about_a_child(
    told: Any, at: datetime, relay: Relay, secrets: frozenset[str], site_setting: Any
) -> None:
    from sightline.messages.actions.alerts import retry_alerts
    from sightline.messages.actions.outbox import collect, send_waiting
    from sightline.messages.models import Message

    site_setting(dsl_mail="dsl@school.test")
    later = at.replace(hour=9, minute=30)
    collect(at=later)
    retry_alerts(at=later)
    send_waiting(at=later)
    sent = Message.objects.filter(state="sent")
    assert set(sent.values_list("kind", flat=True)) == KINDS
    assert len(relay.kept) == sent.count()
    assert len(secrets) > 2000
    for mail in relay.kept:
        text = mail.text.replace("Mr Whitfield pressed", "")  # the call says who needs help
        assert named_in(text, secrets) == []
    for message in sent:
        assert named_in(f"{message.key} {message.detail} {message.failure}", secrets) == []


def test_no_calendar_holds_anything_about_a_child(
    told: Any, at: datetime, colleague: Colleague, secrets: frozenset[str]
) -> None:
    from sightline.messages.actions.feeds import make_feed

    token = make_feed(by=colleague("senco"), at=at)
    feed = Client().get(f"/calendar/{token}.ics").content.decode()
    assert "SUMMARY:Pupil review (2)" in feed
    assert named_in(feed.replace("\r\n ", ""), secrets) == []


def test_a_packs_metadata_and_a_page_s_title_hold_no_name(
    told: Any, signed_in: Callable[[str], Any], secrets: frozenset[str]
) -> None:
    browser = signed_in("head_of_year")
    response = browser.get("/week/year-9/pack.pdf")
    pdf = PdfReader(BytesIO(response.content))
    metadata = pdf.trailer["/Root"]["/Metadata"].get_data().decode()
    assert named_in(f"{dict(pdf.metadata or {})} {metadata} {response.headers}", secrets) == []
    for name in ("finish", "recap", "pack"):
        page = browser.get(f"/week/year-9/{name}/", follow=True).content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert title
        assert named_in(title, secrets) == []


def test_the_check_itself_finds_a_name(secrets: frozenset[str]) -> None:
    some = next(iter(secrets))
    assert named_in(f"About {some}, today", secrets)
