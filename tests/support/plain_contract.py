"""The data dictionary read a second time, in plain Python.

An independent reading of the dictionary: the loader is compared with it, account for account and
row for row. It is slow, has no SQL and shares no code with the product. Where the dictionary is
silent, the choice made stands in the docstring of the function that makes it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from math import isfinite
from pathlib import Path

Value = str | int | float | bool | date | time | datetime | None
Values = tuple[Value, ...]

# table | columns | key. `*` required, `:kind` (text unless said), `=` allowed values, `[low,high]`,
# `>` after a date: it may lie after the load's day. Parents come before their children.
DICTIONARY = """
school | school_id* name* phase*=primary,secondary,all_through,special,fe,he | school_id
school_day | school_id* date*:date> kind*=open,inset,holiday,closed term cycle_week=A,B
  | school_id date
class | class_id* school_id* subject* name | class_id
staff | staff_id* school_id* name* role left_on:date> | staff_id
lesson | class_id* weekday*:integer[1,5] cycle_week=A,B period* session*=AM,PM starts_at*:time
  ends_at*:time staff_id room from_on:date> to_on:date>
  | class_id weekday cycle_week period from_on
school_event | event_id* school_id* kind*=staffing,curriculum,timetable,building,other title*
  from_on*:date> to_on:date> class_id subject year_group:integer staff_id | event_id
pupil | pupil_id* school_id* enrolled_on*:date> left_on:date> year_group:integer
  registration_group sex=F,M,X,U sen_status=N,K,E eal:boolean disadvantaged:boolean
  prior_attainment=low,middle,high disabled:boolean deprivation_decile:integer[1,10] age_band
  final_result=distinction,pass,fail,withdrawn | pupil_id
pupil_identity | pupil_id* given_name* family_name* upn:upn date_of_birth:date | pupil_id
class_member | class_id* pupil_id* from_on*:date> to_on:date> | class_id pupil_id from_on
attendance | pupil_id* date*:date session*=AM,PM code:code minutes_late:integer[0,400]
  recorded_at:timestamp | pupil_id date session
lesson_mark | pupil_id* date*:date period* class_id mark*=present,late,absent,removed,truant
  recorded_at:timestamp | pupil_id date period
behaviour | event_id* pupil_id* date*:date kind*=concern,praise category* severity:integer[1,5]
  session=AM,PM period class_id staff_id location recorded_at:timestamp | event_id
assessment | result_id* pupil_id* subject* point* date*:date
  scale*=gcse_9_1,scaled_score,percent,step value:number expected:number recorded_at:timestamp
  | result_id
work | work_id* pupil_id* class_id subject* set_on:date> due_on*:date>
  status*=submitted,late,missing,excused recorded_at:timestamp | work_id pupil_id
engagement | pupil_id* class_id date*:date kind*=vle,library,campus,other quantity*:number[0,]
  | pupil_id class_id date kind
support | support_id* pupil_id* name*
  aim_signal*=attendance_momentum,persistent_lateness,behaviour_rate,behaviour_recency,\
progress_variance,missing_work,disengagement,engagement_vs_peers
  started_on*:date review_on*:date> ended_on:date> staff_id | support_id
