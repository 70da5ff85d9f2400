"""What a file's template is: its headings and the look of its values, without any value itself.

Words are kept as short hashes of their shape (digits count as one sign), and only of columns that
use few of them; columns with names and the like have none.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sightline.sources.files import HEAD_BYTES, FileError
from sightline.sources.header import Column, Header, normalise, read_header
from sightline.sources.prepare import Expected, Prepared

__all__ = ["Seen", "Template", "date_form", "find_columns", "header_like", "measure", "shape"]

MOST_VALUES = 5_000  # distinct values of a column that are looked at
MOST_WORDS = 40  # a column with more is no vocabulary
ROWS_A_WORD = 5  # in a vocabulary each word stands in several rows
ENOUGH_ROWS = 20
PERSONAL = re.compile(r"name|upn|uln|birth|dob|note|text|comment|mail|phone|address|staff", re.I)
YEAR_FIRST = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?")
PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?: .*)?")
DAY_NUMBER = re.compile(r"[34]\d{4}(?:\.\d+)?")
VERSION = re.compile(r"\b(?:version|ver\.?)\s*:?\s*(\d+(?:\.\d+)*)|\bv(\d+(?:\.\d+)+)\b", re.I)


@dataclass(frozen=True, slots=True)
class Template:
    """A file's template. `columns` gives each column of use its heading, in their order.

    `dates` has the form of the columns that are dates, `words` the vocabularies, `filled` the share
    of rows in which a column has something.
    """

    kind: str
    pattern: str
    encoding: str
    delimiter: str
    row: int
    headings: tuple[str, ...]
    columns: Mapping[str, str]
    version: str = ""
    rows: int = 0
    dates: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Template":
        """A remembered template; anything unknown in it is left out."""
        named = {one.name: given[one.name] for one in fields(cls) if one.name in given}
        return cls(**named)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file looked at now. `looks` gives the shapes of each column's values and in how many rows
    each stands: it is compared and forgotten."""

    template: Template
    looks: Mapping[str, Mapping[str, int]]


def find_columns(headings: Sequence[str], expected: Expected) -> dict[str, list[int]]:
    """Each expected column that is there, with the places of the heading it is read from."""
    shown = [one if expected.exact else normalise(one) for one in headings]
    found: dict[str, list[int]] = {}
    for column in expected.columns:
        for heading in _names(column, expected):
            if heading in shown:
                found[column.name] = [at for at, one in enumerate(shown) if one == heading]
                break
    return found


def header_like(
    head: bytes, expected: Expected, encoding: str, before: Template
) -> tuple[Header, str] | None:
    """The header of a file whose columns do not fit any more: the row most like the one before."""
    known = {normalise(one) for one in before.headings}

    def fits(headings: Sequence[str]) -> bool:
        return len(known & {normalise(one) for one in headings}) * 2 >= len(known)

    for delimiter in (before.delimiter, *expected.delimiters, ",", ";", "\t"):
        try:
            header = read_header(
                head,
                encoding=encoding,
                delimiter=delimiter,
                whole=len(head) < HEAD_BYTES,
                fits=fits,
                within=max(expected.header_within, before.row),
            )
        except FileError:
            continue
        if header and fits(header.headings):
            return header, delimiter
    return None


def measure(prepared: Prepared, expected: Expected, kind: str, pattern: str) -> Seen:
    """Look at a file that can be read. FileError when it cannot be read to its end."""
    header, layout = prepared.header, prepared.layout
    wide = {at for at, _ in layout.wide}
    ordered = sorted(layout.positions, key=lambda name: layout.positions[name])
    values = {name: _Values() for name in ordered}
    reader = prepared.reader(ordered)
    for batch in reader.batches():
        for name in ordered:
            values[name].add(batch.column(name))
    forms = {name: date_form(one.counts) for name, one in values.items()}
    if wide:
        forms["(sessions)"] = date_form(Counter(_date_in(one) for _, one in layout.wide))
    looks = {name: _looks(one.counts) for name, one in values.items()}
    template = Template(
        kind=kind,
        pattern=pattern,
        encoding=prepared.dialect.encoding,
        delimiter=prepared.dialect.delimiter,
        row=header.row,
        headings=tuple(one for at, one in enumerate(header.headings) if at not in wide),
        columns={name: header.headings[layout.positions[name]] for name in ordered},
        version=_version(prepared),
        rows=reader.rows,
        dates={name: form for name, form in forms.items() if form},
        words={name: words for name in ordered if (words := _words(name, looks[name]))},
        filled={name: one.filled / reader.rows for name, one in values.items() if reader.rows},
    )
    return Seen(template, looks)


def date_form(values: Mapping[str, int]) -> str:
    """How a column writes dates, judged on all its values; empty when it holds none."""
    dated: Counter[str] = Counter()
    first = second = 0
    for value, times in values.items():
        text = value.strip()
        if found := PARTS.fullmatch(text):
            dated["parts"] += times
            first += times * (int(found[1]) > 12)
            second += times * (int(found[2]) > 12)
        elif YEAR_FIRST.fullmatch(text):
            dated["year first"] += times
        elif DAY_NUMBER.fullmatch(text):
            dated["day numbers"] += times
    form, times = max(dated.items(), key=lambda one: one[1], default=("", 0))
    if times * 10 < sum(values.values()) * 9 or not times:
        return ""
    if form != "parts":
        return form
    if first == second == 0:
        return "day or month first"
    return "day first" if first >= second else "month first"


def shape(value: str) -> str:
    """A value with each run of digits as one sign, hashed: enough to know it again."""
    text = re.sub(r"\d+", "0", value.strip().lower())
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=3).hexdigest()


class _Values:
    """The values of a column: how many, and of the first distinct ones how often."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.filled = 0
        self.many = False

    def add(self, column: pa.Array) -> None:
        self.filled += len(column) - column.null_count
        if self.many:
            return
        for one in pc.value_counts(column):
            value = one["values"].as_py()
            if value is not None:
                self.counts[value] += one["counts"].as_py()
        self.many = len(self.counts) > MOST_VALUES


def _looks(values: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for value, times in values.items():
        found[shape(value)] += times
    return dict(found)


def _words(name: str, looks: Mapping[str, int]) -> tuple[str, ...]:
    """The vocabulary of a column, as shapes; none when it is not one."""
    if PERSONAL.search(name) or len(looks) > MOST_WORDS:
        return ()
    enough = sum(looks.values()) >= max(ENOUGH_ROWS, ROWS_A_WORD * len(looks))
    return tuple(sorted(looks)) if enough else ()


def _names(column: Column, expected: Expected) -> Sequence[str]:
    how: Callable[[str], str] = str if expected.exact else normalise
    return [how(one) for one in column.headings]


def _date_in(heading: str) -> str:
    found = re.search(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", heading)
    return found[0] if found else heading


def _version(prepared: Prepared) -> str:
    """The version that a supplier wrote into the header or above it."""
    start = prepared.dialect.skip
    top = prepared.file.head[start : start + prepared.header.ends_at].decode("latin-1")
    found = VERSION.search(top)
    return (found[1] or found[2]) if found else ""
