"""The connectors' reading of answers, as parsers for fuzz.py."""

import json
from collections.abc import Callable
from typing import Any

from fuzz_tally import Parser, Tally, explained, known

from sightline.kit import SightlineError
from sightline.kit.errors import ERRORS
from sightline.sources import read_profile
from sightline.sources.connection import Source
from sightline.sources.connectors import CONNECTORS, Answer, Connector, Part
from sightline.sources.connectors.edfi_routes import ROUTES as EDFI_ROUTES

__all__ = ["connector_parsers"]

URL = "https://127.0.0.1/"
MEMBERS = ("data", "users", "orgs", "classes", "enrollments", "lineItems", "results")
# kind -> the addresses a part's answers may come from; others are told apart by their part alone.
ADDRESSES: dict[str, Callable[[Part], list[str]]] = {
    "edfi": lambda part: [f"{URL}data/v3/ed-fi/{one.path}" for one in EDFI_ROUTES[part.resource]],
    "oneroster-csv": lambda part: [view.name for view in read_profile("oneroster").views],
}
PLACES = {"folder": "/fuzz", "oneroster-csv": "/fuzz", "sftp": "sftp://127.0.0.1/fuzz"}
PARTS: dict[str, list[tuple[Part, str]]] = {}


def _record(connector: Connector) -> dict[str, Any]:
    """A record with every field that a connector asks for, nested as its dots say."""
    record: dict[str, Any] = {"id": "1", "sourcedId": "1"}
    for field in (field for one in connector.feed.resources for field in one.fields):
        *way, last = field.name.split(".")
        place = record
        for step in way:
            inner = place.get(step)
            place = place.setdefault(step, {}) if isinstance(inner, dict | None) else {}
        place.setdefault(last, "2025-09-01" if "ate" in last else "1")
    return record


def _bodies(connector: Connector) -> list[bytes]:
    record = _record(connector)
    pages = [[record, record], {member: [record] for member in MEMBERS} | {"meta": {}}]
    names = list(dict.fromkeys(one.name for r in connector.feed.resources for one in r.fields))
    table = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    return [*(json.dumps(page).encode() for page in pages), table.encode()]


def _parts(connector: Connector, source: Source) -> list[tuple[Part, str]]:
    of_part = ADDRESSES.get(source.kind, lambda part: [URL])
    try:
        return [(part, url) for part in connector.parts(source) for url in of_part(part)]
    except SightlineError as error:  # else every input would count as refused
        raise AssertionError(f"the examples of its settings do not do: {error}") from error


def _connector(kind: str) -> Parser:
    connector = CONNECTORS[kind]
    settings = {name: one.example for name, one in connector.feed.settings.items() if one.example}
    address = PLACES.get(kind, URL)
    source = Source("fuzz", kind, address, schools={"1": "9994001"}, settings=settings)

    def run(data: bytes) -> Tally:
        if kind not in PARTS:
            PARTS[kind] = _parts(connector, source)
        accepted = refused = 0
        for part, url in PARTS[kind]:
            try:
                read = connector.read(source, part, Answer(url, data, None, {"file": "a.csv"}))
            except SightlineError as error:
                known(error.code, ERRORS)
                refused += 1
                continue
            accepted += sum(map(len, read.rows.values())) + len(read.files)
            refused += len(read.rejected)
            explained(one.reason for one in read.rejected)
        connector.called(source, data)
        return Tally(accepted, refused)

    return Parser(_bodies(connector), run)


def connector_parsers() -> dict[str, Parser]:
    """Those of every connector there is."""
    return {f"connector-{kind}": _connector(kind) for kind in sorted(CONNECTORS)}