note | note_id* pupil_id* date*:date category* text* restricted:boolean | note_id
"""
COLUMN = re.compile(r"(\w+)(\*?)(?::(\w+))?(>?)(?:=([\w,]+))?(?:\[(\d*),(\d*)\])?")

REFERENCES = {"pupil_id": "pupil", "class_id": "class", "school_id": "school", "staff_id": "staff"}
ORDER = [  # in the dictionary's order; only starts_at < ends_at is strict
    ("from_on", "to_on"),
    ("enrolled_on", "left_on"),
    ("started_on", "review_on"),
    ("started_on", "ended_on"),
    ("set_on", "due_on"),
    ("starts_at", "ends_at"),
]
EARLIEST = {"date_of_birth": date(1900, 1, 1)}
EARLIEST_ELSEWHERE = date(2000, 1, 1)

CURRENT_CODES = frozenset(
    re.findall(
        r"\S+", r"/ \ L K V P W B D C1 M J1 S X C2 C T R I E Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 G N O U Z #"
    )
)
RETIRED_CODES = {  # code -> its last date
    **dict.fromkeys(["H", "J", "Y"], date(2024, 8, 18)),
    "F": date(2013, 8, 31),
    **dict.fromkeys(["I01", "I02", "X01"], date(2022, 8, 31)),
}
CODES = CURRENT_CODES | RETIRED_CODES.keys() | {"-"}
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@dataclass(frozen=True)
class Column:
    """One column as the dictionary states it."""

    name: str
    kind: str
    required: bool
    may_lie_ahead: bool
    allowed: frozenset[str]
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and the names of its key columns."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the dictionary's order."""
        return tuple(column.name for column in self.columns)

    @property
    def references(self) -> list[tuple[str, str]]:
        """(column, parent table) in column order; a table's own identifier refers to nothing."""
        found = [(name, REFERENCES[name]) for name in self.names if name in REFERENCES]
        return [(name, parent) for name, parent in found if parent != self.name]


def read_column(text: str) -> Column:
    """One entry of DICTIONARY."""
    parts = COLUMN.fullmatch(text)
    assert parts, text
    name, star, kind, ahead, allowed, low, high = parts.groups()
    values = CODES if kind == "code" else frozenset((allowed or "").split(",")) - {""}
    limits = (int(low) if low else None, int(high) if high else None)
    return Column(name, kind or "text", bool(star), bool(ahead), values, *limits)


def read_dictionary() -> dict[str, Table]:
    """Every table of DICTIONARY by name, parents first."""
    entries = re.sub(r"\n +", " ", DICTIONARY.strip()).splitlines()
    tables = [[part.strip() for part in entry.split("|")] for entry in entries]
    return {
        name: Table(name, tuple(map(read_column, columns.split())), tuple(key.split()))
        for name, columns, key in tables
    }


TABLES = read_dictionary()


@dataclass(frozen=True)
class Refusal:
    """A quarantined row. `row` is the record number (header = 1), `value` the cell as sent.

    A row that cannot be split into cells (`ragged`, `not_utf8`) has no column and no value.
    """

    file: str
    row: int
    table: str
    column: str | None
    value: str | None
    reason: str


@dataclass
class Tally:
    """One table of an account, in rows."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    amended: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)

    @property
    def quarantined(self) -> int:
        """Rows refused, whatever the reason."""
        return self.by_reason.total()


@dataclass
class Account:
    """What became of every row of a load; a table is here when the folder holds its file.

    `messages` counts by (code, table): `code_not_in_force` rows that passed every row check
    (copies too), `missing_column` for a stopped file, `unknown_column` columns left aside.
    """

    tables: dict[str, Tally] = field(default_factory=dict)
    quarantined: list[Refusal] = field(default_factory=list)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)

    def counts(self) -> dict[str, dict[str, object]]:
        """The account in the shape of the command line's `tables`."""
        return {
            name: {
                "received": tally.received,
                "accepted": tally.accepted,
                "duplicates": tally.duplicates,
                "amended": tally.amended,
                "quarantined": tally.quarantined,
                "by_reason": dict(sorted(tally.by_reason.items())),
            }
            for name, tally in self.tables.items()
        }


@dataclass(frozen=True)
class Version:
    """One stored version of a row and the moment of the load that brought it."""

    values: Values
    loaded_at: datetime


@dataclass
class Store:
    """What a site holds: the current version of every key, and the versions before it."""

    current: dict[str, dict[Values, Version]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )
    history: dict[str, dict[Values, list[Version]]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )
    loaded: set[str] = field(default_factory=set)  # tables a readable file was ever loaded for

    def rows(self, table: str) -> list[dict[str, Value]]:
        """The current rows of a table, in the order their keys first came."""
        names = TABLES[table].names
        return [dict(zip(names, v.values, strict=True)) for v in self.current[table].values()]

    def row(self, table: str, *key: Value) -> dict[str, Value] | None:
        """The current row of a key, or None."""
        held = self.current[table].get(key)
        return dict(zip(TABLES[table].names, held.values, strict=True)) if held else None

    def versions(self, table: str, key: Values) -> list[Values]:
        """Every stored version of a key: the current one and its history."""
        held = self.current[table].get(key)
        past = self.history[table].get(key, [])
        return [version.values for version in ([held] if held else []) + past]


