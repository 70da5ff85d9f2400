"""Read bodies of an Ed-Fi ODS/API: records to rows, the supplier's own names kept."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.edfi_routes import ROUTES, Route
from sightline.sources.connectors.types import Answer, Part, Read, Rejected, Row

__all__ = [
    "ASKED_ON",
    "VERSIONS",
    "WINDOW_FROM",
    "json_of",
    "keys_of",
    "newest_version",
    "read_body",
    "text_of",
]

VERSIONS = "availableChangeVersions"
ASKED_ON, WINDOW_FROM = "asked-on", "window-from"  # kept with each answer: dates of the school
NEW_KEYS = {"oldKeyValues": "keyValues"}  # a changed key: the old one is there no more
BY_PATH: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(resource, route.path): route for resource, routes in ROUTES.items() for route in routes}
)


def json_of(body: bytes, where: str) -> Any:
    """The JSON of a body, numbers as they were written. Raises `source_changed`."""
    try:
        return json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise SightlineError("source_changed", where, "the answer is no JSON") from error


def newest_version(body: bytes, where: str) -> int:
    """The newest change version there is. Raises `source_changed`."""
    given = json_of(body, where)
    newest = given.get("newestChangeVersion") if isinstance(given, dict) else None
    if not isinstance(newest, str) or not newest.isdecimal() or len(newest) > 19:
        raise SightlineError("source_changed", where, "it names no newest change version")
    return int(newest)


def keys_of(record: Any) -> Mapping[str, Any]:
    """The members of a record and of the references or keys within it, under their own names."""
    found: dict[str, Any] = dict(record) if isinstance(record, dict) else {}
    for value in list(found.values()):
        found |= value if isinstance(value, dict) else {}
    return found


def text_of(keys: Mapping[str, Any], name: str) -> str:
    """A member as plain text; empty when there is none."""
    return _text(keys.get(name))


def read_body(source: Source, part: Part, answer: Answer) -> Read:
    """The rows of one body; a record of another school is left out.

    Raises `source_changed` when it is no list of records.
    """
    where = f"{source.name}, {part.name}"
    place = urlsplit(answer.url)
    if place.path.endswith(VERSIONS):
        return Read(cursor=str(newest_version(answer.body, where)))
    route = BY_PATH[part.resource, place.path.partition("/ed-fi/")[2]]
    records = json_of(answer.body, where)
    if not isinstance(records, list):
        raise SightlineError("source_changed", where, "the answer is no list of records")
    rows: dict[str, list[Row]] = {route.view: []}
    rejected = []
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict) and _text(record.get("id")):
            rows[route.view] += _of_our_schools(_rows(record, route), source.schools)
        else:
            rejected.append(Rejected(number, "unreadable_record", part.resource))
    query = dict(parse_qsl(place.query))
    if said := _asked(route, query, answer.headers, source.schools):
        rows[said[0]] = [said[1]]
    return Read(rows=rows, rejected=tuple(rejected), records=len(records))


def _rows(record: Mapping[str, Any], route: Route) -> Iterator[Row]:
    """One row, or one for each entry of a list that a field's way goes through."""
    renamed = {NEW_KEYS.get(name, name): value for name, value in record.items()}
    cells = {"record_id": [_text(record["id"])]}
    for one in route.fields:
        found = [_field(one.name, value) for value in _at(renamed, one.name.split("."))]
        cells[one.name] = [text for text in found if text] or [""]
    most = max(map(len, cells.values()))
    for at in range(most):
        row = {name: texts[at % len(texts)] for name, texts in cells.items()}
        yield {name: text for name, text in row.items() if text}


def _at(value: Any, way: list[str]) -> list[Any]:
    """What lies at the end of a way; several where it goes through a list."""
    if isinstance(value, list):
        return [found for one in value for found in _at(one, way)]
    if not way:
        return [value]
    return _at(value.get(way[0]), way[1:]) if isinstance(value, dict) else []


def _field(name: str, value: Any) -> str:
    """A field as text; of a descriptor only what follows `#`."""
    text = _text(value)
    return text.rpartition("#")[2].strip() if name.endswith("Descriptor") else text


def _text(value: Any) -> str:
    """Plain text; empty for anything that is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().strip()  # half a character cannot be written


def _of_our_schools(rows: Iterator[Row], schools: Mapping[str, str]) -> Iterator[Row]:
    """The rows without those of other schools, under our own name of the school."""
    for row in rows:
        name = next((one for one in row if one.endswith("schoolId")), None)
        if name is None:
            yield row
        elif row[name] in schools:
            yield row | {name: schools[row[name]]}


def _asked(
    route: Route, query: Mapping[str, str], headers: Mapping[str, str], schools: Mapping[str, str]
) -> tuple[str, Row] | None:
    """What this body says about completely, as a row: a day's events, a school's, an incident."""
    school = schools.get(query.get("schoolId", ""), "")
    if not school or "minChangeVersion" in query:
        return None
    if route.view == "attendance_events":
        day, on = query.get("eventDate", ""), headers.get(ASKED_ON, "")
        row = {"asked.schoolId": school, "asked.eventDate": day, "asked.on": on}
        row["asked.new"] = "true" if day and day < headers.get(WINDOW_FROM, "") else ""
        return "asked_days", _named(row)
    if route.view == "incidents" and (incident := query.get("incidentIdentifier")):
        row = {"asked.schoolId": school, "asked.incidentIdentifier": incident}
        return "asked_incidents", _named(row)
    return None


def _named(row: Row) -> Row:
    return {name: text for name, text in row.items() if text} | {
        "record_id": "~".join(list(row.values())[:2])
    }
