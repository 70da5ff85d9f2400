"""A small made-up dataset with every kind of bad row in it, and what must become of each row.

Everything is drawn from a seed: the same seed writes the same bytes. Every row carries the
outcome it was planted for, so the reader under test and the plain reading are both checked
against what was meant, not only against each other.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.support.plain_contract import CODES, EARLIEST, ORDER, TABLES, UPN_LETTERS, Column

LOAD_DAY = date(2026, 1, 26)
RECORDED_AT = datetime(2026, 1, 26, 18, 0, tzinfo=UTC)
TERM = [date(2026, 1, 5) + timedelta(weeks=w, days=d) for w in range(3) for d in range(5)]
SHUT = {("S1", date(2026, 1, 5)): "inset", ("S2", date(2026, 1, 9)): "closed"}
SHUT |= {("S1", date(2026, 1, 14)): "holiday", ("S2", date(2026, 1, 14)): "inset"}
LAST_DAY_OF_H = date(2024, 8, 18)  # an open day here, so that the date can be tried on both sides

Cells = dict[str, str]


@dataclass
class Line:
    """One row to be written, and the outcome it is planted for.

    `copies` is a number shared by equal rows: all but the first are duplicates. `ragged` cells
    are added or taken away. Bytes that are not UTF-8 are lone surrogates in the cells.
    """

    table: str
    cells: Cells
    kind: str = "good"
    outcome: str = "accepted"
    copies: int | None = None
    ragged: int = 0


@dataclass(frozen=True)
class PlantedRow:
    """Where a row was written (record number, header = 1) and what must become of it."""

    table: str
    row: int
    kind: str
    outcome: str  # "accepted", "duplicate" or a reason


@dataclass(frozen=True)
class Planted:
    """A folder of planted rows; `messages` counts by (code, table)."""

    folder: Path
    load_day: date
    recorded_at: datetime
    rows: tuple[PlantedRow, ...]
    messages: Counter[tuple[str, str]]

    def outcomes(self) -> Counter[tuple[str, str]]:
        """How many rows of each table must have each outcome."""
        return Counter((row.table, row.outcome) for row in self.rows)


# --- wrong cells, by reason ----------------------------------------------------------------

BAD_TEXT = {
    "not_a_date": "2026-02-30 05/01/2026 2026-1-5 20260105 2026-01-05T00:00 2026-01-05Z today "
    "infinity epoch 2026-13-01 26-01-05 +2026-01-05 2026-W02-1 2026/01/05 \uff12026-01-05 NULL",
    "not_a_time": "24:00 9:00 09:00:00 0900 12:60 9am 09.00 09:0 noon 09:00Z -1:00",
    "not_a_timestamp": "2026-01-05T10 05/01/2026|10:00 2026-02-30T10:00:00Z 2026-01-05T24:00:00 "
    "2026-01-05T10:00:60 2026-01-05T10:00:00+1 2026-01-05T10:00:00|UTC now infinity epoch soon "
    "2026-01-05T1000 1767607200 2026-01-05T10:00:00|PM 2026-01-05T10:00:00. 2026-01-05T9:00",
    "not_an_integer": "1.0 1e1 five 0x10 1_000 --1 + 1, ٣ true 3- NULL NaN",
    "not_a_number": "NaN nan inf -inf Infinity 1,5 1e abc 0x1p3 1_0 £5 1e999 -1e999 e5 . 5% ٣",
    "not_a_boolean": "TRUE True t f 1 0 yes no Y FALSE tru NULL",
    "upn_check_letter": "Z801200001001 R247962919251 X428558133462 H80120000100 H8012000010011 "
    "h801200001001 I801200001001 H80120000100O T20110001804v H801200001001|",
}
BAD = {  # a `|` stands for a blank; every list gets one value with a blank on each side
    reason: [word.replace("|", " ") for word in words.split()] for reason, words in BAD_TEXT.items()
}
for reason, padded in [
    ("not_a_date", "2026-01-05"),
    ("not_a_time", "09:00"),
    ("not_a_timestamp", "2026-01-05T09:00:00Z"),
    ("not_an_integer", "3"),
    ("not_a_number", "3.5"),
    ("not_a_boolean", "true"),
]:
    BAD[reason] += [f" {padded}", f"{padded} ", f"{padded}\n"]
REASON_OF_KIND = {
    "date": "not_a_date",
    "time": "not_a_time",
    "timestamp": "not_a_timestamp",
    "integer": "not_an_integer",
    "number": "not_a_number",
    "boolean": "not_a_boolean",
    "upn": "upn_check_letter",
}
ODD_TEXT = [
    *["NULL", "NA", "nan", "None", "-", "#", "\\", "\\N", " leading", "trailing ", "''", "a;b"],
    *[
        "=1+1",
        "007",
        "é漢字🙂",
        'say "so"',
        '"',
        "a\nb",
        "a\r\nb\n\nc",
        "a,b",
        "\ttab",
        "true",
        "0",
    ],
    *["2026-01-05", "{}", "%s", "'; DROP TABLE pupil; --", "e\u0301", "A" * 3000],
]
# The same moment twice, and a later one; spelt in every accepted way.
MOMENTS = [
    ("2026-01-20T09:30:00Z", "2026-01-20 10:30:00+01:00"),
    ("2026-01-20T09:30", "2026-01-20T15:00:00.000+0530"),
    ("2026-01-21", "2026-01-20 19:00-05"),
    ("2026-01-21T08:00:00.5Z", "2026-01-21 08:00:00.500"),
    ("2026-01-22T08:00:00.123456", "2026-01-22T08:00:00.123456+00"),
    ("2026-01-23T23:59:59Z", "2026-01-24T00:59:59+01"),
]
# One column of each table that can change without touching key, reference or check.
FREE = {
    "school": "name",
    "school_day": "term",
    "class": "name",
    "staff": "role",
    "lesson": "room",
    "school_event": "title",
    "pupil": "registration_group",
    "pupil_identity": "given_name",
    "class_member": "to_on",
    "attendance": "minutes_late",
    "lesson_mark": "mark",
    "behaviour": "location",
    "assessment": "expected",
    "work": "subject",
    "engagement": "quantity",
    "support": "name",
    "note": "text",
}
OWN_ID = ["school", "class", "staff", "school_event", "pupil"]
OWN_ID += ["behaviour", "assessment", "work", "support", "note"]
MARK_CODES = ["/", "\\", "L", "I", "N", "#", "-", "", "Z", "X", "C1", "H"]


def wrong_cells(column: Column) -> list[tuple[str, list[str]]]:
    """(reason, cells that must be refused for it) of one column."""
    found = []
    if column.required:
        found.append(("missing_value", [""]))
    if column.kind in REASON_OF_KIND:
        reason = REASON_OF_KIND[column.kind]
        found.append((reason, BAD[reason]))
    if column.allowed:
        known = sorted(column.allowed)
        words = [f(k) for k in known for f in (str.swapcase, "{} ".format, " {}".format)]
        words += ["other thing", "PM2", "--", "//", "I03", "null", "none", "concerns", "0"]
        found.append(("not_allowed", [w for w in words if w not in column.allowed]))
    low, high = column.low, column.high
    if low is not None:
        beyond = [str(low - 1), "-99999999999"] + ["-0.0001"] * (column.kind == "number")
        beyond += [str(high + 1), "99999999999"] if high is not None else []
        found.append(("out_of_range", beyond))
    if column.kind == "date":
        first = EARLIEST.get(column.name, date(2000, 1, 1))
        late = [] if column.may_lie_ahead else [str(LOAD_DAY + timedelta(days=1)), "9999-12-31"]
        found.append(("date_out_of_range", [str(first - timedelta(days=1)), "0001-01-01", *late]))
    return found


def upn(rng: Random) -> str:
    """A valid UPN of the local authority number that nobody has."""
    serial = f"{rng.randrange(100_000_000):08}"
    body = f"999{serial}" + rng.choice("0123456789" + UPN_LETTERS)
    total = sum(
        weight * (UPN_LETTERS.index(c) if c in UPN_LETTERS else int(c))
        for weight, c in enumerate(body, start=2)
    )
    return UPN_LETTERS[total % 23] + body


# --- the good rows -------------------------------------------------------------------------


@dataclass
class Dataset:
    """Rows to be written, by table; what is random comes from `rng` alone."""

    rng: Random
    with_staff: bool = True
    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in TABLES})
    slots: list[tuple[str, str, str]] = field(default_factory=list)  # unused attendance keys
    used: int = 0

    def number(self) -> int:
        """A number not given before."""
        self.used += 1
        return self.used

    def add(self, table: str, cells: Cells, kind: str = "good", outcome: str = "accepted") -> Line:
        """Plant one row."""
        line = Line(table, cells, kind, outcome)
        if table != "staff" or self.with_staff:
            self.lines[table].append(line)
        return line

    def row(self, table: str, *cells: object) -> None:
        """A good row, cells in the dictionary's order, empty to the end."""
        names = TABLES[table].names
        texts = [str(cell) for cell in cells] + [""] * (len(names) - len(cells))
        self.add(table, dict(zip(names, texts, strict=True)))

    def good(self, table: str) -> Cells:
        """A copy of the cells of a good row, drawn at random."""
        if table == "staff" and not self.with_staff:
            return {"staff_id": "T1", "school_id": "S1", "name": "Ash", "role": "", "left_on": ""}
        return dict(self.rng.choice([x for x in self.lines[table] if x.kind == "good"]).cells)

    def fresh(self, table: str) -> Cells:
        """A good row with a key that no other row has."""
        n, cells = self.number(), self.good(table)
        if table in OWN_ID:
            cells[TABLES[table].key[0]] = f"{table}-{n}"
        elif table == "pupil_identity":
            cells["pupil_id"] = self.add("pupil", self.fresh("pupil"), "parent").cells["pupil_id"]
        elif table in ("lesson", "lesson_mark"):
            cells["period"] = f"period {n}"
        elif table == "attendance":
            key = self.slots.pop(self.rng.randrange(len(self.slots)))
            cells |= dict(zip(TABLES[table].key, key, strict=True))
        elif table == "engagement":
            cells["date"] = str(date(2025, 12, 31) - timedelta(days=n))
        else:  # school_day, class_member
            cells[TABLES[table].key[-1]] = str(date(2027, 1, 1) + timedelta(days=n))
            cells |= {"to_on": ""} if table == "class_member" else {}
        return cells