class RefusedError(Exception):
    """Why a row is not accepted: a reason and the column that shows it."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass(frozen=True)
class Row:
    """A row that passed every check, with the cells as they were sent."""

    number: int
    cells: dict[str, str]
    parsed: dict[str, Value]

    @property
    def values(self) -> Values:
        """Every column after parsing, in the dictionary's order."""
        return tuple(self.parsed.values())


# --- cells ---------------------------------------------------------------------------------


def matched(pattern: str, text: str) -> re.Match[str]:
    """The whole of `text` as `pattern`, digits being 0-9 only; ValueError otherwise."""
    found = re.fullmatch(pattern, text, re.ASCII)
    if not found:
        raise ValueError(text)
    return found


def read_date(text: str) -> date:
    """`YYYY-MM-DD` and a day that exists; ValueError otherwise."""
    matched(r"\d{4}-\d\d-\d\d", text)
    return date.fromisoformat(text)


def read_time(text: str) -> time:
    """`HH:MM`, 00:00 to 23:59; ValueError otherwise."""
    matched(r"\d\d:\d\d", text)
    return time.fromisoformat(text)


def read_timestamp(text: str) -> datetime:
    """An ISO 8601 moment as UTC; ValueError or OverflowError otherwise.

    A date alone is its midnight. Without an offset the time is UTC. A fraction of a second may
    have any number of digits; those after the sixth are cut off.
    """
    pattern = (
        r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?"
        r"(?:(Z)|([+-])(\d\d)(?::?([0-5]\d))?)?)?"
    )
    day, clock, second, fraction, _, sign, hours, minutes = matched(pattern, text).groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}:{second or '00'}")
    moment += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def read_integer(text: str) -> int:
    """An optional sign and digits, of any size; ValueError otherwise."""
    return int(matched(r"[+-]?\d+", text)[0])


def read_number(text: str) -> float:
    """A finite decimal, plain or with an exponent, as a double; ValueError otherwise."""
    number = float(matched(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text)[0])
    if not isfinite(number):
        raise ValueError(text)
    return number


def read_boolean(text: str) -> bool:
    """`true` or `false`, in lower case; KeyError otherwise."""
    return {"true": True, "false": False}[text]


READERS: dict[str, tuple[Callable[[str], Value], str]] = {
    "date": (read_date, "not_a_date"),
    "time": (read_time, "not_a_time"),
    "timestamp": (read_timestamp, "not_a_timestamp"),
    "integer": (read_integer, "not_an_integer"),
    "number": (read_number, "not_a_number"),
    "boolean": (read_boolean, "not_a_boolean"),
}


def upn_is_valid(upn: str) -> bool:
    """Whether a UPN has its shape (13 characters, 23 letters in use) and its check letter."""
    if not re.fullmatch(f"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]", upn):
        return False
    worth = [UPN_LETTERS.index(c) if c in UPN_LETTERS else int(c) for c in upn[1:]]
    total = sum(weight * value for weight, value in enumerate(worth, start=2))
    return UPN_LETTERS[total % 23] == upn[0]


def read_cell(column: Column, text: str, load_day: date) -> Value:
    """A cell as a value; RefusedError with the first reason that holds. Nothing is trimmed."""
    if text == "":
        if column.required:
            raise RefusedError("missing_value", column.name)
        return None
    value: Value = text
    if column.kind in READERS:
        reader, reason = READERS[column.kind]
        try:
            value = reader(text)
        except (ValueError, OverflowError, KeyError):
            raise RefusedError(reason, column.name) from None
    check_value(column, value, load_day)
    return value


