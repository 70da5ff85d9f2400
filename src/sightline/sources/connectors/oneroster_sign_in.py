"""How a OneRoster server is told who asks: a bearer token (OAuth 2) or a signature (OAuth 1.0a)."""

import json
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import httpx
from oauthlib.oauth1 import Client

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.http import Reach

__all__ = ["check_sign_in", "sign_in"]

SIGN_INS = ("oauth2", "oauth2-body", "oauth1")
SIGNATURES = ("HMAC-SHA256", "HMAC-SHA1")
SCOPE = "https://purl.imsglobal.org/spec/or/{}/scope/{}"
SCOPES = ("roster-core.readonly", "roster-demographics.readonly", "gradebook.readonly")


def check_sign_in(source: Source) -> None:
    """Raises `bad_settings` for settings that no server could be signed in with."""
    name, settings = f"source {source.name}", source.settings
    how = settings.get("sign_in") or SIGN_INS[0]
    if how not in SIGN_INS:
        raise SightlineError("bad_settings", name, f"`sign_in` is one of {', '.join(SIGN_INS)}")
    if (settings.get("signature") or SIGNATURES[0]) not in SIGNATURES:
        what = f"`signature` is one of {', '.join(SIGNATURES)}"
        raise SightlineError("bad_settings", name, what)
    if how == "oauth1" and settings.get("version") != "1.1":
        raise SightlineError("bad_settings", name, "version 1.2 has no signed calls: use oauth2")
    if how != "oauth1" and not settings.get("token_address"):
        raise SightlineError("bad_settings", name, "OAuth 2 needs the setting `token_address`")


def sign_in(source: Source, secrets: Mapping[str, str], reach: Reach) -> httpx.Auth:
    """What signs each call. Raises `bad_settings`, and `source_refused` without credentials."""
    check_sign_in(source)
    key, secret = secrets.get("client_id"), secrets.get("client_secret")
    if not key or not secret:
        what = "its client id or secret is not kept"
        raise SightlineError("source_refused", f"source {source.name}", what)
    how = source.settings.get("sign_in")
    if how == "oauth1":
        method = source.settings.get("signature") or SIGNATURES[0]
        return _Signed(key, secret, method, reach.now)
    return _Bearer(lambda: _token(source, secrets, reach, in_body=how == "oauth2-body"))


class _Signed(httpx.Auth):
    """OAuth 1.0a with no token: the consumer key and secret sign the address and the query."""

    def __init__(self, key: str, secret: str, method: str, now: Callable[[], datetime]) -> None:
        self._key, self._secret, self._method, self._now = key, secret, method, now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        stamp = str(int(self._now().timestamp()))
        client = Client(
            self._key, client_secret=self._secret, signature_method=self._method, timestamp=stamp
        )
        method: Literal["GET", "POST"] = "POST" if request.method == "POST" else "GET"
        _, headers, _ = client.sign(str(request.url), http_method=method)
        request.headers["Authorization"] = headers["Authorization"]
        yield request


class _Bearer(httpx.Auth):
    """A token, renewed once for a call that is answered 401: it may have run out meanwhile."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask, self._token = ask, ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        had, self._token = bool(self._token), self._token or self._ask()
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if had and response.status_code == 401:
            self._token = self._ask()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


def _token(source: Source, secrets: Mapping[str, str], reach: Reach, *, in_body: bool) -> str:
    address = source.settings["token_address"]
    form = {"grant_type": "client_credentials", "scope": _scope(source)}
    who = httpx.BasicAuth(secrets["client_id"], secrets["client_secret"])
    if in_body:
        form |= {name: secrets[name] for name in ("client_id", "client_secret")}
    with reach.http(auth=None if in_body else who) as http:
        reply = http.post(address, form)
    try:
        given = json.loads(reply.body)
    except (ValueError, RecursionError):
        given = None
    token = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        where = urlsplit(address).hostname or "token address"
        raise SightlineError("source_changed", where, "its answer holds no access token")
    return token


def _scope(source: Source) -> str:
    """The scopes to ask for: those set, or the standard's for reading less what is left out."""
    left_out = source.settings.get("leave_out", "").split()
    version = "v1p1" if source.settings.get("version") == "1.1" else "v1p2"
    wanted = [one for one in SCOPES if not any(word in one for word in left_out)]
    given = source.settings.get("scope", "").split() or wanted
    return " ".join(one if ":" in one else SCOPE.format(version, one) for one in given)