def good_rows(rng: Random, *, with_staff: bool) -> Dataset:
    """Two schools, ten pupils, three weeks: every table, nothing wrong."""
    ds = Dataset(rng, with_staff)
    ds.row("school", "S1", "Hill School", "secondary")
    ds.row("school", "S2", "Vale School", "primary")
    for school in ("S1", "S2"):
        for day in TERM:
            kind = SHUT.get((school, day), "open")
            ds.row("school_day", school, day, kind, rng.choice(["", "spring"]), rng.choice("AB"))
        for day in (LAST_DAY_OF_H, LAST_DAY_OF_H + timedelta(days=1), LOAD_DAY, date(2030, 1, 1)):
            ds.row("school_day", school, day, "open")
    for n in range(1, 5):
        school = f"S{1 + n % 2}"
        ds.row("class", f"C{n}", school, rng.choice(["maths", "art"]), rng.choice(["", "9X"]))
        left = rng.choice(["", "2026-07-17", "2030-08-31"])
        ds.row("staff", f"T{n}", school, f"Teacher {n}", rng.choice(["", "tutor"]), left)
        for period in ("1", "2", "01"):
            week, room = rng.choice(["", "A", "B"]), rng.choice(["", "Lab"])
            hours = ("PM", "13:05", "23:59") if period == "2" else ("AM", "00:00", "09:55")
            ds.row("lesson", f"C{n}", rng.randint(1, 5), week, period, *hours, f"T{n}", room)
        event = ("staffing", "New timetable", rng.choice(TERM), "", f"C{n}", "art", n, f"T{n}")
        ds.row("school_event", f"E{n}", school, *event)
    for n in range(1, 11):
        good_pupil(ds, n)
    return ds


