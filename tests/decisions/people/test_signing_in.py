import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from sightline.people.actions import accounts
from sightline.people.models import User
from sightline.project.sign_in import says_multi_factor
from sightline.record.models import AuditEvent

PASSWORD = "seven quiet otters swim"
Colleague = Callable[[str], User]


@pytest.fixture
def somebody(colleague: Colleague) -> User:
    user = colleague("senior_leader")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def strict(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def signed_in_by_password(user: User) -> Client:
    browser = Client()
    answer = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


@pytest.fixture
def with_app(django_capture_on_commit_callbacks: Any) -> Callable[[Client], str]:
    """Set up an authenticator app as the page asks; returns its secret."""

    def set_up(browser: Client) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer, secret = app_of(browser)
        # Outside a test the transaction ends within the request, and its session is saved after.
        answer.wsgi_request.session.save()
        return secret

    return set_up


def app_of(browser: Client) -> tuple[Any, str]:
    page = browser.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = code_of(secret)
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.status_code == 302, answer.content.decode()
    return answer, secret


def code_of(secret: str, steps: int = 0) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()), None)
    return totp.format_hotp_value(totp.hotp_value(secret, counter + steps))


def test_a_password_alone_opens_no_page_about_pupils(somebody: User, strict: None) -> None:
    browser = signed_in_by_password(somebody)
    answer = browser.get(reverse("emergency"))
    assert (answer.status_code, answer.url) == (302, reverse("second_factor"))
    assert browser.get(reverse("me")).status_code == 200


def test_setting_up_an_app_opens_them_and_shows_recovery_codes_once(
    somebody: User, strict: None, with_app: Callable[[Client], str]
) -> None:
    browser = signed_in_by_password(somebody)
    assert browser.get(reverse("second_factor")).status_code == 200
    with_app(browser)
    codes = browser.get(reverse("mfa_view_recovery_codes"))
    assert codes.content.decode().count("<code>") == 10
    assert "<code>" not in browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert browser.get(reverse("emergency")).status_code == 200


def test_a_session_from_before_the_second_factor_does_not_gain_by_it(
    somebody: User, strict: None, with_app: Callable[[Client], str]
) -> None:
    mine, other = signed_in_by_password(somebody), signed_in_by_password(somebody)
    with_app(mine)
    assert other.get(reverse("emergency")).status_code == 302
    assert mine.get(reverse("emergency")).status_code == 200


def test_the_next_sign_in_asks_for_the_code_and_a_recovery_code_works_once(
    somebody: User, strict: None, with_app: Callable[[Client], str]
) -> None:
    first = signed_in_by_password(somebody)
    with_app(first)
    recovery = Authenticator.objects.get(user=somebody, type="recovery_codes").wrap()
    code = recovery.get_unused_codes()[0]
    for expected in (302, 200):
        browser = signed_in_by_password(somebody)
        assert browser.get(reverse("emergency")).status_code == 302
        page = browser.get(reverse("mfa_authenticate"))
        assert 'autocomplete="one-time-code"' in page.content.decode()
        answer = browser.post(reverse("mfa_authenticate"), {"code": code})
        assert answer.status_code == expected


def test_second_factor_secrets_are_sealed_in_the_database(
    somebody: User, with_app: Callable[[Client], str]
) -> None:
    browser = signed_in_by_password(somebody)
    secret = with_app(browser)
    held = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in held
    assert held.count("sealed:") == 2


def test_the_code_to_scan_is_a_drawing_in_the_page(somebody: User) -> None:
    text = signed_in_by_password(somebody).get(reverse("mfa_activate_totp")).content.decode()
    assert '<svg class="qr"' in text
    assert "data:image" not in text
    assert "style=" not in text


def test_a_schools_sign_on_counts_only_when_it_says_it_asked_for_more() -> None:
    assert says_multi_factor({"id_token": {"amr": ["pwd", "mfa"]}, "userinfo": {}})
    assert says_multi_factor({"id_token": {"acr": "https://refeds.org/profile/mfa"}})
    claim = "http://schemas.microsoft.com/claims/authnmethodsreferences"
    assert says_multi_factor({claim: ["http://schemas.microsoft.com/claims/multipleauthn"]})
    assert not says_multi_factor({"id_token": {"amr": ["pwd"]}})
    assert not says_multi_factor({"userinfo": {"amr": ["mfa"]}})
    assert not says_multi_factor({})