def check_value(column: Column, value: Value, load_day: date) -> None:
    """Allowed values, range, dates and UPN of one cell that is not empty."""
    if column.allowed and value not in column.allowed:
        raise RefusedError("not_allowed", column.name)
    if isinstance(value, int | float):
        low, high = column.low, column.high
        if (low is not None and value < low) or (high is not None and value > high):
            raise RefusedError("out_of_range", column.name)
    if column.kind == "date":
        assert isinstance(value, date)
        earliest = EARLIEST.get(column.name, EARLIEST_ELSEWHERE)
        if value < earliest or (value > load_day and not column.may_lie_ahead):
            raise RefusedError("date_out_of_range", column.name)
    if column.kind == "upn" and not upn_is_valid(str(value)):
        raise RefusedError("upn_check_letter", column.name)


# --- rows ----------------------------------------------------------------------------------


def check_row(
    store: Store, table: Table, cells: dict[str, str], load_day: date
) -> dict[str, Value]:
    """The parsed row; RefusedError with the first reason in the order of the checks."""
    row = {c.name: read_cell(c, cells.get(c.name, ""), load_day) for c in table.columns}
    if table.name == "behaviour" and row["kind"] == "concern" and row["severity"] is None:
        raise RefusedError("missing_value", "severity")
    check_order(row)
    for name, parent in table.references:
        checked = parent != "staff" or "staff" in store.loaded
        if checked and row[name] is not None and (row[name],) not in store.current[parent]:
            raise RefusedError(f"unknown_{parent}", name)
    if table.name in ("attendance", "lesson_mark"):
        check_mark(store, row)
    return row


def check_order(row: dict[str, Value]) -> None:
    """Pairs that must be in order; an empty end is open. The second of the pair is named."""
    for first, second in ORDER:
        earlier, later = row.get(first), row.get(second)
        if earlier is None or later is None:
            continue
        in_order = earlier < later if first == "starts_at" else earlier <= later  # type: ignore[operator]
        if not in_order:
            raise RefusedError("wrong_order", second)


def check_mark(store: Store, row: dict[str, Value]) -> None:
    """A mark needs an open day of the pupil's school and the pupil on roll.

    `#`, `-` and no mark pass on a day that is not open, on roll or not. `Z` passes for a pupil
    who is not on roll, open or not. lesson_mark has no code and so no exception.
    """
    pupil = store.row("pupil", row["pupil_id"])
    assert pupil
    day = store.row("school_day", pupil["school_id"], row["date"])
    is_open = day is not None and day["kind"] == "open"
    on, left = row["date"], pupil["left_on"]
    on_roll = pupil["enrolled_on"] <= on and (left is None or on <= left)  # type: ignore[operator]
    code = row.get("code")
    if not is_open and "code" in row and code in ("#", "-", None):
        return
    if not on_roll and code == "Z":
        return
    if not is_open:
        raise RefusedError("not_open", "date")
    if not on_roll:
        raise RefusedError("not_on_roll", "pupil_id")