def good_pupil(ds: Dataset, n: int) -> None:
    """One pupil and everything recorded of her; P9 leaves, P10 arrives within the three weeks."""
    rng, pupil, school = ds.rng, f"P{n}", f"S{1 + n % 2}"
    first = TERM[5] if n == 10 else date(2020, 9, 1)
    last = TERM[10] if n == 9 else None
    details = (rng.randint(0, 13), rng.choice(["", "9X"]), rng.choice("FMXU"), rng.choice("NKE"))
    flags = rng.choice(["true", ""]), rng.choice(["true", "false"]), rng.choice(["low", "high"])
    ds.row("pupil", pupil, school, first, last or "", *details, *flags)
    ds.row("pupil_identity", pupil, "Ada", f"Family {n}", upn(rng), "2012-02-29")
    ds.row("class_member", f"C{1 + n % 4}", pupil, "2025-09-01", rng.choice(["", "2026-07-20"]))
    for day in TERM:
        on_roll = first <= day and (last is None or day <= last)
        if on_roll and (school, day) not in SHUT:
            good_day(ds, pupil, day)
    for _ in range(3):
        good_events(ds, pupil, rng.choice(TERM))


def good_day(ds: Dataset, pupil: str, day: date) -> None:
    """A pupil's marks of one open day; one register mark in three is left out for later use."""
    rng = ds.rng
    for session in ("AM", "PM"):
        if rng.random() < 0.35:
            ds.slots.append((pupil, str(day), session))
            continue
        code = rng.choice(["/", "\\", "L", "I", "C1", "#", "-", "", "N", "Z"])
        late, at = rng.choice(["", "0", "400"]), rng.choice(["", f"{day}T09:00:00Z"])
        ds.row("attendance", pupil, day, session, code, late, at)
    mark = rng.choice(["present", "late", "absent", "removed", "truant"])
    ds.row("lesson_mark", pupil, day, rng.choice("12"), rng.choice(["", "C1", "C4"]), mark)


