"""A made-up OneRoster server, 1.1 or 1.2: a real web server in the standard's documented shapes.

Paging by limit and offset (headers Link and X-Total-Count), `sort`, `filter=dateLastModified>'..'`,
`fields`; a token endpoint (OAuth 2), or calls signed by OAuth 1.0a, checked by oauthlib.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from sightline.synthetic.loopback import Asked, Given, LoopbackServer
from tests.support.mis.oneroster_records import Records

__all__ = ["CLIENT", "SECRET", "OneRosterMis", "served_oneroster"]

CLIENT, SECRET = "sightline-test", "not a real secret"
PATHS = {
    "1.1": re.compile(r"/ims/oneroster/v1p1/(.+)"),
    "1.2": re.compile(r"/ims/oneroster/(?:rostering|gradebook)/v1p2/(.+)"),
}
SINCE = re.compile(r"dateLastModified>'([^']+)'")


class _Keys(RequestValidator):
    """One consumer; a nonce counts once."""

    enforce_ssl = False
    dummy_client = "nobody"
    timestamp_lifetime = 10**10  # the tests have their own time

    def __init__(self) -> None:
        super().__init__()
        self.nonces: set[str] = set()

    def check_client_key(self, client_key: str) -> bool:
        return True

    def check_nonce(self, nonce: str) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: object) -> bool:
        return client_key == CLIENT

    def get_client_secret(self, client_key: str, request: object) -> str:
        return SECRET

    def validate_timestamp_and_nonce(  # the base class names the arguments
        self,
        client_key: str,
        timestamp: str,
        nonce: str,
        request: object,
        request_token: str | None = None,
        access_token: str | None = None,
    ) -> bool:
        fresh = nonce not in self.nonces
        self.nonces.add(nonce)
        return fresh


@dataclass
class OneRosterMis:
    """What the server answers, and how: change any of it while it runs.

    `most` caps a page; `links` and `totals` say which headers it gives. `withheld` are fields that
    a scope no longer covers: they come as null. `renamed` are fields under another name. `skew` is
    how far its clock is off.
    """

    records: Records
    sign_in: str = "oauth2"
    most: int = 1000
    links: bool = True
    totals: bool = True
    withheld: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    skew: timedelta = timedelta()
    valid: set[str] = field(default_factory=set)
    given: int = 0
    asked_scopes: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self._endpoint = SignatureOnlyEndpoint(_Keys())

    @property
    def version(self) -> str:
        return self.records.version

    def expire(self) -> None:
        """No token given so far counts any more."""
        self.valid.clear()

    def answer(self, asked: Asked) -> Given:
        if asked.path == "/token":
            return self._token(asked)
        if not self._known(asked):
            return _said(401, {"imsx_codeMajor": "failure"})
        found = PATHS[self.version].fullmatch(asked.path)
        if not found:
            return _said(404, {"imsx_codeMajor": "failure"})
        return self._resource(found[1], asked)

    def _token(self, asked: Asked) -> Given:
        form = dict(parse_qsl(asked.body.decode()))
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        in_header = asked.headers.get("authorization") == f"Basic {basic}"
        in_body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if form.get("grant_type") != "client_credentials":
            return _said(400, {"error": "unsupported_grant_type"})
        if not (in_body if self.sign_in == "oauth2-body" else in_header):
            return _said(401, {"error": "invalid_client"})
        self.given += 1
        self.asked_scopes.append(form.get("scope", ""))
        token = f"token-{self.given}"
        self.valid.add(token)
        return _said(200, {"access_token": token, "token_type": "bearer", "expires_in": 3600})

    def _known(self, asked: Asked) -> bool:
        given = asked.headers.get("authorization", "")
        if self.sign_in != "oauth1":
            return given.removeprefix("Bearer ") in self.valid
        query = urlencode(asked.query, quote_via=quote, safe="")
        uri = f"{self.address}{asked.path}?{query}"
        headers = {"Authorization": given}
        signed: bool = self._endpoint.validate_request(uri, asked.method, None, headers)[0]
        return signed

    def _resource(self, path: str, asked: Asked) -> Given:
        parts = path.split("/")
        school = parts[1] if parts[0] == "schools" else ""
        fields = asked.query.get("fields", "").split(",")
        if school and len(parts) == 2:
            one = self.records.org(school)
            return _said(200, {"org": self._shown(one, fields)}) if one else _said(404, {})
        name = parts[-1]
        if name not in self.records.KINDS or (school and not self.records.org(school)):
            return _said(404, {})
        if set(fields) - set(self.records.names(name)):
            return _said(400, {"imsx_description": "invalid_selection_field"})
        return self._page(name, school, asked, fields)

    def _page(self, name: str, school: str, asked: Asked, fields: list[str]) -> Given:
        found = list(self._listed(name, school, asked.query.get("filter", "")))
        if asked.query.get("sort") == "sourcedId":
            found.sort(key=lambda one: str(one["sourcedId"]))
        offset = int(asked.query.get("offset", "0"))
        limit = min(int(asked.query.get("limit", "100")), self.most)
        page = [self._shown(one, fields) for one in found[offset : offset + limit]]
        headers = {"Content-Type": "application/json"}
        if self.totals:
            headers["X-Total-Count"] = str(len(found))
        if self.links and offset + limit < len(found):
            query = urlencode({**asked.query, "offset": str(offset + limit)}, quote_via=quote)
            last = urlencode({**asked.query, "offset": "0"}, quote_via=quote)
            address = self.address + asked.path
            headers["Link"] = f'<{address}?{last}>; rel="first",<{address}?{query}>; rel="next"'
        member = "users" if name in ("students", "teachers") else name
        return _said(200, {member: page}, headers)

    def _listed(self, name: str, school: str, wanted: str) -> Iterator[dict[str, object]]:
        since = SINCE.fullmatch(wanted)
        after = datetime.fromisoformat(since[1]) if since else None
        for one, changed in self.records.of(name, school):
            moment = changed + self.skew
            if after is None or moment > after:
                yield one | {"dateLastModified": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")}

    def _shown(self, one: dict[str, object], fields: list[str]) -> dict[str, object]:
        shown = {
            name: None if name in self.withheld else value
            for name, value in one.items()
            if name in fields
        }
        return {self.renamed.get(name, name): value for name, value in shown.items()}


def served_oneroster(mis: OneRosterMis) -> LoopbackServer:
    """Its server, to be opened."""
    server = LoopbackServer(mis.answer)
    mis.address = server.address
    return server


def _said(status: int, value: object, headers: dict[str, str] | None = None) -> Given:
    return Given(status, json.dumps(value).encode(), headers or {})
