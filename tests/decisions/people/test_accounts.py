from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sightline.access import may
from sightline.governance.queries import viewer_of
from sightline.people.actions import accounts, grants
from sightline.people.actions.grants import Asked
from sightline.people.models import Grant, ProposedGrant, User
from sightline.record.models import AuditEvent

Colleague = Callable[[str], User]
Browser = Callable[[str], Client]
ADMIN = Asked("administrator", "trust")


def told(error: Any) -> dict[str, list[str]]:
    return dict(error.value.message_dict)


def allows(user: User, need: str, at: datetime) -> bool:
    viewer = viewer_of(user, at=at, taught=lambda *_: {}, school_names={})
    return may(viewer, need) is not None


def another(by: User, at: datetime, name: str, *asked: Asked) -> User:
    told = {"name": name, "email": f"{name}@school.test", "asked": asked}
    return accounts.invite(by=by, at=at, **told)[0]


def test_nobody_gives_themselves_a_role(colleague: Colleague, at: datetime) -> None:
    by = colleague("administrator")
    with pytest.raises(ValidationError) as error:
        grants.give(by=by, at=at, user=by, asked=Asked("senco", "school", "S0000"))
    assert told(error) == {"role": ["Nobody can give themselves a role: ask a colleague."]}


def test_nobody_ends_or_closes_or_resets_their_own(colleague: Colleague, at: datetime) -> None:
    by = colleague("administrator")
    for act in (accounts.close, accounts.new_link, accounts.reset_second_factor):
        with pytest.raises(ValidationError):
            act(by=by, at=at, user=by)
    with pytest.raises(ValidationError):
        grants.end_grant(by=by, at=at, grant=by.grants.get())


def test_the_first_two_administrators_need_nobody_and_the_third_a_second_person(
    colleague: Colleague, at: datetime
) -> None:
    first = colleague("administrator")
    second = another(first, at, "second", ADMIN)
    assert allows(second, "people_manage", at)
    third = another(first, at, "third", ADMIN)
    assert not allows(third, "people_manage", at)
    proposed = ProposedGrant.objects.get(user=third)
    for by in (first, third):
        with pytest.raises(ValidationError):
            grants.settle(by=by, at=at, proposed=proposed, agree=True)
    grants.settle(by=second, at=at, proposed=proposed, agree=True)
    assert allows(third, "people_manage", at)
    held = third.grants.get()
    assert (held.given_by, held.confirmed_by) == (first, second)
    with pytest.raises(ValidationError):
        grants.settle(by=second, at=at, proposed=proposed, agree=False)


def test_a_declined_administrator_stays_without(colleague: Colleague, at: datetime) -> None:
    first = colleague("administrator")
    second, third = (another(first, at, name, ADMIN) for name in ("second", "third"))
    proposed = ProposedGrant.objects.get(user=third)
    grants.settle(by=second, at=at, proposed=proposed, agree=False)
    assert not allows(third, "people_manage", at)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked("king", "trust"), "role"),
        (Asked("class_teacher", "school", "S0000"), "scope"),
        (Asked("senco", "school"), "school_id"),
        (Asked("head_of_year", "year", "S0000"), "value"),
        (Asked("head_of_year", "year", "S0000", "nine"), "value"),
        (Asked("class_teacher", "taught", "S0000"), "staff_id"),
    ],
)
def test_only_what_the_matrix_allows_can_be_given(
    colleague: Colleague, at: datetime, asked: Asked, field: str
) -> None:
    by = colleague("administrator")
    with pytest.raises(ValidationError) as error:
        another(by, at, "new", asked)
    assert list(told(error)) == [field]
    assert not Grant.objects.filter(given_at=at, user__email="new@school.test").exists()


def test_an_ended_grant_is_kept_and_allows_nothing(colleague: Colleague, at: datetime) -> None:
    by, user = colleague("administrator"), colleague("senco")
    grant = user.grants.get()
    grants.end_grant(by=by, at=at, grant=grant)
    assert not allows(user, "decide", at)
    assert Grant.objects.get(pk=grant.pk).to_on == at.date() - timedelta(days=1)
    with pytest.raises(ValidationError):
        grants.end_grant(by=by, at=at, grant=grant)


def test_the_last_administrator_cannot_be_ended(colleague: Colleague, at: datetime) -> None:
    held = colleague("administrator").grants.get()
    with pytest.raises(ValidationError):
        grants.end_grant(by=None, at=at, grant=held)


def test_closing_ends_sessions_grants_links_and_proposals_at_once(
    colleague: Colleague, signed_in: Browser, at: datetime
) -> None:
    browser, user = signed_in("senco"), colleague("senco")
    assert browser.get(reverse("me")).status_code == 200
    accounts.close(by=colleague("administrator"), at=at, user=user)
    assert browser.get(reverse("me")).status_code == 302
    assert not allows(User.objects.get(pk=user.pk), "decide", at)
    assert not user.has_usable_password()
    with pytest.raises(ValidationError):
        accounts.close(by=colleague("administrator"), at=at, user=user)


def test_a_new_link_ends_the_old_password_link_and_sessions(
    colleague: Colleague, at: datetime
) -> None:
    by = colleague("administrator")
    user, first = accounts.invite(by=by, at=at, name="A", email="a@school.test")
    second = accounts.new_link(by=by, at=at, user=user)
    assert accounts.link_holder(token=first, at=at) is None
    assert accounts.link_holder(token=second, at=at) == user
    assert accounts.link_holder(token=second, at=at + timedelta(days=7)) is None
    accounts.accept(token=second, password="seven quiet otters swim", at=at)
    assert accounts.link_holder(token=second, at=at) is None