def good_events(ds: Dataset, pupil: str, day: date) -> None:
    """One row of everything else that is recorded of a pupil."""
    rng, n = ds.rng, ds.number()
    at = rng.choice(["", f"{day} 12:30"])
    kind = ("praise", "kindness", "") if n % 3 else ("concern", "calling out", rng.randint(1, 5))
    place = (rng.choice(["", "AM"]), "3", rng.choice(["", "C2"]), rng.choice(["", "T1"]), "Hall")
    ds.row("behaviour", f"B{n}", pupil, day, *kind, *place, at)
    result = (rng.choice(["percent", "step"]), rng.choice(["", "61.5"]), rng.choice(["", "7e1"]))
    ds.row("assessment", f"R{n}", pupil, "maths", "Autumn", day, *result, at)
    work = (rng.choice(["", "C3"]), "art", rng.choice(["", "2026-01-02"]), "2026-02-02", "missing")
    ds.row("work", f"W{n}", pupil, *work, at)
    clicks = (rng.choice(["", "C1"]), LOAD_DAY - timedelta(days=n), "vle", rng.choice(["0", "2.5"]))
    ds.row("engagement", pupil, *clicks)
    aim = ("Mentoring", "missing_work", day, "2026-03-02", rng.choice(["", "2026-02-02"]))
    ds.row("support", f"U{n}", pupil, *aim, rng.choice(["", "T2"]))
    ds.row("note", f"N{n}", pupil, day, "pastoral", "Spoke to home", rng.choice(["", "true"]))


# --- the bad rows --------------------------------------------------------------------------


def plant_wrong_cells(ds: Dataset) -> None:
    """Every column of every table, wrong in every way it can be."""
    for name, table in TABLES.items():
        for column in table.columns:
            for reason, cells in wrong_cells(column):
                bad = {column.name: ds.rng.choice(cells)}
                ds.add(name, ds.good(name) | bad, f"{column.name} {reason}", reason)


def plant_two_faults(ds: Dataset) -> None:
    """Two wrong cells in a row: the column the dictionary names first gives the reason."""
    for name, table in TABLES.items():
        for _ in range(3):
            faults = [(i, w) for i, c in enumerate(table.columns) for w in wrong_cells(c)]
            (i, first), (j, second) = ds.rng.sample(faults, 2)
            cells = ds.good(name) | {table.names[j]: ds.rng.choice(second[1])}
            cells |= {table.names[i]: ds.rng.choice(first[1])}
            reason = first[0] if i <= j else second[0]  # the same column twice: the last written
            ds.add(name, cells, "two faults", reason)


def plant_wrong_order(ds: Dataset) -> None:
    """Every pair the wrong way round, and with equal ends; with an unknown reference too."""
    for name, table in TABLES.items():
        for first, second in ORDER:
            if first not in table.names or second not in table.names:
                continue
            early, late = (
                ("09:00", "09:01") if first == "starts_at" else ("2026-01-12", "2026-01-13")
            )
            swapped = {first: late, second: early}
            ds.add(name, ds.good(name) | swapped, "order", "wrong_order")
            for column, _ in table.references[:1]:
                ds.add(name, ds.good(name) | swapped | {column: "?"}, "order", "wrong_order")
            equal = "wrong_order" if first == "starts_at" else "accepted"
            cells = ds.fresh(name)  # before the pair, which may hold a key column
            if first in table.key:
                cells[first] = str(date(2027, 1, 1) + timedelta(days=5000 + ds.number()))
                ds.add(name, cells | {second: cells[first]}, "equal ends", equal)
            else:
                ds.add(name, cells | {first: early, second: early}, "equal ends", equal)


