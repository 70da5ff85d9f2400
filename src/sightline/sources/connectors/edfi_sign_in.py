"""How an Ed-Fi platform is found and signed in to: its base address says where everything is."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.edfi_rows import VERSIONS, json_of
from sightline.sources.connectors.http import Reach

__all__ = ["Bearer", "Platform", "find_platform", "member", "new_token"]

TELLS_KEY_CHANGES = 6  # from this version on a platform says which keys have changed


@dataclass(frozen=True, slots=True)
class Platform:
    """Addresses: of tokens, of data (with a slash at its end), of change versions."""

    oauth: str
    data: str
    versions: str
    tells_key_changes: bool


def find_platform(source: Source, reach: Reach) -> Platform:
    """What stands at the base address. Raises `source_changed` when that is no Ed-Fi platform."""
    with reach.http() as http:
        given = json_of(http.get(source.address).body, source.name)
    urls = member(given, "urls", dict) or {}
    oauth = source.settings.get("login") or member(urls, "oauth", str)
    data = member(urls, "dataManagementApi", str)
    if not oauth or not data or "{" in oauth + data:
        what = "its base address does not say where its data and its tokens are"
        remedy = "Give the base address with the tenant or school year in it, if it has one."
        raise SightlineError("source_changed", source.name, what, remedy)
    data = data.rstrip("/") + "/"
    changes = member(urls, "changeQueries", str) or data.replace("/data/v3/", "/changeQueries/v1/")
    major = (member(given, "version", str) or "").partition(".")[0]
    told = not major.isdecimal() or len(major) > 3 or int(major) >= TELLS_KEY_CHANGES
    return Platform(oauth, data, f"{changes.rstrip('/')}/{VERSIONS}", told)


def member(given: Any, name: str, kind: type) -> Any:
    """A member of an object, when it has one and that is of this kind."""
    found = given.get(name) if isinstance(given, dict) else None
    return found if isinstance(found, kind) else None


def new_token(platform: Platform, source: Source, secrets: Mapping[str, str], reach: Reach) -> str:
    """A token for the client's own data. Raises `source_refused` for credentials not accepted."""
    if not secrets.get("key") or not secrets.get("secret"):
        raise SightlineError("source_refused", f"source {source.name}", "its key is not kept")
    who = httpx.BasicAuth(secrets["key"], secrets["secret"])
    with reach.http(auth=who) as http:
        reply = http.post(platform.oauth, {"grant_type": "client_credentials"})
    token = member(json_of(reply.body, source.name), "access_token", str)
    if not token or not token.isascii() or not token.isprintable():
        raise SightlineError("source_changed", source.name, "its answer holds no access token")
    return str(token)


class Bearer(httpx.Auth):
    """A token, renewed once for a call that is answered 401: tokens end after half an hour."""

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
