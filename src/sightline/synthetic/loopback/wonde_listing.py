"""Which records a made-up Wonde has at each path: id, moment of the last change, how it looks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import itemgetter

from sightline.contract import attendance_codes
from sightline.synthetic.loopback import wonde_records as told
from sightline.synthetic.loopback.school import MadeUpMis, Row
from sightline.synthetic.loopback.wonde_index import Incident, Index, Query
from sightline.synthetic.loopback.wonde_records import Json, maybe, php, wonde_id

__all__ = ["Entry", "Listing"]

Entry = tuple[str, datetime, Callable[[], Json]]  # id, moment of the last change, the record
Include = set[str]
PAGING = {"cursor", "page", "per_page"}
Build = Callable[[str, Sequence[Mapping[str, str]], list[Json], datetime], Json]
# What is told when it is deleted: the table, its type at Wonde, what its ids are made from.
GONE = (
    ("pupil", "student", "pupil", "pupil_id"),
    ("staff", "employee", "staff", "staff_id"),
    ("class", "class", "class", "class_id"),
    ("assessment", "result", "value", "result_id"),
)


class Listing:
    """The records of a made-up MIS; `skew` is how far this Wonde's clock is ahead."""

    def __init__(self, mis: MadeUpMis, skew: timedelta) -> None:
        self.mis = mis
        self._index = Index(mis, skew)
        self._paths: Mapping[str, Callable[[str, Query, Include], Iterator[Entry]]] = {
            "students": self._students,
            "employees": self._employees,
            "classes": self._classes,
            "lessons": self._lessons,
            "attendance/session": self._session_marks,
            "attendance/lesson": self._lesson_marks,
            "behaviours": partial(self._incidents, "concern", told.behaviour),
            "achievements": partial(self._incidents, "praise", told.achievement),
            "assessment/results": self._results,
            "attendance-summaries": self._summaries,
            "attendance-codes": self._codes,
            "deletions": self._deletions,
        }

    def of(self, path: str, school: str, query: Query, include: Include) -> list[Entry] | None:
        """The entries of a path, in the order of their ids; None when there is no such path."""
        if path not in self._paths:
            return None
        asked = {name: text for name, text in query.items() if name not in PAGING}

        def make() -> list[Entry]:
            found = self._paths[path](school, query, include)
            wanted = (one for one in found if _is_wanted(one, query))
            return sorted(wanted, key=itemgetter(0))

        with self.mis.lock:
            return self._index.once((f"{school} {path}", str(sorted(asked.items()))), make)

    def _students(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for row in self._index.pupils(school).values():
            at = self._index.changed("pupil", row)
            yield wonde_id("pupil", row["pupil_id"]), at, partial(self._student, row, include, at)

    def _employees(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for row in self.mis.rows["staff"].values():
            if row["school_id"] == school:
                own, at = wonde_id("staff", row["staff_id"]), self._index.changed("staff", row)
                yield own, at, partial(told.employee, row, include, at)

    def _classes(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for row in self.mis.rows["class"].values():
            if row["school_id"] == school:
                at = self._index.changed("class", row)
                yield wonde_id("class", row["class_id"]), at, partial(self._class, row, include, at)

    def _lessons(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        first = date.fromisoformat(query["lessons_start_after"][:10])
        last = date.fromisoformat(query["lessons_start_before"][:10])
        for number in range(min(7, (last - first).days)):  # never more than one week
            on = first + timedelta(days=number)
            for row in self._index.lessons_on(school, on):
                own = told.lesson_id(row, on)
                yield own, self.mis.began, partial(told.lesson, row, on, include)

    def _session_marks(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for row in self._index.marks("attendance", school, query):
            own = wonde_id("mark", "|".join(self.mis.key("attendance", row)))
            at = self._index.changed("attendance", row)
            yield own, at, partial(told.mark, own, row, include, at)

    def _lesson_marks(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for row in self._index.marks("lesson_mark", school, query):
            own = wonde_id("lesson mark", "|".join(self.mis.key("lesson_mark", row)))
            at, slot = self._index.changed("lesson_mark", row), self._index.slot(row)
            yield own, at, partial(told.lesson_mark, own, row, slot, include, at)

    def _incidents(
        self,
        kind: str,
        build: Build,
        school: str,
        query: Query,
        include: Include,
    ) -> Iterator[Entry]:
        pupils = self._index.pupils(school)
        left = {
            row["event_id"].partition("~")[0]: at + self._index.skew
            for row, at in self.mis.deleted["behaviour"]
        }
        for own, ours, rows in self._index.incidents():
            mine = [row for row in rows if row["pupil_id"] in pupils and row["kind"] == kind]
            if mine:  # an incident that lost somebody has changed too
                changes = [self._index.changed("behaviour", row) for row in mine]
                at = max(*changes, left.get(ours, self.mis.began), self.mis.began)
                yield own, at, partial(self._incident, build, (own, ours, mine), at)

    def _results(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        pupils = self._index.pupils(school)
        for row in self.mis.rows["assessment"].values():
            for kind in ("value", "expected"):
                if row["pupil_id"] in pupils and row[kind]:
                    own = wonde_id(kind, row["result_id"])
                    at = self._index.changed("assessment", row)
                    yield own, at, partial(told.result, own, row, kind, include, at)

    def _summaries(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        known = {one.code: one for one in attendance_codes()}
        counts: dict[str, dict[str, int]] = {}
        for row in self._index.marks("attendance", school, {}):
            mine = counts.setdefault(row["pupil_id"], {})
            code = known.get(row["code"], known["-"])  # a code of its own counts as no mark
            for what in (code.category, code.late):
                mine[what] = mine.get(what, 0) + 1
        for pupil, number in counts.items():
            own = wonde_id("summary", pupil)
            yield own, self.mis.began, partial(told.summary, own, number)

    def _codes(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        for one in attendance_codes():
            own = wonde_id("code", one.code)
            yield own, self.mis.began, partial(told.code, one.code)

    def _deletions(self, school: str, query: Query, include: Include) -> Iterator[Entry]:
        pupils = self._index.pupils(school)
        for table, kind, made_from, own in GONE:
            for row, at in self.mis.deleted[table]:
                if row.get("school_id") == school or row.get("pupil_id") in pupils:
                    yield self._gone(wonde_id(made_from, row[own]), kind, at)
        there = {ours for _, ours, _ in self._index.incidents()}
        for row, at in self.mis.deleted["behaviour"]:
            ours = row["event_id"].partition("~")[0]
            if ours not in there and row["pupil_id"] in pupils:
                yield self._gone(wonde_id("incident", ours), "behaviour", at)

    def _gone(self, own: str, kind: str, at: datetime) -> Entry:
        at += self._index.skew
        return own, at, partial(told.deletion, own, kind, at)

    def _student(self, row: Row, include: Include, at: datetime) -> Json:
        identity = self.mis.rows["pupil_identity"].get((row["pupil_id"],), {})
        return told.student(row, identity, include, at)

    def _incident(
        self,
        build: Build,
        incident: Incident,
        at: datetime,
    ) -> Json:
        own, _, rows = incident
        there = []
        for row in rows:
            pupil = self.mis.rows["pupil"][(row["pupil_id"],)]
            points = int(row["severity"]) if row["severity"] else None
            meta = {"role": told.UNWANTED, "points": points, "action": told.UNWANTED}
            there.append(self._student(pupil, set(), self.mis.began) | {"meta": meta})
        return build(own, rows, there, at)

    def _class(self, row: Row, include: Include, at: datetime) -> Json:
        subject = {"id": maybe("subject", row["subject"]), "name": row["subject"]}
        made: Json = {
            "id": wonde_id("class", row["class_id"]),
            "name": row["name"],
            "code": row["name"],
            "description": told.UNWANTED,
            "subject": {"data": subject} if "subject" in include else subject["id"],
            "alternative": False,
            "restored_at": None,
            "updated_at": php(at),
        }
        if "students" in include:
            there = self._index.members(row["class_id"])
            made["students"] = {"data": [self._student(one, set(), at) for one in there]}
        return made


def _is_wanted(entry: Entry, query: Query) -> bool:
    """Whether a record was changed in the time that a query is about."""

    def limit(name: str) -> datetime | None:
        return datetime.fromisoformat(query[name]).replace(tzinfo=UTC) if name in query else None

    after, before = limit("updated_after"), limit("updated_before")
    return (after is None or entry[1] >= after) and (before is None or entry[1] < before)
