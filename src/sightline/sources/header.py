"""The header: which of a file's columns are the ones wanted."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sightline.kit import nearest, sentence_list
from sightline.sources.files import FileError
from sightline.sources.records import Parsed, parse
from sightline.sources.types import REASONS

__all__ = ["Column", "Header", "Layout", "match", "normalise", "read_header"]


@dataclass(frozen=True, slots=True)
class Column:
    """A wanted column and the headings it may have, the likeliest first."""

    name: str
    headings: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a file, the record number they stand in, and where the next record starts."""

    headings: tuple[str, ...]
    row: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted columns are: position by name, and the positions of no use.

    `wide` are the columns of a wide block: (position, heading).
    """

    positions: Mapping[str, int]
    unused: tuple[str, ...]
    wide: tuple[tuple[int, str], ...] = ()


def normalise(heading: str) -> str:
    """A heading as lower-case letters and digits, the way profiles compare them."""
    return "".join(one for one in heading.lower() if one.isalnum())


def read_header(
    head: bytes,
    *,
    encoding: str,
    delimiter: str,
    whole: bool,
    fits: Callable[[Sequence[str]], bool] | None = None,
    within: int = 1,
) -> Header | None:
    """The first record of a file, or the first of the leading `within` records that `fits`.

    `whole` says that `head` is the whole file. None when the file has no record at all. When
    none of the leading records fits, the first one is the header: it names what was found.
    """
    first: Header | None = None
    row = used = records = 0
    while used < len(head) and records < within:
        parsed = _first_record(head[used:], encoding, delimiter, row, whole)
        row, used = parsed.last_row, used + parsed.used
        if not parsed.records:  # a blank line
            continue
        records += 1
        headings = tuple(heading.strip() for heading in parsed.records[0])
        found = Header(headings, row, used)
        if fits is None or fits(headings):
            return found
        first = first or found
    return first


def _first_record(head: bytes, encoding: str, delimiter: str, row: int, whole: bool) -> Parsed:
    def read(as_encoding: str) -> Parsed:
        return parse(
            head,
            encoding=as_encoding,
            delimiter=delimiter,
            cells=0,
            last_row=row,
            final=whole,
            most=1,
        )

    parsed = read(encoding)
    if parsed.troubles and parsed.troubles[0].reason in ("not_utf8", "wrong_encoding"):
        parsed = read("latin-1")  # a heading nobody needs must not stop the file
    if parsed.troubles:
        trouble = parsed.troubles[0]
        meaning = REASONS[trouble.reason][0].rstrip(".")
        raise FileError("bad_header", f"row {trouble.row}: {meaning}")
    if not parsed.used:
        raise FileError("bad_header", "the header row does not end within the first megabyte")
    return parsed


def match(
    header: Header, columns: Sequence[Column], *, exact: bool, wide: re.Pattern[str] | None = None
) -> Layout:
    """Find the wanted columns among the headings.

    `exact` compares headings as they are, otherwise as lower-case letters and digits; a column's
    headings are tried in order and the first one there wins. FileError when a required column is
    missing or a wanted one is there twice.
    """
    shown = [heading if exact else normalise(heading) for heading in header.headings]
    positions: dict[str, int] = {}
    for column in columns:
        names = column.headings if exact else tuple(normalise(one) for one in column.headings)
        name = next((one for one in names if one in shown), None)
        if name is None:
            continue
        if shown.count(name) > 1:
            raise FileError("duplicate_column", f"the column {name} is there twice")
        positions[column.name] = shown.index(name)
    block = _wide_block(header, wide, set(positions.values()))
    _check_required(header, columns, positions)
    if wide and not block:
        raise FileError("missing_column", f"no column for a session; found {_found(header)}")
    used = {*positions.values(), *(at for at, _ in block)}
    unused = tuple(one for at, one in enumerate(header.headings) if at not in used)
    return Layout(positions, unused, block)


def _wide_block(
    header: Header, wide: re.Pattern[str] | None, taken: set[int]
) -> tuple[tuple[int, str], ...]:
    if wide is None:
        return ()
    return tuple(
        (at, heading)
        for at, heading in enumerate(header.headings)
        if at not in taken and wide.fullmatch(heading)
    )


def _check_required(
    header: Header, columns: Sequence[Column], positions: Mapping[str, int]
) -> None:
    missing = [one.name for one in columns if one.required and one.name not in positions]
    if not missing:
        return
    near = nearest(missing[0], [one for one in header.headings if one])
    hint = f" (is it {near}?)" if near else ""
    raise FileError(
        "missing_column",
        f"column {sentence_list(missing)} is missing{hint}; found {_found(header)}",
    )


def _found(header: Header) -> str:
    named = [one or "(no name)" for one in header.headings]
    return ", ".join(named[:60]) + (f" and {len(named) - 60} more" if len(named) > 60 else "")
