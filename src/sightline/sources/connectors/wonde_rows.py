"""Reading Wonde's answers: a body of JSON becomes rows of the raw views. It believes nothing.

Fields are named as Wonde names them, without the `data` that Wonde puts around whatever was asked
for with `include`. Dates come as PHP objects in some time zone, seldom as bare text.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sightline.kit import SightlineError
from sightline.sources.connectors.feed import Resource
from sightline.sources.connectors.types import Row

__all__ = [
    "SCHOOL_TIME",
    "Unreadable",
    "body_of",
    "newest_in",
    "records_in",
    "rows_of",
    "sums_in",
]

SCHOOL_TIME = ZoneInfo("Europe/London")
ZONES: Mapping[str, tzinfo] = {
    "UTC": UTC,
    "Z": UTC,
    "GMT": UTC,
    "BST": timezone(timedelta(hours=1)),
    "Europe/London": SCHOOL_TIME,
}
MANY = "students."  # a field of each pupil of a class or an incident
# what of the register's summaries of one pupil goes into which of our own counts
SUMMED: Mapping[str, tuple[str, ...]] = {
    "attended": ("present", "approved_education_activity"),
    "authorised": ("authorised_absences",),
    "unauthorised": ("unauthorized_absences",),
    "late": ("late_before_registration", "late_after_registration"),
    "missing": ("missing_marks",),
}


class Unreadable(Exception):
    """A record that is no row at all."""


def body_of(body: bytes, where: str) -> dict[str, Any]:
    """The envelope of an answer. Raises `source_changed` when it is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SightlineError("source_changed", where, "the answer is not JSON") from error
    if not isinstance(given, dict) or not isinstance(given.get("data"), list | dict):
        raise SightlineError("source_changed", where, "the answer has no `data`")
    return given


def records_in(given: Mapping[str, Any]) -> list[Any]:
    """The records of an envelope: a list, or a single one."""
    data = given["data"]
    return data if isinstance(data, list) else [data]


def rows_of(
    resource: Resource, record: object, school_id: str, asked_on: str
) -> Iterator[tuple[str, Row]]:
    """The rows of one record, each with its view. Raises Unreadable."""
    if not isinstance(record, dict) or not (own_id := _text(record.get("id"))):
        raise Unreadable
    names = [field.name for field in resource.fields]
    if "restored_at" in names and record.get("restored_at"):
        return  # deleted, and there again since
    row = {"record_id": own_id, "school_id": school_id, "asked_on": asked_on}
    row |= _cells(record, [name for name in names if not name.startswith(MANY)])
    if "attendance_code.code" in names and "attendance_code.code" not in row:
        raise Unreadable  # a mark without a code is no mark: a scope is gone, or the shape is new
    of_each = [name.removeprefix(MANY) for name in names if name.startswith(MANY)]
    if not of_each:
        yield resource.views[0], row
        return
    pupils = [_cells(one, of_each) for one in _students(record)]
    *parents, many = resource.views
    for view in parents:  # a class without pupils is a class all the same
        yield view, row
    for pupil in pupils:
        yield many, row | {MANY + name: value for name, value in pupil.items()}
    if not pupils and not parents:
        yield many, row  # the incident that nobody is part of any more


def newest_in(records: list[Any]) -> datetime | None:
    """The latest moment of change, on Wonde's own clock."""
    changed = (
        one.get("updated_at") or one.get("deleted_at") for one in records if isinstance(one, dict)
    )
    moments = (_moment(one, UTC) for one in changed)
    return max((one for one in moments if one), default=None)


def sums_in(records: list[Any], school_id: str) -> dict[tuple[str, str, str], float]:
    """What the summaries of one page add up to; summaries that cannot be read count for nothing."""
    sums = dict.fromkeys([*SUMMED, "possible"], 0.0)
    for record in records:
        if not isinstance(record, dict):
            continue
        here = {
            what: sum(_number(record.get(name)) for name in names) for what, names in SUMMED.items()
        }
        counted = here["attended"] + here["authorised"] + here["unauthorised"]
        here["possible"] = _number(record.get("possible_marks")) or counted
        sums = {what: sums[what] + here[what] for what in sums}
    return {(school_id, "", what): number for what, number in sums.items()}


def _students(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pupils of a class or an incident: all of them, or the record is not believed at all.

    Half of them would make the others look as if they had left.
    """
    pupils = _part(record, "students")
    if not isinstance(pupils, list):
        raise Unreadable
    if not all(isinstance(one, dict) and _text(one.get("id")) for one in pupils):
        raise Unreadable
    return pupils


def _cells(record: Mapping[str, Any], names: list[str]) -> Row:
    """The fields of these names that have something in them."""
    read = {name: _READ.get(name.rpartition(".")[2], _text)(_part(record, name)) for name in names}
    return {name: value for name, value in read.items() if value}


def _part(value: Any, path: str) -> Any:
    """What is at a dotted path, without the `data` around included objects."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, dict) and "data" in value:
            value = value["data"]
    return value


def _text(value: object) -> str:
    """A plain value as text; nothing for null, lists, objects and what is no number."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, str | int | float):
        # Half of a surrogate pair is text for JSON and cannot be written to any file.
        return str(value).strip().encode("utf-8", "replace").decode()
    return ""


def _number(value: object) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and 0 <= value < 1e9 else 0.0  # type: ignore[operator, arg-type]


def _reference(value: object) -> str:
    """The id of another thing, given as it is or as the thing itself."""
    return _text(value.get("id") if isinstance(value, dict) else value)


def _moment(value: object, unless_said: tzinfo) -> datetime | None:
    """A moment; without a zone of its own it is in `unless_said`."""
    given, zone = value, unless_said
    if isinstance(value, dict):
        given, zone = value.get("date"), _zone(value.get("timezone"), unless_said)
    try:
        found = datetime.fromisoformat(_text(given))
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: object, unless_said: tzinfo) -> tzinfo:
    if not isinstance(name, str):
        return unless_said
    if name in ZONES:
        return ZONES[name]
    try:
        return datetime.strptime(name, "%z").tzinfo or unless_said
    except ValueError:
        return unless_said


def _as_it_is(value: object) -> str:
    """What cannot be read as a date, for the contract to refuse and name."""
    return _text(value.get("date") if isinstance(value, dict) else value)


def _day(value: object) -> str:
    """The date at school. Midnight may be written in another zone, so an hour off."""
    found = _moment(value, SCHOOL_TIME)
    return found.astimezone(SCHOOL_TIME).date().isoformat() if found else _as_it_is(value)


def _changed(value: object) -> str:
    found = _moment(value, UTC)
    return found.isoformat().replace("+00:00", "Z") if found else _as_it_is(value)


def _at_school(value: object) -> str:
    """The time on the school's clock."""
    found = _moment(value, SCHOOL_TIME)
    if found is None:
        return _as_it_is(value)
    return found.astimezone(SCHOOL_TIME).replace(tzinfo=None).isoformat(timespec="minutes")


_READ: Mapping[str, Callable[[object], str]] = {
    **dict.fromkeys(("student", "class", "employee"), _reference),
    **dict.fromkeys(("date", "date_of_birth", "admission_date", "leaving_date"), _day),
    **dict.fromkeys(("incident_date", "achievement_date", "result_date"), _day),
    **dict.fromkeys(("collection_date", "employment_end_date"), _day),
    **dict.fromkeys(("start_at", "end_at"), _at_school),
    "updated_at": _changed,
}
