from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from sightline.governance.models import Export
from sightline.record.chain import Entry, record
from sightline.record.models import AuditEvent
from sightline.record.verify import verify

SignedIn = Callable[[str], Client]


def look(actor: str, ref: str, at: datetime, school_id: str = "S0000", area: str = "page") -> None:
    with transaction.atomic():
        record([Entry("read", area, school_id, ref, "You lead Year 9")], at=at, actor=actor)


def looks(since: int = 0) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(number__gt=since).order_by("number"))


def last_number() -> int:
    last = AuditEvent.objects.order_by("-number").first()
    return last.number if last else 0


def test_the_record_is_for_the_data_protection_officer_alone(signed_in: SignedIn) -> None:
    for role in ("head_of_year", "senco", "senior_leader", "data_manager", "administrator"):
        client = signed_in(role)
        for name in ("record", "unusual", "exports", "objections", "record_export"):
            assert client.get(reverse(name)).status_code == 404, (role, name)
    assert signed_in("dpo").get(reverse("record")).status_code == 200


def test_looking_at_the_record_is_in_the_record(signed_in: SignedIn) -> None:
    signed_in("dpo").get(reverse("record"))
    [row] = looks()
    assert (row.action, row.area, row.subject) == ("read", "record", "the record")


def test_the_record_is_searched_by_person_pupil_area_action_and_date(
    signed_in: SignedIn, colleague: Callable[[str], Any], pupil: str, at: datetime
) -> None:
    user = colleague("head_of_year")
    look(f"user {user.pk}", pupil, at)
    look(f"user {user.pk}", "someoneelse1", at - timedelta(days=3), area="notes")
    client = signed_in("dpo")
    day = {"from_on_day": "9", "from_on_month": "3", "from_on_year": "2026"}
    for query, expected in (
        ({"person": f"user {user.pk}"}, {pupil, "someoneelse1"}),
        ({"pupil": pupil}, {pupil}),
        ({"area": "notes"}, {"someoneelse1"}),
        ({"person": f"user {user.pk}", **day}, {pupil}),
        ({"action": "export"}, set()),
    ):
        shown = {row.subject for row in client.get(reverse("record"), query).context["rows"]}
        assert expected <= shown, query
        assert not {"someoneelse1", pupil} - expected & shown, query


def test_a_date_that_is_none_is_said_and_the_rest_still_works(signed_in: SignedIn) -> None:
    answer = signed_in("dpo").get(reverse("record"), {"from_on_day": "32", "from_on_month": "1"})
    assert "Write the date as three numbers" in answer.content.decode()


def test_the_record_goes_on_page_by_page(signed_in: SignedIn, chain: int) -> None:
    client, seen = signed_in("dpo"), []
    query = "person=&before="
    while query:
        page = client.get(f"{reverse('record')}?{query}")
        seen += [row.number for row in page.context["rows"]]
        query = page.context["older"]
    assert seen == sorted(seen, reverse=True)
    assert set(range(1, chain + 1)) <= set(seen)


def test_a_pupil_found_by_name_is_a_recorded_look_and_the_name_is_in_no_address(
    signed_in: SignedIn, pupil: str, pupil_name: str
) -> None:
    client = signed_in("dpo")
    page = client.post(reverse("record"), {"name": pupil_name.upper()})
    found = {one.ref for one in page.context["found"]}  # another's name may hold this one's
    assert pupil in found
    assert f'href="?pupil={pupil}"' in page.content.decode()
    assert {row.subject for row in looks()} == {"the record", *found}
    assert pupil_name not in str([row.__dict__ for row in looks()])


def test_unusual_looks_are_counts_and_say_no_pupil(
    signed_in: SignedIn, colleague: Callable[[str], Any], pupil: str, at: datetime
) -> None:
    user = colleague("tutor")
    look(f"user {user.pk}", pupil, at.replace(hour=23) - timedelta(days=1))
    body = signed_in("dpo").get(reverse("unusual")).content.decode()
    assert user.name in body
    assert "Looked between 22:00 and 06:00" in body
    assert pupil not in body


def test_everybody_may_read_the_rules_and_few_who_holds_what(
    signed_in: SignedIn, colleague: Callable[[str], Any]
) -> None:
    name = colleague("senco").name
    for role in ("class_teacher", "tutor", "trust_lead"):
        body = signed_in(role).get(reverse("access_matrix")).content.decode()
        assert "Head of year or pastoral lead" in body
        assert "Who holds what now" not in body
    body = signed_in("dpo").get(reverse("access_matrix")).content.decode()
    assert name in body


def test_who_has_looked_is_shown_with_reasons_and_can_be_handed_over(
    signed_in: SignedIn, colleague: Callable[[str], Any], pupil: str, at: datetime
) -> None:
    user = colleague("senco")
    look(f"user {user.pk}", pupil, at)
    page = signed_in("dpo").get(reverse("pupil_lookers", args=[pupil]))
    assert user.name in page.content.decode()
    text = signed_in("dpo").get(reverse("pupil_lookers", args=[pupil]), {"text": "1"})
    assert text["Content-Type"].startswith("text/plain")
    assert "You lead Year 9" in text.content.decode()
    leader = signed_in("head_of_year").get(reverse("pupil_lookers", args=[pupil]))
    assert leader.context.get("looks") is None
    assert signed_in("tutor").get(reverse("pupil_lookers", args=[pupil])).status_code == 404


def test_the_record_leaves_as_a_file_that_is_itself_recorded(
    signed_in: SignedIn, chain: int
) -> None:
    client = signed_in("dpo")
    shown = client.get(reverse("record_export"))
    assert f"{chain} rows" in shown.content.decode()
    refused = client.post(reverse("record_export"), {"purpose": " "})
    assert refused.status_code == 422
    assert Export.objects.count() == 0
    made = client.post(reverse("record_export"), {"purpose": "yearly check"})
    assert made["Content-Disposition"].startswith("attachment")
    assert made.content.count(b"\r\n") == chain + 1
    one = Export.objects.get()
    assert (one.purpose, one.rows) == ("yearly check", chain)
    assert {row.action for row in looks(chain)} == {"export", "read"}
    assert "yearly check" in client.get(reverse("exports")).content.decode()
    assert verify() == []


@pytest.mark.parametrize("what", ["nothing", "pupil-weeks", "week"])
def test_a_file_of_what_is_not_there_is_not_found(signed_in: SignedIn, what: str) -> None:
    assert signed_in("head_of_year").get(reverse("export", args=[what])).status_code == 404


def test_a_pupils_weeks_leave_for_those_who_may_and_the_look_is_noted_once_made(
    signed_in: SignedIn, pupil: str
) -> None:
    address = f"{reverse('export', args=['pupil-weeks'])}?pupil={pupil}"
    client = signed_in("head_of_year")
    assert client.get(address).status_code == 200
    assert looks() == []
    made = client.post(address, {"purpose": "talk with home"})
    assert "Week from" in made.content.decode("utf-8-sig").splitlines()[0]
    assert {(row.action, row.subject) for row in looks()} >= {("read", pupil)}
    for role in ("tutor", "class_teacher", "dpo", "trust_lead"):
        assert signed_in(role).get(address).status_code == 404, role