def plant_severity(ds: Dataset) -> None:
    """A concern needs a severity; praise may have one."""
    for severity, kind in [("", "concern"), ("", "praise"), ("5", "concern"), ("1", "praise")]:
        outcome = "missing_value" if (severity, kind) == ("", "concern") else "accepted"
        cells = ds.fresh("behaviour") | {"kind": kind, "severity": severity}
        ds.add("behaviour", cells, "severity", outcome)


def plant_unknown(ds: Dataset) -> None:
    """Every reference to nobody, to another spelling of somebody, and to two nobodies at once."""
    for name, table in TABLES.items():
        for column, parent in table.references:
            for respell in ("nobody".join, str.lower, "{} ".format, " {}".format):
                cells = ds.fresh(name) if parent == "staff" else ds.good(name)
                cells[column] = respell(ds.good(parent)[f"{parent}_id"])
                known = parent == "staff" and not ds.with_staff
                outcome = "accepted" if known else f"unknown_{parent}"
                ds.add(name, cells, f"unknown {column}", outcome)
        if len(table.references) > 1:
            nobody = {column: "nobody" for column, _ in table.references}
            outcome = f"unknown_{table.references[0][1]}"
            if not (table.references[0][1] == "staff" and not ds.with_staff):
                ds.add(name, ds.good(name) | nobody, "unknown twice", outcome)


def plant_chains(ds: Dataset) -> None:
    """Parents refused in every way, and everything that hangs on them, to the last grandchild."""
    for parent in ("school", "class", "staff", "pupil"):
        for refuse in (fault, ragged, not_utf8, conflict):
            cells = ds.fresh(parent)
            refuse(ds, parent, cells)
            plant_orphans(ds, parent, cells[f"{parent}_id"])


def plant_orphans(ds: Dataset, parent: str, nobody: str) -> None:
    """A child in every column that can name the missing parent, and the children's children."""
    if parent == "staff" and not ds.with_staff:
        return
    for name, table in TABLES.items():
        for column, referred in table.references:
            if referred != parent:
                continue
            cells = ds.fresh(name) if name in OWN_ID else ds.good(name)
            ds.add(name, cells | {column: nobody}, "orphan", f"unknown_{parent}")
            if name in ("class", "staff", "pupil") and column == "school_id":
                plant_orphans(ds, name, cells[f"{name}_id"])


def fault(ds: Dataset, table: str, cells: Cells) -> None:
    """Refuse a parent for one wrong cell that is not its key."""
    column = next(c for c in reversed(TABLES[table].columns) if wrong_cells(c))
    column = column if column.name != "school_id" else TABLES[table].columns[2]
    bad_cells = wrong_cells(column)[0]
    ds.add(table, cells | {column.name: ds.rng.choice(bad_cells[1])}, "parent", bad_cells[0])


def ragged(ds: Dataset, table: str, cells: Cells) -> None:
    """Refuse a row for its number of cells."""
    ds.add(table, cells, "ragged", "ragged").ragged = ds.rng.choice([-1, 1, 1, 2])


def not_utf8(ds: Dataset, table: str, cells: Cells) -> None:
    """Refuse a row for bytes that are not UTF-8, in a cell that would otherwise do or not."""
    bad = ds.rng.choice(["Zo\udceb", "\udcff", "\udcc3", "caf\udcc3(", "\udced\udca0\udc80"])
    ds.add(table, cells | {ds.rng.choice(TABLES[table].names): bad}, "not_utf8", "not_utf8")


def other(ds: Dataset, table: str, cells: Cells) -> Cells:
    """The same key with another value."""
    column = FREE[table]
    choices = {
        "to_on": ["2090-01-01", "9999-12-31", ""],
        "minutes_late": ["1", "2", ""],
        "mark": ["present", "late", "absent"],
        "expected": ["1.5", "-2", ""],
        "quantity": ["1", "2", "3.25"],
    }.get(column, ["one", "two", "three"])
    if cells.get("kind") == "concern":
        choices = ["one", "two"]
    return cells | {column: ds.rng.choice([c for c in choices if c != cells[column]])}


def conflict(ds: Dataset, table: str, cells: Cells) -> None:
    """Two rows that contradict each other, one of them sent twice."""
    pair = [cells, other(ds, table, cells)]
    if "recorded_at" in cells:
        pair[0], pair[1] = pair[0] | {"recorded_at": ""}, pair[1] | {"recorded_at": ""}
    copies = ds.number()
    for version in [pair[0], pair[1], pair[1]]:
        line = ds.add(table, version, "conflict", "conflict")
        line.copies = copies if version is pair[1] else None


