"""OneRoster's JSON as rows of raw views. Pure: nothing is asked, no type is trusted."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.oneroster_feed import FEED, SERVICES
from sightline.sources.connectors.types import Answer, Part, Read, Rejected, Row

__all__ = ["mapped", "moment", "phases", "read_page", "records_in"]

BODY = "answer of OneRoster"


def read_page(source: Source, part: Part, answer: Answer) -> Read:
    """The rows of one page. Raises `source_changed` for a body that is no page of the standard."""
    rows: dict[str, list[Row]] = {view: [] for view in FEED.resource(part.resource).views}
    rejected, newest = [], None
    records = records_in(part, answer.body)
    for place, record in enumerate(records, start=1):
        known = _identified(record)
        if known is None:
            rejected.append(Rejected(place, "unreadable_record", part.resource))
            continue
        for view, row in _rows(source, part, known):
            rows[view].append(row)
        changed = moment(known.get("dateLastModified"))
        newest = max(filter(None, (newest, changed)), default=None)
    return Read(
        rows={view: found for view, found in rows.items() if found},
        rejected=tuple(rejected),
        records=len(records),
        newest=newest,
        totals=_totals(source, part, answer.headers),
    )


def records_in(part: Part, body: bytes) -> list[Any]:
    """The records of a body. Raises `source_changed`."""
    member = SERVICES[part.resource][2]
    try:
        given = json.loads(body, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SightlineError("source_changed", BODY, f"{part.name} is no JSON") from error
    found = given.get(member) if isinstance(given, dict) else None
    if part.resource == "orgs" and isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        what = f"{part.name} has no list `{member}`"
        raise SightlineError("source_changed", BODY, what)
    return found


def phases(source: Source) -> tuple[str, Mapping[str, str]]:
    """The setting `phase`: one for all schools, and those of single schools (our ids)."""
    common, single = "", {}
    for word in source.settings.get("phase", "").split():
        school, is_one, phase = word.partition("=")
        if is_one:
            single[school] = phase
        else:
            common = word
    return common, single


def moment(value: object) -> datetime | None:
    """A moment of the standard; None for anything else. Without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _identified(record: Any) -> dict[str, Any] | None:
    if not isinstance(record, dict):
        return None
    return record if _text(record.get("sourcedId")) else None


def _rows(source: Source, part: Part, record: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    """The row of a record in the first view of its resource, and those of a user's roles."""
    view = FEED.resource(part.resource).views[0]
    row = {"record_id": _text(record["sourcedId"])}
    for field in FEED.resource(part.resource).fields:
        if field.name == "sourcedId" or field.name.startswith("roles."):
            continue
        cell = _upn(record) if field.name == "userIds" else _at(record, field.name.split("."))
        if cell:
            row[field.name] = cell
    if part.resource == "orgs":
        row |= mapped(source, row["record_id"])
    yield view, row
    if view == "users":
        yield from _roles(record, row)


def mapped(source: Source, org: str) -> Row:
    """Which of our schools it is, and of which phase."""
    school = source.schools.get(org, "")
    common, single = phases(source)
    found = {"school_id": school, "phase": single.get(school, common)}
    return {name: cell for name, cell in found.items() if cell}


def _roles(record: dict[str, Any], user: Row) -> Iterator[tuple[str, Row]]:
    """Version 1.2 lists a user's roles within the user; in files they are rows of their own."""
    listed = record.get("roles")
    for place, role in enumerate(listed if isinstance(listed, list) else [], start=1):
        if not isinstance(role, dict):
            continue
        row = {"record_id": f"{user['record_id']}~{place}", "user.sourcedId": user["record_id"]}
        row |= {name: user[name] for name in ("status", "dateLastModified") if name in user}
        for name in ("roleType", "role", "org.sourcedId", "beginDate", "endDate"):
            if cell := _at(role, name.split(".")):
                row[name] = cell
        yield "roles", row


def _upn(record: dict[str, Any]) -> str:
    """Of a user's identifiers only the one that is called a UPN is kept."""
    listed = record.get("userIds")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and _text(one.get("type")).upper() == "UPN":
            return _text(one.get("identifier"))
    return ""


def _at(value: Any, path: list[str]) -> str:
    """The text at a path; of lists, every member's, with commas between."""
    if isinstance(value, list):
        cells = [_at(one, path) for one in value]
        return ",".join(cell for cell in cells if cell)
    if not path:
        return _text(value)
    if isinstance(value, dict):
        return _at(value.get(path[0]), path[1:])
    return _text(value) if path == ["sourcedId"] else ""  # a bare id in place of a reference


def _text(value: object) -> str:
    """A simple value as text. Half a surrogate pair, which no file can hold, becomes `?`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value.strip().encode("utf-8", "replace").decode()
    return ""


def _totals(
    source: Source, part: Part, headers: Mapping[str, str]
) -> dict[tuple[str, str, str], float]:
    given = headers.get("x-total-count", "")
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        return {}
    return {(source.schools.get(part.school, ""), "", f"rows.{part.resource}"): float(given)}
