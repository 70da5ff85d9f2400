"""The addresses of signing in: those of allauth that are used, and no other.

Nobody signs up, resets a password by mail or changes the address mail goes to: an administrator
gives a one-time link instead. The names that allauth's own code still asks for lead nowhere.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic.base import RedirectView

__all__ = ["urlpatterns"]


def nowhere(request: HttpRequest, **_: Any) -> HttpResponse:
    """An address that is not used here."""
    raise Http404


my_account = RedirectView.as_view(pattern_name="me", permanent=False)

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", my_account, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", my_account, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"
    ),
    path("school/", social.connections, name="socialaccount_connections"),
    path("school/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("school/error/", social.login_error, name="socialaccount_login_error"),
    path("nowhere/signup/", nowhere, name="account_signup"),
    path("nowhere/social-signup/", nowhere, name="socialaccount_signup"),
    path("nowhere/password/", nowhere, name="account_reset_password"),
    path("nowhere/password/set/", nowhere, name="account_set_password"),
    path("nowhere/email/", nowhere, name="account_email"),
    path("nowhere/verify/", nowhere, name="account_email_verification_sent"),
    path("", include("allauth.socialaccount.providers.saml.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
