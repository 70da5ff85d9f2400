"""A made-up learning record store: statements that others store and make void, page by page."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sightline.synthetic.loopback import Asked, Given, LoopbackServer

__all__ = ["KEY", "SECRET", "Lrs", "lrs_server"]

KEY, SECRET = "made-up-key", "made-up-secret"
VERB = "http://adlnet.gov/expapi/verbs/"
JISC = "http://xapi.jisc.ac.uk/"
Statement = dict[str, Any]


@dataclass
class Lrs:
    """Statements in the order in which they were stored. `page` is the most a page holds."""

    statements: list[Statement] = field(default_factory=list)
    void: set[str] = field(default_factory=set)
    page: int = 3
    before: Callable[[Asked], None] = lambda asked: None

    def store(
        self, verb: str, student: str, about: datetime, *, stored: datetime, **more: Any
    ) -> str:
        """Store a statement about a moment; its id."""
        number = f"00000000-0000-4000-8000-{len(self.statements):012d}"
        given = {
            "id": number,
            "actor": {
                "name": "Nobody's Name",
                "account": {"homePage": "https://inst.ac.uk", "name": student},
            },
            "verb": {"id": VERB + verb},
            "object": {
                "id": f"https://inst.ac.uk/events/{about:%Y%m%d}",
                "definition": {"type": JISC + "event_timetabled"},
            },
            "timestamp": about.isoformat(),
        }
        self.statements.append({**given, **more, "stored": stored.isoformat()})
        return number

    def make_void(self, number: str, *, stored: datetime) -> None:
        target = {"objectType": "StatementRef", "id": number}
        self.store("voided", "the-lrs", stored, stored=stored, object=target)
        self.void.add(number)

    def answer(self, asked: Asked) -> Given:
        self.before(asked)
        basic = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != basic:
            return _json({"error": "unauthorised"}, 401)
        if asked.headers.get("x-experience-api-version") != "1.0.3":
            return _json({"error": "no version"}, 400)
        if number := asked.query.get("voidedStatementId"):
            found = [o for o in self.statements if o["id"] == number and number in self.void]
            return _json(found[0]) if found else _json({}, 404)
        if asked.path.startswith("/xapi/more/"):
            since, _, offset = asked.path.removeprefix("/xapi/more/").partition("_")
            return self._page(since, int(offset))
        if asked.path != "/xapi/statements" or asked.query.get("ascending") != "true":
            return _json({}, 404)
        return self._page(asked.query.get("since", ""), 0)

    def _page(self, since: str, offset: int) -> Given:
        after = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
        found = [
            one
            for one in self.statements
            if one["id"] not in self.void and datetime.fromisoformat(one["stored"]) > after
        ]
        rest = len(found) > offset + self.page
        more = f"/xapi/more/{since}_{offset + self.page}" if rest else ""
        last = max((o["stored"] for o in found), default="2020-01-01T00:00:00+00:00")
        through = (datetime.fromisoformat(last) + timedelta(seconds=1)).isoformat()
        headers = {"X-Experience-API-Consistent-Through": through}
        page = {"statements": found[offset : offset + self.page], "more": more}
        return _json(page, headers=headers)


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Given:
    given = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
    return Given(status, json.dumps(value).encode(), given | (headers or {}))


@contextmanager
def lrs_server(lrs: Lrs) -> Iterator[LoopbackServer]:
    """The store behind a server; its address ends in /xapi."""
    with LoopbackServer(lrs.answer) as server:
        yield server
