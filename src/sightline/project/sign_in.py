"""How people sign in: by invitation only; and what a school's own sign-on may vouch for."""

from collections.abc import Mapping
from time import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]

from sightline.people.actions.accounts import accept_by_sign_on
from sightline.people.fields import open_secret, seal_secret
from sightline.web.clock import now
from sightline.web.second_factor import INVITED_BY, vouch

__all__ = ["AccountAdapter", "MfaAdapter", "SocialAdapter", "says_multi_factor"]

# What a sign-on says when it asked for more than a password: RFC 8176, REFEDS, Microsoft.
MULTI_FACTOR = {
    "mfa",
    "https://refeds.org/profile/mfa",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    "http://schemas.microsoft.com/claims/multipleauthn",
}
CLAIMS = ("amr", "acr", "http://schemas.microsoft.com/claims/authnmethodsreferences")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody makes their own account: an administrator invites."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def is_reauthentication_required(self, **what: Any) -> bool:
        """Not for somebody who has signed in, with all their steps, a moment ago."""
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((one.get("at", 0.0) for one in records), default=0.0)
        recent = time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not recent and bool(super().is_reauthentication_required(**what))


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A school's sign-on opens an account that was connected to it, and never makes one."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        """Connect whoever comes from their invitation, and note a second factor asked for there."""
        token = request.session.pop(INVITED_BY, None)
        if token and not sociallogin.is_existing:
            invited = accept_by_sign_on(token=token, at=now())
            if invited is not None:
                sociallogin.connect(request, invited)
        if sociallogin.is_existing and says_multi_factor(sociallogin.account.extra_data):
            vouch(request, sociallogin.user)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are sealed, and the code to scan is drawn for a dark page too."""

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
        code.add_data(url)
        rows = code.get_matrix()
        dots = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
        )
        size = len(rows)
        return (
            f'<svg class="qr" viewBox="0 0 {size} {size}" width="220" height="220" role="img" '
            'aria-label="Code to scan with the authenticator app">'
            f'<rect width="{size}" height="{size}" fill="#ffffff"/>'
            f'<path d="{dots}" fill="#000000"/></svg>'
        )

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return "Passkey"


def says_multi_factor(told: Mapping[str, Any]) -> bool:
    """Whether what the sign-on signed says that it asked for a second factor."""
    claims = told.get("id_token", {}) if "id_token" in told or "userinfo" in told else told
    found: set[str] = set()
    for name in CLAIMS:
        value = claims.get(name) or []
        found |= {value} if isinstance(value, str) else set(map(str, value))
    return bool(found & MULTI_FACTOR)