def plant_broken_rows(ds: Dataset) -> None:
    """Rows with cells missing or left over, and rows with bad bytes, in every file."""
    for name in TABLES:
        for refuse in (ragged, ragged, not_utf8, not_utf8):
            refuse(ds, name, ds.good(name))


def plant_conflicts(ds: Dataset) -> None:
    """Contradicting rows in every table, with empty key parts where a key may have them."""
    for name in TABLES:
        for empty in ({}, {"cycle_week": "", "from_on": ""}, {"class_id": ""}):
            optional = {c.name for c in TABLES[name].columns if not c.required}
            blank = {k: v for k, v in empty.items() if k in optional and k in TABLES[name].key}
            if blank or not empty:
                conflict(ds, name, ds.fresh(name) | blank)
    for name, table in TABLES.items():
        if "recorded_at" in table.names:
            for moments, outcomes in MOMENT_CASES:
                plant_moments(ds, name, moments, outcomes)


# recorded_at of rows of one key with different values -> what becomes of each. Numbers are
# moments, earlier first; None is no recorded_at.
MOMENT_CASES: list[tuple[list[int | None], str]] = [
    ([None, 1], "CC"),
    ([1, 1], "CC"),
    ([1, 3], "AA"),
    ([3, 1], "AA"),
    ([1, 1, 3], "CCA"),
    ([3, 3, 1], "CCA"),
    ([1, 3, 5], "AAA"),
    ([1, 3, None], "CCC"),
    ([1, 1, 3, 3], "CCCC"),
    ([1, 1, 3, 5], "CCAA"),
]


def plant_moments(ds: Dataset, table: str, moments: list[int | None], outcomes: str) -> None:
    """Rows of one key whose values all differ, at these moments, each spelt in some way."""
    cells = ds.fresh(table)
    column, kind = FREE[table], {c.name: c.kind for c in TABLES[table].columns}[FREE[table]]
    words = ["one", "two", "three", "four"] if kind == "text" else ["1", "2", "3", "4"]
    words = ["present", "late", "absent", "removed"] if column == "mark" else words
    copies = ds.rng.randrange(len(moments))
    for i, (moment, word) in enumerate(zip(moments, words, strict=False)):
        spelt = "" if moment is None else ds.rng.choice(MOMENTS[moment])
        outcome = {"A": "accepted", "C": "conflict"}[outcomes[i]]
        line = ds.add(table, cells | {column: word, "recorded_at": spelt}, "moments", outcome)
        if i == copies:
            line.copies = ds.number()
            ds.lines[table].append(replace(line))


def plant_marks(ds: Dataset) -> None:
    """Marks on days that are not open and of pupils not on roll, with every kind of code."""
    days = [*TERM, date(2026, 1, 10), date(2026, 1, 24), date(2019, 3, 1), LOAD_DAY]
    days += [LAST_DAY_OF_H, LAST_DAY_OF_H + timedelta(days=1)]
    pupils = {x.cells["pupil_id"]: x.cells for x in ds.lines["pupil"] if x.kind == "good"}
    kinds = {
        (x.cells["school_id"], x.cells["date"]): x.cells["kind"]
        for x in ds.lines["school_day"]
        if x.kind == "good"
    }
    held = {(x.cells["pupil_id"], x.cells["date"]) for x in ds.lines["attendance"]}
    held |= {(pupil, day) for pupil, day, _ in ds.slots}
    for pupil, cells in pupils.items():
        for day in map(str, days):
            is_open = kinds.get((cells["school_id"], day)) == "open"
            on_roll = cells["enrolled_on"] <= day <= (cells["left_on"] or "9999")
            if (pupil, day) not in held:
                plant_mark(ds, (pupil, day), is_open, on_roll)


# (open, on roll) -> the codes accepted all the same, and the reason of the others
MARKS = {
    (True, True): (MARK_CODES, ""),
    (True, False): (["Z"], "not_on_roll"),
    (False, True): (["#", "-", ""], "not_open"),
    (False, False): (["#", "-", "", "Z"], "not_open"),
}


