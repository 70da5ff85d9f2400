"""The rows of a made-up school as the records of OneRoster 1.1 or 1.2; a small school of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sightline.synthetic.loopback import MadeUpMis, Row

__all__ = ["Records", "small_school"]

Record = dict[str, object]
SEX = {"F": "female", "M": "male", "X": "other", "U": "unspecified"}
MOST = {"homework": 20, "test": 50}  # what can be had


@dataclass
class Records:
    """A made-up school as OneRoster sees it; deleted rows come with the status tobedeleted."""

    mis: MadeUpMis
    version: str = "1.2"

    KINDS: ClassVar[tuple[str, ...]] = (
        *("academicSessions", "courses", "classes", "students", "teachers"),
        *("demographics", "enrollments", "categories", "lineItems", "results"),
    )

    def names(self, kind: str) -> list[str]:
        """Every field of a kind that the version knows, those nobody needs included."""
        if kind in ("students", "teachers"):
            own = ["role", "orgs"] if self.version == "1.1" else ["roles", "primaryOrg"]
            own += [] if self.version == "1.1" else ["preferredFirstName", "preferredLastName"]
            more = ["username", "email", "phone", "userIds", "grades", "givenName", "familyName"]
            return ["sourcedId", "status", "dateLastModified", *own, *more]
        known = {
            "academicSessions": "title type startDate endDate schoolYear",
            "courses": "title courseCode subjects org",
            "classes": "title classCode classType subjects course school terms",
            "demographics": "birthDate sex white asian cityOfBirth",
            "enrollments": "user class school role primary beginDate endDate",
            "categories": "title",
            "lineItems": "title assignDate dueDate class category resultValueMin resultValueMax",
            "results": "lineItem student scoreStatus score scoreDate comment"
            + ("" if self.version == "1.1" else " late missing incomplete"),
        }[kind]
        return ["sourcedId", "status", "dateLastModified", *known.split()]

    def org(self, school: str) -> Record | None:
        row = self.mis.rows["school"].get((school,))
        if row is None:
            return None
        more = {"name": row["name"], "type": "school", "identifier": None}
        return {"sourcedId": school, "status": "active", **more}

    def of(self, kind: str, school: str) -> Iterator[tuple[Record, datetime]]:
        """The records of a kind, of one school or all, each with the moment of its change."""
        yield from getattr(self, f"_{kind.lower()}")(school)

    def _each(self, table: str) -> Iterator[tuple[Row, str, datetime]]:
        with self.mis.lock:
            there = [(row, self.mis.when(table, row)) for row in self.mis.since(table)]
            gone = self.mis.gone_since(table)
        yield from ((row, "active", at) for row, at in there)
        yield from ((row, "tobedeleted", at) for row, at in gone)

    def _academicsessions(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for name, kind, start in (
            ("AY2025", "schoolYear", "2025-09-01"),
            ("T1", "term", "2025-09-03"),
        ):
            more = {"type": kind, "title": name, "startDate": start, "endDate": "2026-07-21"}
            yield {"sourcedId": name, "status": "active", **more}, self.mis.began

    def _courses(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for subject in sorted({row["subject"] for row in self.mis.since("class")}):
            more = {"title": f"{subject} course", "subjects": [subject]}
            yield {"sourcedId": f"CO-{subject}", "status": "active", **more}, self.mis.began

    def _classes(self, school: str) -> Iterator[tuple[Record, datetime]]:
        common: Record = {"terms": [_ref("T1", "academicSession")], "status": "active"}
        for row, status, at in self._each("class"):
            if row["school_id"] == school:
                course = _ref(f"CO-{row['subject']}", "course")
                more = {"title": row["name"], "classType": "scheduled", "course": course}
                home = {"school": _ref(school, "org"), "status": status, "subjects": []}
                yield common | {"sourcedId": row["class_id"], **more, **home}, at
        for form in self._forms(school):
            more = {"title": form, "classType": "homeroom", "school": _ref(school, "org")}
            yield common | {"sourcedId": f"H-{form}", **more}, self.mis.began

    def _forms(self, school: str) -> list[str]:
        pupils = [row for row in self.mis.since("pupil") if row["school_id"] == school]
        return sorted({row["registration_group"] for row in pupils})

    def _students(self, school: str) -> Iterator[tuple[Record, datetime]]:
        names = self.mis.rows["pupil_identity"]
        for row, status, at in self._each("pupil"):
            if row["school_id"] == school:
                known = names.get((row["pupil_id"],), {"given_name": "Gone", "family_name": "Gone"})
                ids = [{"type": "LDAP", "identifier": "x"}]
                ids += [{"type": "UPN", "identifier": known["upn"]}] if known.get("upn") else []
                year = row["year_group"]
                more = {
                    "grades": [f"{int(year):02}" if year != "0" else "KG"],
                    "givenName": known["given_name"],
                    "familyName": known["family_name"],
                    "userIds": ids,
                }
                user = self._user(row["pupil_id"], "student", school, row["enrolled_on"])
                yield user | {"status": status, **more}, at

    def _teachers(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for row, status, at in self._each("staff"):
            if row["school_id"] == school:
                given, _, family = row["name"].partition(" ")
                user = self._user(row["staff_id"], "teacher", school, "")
                yield user | {"status": status, "givenName": given, "familyName": family}, at

    def _user(self, user: str, role: str, school: str, begins: str) -> Record:
        common = {"sourcedId": user, "email": "nobody@example.org", "username": "nobody"}
        if self.version == "1.1":
            return common | {"role": role, "orgs": [_ref(school, "org")]}
        held: dict[str, Any] = {"roleType": "primary", "role": role, "org": _ref(school, "org")}
        if begins:
            held["beginDate"] = begins
        return common | {"roles": [held], "primaryOrg": _ref(school, "org")}

    def _demographics(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for row, status, at in self._each("pupil"):
            known = self.mis.rows["pupil_identity"].get((row["pupil_id"],), {})
            more = {"birthDate": known.get("date_of_birth"), "sex": SEX[row["sex"] or "U"]}
            yield {"sourcedId": row["pupil_id"], "status": status, "white": "true", **more}, at

    def _enrollments(self, school: str) -> Iterator[tuple[Record, datetime]]:
        ours = {row["class_id"] for row in self.mis.since("class") if row["school_id"] == school}
        for row, status, at in self._each("class_member"):
            if row["class_id"] in ours:
                begins = {"beginDate": row["from_on"], "endDate": row["to_on"] or None}
                one = _enrolled(row["class_id"], row["pupil_id"], "student")
                yield one | {"status": status, **begins}, at
        for row, status, at in self._each("pupil"):
            if row["school_id"] == school:
                one = _enrolled(f"H-{row['registration_group']}", row["pupil_id"], "student")
                yield one | {"status": status}, at

    def _categories(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for name, title in (("homework", "Homework"), ("test", "Class tests")):
            yield {"sourcedId": name, "status": "active", "title": title}, self.mis.began

    def _lineitems(self, school: str) -> Iterator[tuple[Record, datetime]]:
        found: dict[str, tuple[Record, datetime]] = {}
        for row, status, at in self._each("work"):
            days = {"assignDate": row["set_on"], "dueDate": row["due_on"]}
            one = _item(row["work_id"], "homework", row["class_id"], "A piece of work", status)
            known = found.get(row["work_id"])
            if known is None or known[0]["status"] != "active":
                found[row["work_id"]] = one | days, at
        for row, _, at in self._each("assessment"):
            item = _test_of(row)
            one = _item(item, "test", self._class_of(row), row["point"], "active")
            found[item] = one | {"assignDate": row["date"], "dueDate": row["date"]}, at
        yield from found.values()

    def _results(self, school: str) -> Iterator[tuple[Record, datetime]]:
        for row, status, at in self._each("work"):
            late = row["status"] == "late"
            said = {"missing": "not submitted", "excused": "exempt"}.get(row["status"], "submitted")
            more = {"scoreStatus": said, "late": str(late).lower(), "score": None}
            yield _result(row["work_id"], row["pupil_id"], status) | more, at
        for row, status, at in self._each("assessment"):
            score = float(row["value"]) * MOST["test"] / 100
            more = {"scoreStatus": "fully graded", "score": score, "scoreDate": row["date"]}
            yield _result(_test_of(row), row["pupil_id"], status) | more, at

    def _class_of(self, row: Row) -> str:
        classes = self.mis.since("class")
        return next(one["class_id"] for one in classes if one["subject"] == row["subject"])


def _ref(one: str, kind: str) -> dict[str, str]:
    return {"href": f"https://sis.example.org/{kind}/{one}", "sourcedId": one, "type": kind}


def _enrolled(class_id: str, user: str, role: str) -> Record:
    one: Record = {"sourcedId": f"E-{class_id}-{user}", "role": role, "primary": "false"}
    return one | {"class": _ref(class_id, "class"), "user": _ref(user, "user")}


def _item(item: str, category: str, class_id: str, title: str, status: str) -> Record:
    one: Record = {"sourcedId": item, "status": status, "title": title}
    one |= {"class": _ref(class_id, "class"), "category": _ref(category, "category")}
    return one | {"resultValueMin": 0, "resultValueMax": MOST[category]}


def _result(item: str, pupil: str, status: str) -> Record:
    one: Record = {"sourcedId": f"R-{item}-{pupil}", "status": status, "comment": "private"}
    return one | {"lineItem": _ref(item, "lineItem"), "student": _ref(pupil, "user")}


def _test_of(row: Row) -> str:
    return f"TEST-{row['subject']}-{row['point']}".replace(" ", "")


def small_school(folder: Path, began: datetime, pupils: int = 24) -> MadeUpMis:
    """One made-up school of a few pupils in two forms and three classes, with a gradebook."""
    mis = MadeUpMis(folder, began)

    def put(table: str, **row: str) -> None:
        mis.put(table, row, began)

    put("school", school_id="ORG1", name="Alder Park School", phase="secondary")
    put("staff", staff_id="T1", school_id="ORG1", name="S. Example", role="", left_on="")
    subjects = ("English", "Mathematics", "Science")
    for subject in subjects:
        name = f"9 {subject}"
        put("class", class_id=f"C-{subject}", school_id="ORG1", subject=subject, name=name)
    for number in range(1, pupils + 1):
        pupil = f"P{number:03}"
        form = "9A" if number % 2 else "9B"
        who = {"pupil_id": pupil, "school_id": "ORG1", "enrolled_on": "2023-09-04", "left_on": ""}
        more = {"year_group": "9", "registration_group": form, "sex": "FMXU"[number % 4]}
        put("pupil", **who, **more)
        name = {"pupil_id": pupil, "given_name": f"Given{number}", "family_name": "Sample"}
        put("pupil_identity", **name, upn="", date_of_birth="2011-11-05")
        for subject in subjects:
            spell = {"class_id": f"C-{subject}", "from_on": "2025-09-03", "to_on": ""}
            put("class_member", pupil_id=pupil, **spell)
        _gradebook(mis, pupil, number, began)
    return mis


def _gradebook(mis: MadeUpMis, pupil: str, number: int, began: datetime) -> None:
    for piece in (1, 2):
        status = ("submitted", "late", "missing", "excused")[(number + piece) % 4]
        days = {"set_on": f"2026-02-0{piece}", "due_on": f"2026-02-1{piece}", "status": status}
        whose = {"work_id": f"W{piece}", "pupil_id": pupil, "class_id": "C-English"}
        mis.put("work", {**whose, "subject": "English", **days}, began)
    result = {"result_id": f"A{number}", "pupil_id": pupil, "subject": "Science", "point": "Spring"}
    value = {"date": "2026-02-20", "scale": "percent", "value": str(40 + number * 2)}
    mis.put("assessment", {**result, **value}, began)