# --- files ---------------------------------------------------------------------------------


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(record number, cells) of every record that is not a blank line; the header is 1.

    Bytes that are not UTF-8 come through as lone surrogates, so that the rest of the row and
    of the file keeps its shape.
    """
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
        if cells:
            yield number, cells


def cells_of(header: list[str], cells: list[str]) -> dict[str, str]:
    """The cells by column; RefusedError when there are too few or too many, or bytes are bad."""
    if len(cells) != len(header):
        raise RefusedError("ragged")
    if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
        raise RefusedError("not_utf8")
    return dict(zip(header, cells, strict=True))


def header_is_usable(table: Table, header: list[str], account: Account) -> bool:
    """False, with one message, when a required column is missing; unknown columns are told."""
    account.messages["unknown_column", table.name] += len(set(header) - set(table.names))
    missing = [c.name for c in table.columns if c.required and c.name not in header]
    account.messages["missing_column", table.name] += bool(missing)
    return not missing


# --- loads ---------------------------------------------------------------------------------


def load(store: Store, folder: Path, *, load_day: date, recorded_at: datetime) -> Account:
    """Read the folder's `<table>.csv` files into the store and account for every row.

    `load_day` is the last day most dates may have; `recorded_at` is the moment of the load, kept
    with each version (it takes no part in comparing rows). The store is changed in place.
    """
    account = Account()
    for table in TABLES.values():
        path = folder / f"{table.name}.csv"
        if path.is_file():
            account.tables[table.name] = Tally()
            passed = check_file(store, table, path, load_day, account)
            keep(store, table, path.name, passed, recorded_at, account)
    account.messages = +account.messages  # only what was counted at least once
    return account


def check_file(
    store: Store, table: Table, path: Path, load_day: date, account: Account
) -> list[Row]:
    """The rows of a file that pass every check, in order; the others go to the account."""
    lines = records(path)
    _, header = next(lines, (1, []))
    if not header_is_usable(table, header, account):
        return []
    store.loaded.add(table.name)
    passed = []
    for number, line in lines:
        account.tables[table.name].received += 1
        cells: dict[str, str] = {}
        try:
            cells = cells_of(header, line)
            row = Row(number, cells, check_row(store, table, cells, load_day))
        except RefusedError as refused:
            refuse(account, table, path.name, number, cells, refused)
            continue
        passed.append(row)
        code, on = row.parsed.get("code"), row.parsed.get("date")
        if isinstance(on, date) and on > RETIRED_CODES.get(str(code), date.max):
            account.messages["code_not_in_force", table.name] += 1
    return passed


def refuse(
    account: Account, table: Table, file: str, number: int, cells: dict[str, str], why: RefusedError
) -> None:
    """Write one refused row to the account."""
    value = cells.get(why.column, "") if why.column else None
    account.quarantined.append(Refusal(file, number, table.name, why.column, value, why.reason))
    account.tables[table.name].by_reason[why.reason] += 1


def in_conflict(rows: list[Row]) -> list[Row]:
    """Of the distinct rows of one key, those that contradict each other.

    One without `recorded_at` puts all in conflict; otherwise those that share a moment are.
    """
    moments = [row.parsed.get("recorded_at") for row in rows]
    if len(rows) == 1:
        return []
    if None in moments:
        return rows
    return [row for row, moment in zip(rows, moments, strict=True) if moments.count(moment) > 1]


def keep(
    store: Store, table: Table, file: str, passed: list[Row], at: datetime, account: Account
) -> None:
    """Compare the rows that passed by key, with each other and with the store, and store them."""
    tally = account.tables[table.name]
    by_key: dict[Values, dict[Values, Row]] = {}
    for row in passed:
        versions = by_key.setdefault(tuple(row.parsed[name] for name in table.key), {})
        tally.duplicates += row.values in versions
        versions.setdefault(row.values, row)
    for key, versions in by_key.items():
        rows = list(versions.values())
        conflicting = in_conflict(rows)
        for row in conflicting:
            refuse(
                account, table, file, row.number, row.cells, RefusedError("conflict", table.key[0])
            )
        left = [row for row in rows if row not in conflicting]
        if len(left) > 1:
            left.sort(key=lambda row: row.parsed["recorded_at"])  # type: ignore[arg-type, return-value]
        if left:
            keep_key(store, table.name, key, [Version(row.values, at) for row in left], tally)


def keep_key(store: Store, table: str, key: Values, versions: list[Version], tally: Tally) -> None:
    """Store the versions of one key, oldest first: the last wins, the others are superseded."""
    known = store.versions(table, key)
    current = store.current[table].get(key)
    past = store.history[table].setdefault(key, [])
    *superseded, winner = versions
    new = [version for version in superseded if version.values not in known]
    past.extend(new)
    tally.accepted += len(new)
    tally.duplicates += len(superseded) - len(new)
    if current and current.values == winner.values:
        tally.duplicates += 1
        return
    tally.accepted += 1
    if current:
        tally.amended += 1
        past.append(current)
    store.current[table][key] = winner
