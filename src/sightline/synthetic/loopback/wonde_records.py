"""Rows of a made-up school as Wonde's API would tell them: objects, ids, dates, includes.

What a school grants or not, everything is here that the real thing would send along: comments,
religion and the like all say UNWANTED, so that a test can look for it where it must not be.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

__all__ = [
    "LESSON_CODES",
    "SCHOOL_TIME",
    "UNWANTED",
    "Json",
    "achievement",
    "behaviour",
    "code",
    "deletion",
    "employee",
    "lesson",
    "lesson_id",
    "lesson_mark",
    "mark",
    "maybe",
    "php",
    "result",
    "school",
    "student",
    "summary",
    "wonde_id",
]

Json = dict[str, Any]
Row = Mapping[str, str]
SCHOOL_TIME = ZoneInfo("Europe/London")
UNWANTED = "not for us"
LESSON_CODES = {"late": "L", "absent": "N", "removed": "RM", "truant": "TR"}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def wonde_id(kind: str, own: str) -> str:
    """The id that this Wonde gives a thing: A and digits, always the same."""
    digest = hashlib.sha256(f"{kind}|{own}".encode()).digest()
    return f"A{int.from_bytes(digest[:7], 'big') % 10**12}"


def maybe(kind: str, own: str) -> str | None:
    return wonde_id(kind, own) if own else None


def php(moment: datetime | date | None) -> Json | None:
    """A moment as PHP's DateTime is written; a date is midnight."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    told = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return {"date": told, "timezone_type": 3, "timezone": "UTC"}


def day(text: str) -> Json | None:
    return php(date.fromisoformat(text)) if text else None


def school(row: Row) -> Json:
    return {
        "id": wonde_id("school", row["school_id"]),
        "name": row["name"],
        "establishment_number": "4000",
        "urn": 999999,
        "phase_of_education": row["phase"].upper().replace("_", " "),
        "la_code": "999",
        "timezone": "Europe/London",
        "mis": "MADE UP",
        "address": {"address_line_1": UNWANTED},
    }


def student(row: Row, identity: Row, include: set[str], changed: datetime) -> Json:
    """A pupil; what was not asked for is not there."""
    own = wonde_id("pupil", row["pupil_id"])
    told: Json = {
        "id": own,
        "upi": hashlib.md5(own.encode(), usedforsecurity=False).hexdigest(),
        "mis_id": row["pupil_id"].rpartition("P")[2],
        "surname": identity.get("family_name"),
        "forename": identity.get("given_name"),
        "middle_names": None,
        "legal_surname": identity.get("family_name"),
        "legal_forename": identity.get("given_name"),
        "gender": {"F": "FEMALE", "M": "MALE", "X": "OTHER"}.get(row["sex"]),
        "date_of_birth": day(identity.get("date_of_birth", "")),
        "restored_at": None,
        "created_at": php(changed),
        "updated_at": php(changed),
    }
    whole = _details(row, identity)
    return told | {name: {"data": whole[name]} for name in whole if name in include}


def _details(row: Row, identity: Row) -> dict[str, Json | None]:
    year, group = row["year_group"], row["registration_group"]
    return {
        "education_details": {
            "admission_number": UNWANTED,
            "upn": identity.get("upn") or None,
            "former_upn": UNWANTED,
            "current_nc_year": {"": None, "0": "R"}.get(year, year),
            "admission_date": day(row["enrolled_on"]),
            "leaving_date": day(row["left_on"]),
        },
        "extended_details": {
            "english_as_additional_language": {"true": True, "false": False}.get(row["eal"]),
            "premium_pupil_indicator": {"true": True, "false": False}.get(row["disadvantaged"]),
            "sen_status": row["sen_status"] or None,
            "ethnicity": UNWANTED,
            "religion": UNWANTED,
            "child_protection_plan": UNWANTED,
        },
        "year": {"id": wonde_id("year", year), "name": _year(year), "type": "YEAR"}
        if year
        else None,
        "registration": {"id": wonde_id("form", group), "name": group, "type": "REGISTRATION"}
        if group
        else None,
    }


def _year(year: str) -> str:
    return "Reception" if year == "0" else f"Year {year}"


def employee(row: Row, include: set[str], changed: datetime) -> Json:
    title, _, surname = row["name"].rpartition(" ")
    left = row.get("left_on", "")
    told: Json = {
        "id": wonde_id("staff", row["staff_id"]),
        "title": title or None,
        "forename": None,
        "surname": surname,
        "gender": UNWANTED,
        "date_of_birth": UNWANTED,
        "updated_at": php(changed),
    }
    details = {"current": not left, "teaching_staff": True, "employment_end_date": day(left)}
    return told | (
        {"employment_details": {"data": details}} if "employment_details" in include else {}
    )


def code(mark: str) -> Json:
    """An attendance code."""
    return {"id": wonde_id("code", mark), "code": mark, "description": UNWANTED}


