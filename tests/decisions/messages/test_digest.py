from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

pytestmark = pytest.mark.django_db
Colleague = Callable[[str], Any]
MONDAY = date(2026, 3, 9)


def digest(user: Any, at: datetime) -> str:
    from sightline.messages.digest import digest_sentences

    return " ".join(digest_sentences(user, MONDAY, at))


def sent_at(at: datetime) -> list[str]:
    from sightline.messages.actions.outbox import collect, send_waiting

    collect(at=at)
    send_waiting(at=at)
    return [one.to[0] for one in mail.outbox if one.subject.startswith("This week")]


def test_the_digest_counts_pupils_and_reviews_and_says_how_new_the_data_is(
    colleague: Colleague, at: datetime
) -> None:
    told = digest(colleague("head_of_year"), at)
    assert told == "10 pupils to talk about in Year 9. Data to Fri 6 Mar."


def test_it_counts_as_the_screen_does(meeting: Any, colleague: Colleague, at: datetime) -> None:
    from sightline.triage.actions.decisions import decide

    head = colleague("head_of_year")
    for listing in meeting.listings.order_by("position")[:3]:
        decide(by=head, at=at, listing=listing, kind="in_hand", until=date(2026, 3, 23))
    assert digest(head, at).startswith("7 pupils")


def test_an_objection_counts_from_the_next_moment(
    meeting: Any, colleague: Colleague, school: str, at: datetime
) -> None:
    from sightline.governance.models import Objection

    Objection.objects.create(
        school_id=school,
        pupil_ref=meeting.listings.first().pupil_ref,
        kind="opt_out",
        from_on=MONDAY,
        recorded_by=colleague("dpo"),
        recorded_at=at,
    )
    assert digest(colleague("head_of_year"), at).startswith("9 pupils")


def test_whoever_leads_several_years_gets_one_line_for_all(
    colleague: Colleague, at: datetime
) -> None:
    told = digest(colleague("senco"), at)
    assert told.count("Year") == 5
    assert " and " in told


def test_a_role_that_ended_is_not_counted_any_more(colleague: Colleague, at: datetime) -> None:
    from sightline.people.models import Grant

    head = colleague("head_of_year")
    Grant.objects.filter(user=head).update(to_on=date(2026, 3, 6))
    assert digest(head, at) == ""


@pytest.mark.parametrize("role", ["tutor", "data_manager", "dpo", "administrator"])
def test_where_there_is_nothing_no_mail_goes(colleague: Colleague, at: datetime, role: str) -> None:
    assert digest(colleague(role), at) == ""
    assert sent_at(at) == []


def test_after_the_meeting_is_finished_there_is_nothing_left_to_say(
    decided: Any, colleague: Colleague, at: datetime
) -> None:
    from sightline.triage.actions.meetings import finish

    head = colleague("head_of_year")
    finish(by=head, at=at, meeting=decided, attended=[])
    assert digest(head, at) == ""


def test_it_goes_on_sunday_evening_or_monday_morning_as_each_has_chosen_and_once(
    colleague: Colleague, at: datetime
) -> None:
    from sightline.people.models import User

    head, senco, leader = (colleague(one) for one in ("head_of_year", "senco", "senior_leader"))
    User.objects.filter(pk=head.pk).update(digest_at="sunday")
    User.objects.filter(pk=leader.pk).update(digest_at="never")
    sunday = at - timedelta(days=1)
    assert sent_at(sunday.replace(hour=17, minute=59)) == []
    assert sent_at(sunday.replace(hour=18, minute=0)) == [head.email]
    assert sent_at(at.replace(hour=6, minute=59)) == [head.email]
    assert sent_at(at.replace(hour=7, minute=0)) == [head.email, senco.email]
    assert len(sent_at(at.replace(hour=12))) == 2
    assert len(sent_at(at + timedelta(days=1))) == 2


def test_a_worker_that_was_off_on_sunday_makes_it_good_on_monday(
    colleague: Colleague, at: datetime
) -> None:
    from sightline.people.models import User

    head = colleague("head_of_year")
    User.objects.update(digest_at="sunday")
    assert sent_at(at) == [head.email]


def test_the_link_leads_to_a_page_that_asks_to_sign_in(
    colleague: Colleague, at: datetime, client: Any
) -> None:
    colleague("head_of_year")
    sent_at(at)
    body = mail.outbox[0].body
    address = body.partition("Open this week: ")[2].split()[0]
    path = "/" + address.split("/", 3)[3]
    response = client.get(path)
    assert response.status_code == 302
    assert "login" in response["Location"]
