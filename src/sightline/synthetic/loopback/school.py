"""The rows of a made-up school that change: each with the moment of its last change."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from threading import RLock

__all__ = ["KEYS", "MadeUpMis", "Row"]

Row = dict[str, str]  # a row of the data dictionary as text; empty: nothing

KEYS: Mapping[str, tuple[str, ...]] = {
    "school": ("school_id",),
    "school_day": ("school_id", "date"),
    "class": ("class_id",),
    "lesson": ("class_id", "weekday", "cycle_week", "period", "from_on"),
    "school_event": ("event_id",),
    "pupil": ("pupil_id",),
    "pupil_identity": ("pupil_id",),
    "staff": ("staff_id",),
    "class_member": ("class_id", "pupil_id", "from_on"),
    "attendance": ("pupil_id", "date", "session"),
    "lesson_mark": ("pupil_id", "date", "period"),
    "behaviour": ("event_id",),
    "assessment": ("result_id",),
    "work": ("work_id", "pupil_id"),
    "engagement": ("pupil_id", "class_id", "date", "kind"),
    "support": ("support_id",),
    "note": ("note_id",),
}
Key = tuple[str, ...]


class MadeUpMis:
    """Tables by key, in the order of their last change. Safe to read while it changes.

    `began` is the moment of change of everything it starts with; `version` counts the changes.
    """

    def __init__(self, folder: Path, began: datetime, tables: Iterable[str] = KEYS) -> None:
        self.lock = RLock()
        self.began = began
        self.version = 0
        self.rows: dict[str, dict[Key, Row]] = {}
        self.changed: dict[str, dict[Key, datetime]] = {}
        self.deleted: dict[str, list[tuple[Row, datetime]]] = {}
        for table in tables:
            path = folder / f"{table}.csv"
            self.rows[table], self.changed[table], self.deleted[table] = {}, {}, []
            if path.exists():
                with path.open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file):
                        self.rows[table][self.key(table, row)] = row

    @staticmethod
    def key(table: str, row: Mapping[str, str]) -> Key:
        return tuple(row.get(name, "") for name in KEYS[table])

    def put(self, table: str, row: Row, at: datetime) -> None:
        """Add a row, or change the one with the same key."""
        with self.lock:
            key = self.key(table, row)
            self.rows[table].pop(key, None)
            self.rows[table][key] = dict(row)
            self.changed[table][key] = at
            self.version += 1

    def delete(self, table: str, key: Key, at: datetime, *, silently: bool = False) -> None:
        """Take a row away; `silently` without telling those who ask for deletions."""
        with self.lock:
            row = self.rows[table].pop(key)
            self.changed[table].pop(key, None)
            self.version += 1
            if not silently:
                self.deleted[table].append((row, at))

    def when(self, table: str, row: Mapping[str, str]) -> datetime:
        """The moment of a row's last change."""
        return self.changed[table].get(self.key(table, row), self.began)

    def since(self, table: str, moment: datetime | None = None) -> list[Row]:
        """A table's rows, or those changed at or after a moment."""
        with self.lock:
            rows = [dict(row) for row in self.rows[table].values()]
            if moment is None:
                return rows
            return [row for row in rows if self.when(table, row) >= moment]

    def gone_since(self, table: str, moment: datetime | None = None) -> list[tuple[Row, datetime]]:
        """Rows taken away, with when."""
        with self.lock:
            found = self.deleted[table]
            return [one for one in found if moment is None or one[1] >= moment]
