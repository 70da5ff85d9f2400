"""The careful reader: record by record, with a reason for each that cannot be read.

It is the reference. The fast reader in blocks.py only takes a block that would come out the
same here.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from sightline.kit import plural

__all__ = ["CELL_LIMIT", "Parsed", "Trouble", "parse"]

CELL_LIMIT = 131_072  # characters in a cell: the standard library's own limit


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that cannot be read: its number, the reason, what was found, which cell (from 0)."""

    row: int
    reason: str
    value: str = ""
    cell: int | None = None


@dataclass(slots=True)
class Parsed:
    """The records of a piece of text: good ones with their numbers, and troubles."""

    records: list[list[str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    last_row: int = 0
    used: int = 0  # bytes of the piece that were dealt with


class _Lines(Iterator[str]):
    """Lines of bytes as text; the position can be set back to read a line again."""

    def __init__(self, lines: list[bytes], encoding: str) -> None:
        self.lines, self.encoding = lines, encoding
        self.at, self.ran_out = 0, False

    def __next__(self) -> str:
        if self.at == len(self.lines):
            self.ran_out = True
            raise StopIteration
        line = self.lines[self.at]
        self.at += 1
        return line.decode(self.encoding, "surrogateescape")


def parse(
    piece: bytes,
    *,
    encoding: str,
    delimiter: str,
    cells: int,
    last_row: int,
    final: bool,
    most: int | None = None,
) -> Parsed:
    """The records of a piece that starts at a record.

    `cells` is the number every record must have (0: any), `last_row` the number of the record
    before. Unless the piece is the `final` one, a record that may go on after its end is left.
    `most` stops after that many records, blank lines included.
    A record with a broken quote is given up line by line, so that it never takes the rest of
    the file with it.
    """
    lines = [line + b"\n" for line in piece.split(b"\n")]
    rest = lines.pop()[:-1]
    if final and rest:
        lines.append(rest)
    feed = _Lines(lines, encoding)
    csv.field_size_limit(CELL_LIMIT)  # of the whole process: another module may have changed it
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    parsed = Parsed(last_row=last_row)
    until = len(lines) + last_row if most is None else last_row + most
    while feed.at < len(lines) and parsed.last_row < until:
        start = feed.at
        try:
            record = next(reader)
        except csv.Error as error:
            if feed.ran_out and not final:
                feed.at = start
                break
            parsed.last_row += 1
            reason = _reason(str(error), feed.ran_out, feed.at - start)
            parsed.troubles.append(Trouble(parsed.last_row, reason))
            feed.at, feed.ran_out = start + 1, False
        else:
            parsed.last_row += 1
            if record:  # a blank line counts and is skipped
                _sort(record, feed.at - start, cells, encoding, parsed)
    parsed.used = sum(map(len, lines[: feed.at]))
    return parsed


def _reason(error: str, ran_out: bool, lines: int) -> str:
    """Our word for an error of the standard library's reader."""
    if ran_out:
        return "unclosed_quote"
    if error.startswith("field larger"):
        return "unclosed_quote" if lines > 1 else "cell_too_long"
    if error.startswith("new-line"):
        return "stray_line_end"
    return "stray_quote"


def _sort(record: list[str], lines: int, cells: int, encoding: str, parsed: Parsed) -> None:
    """Put a record with the good ones or with the troubles."""
    trouble = _bytes_trouble(record, encoding, parsed.last_row)
    if trouble is None and cells and len(record) != cells:
        over = f" over {lines} lines" if lines > 1 else ""
        found = f"{plural(len(record), 'cell')}{over}, {cells} expected"
        trouble = Trouble(parsed.last_row, "ragged", found)
    if trouble is None:
        parsed.records.append(record)
        parsed.rows.append(parsed.last_row)
    else:
        parsed.troubles.append(trouble)


def _bytes_trouble(record: list[str], encoding: str, row: int) -> Trouble | None:
    """The first cell with bytes outside the encoding, or with a zero byte."""
    text = "".join(record)
    if text.isascii():
        bad = "\0" if "\0" in text else ""
    else:
        bad = "".join(one for one in text if one == "\0" or "\udc80" <= one <= "\udcff")
    if not bad:
        return None
    cell = next(at for at, one in enumerate(record) if bad[0] in one)
    if bad[0] == "\0":
        return Trouble(row, "nul_bytes", plural(bad.count("\0"), "zero byte"), cell)
    reason = "not_utf8" if encoding == "utf-8" else "wrong_encoding"
    position = record[cell].index(bad[0]) + 1
    value = f"byte 0x{ord(bad[0]) - 0xDC00:02X} at character {position}"
    return Trouble(row, reason, value, cell)
