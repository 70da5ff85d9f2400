"""A made-up Wonde: a made-up school behind the addresses, envelopes and habits of the real one."""

import json
from bisect import bisect_right
from datetime import datetime, timedelta
from operator import itemgetter
from urllib.parse import urlencode

import httpx

from sightline.synthetic.loopback.school import MadeUpMis, Row
from sightline.synthetic.loopback.server import Asked, Given
from sightline.synthetic.loopback.wonde_listing import Listing
from sightline.synthetic.loopback.wonde_records import Json, school, wonde_id

__all__ = ["MadeUpWonde", "wonde_id"]

BASE = "/v1.0/schools"
MOST = 200  # records on a page
HOOK_TIMEOUT = 10.0  # seconds


class MadeUpWonde:
    """Give `answer` to a LoopbackServer; the address of the API is the server's with `/v1.0`.

    `token` is what callers must bear; change it and the one they have is no longer any good.
    `withdrawn` are scopes taken away (`students.extended_details.sen_status`): their fields are
    null. `refused` are paths answered with 403. `skew` is how far its clock is ahead. Without
    `cursors` it gives pages by number, which shift when something before them changes.
    """

    def __init__(
        self, mis: MadeUpMis, *, token: str = "made-up-token", skew: timedelta = timedelta(0)
    ) -> None:
        self.mis, self.token = mis, token
        self.withdrawn: set[str] = set()
        self.refused: set[str] = set()
        self.cursors = True
        self._listing = Listing(mis, skew)

    def schools(self) -> dict[str, str]:
        """This Wonde's id of each school -> the school_id of the rows it is made of."""
        rows = self.mis.rows["school"].values()
        return {wonde_id("school", row["school_id"]): row["school_id"] for row in rows}

    def answer(self, asked: Asked) -> Given:
        """The answer to one call."""
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return _failed(401, "unauthenticated")
        if asked.path == "/v1.0/attendance-codes":
            return self._page(asked, "attendance-codes", "")
        if asked.path.rstrip("/") == BASE:
            return _given({"data": [school(row) for row in self.mis.rows["school"].values()]})
        own, _, path = asked.path.removeprefix(BASE + "/").rstrip("/").partition("/")
        ours = self.schools().get(own)
        if not asked.path.startswith(BASE + "/") or ours is None:
            return _failed(404, "not found")
        if path in self.refused:
            return _failed(403, "forbidden")
        if not path:
            row = self.mis.rows["school"][(ours,)]
            return _given({"data": self._granted("schools", school(row)), "meta": {}})
        return self._page(asked, path, ours)

    def put_mark(self, row: Row, at: datetime, hook: str = "") -> None:
        """Change a mark, and tell whoever wants to be called."""
        self.mis.put("attendance", row, at)
        if hook:
            pupil = self.mis.rows["pupil"][(row["pupil_id"],)]
            self.call(hook, pupil["school_id"], resource="attendance/session")

    def call(self, hook: str, school_id: str, kind: str = "dataUpdated", **more: str) -> int:
        """Call a webhook about a school; returns the status of the answer."""
        told = {"payload_type": kind, "school_id": wonde_id("school", school_id), **more}
        return httpx.post(hook, json=told, timeout=HOOK_TIMEOUT, trust_env=False).status_code

    def _page(self, asked: Asked, path: str, ours: str) -> Given:
        query = dict(asked.query)
        if not self.cursors:
            query.pop("cursor", None)
        size = int(query.get("per_page", "50"))
        if not 1 <= size <= MOST:
            return _failed(422, "per_page")
        include = set(query.get("include", "").split(",")) - {""}
        entries = self._listing.of(path, ours, query, include)
        if entries is None:
            return _failed(404, "not found")
        if "cursor" in query:
            after = "" if query["cursor"] == "true" else query["cursor"]
            first = bisect_right(entries, after, key=itemgetter(0))
        else:
            first = (int(query.get("page", "1")) - 1) * size
        page, more = entries[first : first + size], len(entries) > first + size
        records = [self._granted(path, build()) for _, _, build in page]
        meta: Json = {"includes": sorted(include)}
        if len(page) < len(entries):  # when everything fits on one page, it says nothing
            place = {"page": str(first // size + 2)}
            if "cursor" in query and page:
                place = {"cursor": page[-1][0]}
            address = f"http://{asked.headers['host']}{asked.path}?{urlencode({**query, **place})}"
            following = address if more else None
            meta["pagination"] = {"next": following, "more": more, "per_page": size}
        return _given({"data": records, "meta": meta})

    def _granted(self, path: str, record: Json) -> Json:
        """A record less the fields whose scope was withdrawn."""
        for scope in self.withdrawn:
            of, _, names = scope.partition(".")
            if of == path:
                _empty(record, names.split("."))
        return record


def _empty(value: object, names: list[str]) -> None:
    """Set what is at a path to null, in every one of a list."""
    if isinstance(value, list):
        for one in value:
            _empty(one, names)
    elif isinstance(value, dict) and set(value) <= {"data"}:
        _empty(value["data"], names)
    elif isinstance(value, dict) and names[0] in value:
        if names[1:]:
            _empty(value[names[0]], names[1:])
        else:
            value[names[0]] = None


def _given(body: Json) -> Given:
    return Given(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _failed(status: int, error: str) -> Given:
    return Given(status, json.dumps({"error": error}).encode())
