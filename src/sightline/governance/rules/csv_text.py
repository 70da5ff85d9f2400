"""A table as a CSV file that a spreadsheet opens safely. Pure.

RFC 4180 with a byte order mark, which Excel needs to read UTF-8. A text that a spreadsheet would
take for a formula gets an apostrophe before it (OWASP, "CSV injection"); numbers stay numbers.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["csv_bytes", "guarded"]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def guarded(cell: Any) -> Any:
    """A cell as it is written: numbers as they are, nothing for None, texts made harmless."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return cell
    text = str(cell).replace("\0", "")
    if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA):
        return text if NUMBER.fullmatch(text) else f"'{text}"
    return text


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The file's bytes: header, then a line for each row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(column) for column in columns])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