def test_every_change_is_recorded_once_without_names(colleague: Colleague, at: datetime) -> None:
    by = colleague("administrator")
    before = AuditEvent.objects.count()
    asked = (Asked("senco", "school", "S0000"),)
    user, _ = accounts.invite(by=by, at=at, name="Mr Secret", email="s@school.test", asked=asked)
    accounts.new_link(by=by, at=at, user=user)
    accounts.reset_second_factor(by=by, at=at, user=user)
    accounts.close(by=by, at=at, user=user)
    rows = list(AuditEvent.objects.order_by("number")[before:])
    assert [row.action for row in rows] == [
        "account_invite",
        "grant_give",
        "account_link",
        "second_factor_reset",
        "account_close",
    ]
    assert {row.subject for row in rows} == {f"user {user.pk}"}
    assert "Secret" not in str([(row.detail, row.why) for row in rows])


def test_the_people_page_names_roles_reasons_and_whom_nobody_has_seen(
    colleague: Colleague, signed_in: Browser
) -> None:
    User.objects.filter(pk=colleague("senco").pk).update(
        created_at=datetime.fromisoformat("2025-09-01T08:00:00+00:00")
    )
    text = signed_in("administrator").get(reverse("people")).content.decode()
    assert "Mrs Bell" in text
    assert "SENCO or inclusion lead, the whole school" in text
    assert "Not seen for 90 days" in text


def test_an_administrator_invites_by_the_page_and_the_link_is_shown_once(
    colleague: Colleague, signed_in: Browser
) -> None:
    browser = signed_in("administrator")
    staff = browser.get(reverse("person_invite")).context["joiners"][0]["staff_id"]
    typed = {
        "name": "Mr New",
        "email": "new@school.test",
        "staff_id": staff,
        "access": "head_of_year year",
        "school_id": "S0000",
        "value": "ten",
    }
    refused = browser.post(reverse("person_invite"), typed)
    assert refused.status_code == 422
    assert 'value="new@school.test"' in refused.content.decode()
    answer = browser.post(reverse("person_invite"), typed | {"value": "10"})
    user = User.objects.get(email="new@school.test")
    assert (answer.status_code, answer.url) == (303, reverse("person", args=[user.pk]))
    assert (user.staff_id, user.school_id) == (staff, "S0000")
    assert "/invitation/" in browser.get(answer.url).content.decode()
    assert "/invitation/" not in browser.get(answer.url).content.decode()


def test_each_button_of_a_persons_page_does_its_one_thing(
    colleague: Colleague, signed_in: Browser
) -> None:
    browser, user = signed_in("administrator"), colleague("senco")
    page = reverse("person", args=[user.pk])
    give = {"do": "give", "access": "head_of_year year", "school_id": "S0000", "value": "8"}
    assert browser.post(page, give).status_code == 303
    held = user.grants.get(role="head_of_year")
    assert browser.post(page, {"do": "end", "grant": held.pk}).status_code == 303
    assert browser.post(page, {"do": "second_factor"}).status_code == 303
    assert browser.post(page, {"do": "link"}).status_code == 303
    assert browser.post(page, {"do": "close"}).status_code == 303
    assert browser.post(page, {"do": "close"}).status_code == 422
    assert browser.post(page, {"do": "anything"}).status_code == 404
    assert not User.objects.get(pk=user.pk).is_active


def test_an_administrator_of_one_school_reaches_no_other_and_nobody_of_the_trust(
    colleague: Colleague, at: datetime
) -> None:
    head = colleague("administrator")
    local = another(head, at, "local", Asked("administrator", "school", "S0000"))
    User.objects.filter(pk=local.pk).update(school_id="S0000")
    theirs, trusts = colleague("senco"), colleague("trust_lead")
    other = another(head, at, "other")
    User.objects.filter(pk=other.pk).update(school_id="S0001")
    browser = Client()
    browser.force_login(local, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = {
        user: browser.get(reverse("person", args=[user.pk])) for user in (theirs, trusts, other)
    }
    assert [answer.status_code for answer in found.values()] == [200, 404, 404]
    give = {"do": "give", "access": "trust_lead trust"}
    assert browser.post(reverse("person", args=[theirs.pk]), give).status_code == 422


def test_a_caseload_is_given_by_the_schools_own_ids(
    colleague: Colleague, signed_in: Browser, school: str
) -> None:
    from django.conf import settings

    from sightline.sheets import open_sheets

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    known = {place.pupil_ref for place in sheets.places()}
    pupil_ids = [f"S0000-P{n:04d}" for n in range(1, 2000)]
    refs = dict(zip(settings.SITE.keys.pupil_refs(pupil_ids), pupil_ids, strict=True))
    ref = next(one for one in refs if one in known)
    browser, page = signed_in("administrator"), reverse("person", args=[colleague("senco").pk])
    give = {"do": "give", "access": "senco caseload", "school_id": school}
    assert browser.post(page, give | {"pupils": "nobody"}).status_code == 422
    assert browser.post(page, give | {"pupils": ""}).status_code == 422
    assert browser.post(page, give | {"pupils": refs[ref]}).status_code == 303
    held = colleague("senco").grants.get(scope="caseload")
    assert held.pupils.get().pupil_ref == ref