def plant_mark(ds: Dataset, key: tuple[str, str], is_open: bool, on_roll: bool) -> None:
    """A morning and an afternoon mark and a lesson mark of one pupil and day."""
    passing, reason = MARKS[is_open, on_roll]
    for session in ("AM", "PM"):
        code = ds.rng.choice(MARK_CODES)
        cells = dict(zip(TABLES["attendance"].names, [*key, session, code, "", ""], strict=True))
        ds.add("attendance", cells, f"mark {code}", "accepted" if code in passing else reason)
    cells = ds.fresh("lesson_mark") | {"pupil_id": key[0], "date": key[1]}
    ds.add("lesson_mark", cells, "mark", reason or "accepted")


def plant_odd_but_good(ds: Dataset) -> None:
    """Rows that look wrong and are not: limits, spellings, odd words, every code."""
    for name, table in TABLES.items():
        for column in table.columns:
            for text in good_cells(ds, name, column):
                ds.add(name, ds.fresh(name) | {column.name: text}, f"odd {column.name}")
    for odd in ODD_TEXT[:-1]:
        ds.add("pupil", ds.good("pupil") | {"pupil_id": odd, "left_on": ""}, "odd pupil")
        ds.add("note", ds.fresh("note") | {"pupil_id": odd, "text": odd}, "odd note")
        ds.add("school", ds.fresh("school") | {"school_id": odd}, "odd school")
        ds.add("class", ds.fresh("class") | {"class_id": odd, "school_id": odd}, "odd class")
        ds.add("work", ds.fresh("work") | {"class_id": odd, "pupil_id": odd}, "odd work")


def good_cells(ds: Dataset, table: str, column: Column) -> list[str]:
    """Unusual cells that this column accepts, whatever the other columns hold."""
    limits = {
        "minutes_late": ["0", "400", "+5", "007"],
        "severity": ["1", "5", "+3", "04"],
        "weekday": ["1", "5"],
        "quantity": ["0", "-0", "1e3", "2.50E-1", "+4"],
        "value": ["-12.75", "1e-9", "123456789.123456789", "+0.0"],
        "date_of_birth": ["1900-01-01", str(LOAD_DAY), ""],
        "left_on": ["9999-12-31"],
        "review_on": ["9999-12-31"],
        "code": ds.rng.sample(sorted(CODES), 3),
        "recorded_at": [moment for pair in MOMENTS for moment in pair][:: ds.rng.choice([2, 3])],
    }
    if column.name in limits:
        return limits[column.name]
    if column.name == "date" and table in ("behaviour", "assessment", "note"):
        return ["2000-01-01", str(LOAD_DAY)]
    is_plain = column.kind == "text" and not column.allowed and not column.name.endswith("_id")
    if is_plain and column.name not in TABLES[table].key:
        return ds.rng.sample(ODD_TEXT, 3)
    return sorted(column.allowed)[:2] if column.name not in ("kind", "session") else []


def plant_copies(ds: Dataset) -> None:
    """Good rows sent again, some spelt otherwise; refused rows sent again stay refused."""
    for name, lines in ds.lines.items():
        refused = [x for x in lines if x.outcome not in ("accepted", "conflict") and not x.copies]
        lines += [replace(x) for x in ds.rng.sample(refused, min(2, len(refused)))]
        good = [x for x in lines if x.outcome == "accepted" and not x.copies]
        for line in ds.rng.sample(good, min(6, len(good))):
            line.copies = ds.number()
            for _ in range(ds.rng.choice([1, 1, 2])):
                lines.append(replace(line, cells=respelt(name, line.cells), kind="copy"))


def respelt(table: str, cells: Cells) -> Cells:
    """The same values written differently where a column allows it."""
    spelt = dict(cells)
    for column in TABLES[table].columns:
        text = cells[column.name]
        if column.kind == "integer" and text.isdigit():
            spelt[column.name] = f"+0{text}"
        if column.kind == "number" and re.fullmatch(r"\d+", text):
            spelt[column.name] = f"{text}.0e0"
        if column.kind == "timestamp" and text.endswith("Z"):
            spelt[column.name] = text.replace("T", " ").replace("Z", "+00:00")
    return spelt


PLANTERS: list[Callable[[Dataset], None]] = [
    plant_wrong_cells,
    plant_two_faults,
    plant_wrong_order,
    plant_severity,
    plant_unknown,
    plant_chains,
    plant_broken_rows,
    plant_conflicts,
    plant_odd_but_good,
    plant_marks,
    plant_copies,
]


# --- files ---------------------------------------------------------------------------------


