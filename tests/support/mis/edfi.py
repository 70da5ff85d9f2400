"""A made-up Ed-Fi ODS/API: tables of records that change, behind its documented addresses."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sightline.synthetic.loopback import Asked, Given, LoopbackServer

__all__ = ["KEY", "MONDAY", "SCHOOL", "SECRET", "Ods", "event", "made_up_ods", "ods_server"]

Record = dict[str, Any]
SCHOOL, ELSEWHERE = 255901001, 255901044
MONDAY = date(2026, 2, 2)
KEY, SECRET = "made-up-key", "made-up-secret"
URI = "uri://ed-fi.org/{}#{}"
STEP = 50  # change versions from one writing to the next: others write, too
PAGING = {"offset", "limit", "totalCount", "minChangeVersion", "maxChangeVersion"}
FILTERS = {"schoolId", "eventDate", "incidentIdentifier"}


@dataclass
class Ods:
    """Records by resource, in the order of their first writing, each with its change version."""

    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    gone: dict[str, list[Record]] = field(default_factory=dict)
    version: int = 4_000
    number: str = "7.1"
    forbidden: set[str] = field(default_factory=set)
    calls_of_a_token: int = 1_000
    tokens: int = 0
    left: int = 0
    before: Callable[[Asked], None] = lambda asked: None

    def put(self, resource: str, **record: Any) -> str:
        """Write a record, or write one anew when its id is given."""
        self.version += STEP
        key = str(record.pop("id", f"{self.version:032x}"))
        self.records.setdefault(resource, {})[key] = {"id": key, **record, "_etag": "1"}
        self.versions[key] = self.version
        return key

    def delete(self, resource: str, key: str, *, silently: bool = False) -> None:
        record = self.records[resource].pop(key)
        self.version += STEP
        if not silently:
            keys = {n: v for n, v in _flat(record).items() if n not in ("id", "_etag", "link")}
            told = {"id": key, "changeVersion": self.version, "keyValues": keys}
            self.gone.setdefault(f"{resource}/deletes", []).append(told)

    def change_keys(self, resource: str, key: str, **new: Any) -> None:
        """A record under other keys: the new ones lie in its first reference."""
        record = self.records[resource][key]
        old = _flat(record)
        name = next(one for one, value in record.items() if isinstance(value, dict))
        record = {**record, name: {**record[name], **new}}
        self.put(resource, **record)
        told = {"id": key, "changeVersion": self.version}
        told |= {"oldKeyValues": old, "newKeyValues": _flat(record)}
        self.gone.setdefault(f"{resource}/keyChanges", []).append(told)

    # --- answers ---------------------------------------------------------------------------------

    def answer(self, asked: Asked, address: str) -> Given:
        self.before(asked)
        if asked.path == "/":
            return _json(self._discovery(address))
        if asked.path == "/oauth/token":
            return self._token(asked)
        self.left -= 1
        if asked.headers.get("authorization") != f"Bearer token-{self.tokens}" or self.left < 0:
            return _json({"detail": "The token is not valid."}, 401)
        if asked.path == "/changeQueries/v1/availableChangeVersions":
            return _json({"oldestChangeVersion": 0, "newestChangeVersion": self.version})
        resource = asked.path.removeprefix("/data/v3/ed-fi/")
        if resource.partition("/")[0] in self.forbidden:
            return _json({"detail": "Not allowed."}, 403)
        return self._page(resource, asked.query)

    def _discovery(self, address: str) -> Record:
        urls = {"oauth": f"{address}/oauth/token", "dataManagementApi": f"{address}/data/v3/"}
        return {"version": self.number, "suite": "3", "urls": urls}

    def _token(self, asked: Asked) -> Given:
        basic = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        form = dict(parse_qsl(asked.body.decode()))
        if asked.headers.get("authorization") != basic or form != {
            "grant_type": "client_credentials"
        }:
            return _json({"error": "invalid_client"}, 401)
        self.tokens, self.left = self.tokens + 1, self.calls_of_a_token
        given = {"access_token": f"token-{self.tokens}", "expires_in": 1800}
        return _json(given | {"token_type": "bearer"})

    def _page(self, resource: str, query: Mapping[str, str]) -> Given:
        if set(query) - PAGING - FILTERS or int(query.get("limit", "25")) > 500:
            return _json({"detail": "Bad request."}, 400)
        if resource.endswith(("/deletes", "/keyChanges")):
            if FILTERS & set(query):
                return _json({"detail": "Bad request."}, 400)
            rows = [(one, one["changeVersion"]) for one in self.gone.get(resource, [])]
        else:
            held = self.records.get(resource, {})
            rows = [(one, self.versions[key]) for key, one in held.items()]
        low, high = int(query.get("minChangeVersion", 0)), query.get("maxChangeVersion")
        found = [
            one
            for one, version in rows
            if low <= version <= int(high or self.version)
            and all(str(_flat(one).get(n, "")) == v for n, v in query.items() if n in FILTERS)
        ]
        first = int(query.get("offset", "0"))
        headers = {"Total-Count": str(len(found))} if query.get("totalCount") == "true" else {}
        return _json(found[first : first + int(query.get("limit", "25"))], headers=headers)


def _flat(record: Record) -> Record:
    """Its members and those of its references, by their own names."""
    found = {name: value for name, value in record.items() if not isinstance(value, dict)}
    for value in record.values():
        found |= value if isinstance(value, dict) else {}
    return found


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Given:
    given = {"Content-Type": "application/json", **(headers or {})}
    return Given(status, json.dumps(value).encode(), given)


@contextmanager
def ods_server(ods: Ods) -> Iterator[LoopbackServer]:
    """The platform behind a server."""
    server = LoopbackServer(lambda asked: ods.answer(asked, server.address))
    with server:
        yield server


# --- a made-up school ----------------------------------------------------------------------------


def event(pupil: str, day: date, category: str, school: int = SCHOOL, **more: Any) -> Record:
    """A record of school attendance."""
    return {
        "schoolReference": {"schoolId": school},
        "studentReference": {"studentUniqueId": pupil},
        "sessionReference": {"schoolId": school, "schoolYear": 2026, "sessionName": "Spring"},
        "eventDate": str(day),
        "attendanceEventCategoryDescriptor": URI.format("AttendanceEventCategory", category),
        **more,
    }


def made_up_ods(pupils: int = 30, weeks: int = 5) -> Ods:
    """One school with pupils 1, 2, ... and a day's absence each week; another in the district."""
    ods = Ods()
    for school, name in ((SCHOOL, "Grand Elm High School"), (ELSEWHERE, "Far Oak School")):
        ods.put("schools", schoolId=school, nameOfInstitution=name)
    for number in range(1, pupils + 2):
        _pupil(ods, number, SCHOOL if number <= pupils else ELSEWHERE)
    days = [MONDAY + timedelta(days=at) for at in range(7 * weeks)]
    for day in days:
        if day.isoweekday() <= 5:
            ods.put(
                "calendarDates",
                calendarReference={"calendarCode": "1", "schoolId": SCHOOL, "schoolYear": 2026},
                date=str(day),
                calendarEvents=[
                    {"calendarEventDescriptor": URI.format("CalendarEvent", "Instructional day")}
                ],
            )
    for at, day in enumerate(days):
        if day.isoweekday() in (1, 4):
            absent = event(str(at % pupils + 1), day, "Excused Absence")
            ods.put("studentSchoolAttendanceEvents", **absent)
    _classes(ods, pupils)
    _incident(ods, "INC-1", MONDAY, {"1": "Perpetrator", "2": "Victim"})
    return ods