def mark(own: str, row: Row, include: set[str], changed: datetime) -> Json:
    """A mark of a register: without `include`, its pupil and its code are ids."""
    return {
        "id": own,
        "student": wonde_id("pupil", row["pupil_id"]),
        "employee": None,
        "date": day(row["date"]),
        "session": row["session"],
        "attendance_code": _or_id("attendance_code", code(row["code"] or "-"), include),
        "minutes_late": int(row["minutes_late"]) if row.get("minutes_late") else None,
        "comment": UNWANTED,
        "updated_at": php(changed),
    }


def lesson_mark(own: str, row: Row, slot: Row, include: set[str], changed: datetime) -> Json:
    """A mark of a lesson's register."""
    present = "/" if slot["starts_at"] < "12:00" else "\\"
    held = lesson(slot, date.fromisoformat(row["date"]), within("lesson", include))
    return {
        "id": own,
        "student": wonde_id("pupil", row["pupil_id"]),
        "attendance_code": _or_id(
            "attendance_code", code(LESSON_CODES.get(row["mark"], present)), include
        ),
        "lesson": _or_id("lesson", held, include),
        "comment": UNWANTED,
        "updated_at": php(changed),
    }


def lesson_id(row: Row, on: date) -> str:
    return wonde_id("lesson", "|".join([row["class_id"], on.isoformat(), row["period"]]))


def lesson(row: Row, on: date, include: set[str]) -> Json:
    """One lesson of a class on one date. Its period is in the school's time, its start in UTC."""
    begins, ends = (
        datetime.combine(on, time.fromisoformat(row[name]), SCHOOL_TIME)
        for name in ("starts_at", "ends_at")
    )
    period: Json = {
        "id": wonde_id("period", f"{on.isoweekday()}{row['period']}"),
        "name": row["period"],
        "start_time": row["starts_at"] + ":00",
        "end_time": row["ends_at"] + ":00",
        "day": DAYS[on.weekday()],
    }
    room: Json = {"id": maybe("room", row["room"]), "name": row["room"]}
    return {
        "id": lesson_id(row, on),
        "class": wonde_id("class", row["class_id"]),
        "employee": maybe("staff", row["staff_id"]),
        "period": _or_id("period", period, include),
        "room": _or_id("room", room, include) if row["room"] else None,
        "period_instance_id": on.toordinal() * 10,
        "alternative": False,
        "start_at": php(begins),
        "end_at": php(ends),
    }


def result(own: str, row: Row, kind: str, include: set[str], changed: datetime) -> Json:
    """A result of an aspect: text, whatever it is."""
    name = row["subject"] + (" Target" if kind == "expected" else "")
    return {
        "id": own,
        "student": wonde_id("pupil", row["pupil_id"]),
        "aspect": _or_id("aspect", {"id": wonde_id("aspect", name), "name": name}, include),
        "resultset": _or_id(
            "resultset", {"id": wonde_id("resultset", row["point"]), "name": row["point"]}, include
        ),
        "result": row[kind],
        "result_date": day(row["date"]),
        "collection_date": None,
        "updated_at": php(changed),
    }


def summary(own: str, number: Mapping[str, int]) -> Json:
    """Wonde's sums of one pupil's marks."""
    return {
        "id": own,
        "present": number.get("present", 0),
        "approved_education_activity": number.get("approved_educational_activity", 0),
        "authorised_absences": number.get("authorised_absence", 0),
        "unauthorized_absences": number.get("unauthorised_absence", 0),
        "late_before_registration": number.get("before_registers_closed", 0),
        "late_after_registration": number.get("after_registers_closed", 0),
        "missing_marks": number.get("missing", 0),
        "attendance_not_required": number.get("not_possible", 0),
    }


def deletion(own: str, kind: str, at: datetime) -> Json:
    return {"id": own, "type": kind, "mis_id": None, "deleted_at": php(at), "restored_at": None}


def within(name: str, include: set[str]) -> set[str]:
    """What is to be included in something that is itself included."""
    return {one.removeprefix(name + ".") for one in include if one.startswith(name + ".")}


def _or_id(name: str, thing: Json, include: set[str]) -> Json | str:
    """Another thing: the whole of it when it was asked for, else its id."""
    return {"data": thing} if name in include else str(thing["id"])


def behaviour(incident: str, rows: Sequence[Row], students: list[Json], changed: datetime) -> Json:
    """One incident and everybody in it."""
    first = rows[0]
    told = _incident(incident, rows, students, changed)
    return told | {
        "status": UNWANTED,
        "incident_date": day(first["date"]),
        "location": first["location"] or None,
        "points": int(first["severity"]) if first["severity"] else None,
        "bullying_type": UNWANTED,
    }


def achievement(
    incident: str, rows: Sequence[Row], students: list[Json], changed: datetime
) -> Json:
    told = _incident(incident, rows, students, changed)
    return told | {"achievement_date": day(rows[0]["date"]), "points": 1, "award": UNWANTED}


def _incident(incident: str, rows: Sequence[Row], students: list[Json], changed: datetime) -> Json:
    first = rows[0]
    return {
        "id": incident,
        "type": first["category"],
        "class": maybe("class", first["class_id"]),
        "employee": maybe("staff", first["staff_id"]),
        "comment": UNWANTED,
        "action": UNWANTED,
        "recorded_date": php(changed - timedelta(minutes=1)),
        "updated_at": php(changed),
        "students": {"data": students},
    }
