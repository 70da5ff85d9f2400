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
        "attendance_silent": (
            "The source holds no record of attendance for this school on five open days or more: "
            "nobody was assumed to have been there.",
            "Find out whether registers were taken and sent; when they are, the marks appear.",
        ),
        "unreadable_record": (
            "The record is not of the form that such a file has.",
            "Export the file again, or tell the supplier which record it is.",
        ),
        "no_parent": (
            "The row belongs to another record that was not delivered with it.",
            "Have the supplier deliver both, or everything.",
        ),
        "record_too_large": (
            "The record is larger or more deeply nested than any real one.",
            "Export the file again, or tell the supplier which record it is.",
        ),
        "totals_differ": (
            "The numbers of sessions contradict each other, or the marks beside them.",
            "Ask the school the file is from to export it again; the pupil's other years are used.",
        ),
        "unknown_upn": (
            "No pupil here has this UPN.",
            "Load the pupil from your MIS first, with the UPN, then load this file again.",
        ),
        "doubtful_upn": (
            "Several pupils here have this UPN.",
            "Correct the UPNs in your MIS and load the pupils, then load this file again.",
        ),
        "other_birth_date": (
            "The pupil here with this UPN was born on another day.",
            "Find out whether the UPN or the date is wrong; correct it in your MIS or ask the "
            "school the file is from.",
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
        "not_this_document": ("warning", "It is not the kind of file the profile reads."),
        "has_entities": (
            "error",
            "The file declares a document type or entities, which no export needs and attacks do; "
            "nothing of it was used.",
        ),
        "other_version": ("warning", "The file is of a version not known here; it was read."),
        "unknown_element": ("notice", "An element is not known; it was ignored."),
        "left_out": ("notice", "Records of kinds that are of no use here were left out."),
        "template_changed": (
            "error",
            "The template of the file has changed since it was last used; nothing of it was used.",
        ),
        "needs_stopped": ("warning", "A file that this one needs was stopped; it was not used."),
        "template_noted": ("notice", "The template of the file has changed and does no harm."),
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
