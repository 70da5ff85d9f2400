r"""The short lines of an example as rows of the data dictionary.

    school_days: 20 + 20 from 2025-09-01            weekdays, in groups one after the other
    marks: {Sam: 18 days /\, 2 days N\ | 20 days /\}  AM and PM codes, a group after each bar

FORMS has the other lines. Whoever is named is a pupil, on roll from the first school day.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from sightline.contract import read_contract
from sightline.kit import SightlineError

__all__ = ["FORMS", "PUPIL", "Tables", "expand"]

Row = dict[str, Any]
Tables = dict[str, list[Row]]

PUPIL = "Sam"  # whom every example is about
SCHOOL = "School"
DATE = r"\d{4}-\d\d-\d\d"
ON = rf"on (?P<dates>{DATE}(?:, {DATE})*)"


@dataclass(frozen=True)
class Form:
    """How a line reads, for people and as a pattern whose groups are columns of the table.

    `dates` names the column that each of the dates goes to; `values` holds what goes unsaid.
    """

    table: str
    reads: str
    pattern: str
    dates: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


FORMS = {
    "lessons": Form(
        "lesson",
        "5 lessons of 60 minutes every day",
        r"(?P<count>\d+) lessons? of (?P<minutes>\d+) minutes every day",
    ),
    "behaviour": Form(
        "behaviour",
        "concern of severity 3 on DATE, DATE  (or: praise on DATE)",
        rf"(?P<kind>concern(?= of)|praise)(?: of severity (?P<severity>\d))? {ON}",
        "date",
        {"category": "other"},
    ),
    "lesson_marks": Form(
        "lesson_mark",
        "removed in period 3 on DATE, DATE",
        rf"(?P<mark>present|late|absent|removed|truant) in period (?P<period>\w+) {ON}",
        "date",
    ),
    "results": Form(
        "assessment",
        "Maths 5, expected 6, on DATE  (or: Maths 61 (percent), expected 70, on DATE)",
        r"(?P<subject>\D+?) (?P<value>[\d.]+)(?: \((?P<scale>\w+)\))?"
        rf"(?:, expected (?P<expected>[\d.]+))?, {ON}",
        "date",
        {"point": "Test", "scale": "gcse_9_1"},
    ),
    "work": Form(
        "work",
        "3 missing in Maths, due on DATE",
        r"(?P<count>\d+) (?P<status>submitted|late|missing|excused) in (?P<subject>[^,]+), "
        rf"due {ON}",
        "due_on",
    ),
    "members": Form(
        "class_member",
        "Sam from DATE [to DATE]  (or: 20 others from DATE)",
        rf"(?P<pupil_id>\d+ others|\w+) from (?P<from_on>{DATE})(?: to (?P<to_on>{DATE}))?",
    ),
    "use": Form(
        "engagement",
        "Sam 3 on DATE  (or: 20 others 10 on DATE)",
        rf"(?P<pupil_id>\d+ others|\w+) (?P<quantity>[\d.]+) {ON}",
        "date",
        {"kind": "vle"},
    ),
    "support": Form(
        "support",
        "Mentoring for attendance_momentum from DATE, review on DATE[, ended on DATE]",
        rf"(?P<name>.+) for (?P<aim_signal>\w+) from (?P<started_on>{DATE}), "
        rf"review on (?P<review_on>{DATE})(?:, ended on (?P<ended_on>{DATE}))?",
    ),
}
TYPES: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
}
OF_CLASSES = ("members", "use")  # said of a class; all the others of a pupil


def expand(given: Mapping[str, Any], where: str) -> Tables:
    """Rows by table for what an example gives. Raises `bad_signal` naming the line at fault."""
    contract = read_contract()
    tables: Tables = {}
    try:
        for table, values in _rows(given):
            columns = [column.name for column in contract.table(table).columns]
            key = columns[0]
            if key.endswith("_id") and key not in values:
                values[key] = f"{table} {len(tables.get(table, ())) + 1}"
            tables.setdefault(table, []).append(dict.fromkeys(columns) | values)
    except ValueError as error:
        raise SightlineError("bad_signal", where, str(error)) from error
    return tables


def _rows(given: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Every row: its table, and its values that are not empty."""
    unknown = set(given) - {"school_days", "enrolled", "left", "marks", *FORMS}
    if unknown:
        raise ValueError(f"unknown key `{min(unknown)}` in `given`")
    if any(None in told.values() for told in given.values() if isinstance(told, Mapping)):
        raise ValueError("a line with a comma needs quotes, or a line of its own")
    groups = _school_days(given["school_days"])
    enrolled = dict.fromkeys(_pupils(given), groups[0][0]) | given.get("enrolled", {})
    yield "school", {"school_id": SCHOOL, "name": "An example school", "phase": "secondary"}
    for day in (day for group in groups for day in group):
        yield "school_day", {"school_id": SCHOOL, "date": day, "kind": "open"}
    for pupil, since in enrolled.items():
        left = given.get("left", {}).get(pupil)
        who = {"pupil_id": pupil, "school_id": SCHOOL, "enrolled_on": since, "left_on": left}
        yield "pupil", who
    for pupil, line in given.get("marks", {}).items():
        yield from _marks(pupil, line, groups)
    for class_id in given.get("members", {}):
        yield "class", {"class_id": class_id, "school_id": SCHOOL, "subject": class_id}
    for key, form in FORMS.items():
        for who_or_class, found in _lines(given, key, form):
            if key == "lessons":
                yield from _lessons(who_or_class, enrolled[who_or_class], found)
            else:
                yield from _told(form, key, who_or_class, found)


