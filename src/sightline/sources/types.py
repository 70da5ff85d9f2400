"""What this room hands to the next: receipts, notices, and the raw rows that cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

__all__ = ["NOTICES", "REASONS", "Fault", "Notice", "Reading", "Receipt", "Wanted"]

Level = Literal["error", "warning", "notice"]

# reason -> (what is wrong, what to do). The reference page of reasons is made from this table.
REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ragged": (
            "The row has more or fewer cells than the header.",
            "Give the row as many cells as the header; put a cell that holds the separator or "
            "a line break in double quotes.",
        ),
        "not_utf8": (
            "The row holds bytes that are not UTF-8.",
            "Export the file again as UTF-8 (in Excel: CSV UTF-8).",
        ),
        "wrong_encoding": (
            "The row holds bytes that the profile's encoding does not have.",
            "Export the file again in the encoding of the profile, or as UTF-8 with a byte "
            "order mark.",
        ),
        "nul_bytes": (
            "The row holds zero bytes, which no text has: the file was damaged on its way.",
            "Copy or export the file again.",
        ),
        "unclosed_quote": (
            "A double quote opens a cell in this row and is never closed. The rows after it were "
            "read as rows of their own.",
            'Close the quote or remove it; a quote inside a quoted cell is written twice ("").',
        ),
        "stray_quote": (
            "A quoted cell goes on after its closing quote.",
            'Write a quote inside a quoted cell twice (""), or remove it.',
        ),
        "stray_line_end": (
            "A carriage return stands alone in the row.",
            "End lines with LF or CRLF; put a cell that holds a line break in double quotes.",
        ),
        "cell_too_long": (
            "A cell holds more than 131,072 characters.",
            "Shorten the cell; look for a missing line break or quote.",
        ),
        "unreadable_marks": (
            "A run of marks cannot be split into sessions.",
            "Export the marks one to a row or one to a column.",
        ),
    }
)

# code -> (level, what it says). The reference page of messages is made from this table.
NOTICES: Mapping[str, tuple[Level, str]] = MappingProxyType(
    {
        "unreadable_file": ("error", "The file cannot be opened; nothing of it was used."),
        "file_changed": ("error", "The file changed while it was read; nothing of it was used."),
        "missing_column": ("error", "A required column is not there; nothing of it was used."),
        "duplicate_column": ("error", "Two columns mean the same; nothing of it was used."),
        "bad_header": ("error", "The header row cannot be read; nothing of it was used."),
        "utf_16": ("error", "The file is UTF-16, not UTF-8; nothing of it was used."),
        "line_too_long": ("error", "A line has no end; nothing of the file was used."),
        "wrong_shape": ("error", "Most rows cannot be read; nothing of the file was used."),
        "empty_file": ("warning", "The file is empty."),
        "unknown_file": ("warning", "The file feeds no table."),
        "read_instead": ("notice", "The file is read instead of the supplier's own."),
        "ignored_file": ("notice", "The profile knows the file and has no use for it."),
        "no_rows": ("notice", "The file holds a header and no rows."),
        "unknown_column": ("notice", "A column is not one of the table's; it was ignored."),
        "read_as_utf8": ("notice", "The file is UTF-8 although the profile says otherwise."),
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns of one canonical table: those a file must have and those it may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, the required ones first."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Fault:
    """A raw row that cannot be read. `row` is its record number, the header being 1.

    `value` describes what was found and never repeats the row: it may hold a name.
    """

    file: str
    row: int
    table: str
    column: str | None
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say about a file as a whole; `count` is how often it happened."""

    level: Level
    code: str
    file: str
    table: str | None
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was read: bytes, their SHA-256, and rows (header and blank lines left out)."""

    file: str
    bytes: int
    sha256: str
    rows: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a table brought to light.

    `stopped` names files whose rows must be thrown away after all; `raw_rows` counts the rows of
    the other files that belong to this table, `faults` included.
    """

    faults: list[Fault] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    raw_rows: int = 0
