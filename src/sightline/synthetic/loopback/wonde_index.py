"""What belongs to what in a made-up MIS, looked up once for each of its states."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sightline.synthetic.loopback.school import MadeUpMis, Row
from sightline.synthetic.loopback.wonde_records import wonde_id

__all__ = ["Incident", "Index", "Query"]

Query = Mapping[str, str]
Incident = tuple[str, str, list[Row]]  # Wonde's id, our own, the row of each pupil
Found = TypeVar("Found")
MOST_HELD = 100


class Index:
    """Look-ups over the rows of a MIS; `skew` is how far the clock of who asks is ahead."""

    def __init__(self, mis: MadeUpMis, skew: timedelta) -> None:
        self.mis, self.skew = mis, skew
        self._held: dict[tuple[str, str], object] = {}
        self._version = -1

    def changed(self, table: str, row: Row) -> datetime:
        return self.mis.when(table, row) + self.skew

    def pupils(self, school: str) -> dict[str, Row]:
        """A school's pupils who have not left."""

        def make() -> dict[str, Row]:
            rows = self.mis.rows["pupil"].values()
            mine = (row for row in rows if row["school_id"] == school and not row["left_on"])
            return {row["pupil_id"]: row for row in mine}

        return self.once(("pupils", school), make)

    def members(self, class_id: str) -> list[Row]:
        """The pupils who are in a class now."""

        def make() -> dict[str, list[Row]]:
            found: dict[str, list[Row]] = {}
            for row in self.mis.rows["class_member"].values():
                pupil = self.mis.rows["pupil"].get((row["pupil_id"],))
                if not row["to_on"] and pupil:
                    found.setdefault(row["class_id"], []).append(pupil)
            return found

        return self.once(("members", ""), make).get(class_id, [])

    def incidents(self) -> list[Incident]:
        """Rows of behaviour by what happened: the part of their id before `~`."""

        def make() -> list[Incident]:
            found: dict[str, list[Row]] = {}
            for row in self.mis.rows["behaviour"].values():
                found.setdefault(row["event_id"].partition("~")[0], []).append(row)
            return [(wonde_id("incident", own), own, rows) for own, rows in found.items()]

        return self.once(("incidents", ""), make)

    def slot(self, mark: Row) -> Row:
        """The lesson that a lesson's mark is of: that of the timetable, or one like it."""

        def make() -> dict[tuple[str, str, str], Row]:
            rows = self.mis.rows["lesson"].values()
            return {(one["class_id"], one["weekday"], one["period"]): one for one in rows}

        weekday = str(date.fromisoformat(mark["date"]).isoweekday())
        plain = {"starts_at": "09:00", "ends_at": "10:00", "staff_id": "", "room": ""}
        known = self.once(("slots", ""), make)
        return known.get((mark["class_id"], weekday, mark["period"])) or mark | plain

    def lessons_on(self, school: str, on: date) -> Iterator[Row]:
        """The slots of the timetable that are held at a school on a date."""

        def make() -> set[str]:
            rows = self.mis.rows["class"].values()
            return {row["class_id"] for row in rows if row["school_id"] == school}

        day = self.mis.rows["school_day"].get((school, on.isoformat()))
        if day is None or day["kind"] != "open":
            return
        ours = self.once(("classes", school), make)
        for row in self.mis.rows["lesson"].values():
            runs = row["cycle_week"] in ("", day["cycle_week"])
            runs = runs and row["from_on"] <= on.isoformat() <= (row["to_on"] or "9999")
            if runs and row["class_id"] in ours and row["weekday"] == str(on.isoweekday()):
                yield row

    def marks(self, table: str, school: str, query: Query) -> Iterator[Row]:
        """The marks of a school's pupils that a query may mean."""
        pupils, rows = self.pupils(school), self.mis.rows[table]
        keys = list(rows)
        if query.get("updated_after"):
            after = datetime.fromisoformat(query["updated_after"]).replace(tzinfo=UTC)
            if after - self.skew > self.mis.began:  # few, also of many
                keys = [key for key in self.mis.changed[table] if key in rows]
        first = query.get("attendance_date_after", "")[:10]
        for key in keys:
            if rows[key]["pupil_id"] in pupils and rows[key]["date"] >= first:
                yield rows[key]

    def once(self, name: tuple[str, str], make: Callable[[], Found]) -> Found:
        """What `make` gives, made once for each state of the MIS."""
        if self._version != self.mis.version or len(self._held) > MOST_HELD:
            self._held, self._version = {}, self.mis.version
        if name not in self._held:
            self._held[name] = make()
        return self._held[name]  # type: ignore[return-value]