def _pupils(given: Mapping[str, Any]) -> list[str]:
    """Everyone named, and the others of the largest class."""
    said = [key for key in given if key not in ("school_days", *OF_CLASSES)]
    many = re.findall(r"(\d+) others", str(given.get("members", {})))
    others = range(1, max(map(int, many), default=0) + 1)
    named = sorted({PUPIL}.union(*(given[key] for key in said)))
    return [*named, *(f"Other {number}" for number in others)]


def _lines(given: Mapping[str, Any], key: str, form: Form) -> Iterator[tuple[str, re.Match[str]]]:
    for who, lines in given.get(key, {}).items():
        for line in _listed(lines):
            found = re.fullmatch(form.pattern, line)
            if not found:
                raise ValueError(f"`{line}` should read like `{form.reads}`")
            yield who, found


def _listed(lines: str | list[str]) -> list[str]:
    return lines if isinstance(lines, list) else [lines]


def _school_days(lines: str | list[str]) -> list[list[date]]:
    """Groups of weekdays, one after the other; each line has a start of its own."""
    groups = []
    for line in _listed(lines):
        found = re.fullmatch(rf"(\d+(?: \+ \d+)*) from ({DATE})", line)
        if not found:
            raise ValueError(f"`{line}` should read like `20 + 20 from DATE`")
        day = date.fromisoformat(found[2])
        for count in found[1].split(" + "):
            group: list[date] = []
            while len(group) < int(count):
                group += [day] if day.isoweekday() <= 5 else []
                day += timedelta(1)
            groups.append(group)
    return groups


def _marks(pupil: str, line: str, groups: list[list[date]]) -> Iterator[tuple[str, Row]]:
    r"""`18 days /\, 2 days none | 20 days /\`: each group is told day by day."""
    parts = line.split(" | ")
    if len(parts) != len(groups):
        raise ValueError(f"`{line}` should have {len(groups)} groups of school days")
    for part, group in zip(parts, groups, strict=True):
        runs = [re.fullmatch(r"(\d+) days? (none|\S\S)", run) for run in part.split(", ")]
        pairs = [run[2] for run in runs if run for _ in range(int(run[1]))]
        if None in runs or len(pairs) != len(group):
            reads = rf"18 days /\, 2 days none`, {len(group)} days in all"
            raise ValueError(f"`{part}` should read like `{reads}")
        for day, pair in zip(group, pairs, strict=True):
            for session, code in zip(("AM", "PM"), pair, strict=False):
                if pair != "none":
                    mark = {"pupil_id": pupil, "date": day, "session": session, "code": code}
                    yield "attendance", mark


def _lessons(who: str, since: date, found: re.Match[str]) -> Iterator[tuple[str, Row]]:
    """One class for a whole timetable: three lessons from 09:00, the others from 13:00."""
    class_id, minutes = f"Lessons of {who}", int(found["minutes"])
    yield "class", {"class_id": class_id, "school_id": SCHOOL, "subject": "Maths"}
    yield "class_member", {"class_id": class_id, "pupil_id": who, "from_on": since}
    for weekday in range(1, 6):
        for number in range(int(found["count"])):
            start = (9 if number < 3 else 13) * 60 + number % 3 * minutes
            values = {"class_id": class_id, "weekday": weekday, "period": str(number + 1)}
            values["session"] = "AM" if number < 3 else "PM"
            values["starts_at"] = time(*divmod(start, 60))
            values["ends_at"] = time(*divmod(start + minutes, 60))
            yield "lesson", values


def _told(form: Form, key: str, who: str, found: re.Match[str]) -> Iterator[tuple[str, Row]]:
    """The rows of one line: as many as it says, for each pupil and each date."""
    told = {name: text for name, text in found.groupdict().items() if text is not None}
    count, dates = int(told.pop("count", 1)), told.pop("dates", "").split(", ")
    values: Row = {"class_id" if key in OF_CLASSES else "pupil_id": who, **form.values}
    table = read_contract().table(form.table)
    values |= {name: TYPES[table.column(name).type](text) for name, text in told.items()}
    others = re.fullmatch(r"(\d+) others", values["pupil_id"])
    pupils = [f"Other {number}" for number in range(1, int(others[1]) + 1)] if others else None
    for pupil in pupils or [values["pupil_id"]]:
        for day in dates:
            when = {form.dates: date.fromisoformat(day)} if day else {}
            for _ in range(count):
                yield form.table, values | {"pupil_id": pupil} | when
