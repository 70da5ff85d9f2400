"""Amendments such as an MIS sends during a day, drawn at random from the rows of an export."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

__all__ = ["TABLES", "Rows", "amendments", "read_rows", "write_rows"]

Row = dict[str, str]
Rows = Mapping[str, Sequence[Row]]
TABLES = (
    "attendance", "lesson_mark", "behaviour", "assessment", "work", "engagement", "support", "note",
)  # fmt: skip
CODES = ("/", "\\", "L", "U", "I", "O", "N", "B", "X", "-")
LATEST = "2026-03-06"


def read_rows(folder: Path, school: str) -> Rows:
    """One school's rows of the tables that can be amended."""
    found = {}
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = [
                row for row in csv.DictReader(file) if row["pupil_id"].startswith(school)
            ]
    return found


def amendments(rows: Rows, rng: Random, table: str, count: int) -> list[Row]:
    """Some rows of a table, each changed or new."""
    return [_amended(table, dict(rng.choice(rows[table])), rows, rng) for _ in range(count)]


def write_rows(folder: Path, found: Mapping[str, Sequence[Row]]) -> Path:
    """The amendments as an export with only these rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, chosen in found.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, chosen[0].keys())
            writer.writeheader()
            writer.writerows(_one_of_each(name, chosen))
    return folder


KEYS = {
    "attendance": ("pupil_id", "date", "session"),
    "lesson_mark": ("pupil_id", "date", "period"),
    "engagement": ("pupil_id", "class_id", "date", "kind"),
}


def _one_of_each(table: str, chosen: Sequence[Row]) -> list[Row]:
    first = next(iter(chosen[0]))
    found = {tuple(row[name] for name in KEYS.get(table, (first,))): row for row in chosen}
    return list(found.values())


def _amended(table: str, row: Row, rows: Rows, rng: Random) -> Row:
    if "recorded_at" in row:
        row["recorded_at"] = ""  # it counts from the load that brings it
    if table == "attendance":
        row |= {"code": rng.choice(CODES), "minutes_late": ""}
        row["minutes_late"] = str(rng.randrange(1, 40)) if row["code"] == "L" else ""
    elif table == "lesson_mark":
        row["mark"] = rng.choice(("present", "absent", "removed", "truant"))
    elif table == "behaviour":
        _other_event(row, rows, rng)
    elif table == "assessment":
        row |= {"value": str(rng.randrange(1, 9)), "scale": "gcse_9_1", "expected": "5"}
    elif table == "work":
        row["status"] = rng.choice(("submitted", "missing", "excused", "late"))
    elif table == "engagement":
        row["quantity"] = str(rng.randrange(0, 60))
    elif table == "support":
        row["review_on"] = rng.choice(("2026-02-02", "2026-03-02", "2026-04-20"))
        row["ended_on"] = rng.choice(("", "2026-05-01"))
    else:
        row["date"] = rng.choice((row["date"], LATEST))
    return row


def _other_event(row: Row, rows: Rows, rng: Random) -> None:
    """Another kind, another pupil, or an event of the latest day that nobody knew of."""
    what = rng.randrange(4)
    if what == 0:
        row |= {"kind": "praise", "category": "Helping others", "severity": ""}
    elif what == 1:
        row["pupil_id"] = rng.choice(rows["attendance"])["pupil_id"]
    elif what == 2:
        row |= {"event_id": f"{row['event_id']}-{rng.randrange(10**6)}", "date": LATEST}
    else:
        row |= {"kind": "concern", "category": "Disruption", "severity": str(rng.randrange(1, 6))}