def test_a_sign_on_without_a_second_factor_leads_to_setting_one_up(
    somebody: User, strict: None
) -> None:
    browser = Client()
    browser.force_login(somebody, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get(reverse("emergency")).status_code == 302
    session = browser.session
    session["multi_factor_sign_on"] = somebody.pk + 1
    session.save()
    assert browser.get(reverse("emergency")).status_code == 302
    session["multi_factor_sign_on"] = somebody.pk
    session.save()
    assert browser.get(reverse("emergency")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["signup/", "password/reset/", "email/", "confirm-email/", "3rdparty/signup/", "login/code/"],
)
def test_nobody_signs_up_or_resets_a_password_by_mail(db: Any, path: str) -> None:
    assert Client().get(f"/accounts/{path}").status_code == 404


def test_too_many_wrong_passwords_shut_the_account_for_a_while(somebody: User) -> None:
    browser = Client()
    told = {"login": somebody.email, "password": "wrong"}
    for _ in range(5):
        assert browser.post(reverse("account_login"), told).status_code == 200
    answer = browser.post(reverse("account_login"), {**told, "password": PASSWORD})
    assert answer.status_code == 200
    assert not User.objects.get(pk=somebody.pk).last_login


def test_signing_in_changes_the_session_key_and_signing_out_clears_the_browser(
    somebody: User,
) -> None:
    browser = Client()
    browser.get(reverse("account_login"))
    before = browser.session.session_key
    browser.post(reverse("account_login"), {"login": somebody.email, "password": PASSWORD})
    assert browser.session.session_key != before
    answer = browser.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.get(reverse("me")).status_code == 302


def test_the_sign_in_page_helps_password_managers_and_has_no_inline_script(db: Any) -> None:
    text = Client().get(reverse("account_login")).content.decode()
    assert 'autocomplete="username webauthn"' in text
    assert 'autocomplete="current-password"' in text
    assert "onpaste" not in text
    assert "<script>" not in text


def test_one_session_or_all_others_can_be_ended(somebody: User) -> None:
    here, there, elsewhere = (signed_in_by_password(somebody) for _ in range(3))
    key = there.session.session_key
    pk = UserSession.objects.get(session_key=key).pk
    here.post(reverse("me"), {"do": "sessions", "session": pk})
    assert there.get(reverse("me")).status_code == 302
    assert elsewhere.get(reverse("me")).status_code == 200
    here.post(reverse("me"), {"do": "sessions"})
    assert elsewhere.get(reverse("me")).status_code == 302
    assert here.get(reverse("me")).status_code == 200


def test_nobody_ends_a_colleagues_session(somebody: User, colleague: Colleague) -> None:
    theirs = signed_in_by_password(somebody)
    pk = UserSession.objects.get(session_key=theirs.session.session_key).pk
    browser = Client()
    browser.force_login(
        colleague("dpo"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    browser.post(reverse("me"), {"do": "sessions", "session": pk})
    assert theirs.get(reverse("me")).status_code == 200


def test_an_idle_session_ends_and_staying_is_a_sign_of_life(somebody: User) -> None:
    browser = signed_in_by_password(somebody)
    browser.get(reverse("me"))
    session = browser.session
    session["seen"] = int(time.time()) - 29 * 60
    session.save()
    assert browser.post(reverse("stay")).status_code == 204
    assert int(time.time()) - browser.session["seen"] < 5
    session = browser.session
    session["seen"] = int(time.time()) - 31 * 60
    session.save()
    assert browser.get(reverse("me")).status_code == 302
    assert browser.post(reverse("stay")).status_code == 401


def test_preferences_are_kept_and_recorded(somebody: User) -> None:
    browser = signed_in_by_password(somebody)
    wish = {"size": "text-large", "calm": "on", "digest_at": "sunday", "do": "preferences"}
    assert browser.post(reverse("me"), wish).status_code == 303
    user = User.objects.get(pk=somebody.pk)
    assert (user.reading, user.shortcuts, user.digest_at) == ("text-large calm", False, "sunday")
    assert AuditEvent.objects.filter(action="preferences").count() == 1
    assert browser.post(reverse("me"), {**wish, "size": "x"}).status_code == 422


def test_the_first_page_makes_the_first_administrator_and_then_is_gone(db: Any) -> None:
    from sightline.web.clock import now

    code = accounts.first_code(at=now())
    browser = Client()
    told = {"code": code, "name": "Ms Adeyemi", "email": "a@school.test", "password": PASSWORD}
    assert browser.get(reverse("start")).status_code == 200
    refused = browser.post(reverse("start"), {**told, "password": "short"})
    assert refused.status_code == 422
    assert "a@school.test" in refused.content.decode()
    answer = browser.post(reverse("start"), told)
    assert (answer.status_code, answer.url) == (302, reverse("second_factor"))
    assert browser.get(reverse("people")).status_code == 200
    assert Client().get(reverse("start")).status_code == 404
    assert accounts.first_code(at=now()) is None


def test_guessing_the_first_code_is_slow(db: Any) -> None:
    from sightline.web.clock import now

    code = accounts.first_code(at=now())
    told = {"name": "X", "email": "x@school.test", "password": PASSWORD}
    browser = Client()
    for _ in range(5):
        assert browser.post(reverse("start"), {**told, "code": "guess"}).status_code == 422
    assert browser.post(reverse("start"), {**told, "code": code}).status_code == 422
    assert not User.objects.exists()


def test_the_first_code_is_over_after_a_day_and_a_new_one_ends_the_old(db: Any, at: Any) -> None:
    from django.core.exceptions import ValidationError

    told = {"name": "X", "email": "x@school.test", "password": PASSWORD}
    old = accounts.first_code(at=at)
    new = accounts.first_code(at=at)
    assert old
    assert new
    assert old != new
    for code, moment in ((old, at), (new, at + timedelta(hours=24))):
        with pytest.raises(ValidationError):
            accounts.start(code=code, at=moment, **told)
    accounts.start(code=new.upper(), at=at + timedelta(hours=23), **told)


def test_an_invitation_sets_ones_own_password_and_leads_to_the_second_factor(
    colleague: Colleague,
) -> None:
    from sightline.web.clock import now

    user, token = accounts.invite(
        by=colleague("administrator"), at=now(), name="Mr New", email="new@school.test"
    )
    browser, address = Client(), reverse("invitation", args=[token])
    assert 'autocomplete="new-password"' in browser.get(address).content.decode()
    assert browser.post(address, {"password": "sixteen"}).status_code == 422
    answer = browser.post(address, {"password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, reverse("second_factor"))
    assert Client().get(address).status_code == 404
    assert token not in str(list(user.invitations.values_list("token_hash", flat=True)))


# ------------------------------------------------------------------------ the school's own sign-on


def came_by_sign_on(settings: Any, token: str | None, told: dict[str, Any]) -> tuple[Any, Any]:
    """What the adapter makes of somebody whom the school's sign-on sends."""
    from allauth.core import context
    from allauth.socialaccount.models import SocialAccount, SocialLogin
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    from sightline.project.sign_in import SocialAdapter

    app = {"provider_id": "school", "name": "School", "client_id": "1", "secret": "2"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    if token:
        request.session["invited_by"] = token
    account = SocialAccount(provider="school", uid="subject-1", extra_data=told)
    login = SocialLogin(user=User(email="new@school.test"), account=account)
    with context.request_context(request):
        login.lookup()
        SocialAdapter().pre_social_login(request, login)
    return request, login


def test_an_invitation_connects_the_schools_sign_on_once(
    colleague: Colleague, settings: Any
) -> None:
    from allauth.socialaccount.models import SocialAccount

    from sightline.web.clock import now

    by = colleague("administrator")
    user, token = accounts.invite(by=by, at=now(), name="Mr New", email="new@school.test")
    told = {"id_token": {"amr": ["mfa"]}}
    request, login = came_by_sign_on(settings, token, told)
    assert login.is_existing
    assert SocialAccount.objects.get().user == user
    assert request.session["multi_factor_sign_on"] == user.pk
    assert accounts.link_holder(token=token, at=now()) is None


def test_a_sign_on_without_an_invitation_makes_and_takes_no_account(
    colleague: Colleague, settings: Any
) -> None:
    from allauth.socialaccount.models import SocialAccount

    before = User.objects.create(
        name="Same address", email="new@school.test", created_at=colleague("dpo").created_at
    )
    for token in (None, "wrong"):
        _, login = came_by_sign_on(settings, token, {"id_token": {"amr": ["mfa"]}})
        assert not login.is_existing
    assert not SocialAccount.objects.exists()
    assert User.objects.filter(email=before.email).count() == 1