def dirty_dataset(seed: int, *, with_staff: bool) -> Dataset:
    """The good rows and every bad one, each table in a random order."""
    ds = good_rows(Random(seed), with_staff=with_staff)
    for plant in PLANTERS:
        plant(ds)
    for lines in ds.lines.values():
        ds.rng.shuffle(lines)
    return ds


def dirty_folder(seed: int, folder: Path) -> Planted:
    """Write one folder of canonical files; one seed in four has no staff table."""
    rng = Random(f"files {seed}")
    ds = dirty_dataset(seed, with_staff=rng.random() < 0.75)
    folder.mkdir(parents=True, exist_ok=True)
    rows, messages = [], Counter[tuple[str, str]]()
    for name, lines in ds.lines.items():
        if lines:
            extra = rng.choice([0, 0, 1, 2])
            rows += write_file(folder, name, lines, rng, extra=extra)
            messages["unknown_column", name] += extra
    messages["code_not_in_force", "attendance"] = sum(map(not_in_force, ds.lines["attendance"]))
    return Planted(folder, LOAD_DAY, RECORDED_AT, tuple(rows), +messages)


def not_in_force(line: Line) -> bool:
    """Whether a mark that passes has a code after its last date (as far as dates go here)."""
    code, on = line.cells["code"], line.cells["date"]
    late = code in ("F", "I01", "I02", "X01") or (code in ("H", "J", "Y") and on > "2024-08-18")
    return late and line.outcome in ("accepted", "duplicate", "conflict")


def write_file(
    folder: Path, table: str, lines: list[Line], rng: Random, *, extra: int = 0
) -> list[PlantedRow]:
    """Write a table in some accepted shape: BOM, line ends, column order, quotes, blank lines."""
    header = [*TABLES[table].names, *(f"local {n}" for n in range(extra))]
    rng.shuffle(header)
    end = rng.choice(["\n", "\r\n"])
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    out = [rng.choice(["", "\ufeff"]) + joined(header, quoting, rng)]
    planted, seen = [], set[int]()
    for line in lines:
        out += [""] * (rng.random() < 0.02)
        texts = [line.cells.get(name, rng.choice(["", "x", "a,b"])) for name in header]
        texts = texts[: line.ragged] if line.ragged < 0 else texts + ["?"] * line.ragged
        out.append(joined(texts, quoting, rng))
        outcome = "duplicate" if line.copies in seen else line.outcome
        seen |= {line.copies} if line.copies else set()
        planted.append(PlantedRow(table, len(out), line.kind, outcome))
    tail = rng.choice(["", end, end + end])
    text = end.join(out) + tail
    (folder / f"{table}.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    return planted


def joined(cells: list[str], quoting: int, rng: Random) -> str:
    """One record as RFC 4180 has it; some cells are quoted without need, empty ones too."""
    return ",".join(
        '"' + cell.replace('"', '""') + '"'
        if re.search(r'[",\r\n]', cell) or quoting == csv.QUOTE_ALL or rng.random() < 0.05
        else cell
        for cell in cells
    )


def dirty_sequence(seed: int, root: Path) -> list[Path]:
    """Three folders to load one after the other (all with LOAD_DAY).

    The second mixes rows of the first with rows of another dataset under the same identifiers:
    repeats, amendments, contradictions, refused rows corrected and parents that come at last.
    The third mixes the other way round (values flip back) and has a file that stops, an empty
    one, one with a header only, and tables that are not there.
    """
    rng = Random(f"sequence {seed}")
    staff = rng.random() < 0.5
    first = dirty_dataset(seed, with_staff=staff)
    second = dirty_dataset(seed + 1_000_003, with_staff=True)
    folders = [root / f"load {n}" for n in (1, 2, 3)]
    for folder, share in zip(folders, (1.0, 0.5, 0.6), strict=True):
        folder.mkdir(parents=True)
        for name in TABLES:
            lines = [x for x in first.lines[name] if rng.random() < share]
            lines += [x for x in second.lines[name] if rng.random() < 1 - share]
            rng.shuffle(lines)
            if lines and (share == 1.0 or rng.random() < 0.85):
                write_file(folder, name, lines, rng)
    unreadable = rng.sample(["engagement", "support", "note", "work", "assessment"], 3)
    header = ",".join(TABLES[unreadable[0]].names)
    stopped = ",".join(TABLES[unreadable[1]].names[1:]) + "\n" + "x," * 3 + "\n"
    for name, text in zip(unreadable, (header, stopped, ""), strict=True):
        (folders[2] / f"{name}.csv").write_text(text, encoding="utf-8")
    return folders