def _pupil(ods: Ods, number: int, school: int) -> None:
    student = {"studentUniqueId": str(number)}
    ods.put(
        "students",
        **student,
        firstName=f"Given{number}",
        lastSurname=f"Family{number}",
        birthDate="2011-05-04",
        birthSexDescriptor=URI.format("Sex", "Female" if number % 2 else "Male"),
        personalTitlePrefix="none of our business",
    )
    ods.put(
        "studentSchoolAssociations",
        schoolReference={"schoolId": school},
        studentReference=student,
        entryDate="2025-09-01",
        entryGradeLevelDescriptor=URI.format("GradeLevel", "Ninth grade"),
    )


def _classes(ods: Ods, pupils: int) -> None:
    session = {"schoolId": SCHOOL, "schoolYear": 2026, "sessionName": "Spring"}
    offering = {"localCourseCode": "ALG-1", **session}
    section = {"sectionIdentifier": "ALG-1-01", **offering}
    ods.put(
        "courseOfferings",
        localCourseCode="ALG-1",
        schoolReference={"schoolId": SCHOOL},
        sessionReference=session,
        localCourseTitle="Algebra",
    )
    ods.put("sections", sectionIdentifier="ALG-1-01", courseOfferingReference=offering)
    period = _period(ods)
    for number in range(1, pupils + 1):
        student = {"studentUniqueId": str(number)}
        ods.put(
            "studentSectionAssociations",
            sectionReference=section,
            studentReference=student,
            beginDate="2026-01-05",
        )
        ods.put(
            "grades",
            studentSectionAssociationReference={**section, **student, "beginDate": "2026-01-05"},
            gradingPeriodReference=period,
            gradeTypeDescriptor=URI.format("GradeType", "Grading Period"),
            numericGradeEarned=60 + number,
        )


def _period(ods: Ods) -> Record:
    """A grading period; how records refer to it."""
    named = {"gradingPeriodName": "Spring 1"}
    named["gradingPeriodDescriptor"] = URI.format("GradingPeriod", "First Six Weeks")
    ods.put(
        "gradingPeriods",
        **named,
        schoolReference={"schoolId": SCHOOL},
        schoolYearTypeReference={"schoolYear": 2026},
        endDate="2026-02-20",
    )
    return {**named, "schoolYear": 2026, "schoolId": SCHOOL}


def _incident(ods: Ods, name: str, day: date, parts: Mapping[str, str]) -> None:
    incident = {"incidentIdentifier": name, "schoolId": SCHOOL}
    ods.put(
        "disciplineIncidents",
        incidentIdentifier=name,
        schoolReference={"schoolId": SCHOOL},
        incidentDate=str(day),
        incidentTime="10:15:00",
        incidentDescription="a long story that is not ours to keep",
        incidentLocationDescriptor=URI.format("IncidentLocation", "Classroom"),
        behaviors=[{"behaviorDescriptor": URI.format("Behavior", "Fighting")}],
    )
    for pupil, part in parts.items():
        code = URI.format("DisciplineIncidentParticipationCode", part)
        ods.put(
            "studentDisciplineIncidentBehaviorAssociations",
            disciplineIncidentReference=incident,
            studentReference={"studentUniqueId": pupil},
            behaviorDescriptor=URI.format("Behavior", "Fighting"),
            disciplineIncidentParticipationCodes=[
                {"disciplineIncidentParticipationCodeDescriptor": code}
            ],
        )
